/**
 * `sockeye client`: dials, says what it has to say, shows what comes back.
 *
 * @module
 */

import { SockeyeError, stateOf } from "../../errors.ts";
import { type Address, joinAddress, parseAddress } from "../../transport/address.ts";
import type { Channel } from "../../transport/channel.ts";
import { exchange, type Speech } from "../../client/exchange.ts";
import { asDuration, asNumber, asText, asTimeLimit, flag, many, one, type Values } from "../../options.ts";
import type { Output } from "../../output/output.ts";
import { quote } from "../../printable.ts";
import { type CommandSpec, defineCommand, type Run } from "../command.ts";
import { COMMON_OPTIONS, encodingOf, makeOutput } from "../common.ts";
import type { Editor } from "../editor.ts";
import { asPattern, Expectation } from "../../client/expect.ts";
import { DIAL_OPTIONS, prepareDial } from "../../client/connect.ts";
import { cutLines, inOne, warnOfFragments } from "../../client/datagrams.ts";
import { type Message, readMessages, sayInput, sayLines, sayMessages, type TextRules } from "../../client/messages.ts";

const CLIENT_OPTIONS = {
  "send": many("TEXT", "send this text, exactly", asText),
  "send-hex": many("HEX", "send these bytes, e.g. '01 ff 0a'", asText),
  "file": many("FILE", "send this file", asText),
  "crlf": flag("lines end with CRLF: typed lines, --send and piped input"),
  "escapes": flag("\\n \\r \\t \\xNN \\u{N} in typed lines and --send stand for bytes"),
  "every": one("D", "say it again after so long", asDuration),
  "count": one("N", "say it N times (without end if --every is given)", asNumber(1, 1_000_000_000)),
  "expect": one("REGEX", "exit 0 as soon as the answer matches, 10 if it never does", asPattern),
  "wait": one("D", "after the last word wait so long for answers (until the peer ends)", asDuration),
  "idle": one("D", "give up when nothing comes or goes for so long", asDuration),
  "deadline": one("D", "give up when all is not done after so long", asTimeLimit),
  ...DIAL_OPTIONS,
} as const;

type ClientValues = Values<typeof CLIENT_OPTIONS & typeof COMMON_OPTIONS>;

/** Milliseconds that answers over UDP are waited for: nobody says that there are no more. */
const UDP_WAIT_MS = 1_000;

/**
 * Milliseconds that a program which fills our standard input may pause, and still be heard by a peer that has ended its half.
 * Nobody can tell such a peer from one that has left: a busy machine must lose nothing, who is done shall not wait long.
 */
const INPUT_PATIENCE_MS = 2_000;

/** The host that Enter means when the host is asked for. */
const DEFAULT_HOST = "127.0.0.1";

/** The table entry. */
export const client: CommandSpec = defineCommand({
  name: "client",
  summary: "connect, send and show what comes back",
  operands: "[ADDRESS | HOST PORT]",
  about: `On a terminal each line that you type is sent; q alone leaves. Piped input is sent as
it is; at its end the sending half is closed and the answer is read to its end.
ADDRESS is a port of this machine or HOST:PORT, after udp:// or tls:// if wanted,
or unix:/PATH; what is missing is asked for. Over UDP each line is a datagram.`,
  options: CLIENT_OPTIONS,
  examples: [
    { args: "client 9000", does: "talk to a port of this machine" },
    { args: "client example.com 80", does: "host and port apart" },
    { args: "client 9000 --send 你好 -e gbk", does: "send one text in GBK" },
    { args: "client 9000 --send PING --crlf --expect PONG --wait 2s", does: "a check for scripts" },
    { args: "client 9000 --send tick --every 500ms --count 10", does: "say it ten times" },
    { args: "client 9000 --retry 30 --send hi", does: "wait for the port to open" },
  ],
  run: runClient,
});

async function runClient(values: ClientValues, run: Run): Promise<void> {
  const { system } = run;
  const rules: TextRules = {
    encoding: encodingOf(values),
    escapes: values.escapes ?? false,
    crlf: values.crlf ?? false,
  };
  const messages = await readMessages(run.given, rules);
  checkRounds(values, messages);
  if (rules.crlf && rules.encoding.startsWith("utf-16")) {
    throw new SockeyeError("usage", `--crlf works on bytes, and ${rules.encoding} writes line ends in other ones`);
  }
  const output = makeOutput("client", values, run);
  run.onOutput(output);
  using session = new Session(run, output, values.deadline);
  const interactive = messages.length === 0 && system.stdin.isTerminal() && system.stdout.isTerminal();
  const address = await findAddress(run.operands, session);
  const connect = await prepareDial(address, {
    values,
    needs: values.file ? ["read"] : [],
    verbose: values.verbose ?? false,
    watched: system.stderr.isTerminal(),
    signal: session.signal,
    report: output.report,
  });
  const notice = (message: string) => void output.report({ event: "notice", message });
  const datagrams = address.transport === "udp";
  const expectation = values.expect && new Expectation(values.expect, rules.encoding, datagrams);
  const speech = interactive
    ? sayLines(await session.editor(), rules, notice)
    : batchSpeech(values, messages, run, { datagrams, signal: session.signal });
  await converse(connect, datagrams ? warnOfFragments(speech, notice) : speech, values, {
    output,
    session,
    expectation,
    wait: values.wait ?? (datagrams ? UDP_WAIT_MS : undefined),
    patience: messages.length > 0 ? Infinity : system.stdin.isTerminal() ? undefined : INPUT_PATIENCE_MS,
  });
}

