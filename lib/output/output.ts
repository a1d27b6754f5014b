/**
 * The face of a running command: takes events and shows them as a transcript for people or as NDJSON for programs. Data goes
 * to stdout, what is said about it to stderr.
 *
 * @module
 */

import type { Report, SayEvent, SockeyeEvent, TrafficEvent } from "../events.ts";
import { escapeControls } from "../printable.ts";
import { eventLine } from "./json.ts";
import type { Look } from "./options.ts";
import type { Paint } from "./colors.ts";
import { Page, type TypedLine } from "./screen.ts";
import type { ProgressLine } from "./progress.ts";
import type { Sink } from "./sink.ts";
import { type Line, type Side, tell } from "./messages.ts";
import { Transcript } from "./transcript.ts";

/** Sums over connections. */
export interface Tally {
  /** Connections that there were. */
  readonly peers: number;
  /** Bytes received by those that are over. */
  readonly received: number;
  /** Bytes sent by those that are over. */
  readonly sent: number;
  /** What a server listens by, unless that is tcp. */
  readonly transport?: string;
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
  readonly #look: Look;
  readonly #side: Side;
  readonly #paint: Paint;
  readonly #page: Page;
  readonly #transcript: Transcript;
  #progress: ProgressLine | undefined;
  #unshown = 0;
  readonly #tally: { -readonly [K in keyof Tally]: Tally[K] } = { peers: 0, received: 0, sent: 0 };

  /**
   * Makes the face of one command.
   *
   * @param sink where lines go
   * @param side who tells the story
   * @param look what the flags ask for
   * @param paint colours
   */
  constructor(sink: Sink, side: Side, look: Look, paint: Paint) {
    this.#sink = sink;
    this.#side = side;
    this.#look = look;
    this.#paint = paint;
    this.#page = new Page(sink, look);
    this.#transcript = new Transcript({ sink, side, look, paint, page: this.#page, note: (line) => this.#note(line) });
    this.report = (event) => this.#show(event);
    const unseen = look.quiet && !look.json && side === "server";
    this.reportTraffic = unseen ? undefined : (event) => this.#traffic(event as TrafficEvent);
  }

  /** The line being typed, from now on; undefined when nothing is typed any more. */
  set typedLine(line: TypedLine | undefined) {
    this.#page.typedLine = line;
  }

  /** The person pressed Enter: what the peer had said before it is a line of the past now. */
  lineTyped(): void {
    this.#page.lineTyped();
  }

  /** What all connections so far came to. */
  get tally(): Tally {
    return this.#tally;
  }

  /** Adds what connections came to that others have shown. */
  count({ peers, received, sent }: Tally): void {
    this.#tally.peers += peers;
    this.#tally.received += received;
    this.#tally.sent += sent;
  }

  /** Shows progress events on this line, from now on. */
  set progressLine(line: ProgressLine) {
    this.#progress = line;
    this.#page.typedLine = line;
  }

  #show(event: SockeyeEvent): void | Promise<void> {
    this.#count(event);
    if (event.event === "close") this.#transcript.end(event.id, event.peer);
    if (this.#overflows(event)) return;
    if (event.event === "done") this.#progress?.clear();
    if (this.#look.json) {
      const shown = this.#sink.write("stdout", eventLine(event, new Date()));
      if (event.event !== "error") return shown;
    }
    if (event.event === "progress") return this.#look.quiet ? undefined : this.#progress?.update(event);
    if (event.event === "say") return this.#say(event);
    const line = tell(event, this.#side);
    if (line && (line.always || (!this.#look.quiet && !this.#look.json && (this.#look.verbose || !line.detail)))) {
      return this.#note(line);
    }
  }

  /** A line of the conversation: data, unless it was typed here and stands on the screen already. */
  #say({ text, operator }: SayEvent): void | Promise<void> {
    if (this.#look.quiet || this.#look.json || (operator && this.#page.isTyped)) return;
    const head = SPEAKER.exec(text)?.[0] ?? "";
    const said = escapeControls(text.slice(head.length));
    return this.#page.above(
      "stdout",
      `${this.#page.stamp()}${this.#paint("stdout", "peer", escapeControls(head))}${said}\n`,
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
    if (event.event === "open") this.#tally.peers++;
    if (event.event === "listen") this.#setTransport(event.address);
    if (event.event !== "close") return;
    this.#tally.received += event.received;
    this.#tally.sent += event.sent;
  }

  #setTransport(address: string): void {
    const [transport = ""] = address.split(":", 1);
    if (transport !== "tcp") this.#tally.transport = transport;
  }

  #note({ role, text }: Line): void | Promise<void> {
    return this.#page.above("stderr", `${this.#page.stamp()}${this.#paint("stderr", role, text)}\n`);
  }

  #traffic(event: TrafficEvent): void | Promise<void> {
    if (!this.#transcript.shows(event)) return;
    if (event.posted && this.#overflows(event)) return;
    return this.#transcript.add(event);
  }
}
