/**
 * What `sockeye server` gives a mode: the operator at the terminal, the output, a way to connect.
 *
 * @module
 */

import { type ByteReader, readChunks } from "../bytes.ts";
import type { Output } from "../output/output.ts";
import type { DialRequest, ModeContext, ModeSpec, Operator } from "../server/mode.ts";
import { modeFiles } from "../server/mode_files.ts";
import { lazy } from "../lazy.ts";
import type { Values } from "../options.ts";
import type { Address } from "../transport/address.ts";
import type { Channel } from "../transport/channel.ts";
import { transportOf } from "../transport/mod.ts";
import { type CommonValues, encodingOf, type Run } from "./command.ts";
import { type FORM_OPTIONS, formOf } from "./form_options.ts";
import { hasTerminal, openTerminalInput } from "./terminal_input.ts";

/** The server around a mode. */
export interface ServerParts {
  /** The mode. */
  readonly spec: ModeSpec;
  /** Where it is served. */
  readonly address: Address;
  /** The options of the command line. */
  readonly values: CommonValues & Values<typeof FORM_OPTIONS>;
  /** The process. */
  readonly run: Run;
  /** Where events are shown. */
  readonly output: Output;
  /** Whether data is hidden. */
  readonly hidesData: boolean;
  /** How the mode connects. Default: without options. */
  readonly dial?: ModeContext["dial"] | undefined;
}

/** The context of a mode, which ends with the server. */
export interface ServerContext extends ModeContext, Disposable {
  /** Lets the operator type, now that the server listens. */
  listening(): void;
}

/** Opens the context of a mode. */
export async function openContext(parts: ServerParts): Promise<ServerContext> {
  const { address, values, run, output, hidesData } = parts;
  const listening = Promise.withResolvers<void>();
  const operator = await openOperator(parts, listening.promise);
  const { messageBoundaries, connectionless, messageMax } = transportOf(address);
  const limited = messageBoundaries && !connectionless ? values["frame-max"] : undefined;
  return {
    listening: listening.resolve,
    encoding: encodingOf(values),
    form: formOf(values),
    messageMax: limited ?? messageMax,
    operator,
    report: hidesData ? (event) => event.event === "say" ? undefined : output.report(event) : output.report,
    traffic: hidesData ? undefined : output.reportTraffic,
    notice: (message, peer) =>
      void output.report({ event: "notice", message, ...(peer && { id: peer.id, peer: peer.address }) }),
    files: modeFiles,
    onReopen: run.system.onHangup,
    dial: parts.dial ?? dialPlain,
    [Symbol.dispose]: () => operator[Symbol.dispose](),
  };
}

const loadDial = lazy(() => import("../transport/dial.ts"));

async function dialPlain(target: Address, { signal }: DialRequest): Promise<Channel> {
  return await (await loadDial()).dial(target, { signal });
}

/**
 * A person at a terminal types at an editor; else the operator is standard input, which other modes leave alone. The
 * port is bound before the terminal is used, so that a server in the background serves without it.
 */
async function openOperator(
  { spec, run, output }: ServerParts,
  listening: Promise<void>,
): Promise<Operator & Disposable> {
  const { system, sink } = run;
  if (!spec.operator || !hasTerminal(system)) {
    return { interactive: false, lines: () => readLines(system.stdin), prompt: () => {}, [Symbol.dispose]: () => {} };
  }
  const input = await openTerminalInput({ system, sink, output });
  return {
    interactive: true,
    async *lines() {
      await listening;
      yield* input.lines();
    },
    prompt: (text) => input.prompt = text,
    [Symbol.dispose]: () => input[Symbol.dispose](),
  };
}

/** Standard input line by line, UTF-8. The last line counts without its newline too. */
export async function* readLines(stdin: ByteReader): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of readChunks(stdin)) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield line.replace(/\r$/, "");
  }
  rest += decoder.decode();
  if (rest !== "") yield rest;
}
