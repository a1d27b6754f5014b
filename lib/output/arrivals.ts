/**
 * Data that arrives while a person types: each read is a message of its own, on lines of its own. Most replies that
 * people see have no line end, so only a dim sign marks its absence.
 *
 * @module
 */

import type { TrafficEvent } from "../events.ts";
import { ChatLines, isGreeting } from "./chat_lines.ts";
import type { DirectionDecoder } from "./decoder.ts";
import { emptyMessage, encodingHint, isEmptyMessage, remarkOn } from "./remarks.ts";
import type { Renderer, RendererParts } from "./renderers.ts";

/** What stands for a missing line end, and for one that is a carriage return. */
const END_SIGNS = { "": "⏎", "\r": "\\r", "\n": "" } as const;

/** Bytes of a read that is a part of something longer rather than a message: a record of TLS has no more. */
const STREAM_READ_BYTES = 16 * 1024;

/** Makes the renderer. */
export function arrivalRenderer(parts: RendererParts): Renderer {
  const arrivals = new Arrivals(parts);
  return {
    sentTo: undefined,
    show: (event, decoder) => arrivals.show(event, decoder),
    isChat: () => arrivals.isChat,
    end: (_direction, decoder) => void arrivals.print(decoder.rest(), "\n", true),
  };
}

class Arrivals {
  readonly #parts: RendererParts;
  readonly #chatLines: ChatLines;
  /** Whether this is a chat, which the first line tells. */
  #isChat: boolean | undefined;
  /** The last read was long and ended in the middle of a line. */
  #continues = false;

  constructor(parts: RendererParts) {
    this.#parts = parts;
    this.#chatLines = new ChatLines(parts);
  }

  get isChat(): boolean {
    return this.#isChat ?? false;
  }

  show(event: TrafficEvent, decoder: DirectionDecoder): void | Promise<void> {
    const { remark, options } = this.#parts;
    if (isEmptyMessage(event)) return remark(emptyMessage(event));
    const { text, end, hint } = decoder.arrival(event.data, event.whole);
    this.#isChat ??= text === "" ? undefined : isGreeting(text);
    const mayGoOn = end === "" && event.data.length >= STREAM_READ_BYTES;
    // Where a rule says where messages end, the lack of a line end tells nothing.
    const shown = this.print(text, mayGoOn || options.form?.frame ? "\n" : end, this.#continues, end);
    this.#continues = mayGoOn;
    const said = remarkOn(event);
    if (said && !event.checksum?.ok) void remark(said);
    return hint === undefined ? shown : remark(encodingHint(hint, { switches: true }));
  }

  /** Prints a text whose line end is taken off; nothing if there was neither. */
  print(text: string, sign: keyof typeof END_SIGNS, goesOn = false, end = ""): void | Promise<void> {
    if (text === "" && end === "") return;
    const { screen, colorize } = this.#parts;
    const lines = text.split("\n");
    if (this.#isChat) return screen.above("stdout", lines.map((line) => this.#chatLines.rows(line)).join(""));
    const stamp = goesOn ? screen.stamp().replace(/./g, " ") : screen.stamp();
    const mark = goesOn ? " " : colorize("stdout", "peer", "<");
    const dimSign = END_SIGNS[sign] && colorize("stdout", "note", END_SIGNS[sign]);
    const indent = `\n${stamp.replace(/./g, " ")}  `;
    return screen.above("stdout", `${stamp}${mark} ${lines.join(indent)}${dimSign}\n`);
  }
}
