/**
 * The face of a running command: takes events and shows them as a transcript for people or as NDJSON for programs. Data goes
 * to stdout, what is said about it to stderr.
 *
 * @module
 */

import type { Report, SayEvent, SockeyeEvent, Totals, TrafficEvent, TransportName } from "../events.ts";
import { escapeControls } from "../printable.ts";
import { transportField } from "../transport/mod.ts";
import { eventLine } from "./json.ts";
import type { OutputOptions } from "./options.ts";
import type { Paint } from "./colors.ts";
import { type InputLine, Screen } from "./screen.ts";
import type { ProgressLine } from "./progress.ts";
import type { Sink } from "./sink.ts";
import { type CommandName, describe, type Line } from "./messages.ts";
import { Transcript } from "./transcript.ts";

/** What all connections of a command came to. */
export interface OutputTotals extends Totals {
  /** The transport of a server, unless it is TCP. */
  readonly transport?: TransportName;
}

/** Bytes of output that may wait before events are dropped: what a flood in a chat brings in a moment. */
const EVENTS_LIMIT = 8 * 1024 * 1024;

/** Who says a line of a conversation: `<name>`, `* name`, or `***` for what is nobody's. */
const SPEAKER = /^(?:<\S+>|\* \S+|\*\*\*)/;

/** Shows what one command does. */
export class Output {
  /** Takes everything but traffic. */
  readonly report: Report;
  /** Takes traffic; undefined when nobody would see it, so that none is built. */
  readonly reportTraffic: Report | undefined;
  readonly #sink: Sink;
  readonly #options: OutputOptions;
  readonly #command: CommandName;
  readonly #paint: Paint;
  readonly #screen: Screen;
  readonly #transcript: Transcript;
  #progress: ProgressLine | undefined;
  #unshown = 0;
  readonly #totals: { -readonly [K in keyof OutputTotals]: OutputTotals[K] } = { peers: 0, received: 0, sent: 0 };

  /**
   * Makes the face of one command.
   *
   * @param sink where lines go
   * @param command the command that reports
   * @param options what the flags ask for
   * @param paint colours
   */
  constructor(sink: Sink, command: CommandName, options: OutputOptions, paint: Paint) {
    this.#sink = sink;
    this.#command = command;
    this.#options = options;
    this.#paint = paint;
    this.#screen = new Screen(sink, options);
    this.#transcript = new Transcript({
      sink,
      command,
      options,
      paint,
      screen: this.#screen,
      note: (line) => this.#note(line),
    });
    this.report = (event) => this.#show(event);
    const unseen = options.quiet && !options.json && command === "server";
    this.reportTraffic = unseen ? undefined : (event) => this.#traffic(event as TrafficEvent);
  }

  /** The line being typed, from now on; undefined when nothing is typed any more. */
  set inputLine(line: InputLine | undefined) {
    this.#screen.inputLine = line;
  }

  /** The person pressed Enter: what the peer had said before it is a line of the past now. */
  lineTyped(): void {
    this.#screen.lineTyped();
  }

  /** The transport of a server, for its totals. */
  set transport(name: TransportName) {
    Object.assign(this.#totals, transportField(name));
  }

  /** What all connections so far came to. */
  get totals(): OutputTotals {
    return this.#totals;
  }

  /** Adds what connections came to that others have shown. */
  count({ peers, received, sent }: Totals): void {
    this.#totals.peers += peers;
    this.#totals.received += received;
    this.#totals.sent += sent;
  }

  /** Shows progress events on this line, from now on. */
  set progressLine(line: ProgressLine) {
    this.#progress = line;
    this.#screen.inputLine = line;
  }

  #show(event: SockeyeEvent): void | Promise<void> {
    this.#count(event);
    if (event.event === "close") this.#transcript.end(event.id, event.peer);
    if (this.#overflows(event)) return;
    if (event.event === "done") this.#progress?.clear();
    if (this.#options.json) {
      const shown = this.#sink.write("stdout", eventLine(event, new Date()));
      if (event.event !== "error") return shown;
    }
    if (event.event === "progress") return this.#options.quiet ? undefined : this.#progress?.update(event);
    if (event.event === "say") return this.#say(event);
    const line = describe(event, this.#command);
    if (
      line && (line.always || (!this.#options.quiet && !this.#options.json && (this.#options.verbose || !line.detail)))
    ) {
      return this.#note(line);
    }
  }

  /** A line of the conversation: data, unless it was typed here and stands on the screen already. */
  #say({ text, operator }: SayEvent): void | Promise<void> {
    if (this.#options.quiet || this.#options.json || (operator && this.#screen.isTyped)) return;
    const head = SPEAKER.exec(text)?.[0] ?? "";
    const said = escapeControls(text.slice(head.length));
    return this.#screen.above(
      "stdout",
      `${this.#screen.stamp()}${this.#paint("stdout", "peer", escapeControls(head))}${said}\n`,
    );
  }

  /** Strangers cause these events and nobody waits for them: a stalled reader must not fill the memory. */
  #overflows({ event }: SockeyeEvent): boolean {
    const idle = this.#sink.queued < EVENTS_LIMIT;
    if (idle && this.#unshown > 0) {
      const message = `${this.#unshown} events were not shown: the output was not read`;
      this.#unshown = 0;
      void this.#show({ event: "notice", message });
    }
    if (idle || event === "error" || event === "done") return false;
    this.#unshown++;
    return true;
  }

  #count(event: SockeyeEvent): void {
    if (event.event === "open") this.#totals.peers++;
    if (event.event !== "close") return;
    this.#totals.received += event.received;
    this.#totals.sent += event.sent;
  }

  #note({ role, text }: Line): void | Promise<void> {
    return this.#screen.above("stderr", `${this.#screen.stamp()}${this.#paint("stderr", role, text)}\n`);
  }

  #traffic(event: TrafficEvent): void | Promise<void> {
    if (!this.#transcript.shows(event)) return;
    if (event.posted && this.#overflows(event)) return;
    return this.#transcript.add(event);
  }
}
