/**
 * The output of a running command: takes events and shows them as a transcript for people or as NDJSON for programs.
 * Data goes to stdout, everything about it to stderr.
 *
 * @module
 */

import type { Report, SayEvent, SockeyeEvent, Totals, TrafficEvent, TransportName } from "../events.ts";
import { escapeControls } from "../printable.ts";
import { transportField } from "../transport/mod.ts";
import type { Colorize } from "./colors.ts";
import { eventLine } from "./json.ts";
import { type CommandName, describe, type Description } from "./messages.ts";
import type { OutputOptions } from "./options.ts";
import type { ProgressLine } from "./progress.ts";
import { type BottomLine, Screen } from "./screen.ts";
import type { Sink } from "./sink.ts";
import { Transcript } from "./transcript.ts";

/** Sums over all connections of a command. */
export interface OutputTotals extends Totals {
  /** The transport of a server, unless it is TCP. */
  readonly transport?: TransportName;
}

/** Bytes of output that may wait before events are dropped: a burst of a busy chat fits in. */
const EVENTS_LIMIT_BYTES = 8 * 1024 * 1024;

/** The sender at the start of a chat line: `<name>`, `* name`, or `***` for the chat itself. */
const SENDER = /^(?:<\S+>|\* \S+|\*\*\*)/;

/** Shows what one command does. */
export class Output {
  /** Takes every event but traffic. */
  readonly report: Report;
  /** Takes traffic; undefined when none would be shown, so that no event is built. */
  readonly reportTraffic: Report | undefined;
  readonly #sink: Sink;
  readonly #options: OutputOptions;
  readonly #command: CommandName;
  readonly #colorize: Colorize;
  readonly #screen: Screen;
  readonly #transcript: Transcript;
  /** Shows one event that is not traffic, in the form that the flags ask for. */
  readonly #show: Report;
  /** Set by a fetch on a terminal. */
  #progressLine: ProgressLine | undefined;
  /** Events dropped since the last one that was shown. */
  #dropped = 0;
  readonly #totals: { -readonly [K in keyof OutputTotals]: OutputTotals[K] } = { peers: 0, received: 0, sent: 0 };

  /** Makes the output of one command. */
  constructor(sink: Sink, command: CommandName, options: OutputOptions, colorize: Colorize) {
    this.#sink = sink;
    this.#command = command;
    this.#options = options;
    this.#colorize = colorize;
    const screen = this.#screen = new Screen(sink, options);
    const remark = (description: Description) => options.quiet ? undefined : this.#print(description);
    this.#transcript = new Transcript({ sink, command, options, colorize, screen, remark });
    this.#show = this.#pickForm();
    this.report = (event) => this.#take(event);
    const showsNothing = options.quiet && !options.json && command === "server";
    this.reportTraffic = showsNothing ? undefined : (event) => this.#takeTraffic(event as TrafficEvent);
  }

  /** The line that a person is typing, from now on; undefined when nothing can be typed any more. */
  set inputLine(line: BottomLine | undefined) {
    this.#screen.bottomLine = line;
  }

  /** Must be called when the person pressed Enter: the partial line of the peer has scrolled up with the input line. */
  lineTyped(): void {
    this.#screen.clearPartialLine();
  }

  /** Shows progress events on this line, from now on. */
  set progressLine(line: ProgressLine) {
    this.#progressLine = line;
    this.#screen.bottomLine = line;
  }

  /** The transport of a server, for its totals. */
  set transport(name: TransportName) {
    Object.assign(this.#totals, transportField(name));
  }

  /** Sums over all connections so far. */
  get totals(): OutputTotals {
    return this.#totals;
  }

  /** Adds connections that other threads have served and shown. */
  count({ peers, received, sent }: Totals): void {
    this.#totals.peers += peers;
    this.#totals.received += received;
    this.#totals.sent += sent;
  }

  #take(event: SockeyeEvent): void | Promise<void> {
    if (event.event === "open") this.count({ peers: 1, received: 0, sent: 0 });
    if (event.event === "close") {
      this.count({ peers: 0, received: event.received, sent: event.sent });
      this.#transcript.end(event.id, event.peer);
    }
    if (this.#overflows(event)) return;
    if (event.event === "done") this.#progressLine?.clear();
    return this.#show(event);
  }

  #takeTraffic(event: TrafficEvent): void | Promise<void> {
    if (!this.#transcript.shows(event)) return;
    if (event.posted && this.#overflows(event)) return;
    return this.#transcript.add(event);
  }

  /**
   * Whether an event is dropped because the output is too far behind. Remote peers cause these events and no caller
   * waits for their output: a reader that has stalled must not fill the memory.
   */
  #overflows({ event }: SockeyeEvent): boolean {
    const hasRoom = this.#sink.queued < EVENTS_LIMIT_BYTES;
    if (hasRoom && this.#dropped > 0) {
      const message = `${this.#dropped} events were not shown: the output was not read`;
      this.#dropped = 0;
      void this.#take({ event: "notice", message });
    }
    if (hasRoom || event === "error" || event === "done") return false;
    this.#dropped++;
    return true;
  }

  #pickForm(): Report {
    const { json, quiet } = this.#options;
    if (json) return (event) => this.#showJson(event);
    return quiet ? (event) => this.#showError(event) : (event) => this.#showInWords(event);
  }

  /** JSON on stdout; an error goes to stderr as well, in words. */
  #showJson(event: SockeyeEvent): void | Promise<void> {
    const shown = this.#sink.write("stdout", eventLine(event, new Date()));
    return event.event === "error" ? this.#showError(event) : shown;
  }

  #showError(event: SockeyeEvent): void | Promise<void> {
    const description = describe(event, this.#command);
    if (description?.always) return this.#print(description);
  }

  #showInWords(event: SockeyeEvent): void | Promise<void> {
    if (event.event === "progress") return this.#progressLine?.update(event);
    if (event.event === "say") return this.#showChatLine(event);
    const description = describe(event, this.#command);
    if (description && (this.#options.verbose || !description.detail)) return this.#print(description);
  }

  /** A chat line is data. One of the operator stands on the terminal already, where it was typed. */
  #showChatLine({ text, operator }: SayEvent): void | Promise<void> {
    if (operator && this.#screen.hasBottomLine) return;
    const sender = SENDER.exec(text)?.[0] ?? "";
    const colored = this.#colorize("stdout", "peer", escapeControls(sender));
    const rest = escapeControls(text.slice(sender.length));
    return this.#screen.above("stdout", `${this.#screen.stamp()}${colored}${rest}\n`);
  }

  #print({ role, text }: Description): void | Promise<void> {
    return this.#screen.above("stderr", `${this.#screen.stamp()}${this.#colorize("stderr", role, text)}\n`);
  }
}