/** What a conversation needs besides the words. */
interface Company {
  readonly output: Output;
  readonly session: Session;
  readonly expectation: Expectation | undefined;
  /** Milliseconds for answers after the last word. */
  readonly wait: number | undefined;
  /** Milliseconds that the words may pause, once the peer has ended. */
  readonly patience: number | undefined;
}

async function converse(
  connect: () => Promise<Channel>,
  speech: Speech,
  values: ClientValues,
  { output, session, expectation, wait, patience }: Company,
): Promise<void> {
  try {
    await exchange(await connect(), speech, {
      signal: session.signal,
      idle: values.idle,
      wait,
      patience,
      satisfied: expectation && ((bytes) => expectation.meets(bytes)),
      on: output.report,
      onTraffic: output.reportTraffic,
    });
  } catch (error) {
    if (error !== session.readerLeft) throw error;
  }
  expectation?.check();
}

function batchSpeech(
  values: ClientValues,
  messages: readonly Message[],
  run: Run,
  { datagrams, signal }: { readonly datagrams: boolean; readonly signal: AbortSignal },
): Speech {
  if (messages.length === 0) {
    const input = sayInput(run.system.stdin, values.crlf ?? false);
    return datagrams ? cutLines(input) : input;
  }
  const count = values.count ?? (values.every === undefined ? 1 : Infinity);
  return sayMessages(datagrams ? messages.map(inOne) : messages, { count, every: values.every ?? 0, signal });
}

function checkRounds(values: ClientValues, messages: readonly Message[]): void {
  if (messages.length > 0) return;
  const flag = values.every !== undefined ? "--every" : values.count !== undefined ? "--count" : undefined;
  if (flag) throw new SockeyeError("usage", `Option ${flag} needs something to say: add --send, --send-hex or --file`);
}

async function findAddress(operands: readonly string[], session: Session): Promise<Address> {
  const ask = async (question: string) => (await session.editor()).ask(question, session.signal);
  const [host, port, extra] = operands;
  if (extra !== undefined) {
    throw new SockeyeError("usage", `Unexpected argument ${quote(extra)}: client takes ADDRESS or HOST PORT`);
  }
  if (host !== undefined && port !== undefined) return joinAddress(host, port);
  if (host === undefined) {
    const asked = await ask(`Host (${DEFAULT_HOST}): `) || DEFAULT_HOST;
    return joinAddress(asked, await ask("Port: "));
  }
  if (lacksPort(host)) return joinAddress(host, await ask("Port: "));
  return parseAddress(host);
}

function lacksPort(host: string): boolean {
  return !/^\d+$|:|\//.test(host);
}

/** What ends a client from outside, and the terminal that it holds. */
class Session implements Disposable {
  /** Aborted by Ctrl-C, the deadline, or when nobody reads stdout any more. */
  readonly signal: AbortSignal;
  /** The reason when who read stdout has left (`| head`): no failure, there is just no more to do. */
  readonly readerLeft: SockeyeError = new SockeyeError("session", "Stdout was closed");
  readonly #run: Run;
  readonly #output: Output;
  readonly #timer: ReturnType<typeof setTimeout> | undefined;
  #editor: Editor | undefined;

  constructor(run: Run, output: Output, deadline: number | undefined) {
    this.#run = run;
    this.#output = output;
    const own = new AbortController();
    this.signal = AbortSignal.any([run.system.signal, own.signal]);
    run.sink.onClose = (stream, error) => {
      if (stream === "stdout") {
        own.abort(error instanceof Deno.errors.BrokenPipe ? this.readerLeft : cannotWrite(error));
      }
    };
    if (deadline === undefined) return;
    const late = new SockeyeError("timeout", `Not done after ${deadline / 1000} s (deadline)`);
    this.#timer = setTimeout(() => own.abort(late), deadline);
  }

  /** The line editor, made when it is first needed. */
  async editor(): Promise<Editor> {
    const { system, sink } = this.#run;
    if (!system.stdin.isTerminal() || !system.stdout.isTerminal()) {
      throw new SockeyeError("usage", "Missing address: client takes ADDRESS or HOST PORT");
    }
    if (this.#editor) return this.#editor;
    const { Editor } = await import("../editor.ts");
    this.#editor = new Editor(system, sink, {
      onLine: () => this.#output.lineTyped(),
      onEnd: () => this.#output.typedLine = undefined,
    });
    this.#output.typedLine = this.#editor;
    return this.#editor;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#editor?.close();
  }
}

function cannotWrite(cause: unknown): SockeyeError {
  return new SockeyeError("file", `Cannot write to stdout: ${stateOf(cause)}`, { cause });
}
