/** What the tests of the output share: an output over fake streams, and events to show. */

import type { ErrorKind } from "../../lib/errors.ts";
import type { CloseEvent, TrafficEvent } from "../../lib/events.ts";
import type { OutputOptions } from "../../lib/output/options.ts";
import { Output } from "../../lib/output/output.ts";
import type { Colorize } from "../../lib/output/colors.ts";
import type { CommandName } from "../../lib/output/messages.ts";
import { FakeSystem, type SystemOptions, utf8 } from "../cli/helpers.ts";

/** The output without flags: a transcript in UTF-8 for a pipe, decoded. */
const DEFAULTS: OutputOptions = {
  json: false,
  quiet: false,
  verbose: false,
  hex: false,
  time: false,
  encoding: "utf-8",
  terminal: false,
  raw: false,
};

/** No colours. */
const colorless: Colorize = (_stream, _role, text) => text;

/** An output and the streams behind it. */
export interface View {
  readonly output: Output;
  readonly system: FakeSystem;
  /** Writes to stdout, after all that was shown. */
  draw(text: string): void;
  /** Waits until all is written and gives it: stdout and stderr. */
  shown(): Promise<{ stdout: string; stderr: string }>;
}

/** Makes the output of a command, without colours unless some are given. */
export function view(
  command: CommandName,
  options: Partial<OutputOptions> = {},
  systemOptions: SystemOptions = {},
  colorize = colorless,
): View {
  const system = new FakeSystem(systemOptions);
  const sink = system.sink();
  const output = new Output(sink, command, { ...DEFAULTS, ...options }, colorize);
  const shown = async () => {
    await sink.flush();
    return { stdout: system.stdout.text, stderr: system.stderr.text };
  };
  return { output, system, draw: (text) => void sink.write("stdout", text), shown };
}

/** Bytes that came from a peer. */
export function recv(data: string | Uint8Array, id = 1): TrafficEvent {
  return { event: "recv", id, peer: `10.0.0.${id}:4000`, data: typeof data === "string" ? utf8(data) : data };
}

/** A datagram that came. */
export function datagram(data: string | Uint8Array, id = 1): TrafficEvent {
  return { ...recv(data, id), whole: true };
}

/** Bytes that were sent to a peer. */
export function send(data: string | Uint8Array, id = 1): TrafficEvent {
  return { ...recv(data, id), event: "send" };
}

/** The end of a peer. */
export function close(id = 1): CloseEvent {
  return { event: "close", id, peer: `10.0.0.${id}:4000`, reason: "closed", received: 3, sent: 2048, ms: 15 };
}

/** A failure. */
export function failure(message: string, kind: ErrorKind = "session") {
  return { event: "error", kind, message } as const;
}
