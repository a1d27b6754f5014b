/**
 * What was said, as people or programs read it: a server's lines with their speaker, a client's bytes or text, a hex dump of
 * both directions, a fetch's heads, or NDJSON.
 *
 * @module
 */

import type { TrafficEvent } from "../events.ts";
import { clock } from "./format.ts";
import { trafficLine } from "./json.ts";
import type { Look } from "./options.ts";
import type { Page } from "./screen.ts";
import type { Paint, Role } from "./colors.ts";
import type { Sink } from "./sink.ts";
import type { Line, Side } from "./messages.ts";
import { type Voice, Voices } from "./decoder.ts";

/** How marks show the direction, as seen from this program. */
const MARKS = { recv: "<", send: ">" } as const;

/** What a transcript needs. */
export interface TranscriptOptions {
  /** Where lines for programs go. */
  readonly sink: Sink;
  /** Whose side the story is told from. */
  readonly side: Side;
  /** What the flags ask for. */
  readonly look: Look;
  /** Colours. */
  readonly paint: Paint;
  /** Where lines for people go. */
  readonly page: Page;
  /** Takes what is said about the traffic. */
  readonly note: (line: Line) => void | Promise<void>;
}

/** The traffic of one command. */
export class Transcript {
  readonly #sink: Sink;
  readonly #side: Side;
  readonly #look: Look;
  readonly #paint: Paint;
  readonly #page: Page;
  readonly #note: (line: Line) => void | Promise<void>;
  readonly #voices: Voices;
  /** Whether what is sent is shown. */
  readonly #showsSent: boolean;

  /**
   * Begins with nothing said.
   *
   * @param options where it goes, and how
   */
  constructor({ sink, side, look, paint, page, note }: TranscriptOptions) {
    this.#sink = sink;
    this.#side = side;
    this.#look = look;
    this.#paint = paint;
    this.#page = page;
    this.#note = note;
    this.#voices = new Voices(look.encoding);
    const { json, hex, verbose, requests = false } = look;
    this.#showsSent = json || hex || (side === "server" && verbose) || requests;
  }

  /**
   * Whether an event would be seen.
   *
   * @param event a read or a write
   */
  shows({ event }: TrafficEvent): boolean {
    return event === "recv" || this.#showsSent;
  }

  /**
   * Shows what was said, if it is shown at all.
   *
   * @param event a read or a write
   * @returns a promise when output waits to be read
   */
  add(event: TrafficEvent): void | Promise<void> {
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

  /**
   * What was held back (half a character) is told before the peer's end is.
   *
   * @param id the peer's number
   * @param peer its address
   */
  end(id: number, peer: string): void {
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
