/** What the tests of the output share: an output over fake streams, and events to show. */

import type { ErrorKind } from "../../lib/errors.ts";
import type { CloseEvent, NoticeEvent, SockeyeEvent, TrafficEvent } from "../../lib/events.ts";
import type { Colorize } from "../../lib/output/colors.ts";
import type { CommandName } from "../../lib/output/messages.ts";
import type { OutputOptions } from "../../lib/output/options.ts";
import { Output } from "../../lib/output/output.ts";
import { TrafficTranscript } from "../../lib/output/traffic_transcript.ts";
import { FakeSystem, type SystemOptions, utf8 } from "../cli/helpers.ts";

/** The output without flags: a transcript in UTF-8 for a pipe, decoded. */
const DEFAULTS: OutputOptions = { encoding: "utf-8", terminal: false, raw: false };

/** The time before a line. */
export const CLOCK = /\b\d\d:\d\d:\d\d\.\d{3} /g;

/** The output of a command, without colours unless some are given, and the streams behind it. */
export function view(
  command: CommandName,
  options: Partial<OutputOptions> = {},
  systemOptions: SystemOptions = {},
  colorize: Colorize = (_stream, _role, text) => text,
) {
  const system = new FakeSystem(systemOptions);
  const sink = system.sink();
  const output = new Output(sink, command, { ...DEFAULTS, ...options }, colorize, (parts, backlog) => {
    return new TrafficTranscript(parts, backlog);
  });
  /** Shows an event in the way that is meant for it. */
  const show = (event: SockeyeEvent) =>
    event.event === "recv" || event.event === "send" ? output.reportTraffic?.(event) : output.report(event);
  /** Shows events, waits until all is written, and gives all that was ever written: stdout and stderr. */
  const shown = async (...events: SockeyeEvent[]) => {
    for (const event of events) void show(event);
    await sink.flush();
    return { stdout: system.stdout.text, stderr: system.stderr.text };
  };
  /** The same, of both streams in the order in which they were written. */
  const written = async (...events: SockeyeEvent[]) => {
    await shown(...events);
    return system.log.map(([, text]) => text).join("");
  };
  /** The same, these fields of the JSON events on stdout. */
  const told = async (names: readonly string[], ...events: SockeyeEvent[]) => {
    await shown(...events);
    return system.stdout.events.map((event) => names.map((name) => event[name]));
  };
  return { output, system, sink, show, shown, written, told };
}

export function recv(data: string | Uint8Array, id = 1): TrafficEvent {
  return { event: "recv", id, peer: `10.0.0.${id}:4000`, data: typeof data === "string" ? utf8(data) : data };
}

export function datagram(data: string | Uint8Array, id = 1): TrafficEvent {
  return { ...recv(data, id), whole: true };
}

export function send(data: string | Uint8Array, id = 1): TrafficEvent {
  return { ...recv(data, id), event: "send" };
}

export function close(id = 1): CloseEvent {
  return { event: "close", id, peer: `10.0.0.${id}:4000`, reason: "closed", received: 3, sent: 2048, ms: 15 };
}

export function notice(message: string, fields: Partial<NoticeEvent> = {}): NoticeEvent {
  return { event: "notice", message, ...fields };
}

export function failure(message: string, kind: ErrorKind = "session") {
  return { event: "error", kind, message } as const;
}
