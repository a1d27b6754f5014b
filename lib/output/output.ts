/**
 * The face of a running command: takes events and shows them as a transcript for people or as NDJSON for programs. Data goes
 * to stdout, what is said about it to stderr.
 *
 * @module
 */

import type { Report, SayEvent, SockeyeEvent, TrafficEvent } from "../events.ts";
import { escapeControls } from "../printable.ts";
import { clock } from "./format.ts";
import { eventLine, trafficLine } from "./json.ts";
import type { Paint, Role } from "./paint.ts";
import { Page, type TypedLine } from "./page.ts";
import type { ProgressLine } from "./progress.ts";
import type { Sink, Stream } from "./sink.ts";
import { type Line, type Side, tell } from "./story.ts";
import { type Voice, Voices } from "./traffic.ts";

/** What the common flags ask for. */
export interface Look {
  /** NDJSON instead of a transcript. */
  readonly json: boolean;
  /** Only errors, and for a client what it received. */
  readonly quiet: boolean;
  /** Details as well. */
  readonly verbose: boolean;
  /** Hex beside text, both directions. */
  readonly hex: boolean;
  /** The time before every line. */
  readonly time: boolean;
  /** Encoding of text on the wire, a canonical name. */
  readonly encoding: string;
  /** Stdout is a terminal: what a peer says must not drive it. */
  readonly terminal: boolean;
  /** Where a fetch shows the heads of answers. Default: nowhere. */
  readonly heads?: Stream | undefined;
  /** Whether a fetch shows the heads of its requests. */
  readonly requests?: boolean | undefined;
  /** A client passes bytes on as they come: its stdout is not a terminal and no encoding was asked for. */
  readonly raw: boolean;
}

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

/** How marks show the direction, as seen from this program. */
const MARKS = { recv: "<", send: ">" } as const;

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
  readonly #voices: Voices;
  readonly #page: Page;
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
    this.#voices = new Voices(look.encoding);
    this.#page = new Page(sink, look);
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
    if (event.event === "close") this.#endVoices(event.id, event.peer);
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

  /** Whether what is sent is shown at all. */
  get #shows(): boolean {
    const { json, hex, verbose, requests } = this.#look;
    return json || hex || (this.#side === "server" && verbose) || (requests ?? false);
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
    if (event.event === "send" && !this.#shows) return;
    if (event.posted && this.#overflows(event)) return;
    const voice = this.#voices.of(event);
    if (this.#look.json) {
      return this.#sink.write(
        "stdout",
        trafficLine({ ...event, stream: voice.stream, hex: this.#look.hex }, new Date()),
      );
    }
    if (this.#side === "fetch") return this.#head(event, voice);
    if (this.#look.hex) return this.#dump(event, voice);
    if (this.#side === "server") return this.#said(event, voice);
    if (event.event === "recv") return this.#received(event, voice);
  }

  /** The head of a request or an answer, as it was sent. */
  #head({ event, data }: TrafficEvent, voice: Voice): void | Promise<void> {
    const { heads, requests, quiet, terminal } = this.#look;
    const stream = event === "recv" ? heads : requests ? "stderr" : undefined;
    if (stream === undefined || quiet) return;
    if (stream === "stdout" && !terminal) return this.#sink.write(stream, data.slice());
    const { text } = voice.safeText(data);
    const mark = event === "send" ? "> " : "";
    return this.#page.above(stream, text.replace(/^(?=.)/gm, this.#paint(stream, "sent", mark)));
  }

  #dump(event: TrafficEvent, voice: Voice): void | Promise<void> {
    const head = `${clock(new Date())} ${this.#mark(event)} `;
    return this.#page.above(
      "stdout",
      voice.dump(event.data, event.whole).map((row) => `${this.#paintMark(event, head)}${row}\n`).join(""),
    );
  }

  /** A server's transcript: one line for each line of each message, with the speaker before it. */
  #said(event: TrafficEvent, voice: Voice): void | Promise<void> {
    if (event.event === "send" && !this.#look.verbose) return;
    const { text, hint } = voice.safeText(event.data, event.whole);
    const shown = this.#lines(event, isNothing(event) ? "\n" : text);
    // What we say ourselves, an echo above all, needs no second hint.
    return hint === undefined || event.event === "send" ? shown : this.#hint(hint, `#${event.id} `);
  }

  #lines(event: Pick<TrafficEvent, "event" | "id">, text: string): void | Promise<void> {
    if (text === "") return;
    const head = `${this.#page.stamp()}${this.#paintMark(event, this.#mark(event))} `;
    const lines = (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
    // What a server said is data for the peers; here it is a detail about them.
    const stream = event.event === "recv" ? "stdout" : "stderr";
    return this.#page.above(stream, lines.map((line) => `${head}${line}\n`).join(""));
  }

  /** What a client received: the bytes as they are, or their text. */
  #received(event: TrafficEvent, voice: Voice): void | Promise<void> {
    const { data, peer, whole } = event;
    if (isNothing(event)) {
      return this.#look.quiet ? undefined : this.#note({ role: "note", text: `An empty datagram came from ${peer}` });
    }
    if (this.#look.raw) return this.#sink.write("stdout", data.slice());
    const { text, hint } = this.#look.terminal ? voice.safeText(data, whole) : voice.plainText(data, whole);
    const shown = this.#page.print(text);
    return hint === undefined ? shown : this.#hint(hint, "");
  }

  /** What was held back (half a character) is told before the peer's end is. */
  #endVoices(id: number, peer: string): void {
    for (const { event, voice } of this.#voices.take(id)) {
      if (this.#look.raw || this.#look.hex) continue;
      if (this.#look.json) this.#endJson(event, id, peer, voice);
      else if (this.#side === "server") void this.#lines({ event, id }, voice.safeRest());
      else if (event === "recv") {
        void this.#page.print(this.#look.terminal ? voice.safeRest() : voice.stream.end().text);
      }
    }
    this.#page.endLead();
  }

  #endJson(event: "recv" | "send", id: number, peer: string, { stream }: Voice): void {
    if (stream.pending.length === 0) return;
    const data = new Uint8Array();
    void this.#sink.write("stdout", trafficLine({ event, id, peer, data, stream, hex: false }, new Date()));
  }

  #hint(encoding: string, who: string): void | Promise<void> {
    if (this.#look.quiet) return;
    return this.#note({ role: "warning", text: `${who}these bytes are valid ${encoding}: try -e ${encoding}` });
  }

  #mark({ event, id }: Pick<TrafficEvent, "event" | "id">): string {
    return this.#side === "server" ? `#${id} ${MARKS[event]}` : MARKS[event];
  }

  #paintMark({ event }: Pick<TrafficEvent, "event">, text: string): string {
    const role: Role = event === "recv" ? "peer" : "sent";
    return this.#paint("stdout", role, text);
  }
}

/** An empty message is one all the same, and must not go unseen. */
function isNothing({ data, whole }: TrafficEvent): boolean {
  return whole === true && data.length === 0;
}
