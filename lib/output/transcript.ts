/**
 * What was said, as people or programs read it: a server's lines with their speaker, a client's bytes or text, a hex dump of
 * both directions, a fetch's heads, or NDJSON.
 *
 * @module
 */

import type { TrafficEvent } from "../events.ts";
import { clock } from "./format.ts";
import { trafficLine } from "./json.ts";
import type { OutputOptions } from "./options.ts";
import type { Screen } from "./screen.ts";
import type { Paint, Role } from "./colors.ts";
import type { Sink } from "./sink.ts";
import type { CommandName, Line } from "./messages.ts";
import { type DirectionDecoder, PeerDecoders } from "./decoder.ts";

/** How marks show the direction, as seen from this program. */
const MARKS = { recv: "<", send: ">" } as const;

/** What a transcript needs. */
export interface TranscriptOptions {
  /** Where lines for programs go. */
  readonly sink: Sink;
  /** Whose side the story is told from. */
  readonly command: CommandName;
  /** What the flags ask for. */
  readonly options: OutputOptions;
  /** Colours. */
  readonly paint: Paint;
  /** Where lines for people go. */
  readonly screen: Screen;
  /** Takes what is said about the traffic. */
  readonly note: (line: Line) => void | Promise<void>;
}

/** The traffic of one command. */
export class Transcript {
  readonly #sink: Sink;
  readonly #command: CommandName;
  readonly #options: OutputOptions;
  readonly #paint: Paint;
  readonly #screen: Screen;
  readonly #note: (line: Line) => void | Promise<void>;
  readonly #decoders: PeerDecoders;
  /** Whether what is sent is shown. */
  readonly #showsSent: boolean;

  /**
   * Begins with nothing said.
   *
   * @param options where it goes, and how
   */
  constructor({ sink, command, options, paint, screen, note }: TranscriptOptions) {
    this.#sink = sink;
    this.#command = command;
    this.#options = options;
    this.#paint = paint;
    this.#screen = screen;
    this.#note = note;
    this.#decoders = new PeerDecoders(options.encoding);
    const { json, hex, verbose, requests = false } = options;
    this.#showsSent = json || hex || (command === "server" && verbose) || requests;
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
    const decoder = this.#decoders.of(event);
    if (this.#options.json) {
      return this.#sink.write(
        "stdout",
        trafficLine({ ...event, stream: decoder.stream, hex: this.#options.hex }, new Date()),
      );
    }
    if (this.#command === "fetch") return this.#head(event, decoder);
    if (this.#options.hex) return this.#dump(event, decoder);
    if (this.#command === "server") return this.#said(event, decoder);
    if (event.event === "recv") return this.#received(event, decoder);
  }

  /** The head of a request or an answer, as it was sent. */
  #head({ event, data }: TrafficEvent, decoder: DirectionDecoder): void | Promise<void> {
    const { heads, requests, quiet, terminal } = this.#options;
    const stream = event === "recv" ? heads : requests ? "stderr" : undefined;
    if (stream === undefined || quiet) return;
    if (stream === "stdout" && !terminal) return this.#sink.write(stream, data.slice());
    const { text } = decoder.safeText(data);
    const mark = event === "send" ? "> " : "";
    return this.#screen.above(stream, text.replace(/^(?=.)/gm, this.#paint(stream, "sent", mark)));
  }

  #dump(event: TrafficEvent, decoder: DirectionDecoder): void | Promise<void> {
    const head = `${clock(new Date())} ${this.#mark(event)} `;
    return this.#screen.above(
      "stdout",
      decoder.dump(event.data, event.whole).map((row) => `${this.#paintMark(event, head)}${row}\n`).join(""),
    );
  }

  /** A server's transcript: one line for each line of each message, with the speaker before it. */
  #said(event: TrafficEvent, decoder: DirectionDecoder): void | Promise<void> {
    if (event.event === "send" && !this.#options.verbose) return;
    const { text, hint } = decoder.safeText(event.data, event.whole);
    const shown = this.#lines(event, isNothing(event) ? "\n" : text);
    // What we say ourselves, an echo above all, needs no second hint.
    return hint === undefined || event.event === "send" ? shown : this.#hint(hint, `#${event.id} `);
  }

  #lines(event: Pick<TrafficEvent, "event" | "id">, text: string): void | Promise<void> {
    if (text === "") return;
    const head = `${this.#screen.stamp()}${this.#paintMark(event, this.#mark(event))} `;
    const lines = (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
    // What a server said is data for the peers; here it is a detail about them.
    const stream = event.event === "recv" ? "stdout" : "stderr";
    return this.#screen.above(stream, lines.map((line) => `${head}${line}\n`).join(""));
  }

  /** What a client received: the bytes as they are, or their text. */
  #received(event: TrafficEvent, decoder: DirectionDecoder): void | Promise<void> {
    const { data, peer, whole } = event;
    if (isNothing(event)) {
      return this.#options.quiet
        ? undefined
        : this.#note({ role: "note", text: `An empty datagram came from ${peer}` });
    }
    if (this.#options.raw) return this.#sink.write("stdout", data.slice());
    const { text, hint } = this.#options.terminal ? decoder.safeText(data, whole) : decoder.plainText(data, whole);
    const shown = this.#screen.print(text);
    return hint === undefined ? shown : this.#hint(hint, "");
  }

  /**
   * What was held back (half a character) is told before the peer's end is.
   *
   * @param id the peer's number
   * @param peer its address
   */
  end(id: number, peer: string): void {
    for (const { event, decoder } of this.#decoders.take(id)) {
      if (this.#options.raw || this.#options.hex) continue;
      if (this.#options.json) this.#endJson(event, id, peer, decoder);
      else if (this.#command === "server") void this.#lines({ event, id }, decoder.safeRest());
      else if (event === "recv") {
        void this.#screen.print(this.#options.terminal ? decoder.safeRest() : decoder.stream.end().text);
      }
    }
    this.#screen.endLead();
  }

  #endJson(event: "recv" | "send", id: number, peer: string, { stream }: DirectionDecoder): void {
    if (stream.pending.length === 0) return;
    const data = new Uint8Array();
    void this.#sink.write("stdout", trafficLine({ event, id, peer, data, stream, hex: false }, new Date()));
  }

  #hint(encoding: string, who: string): void | Promise<void> {
    if (this.#options.quiet) return;
    return this.#note({ role: "warning", text: `${who}these bytes are valid ${encoding}: try -e ${encoding}` });
  }

  #mark({ event, id }: Pick<TrafficEvent, "event" | "id">): string {
    return this.#command === "server" ? `#${id} ${MARKS[event]}` : MARKS[event];
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
