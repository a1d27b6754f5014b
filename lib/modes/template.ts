/**
 * A text with placeholders. It is encoded once, so that a character that the encoding lacks is reported at the start.
 * Placeholders are filled in as bytes: `{data}` is exactly what was received.
 *
 * @module
 */

import { concat } from "../bytes.ts";
import type { ModeContext, Peer } from "../server/mode.ts";
import { encodeText } from "../text/encode.ts";
import { parseEscapes } from "../text/escape.ts";
import { stripEol } from "../text/lines.ts";

/** Values of the placeholders. */
export interface TemplateValues {
  /** The peer that is answered. */
  readonly peer: Peer;
  /** The number of its message, from 1; 0 before the first one. */
  readonly count: number;
  /** The message. */
  readonly data: Uint8Array;
}

/** A text with the placeholders `{addr}`, `{n}`, `{time}` and `{data}`; other braces stay as they are. */
export class Template {
  readonly #parts: readonly (Uint8Array | ((values: TemplateValues) => Uint8Array))[];
  readonly #encoding: string;
  /** What ends an answer where the client's message has no line end; undefined where answers are not lines. */
  readonly #newline: Uint8Array | undefined;

  /** Encodes a text; with `escapes`, `\n`, `\xNN` and the like in it stand for bytes. */
  constructor(text: string, { encoding, form }: ModeContext, escapes = false) {
    const encode = (part: string) => encodeText(part, encoding);
    const literal = (part: string) => escapes ? parseEscapes(part, encode) : encode(part);
    const fillers: Record<string, (values: TemplateValues) => Uint8Array> = {
      addr: ({ peer }) => encode(peer.address),
      n: ({ count }) => encode(String(count)),
      time: () => encode(now()),
      data: ({ data }) => stripEol(data, encoding),
    };
    const pieces = text.split(/\{(addr|n|time|data)\}/);
    this.#parts = pieces.map((piece, i) => (i % 2 === 1 && fillers[piece]) || literal(piece));
    this.#encoding = encoding;
    const [last] = this.#parts.slice(-1);
    const endsLine = last instanceof Uint8Array && stripEol(last, encoding).length < last.length;
    this.#newline = form?.frame?.by === "line" && !endsLine ? encode("\n") : undefined;
  }

  /** Number of bytes without the placeholders. */
  get length(): number {
    return this.#parts.reduce((sum, part) => sum + (part instanceof Uint8Array ? part.length : 0), 0);
  }

  /** Fills the placeholders in. */
  fill(values: TemplateValues): Uint8Array {
    const parts = this.#parts.map((part) => part instanceof Uint8Array ? part : part(values));
    if (this.#newline) {
      const eol = values.data.subarray(stripEol(values.data, this.#encoding).length);
      parts.push(eol.length > 0 ? eol : this.#newline);
    }
    return concat(parts);
  }
}

/** The local time, `2026-01-31 08:05:09`. */
function now(): string {
  return new Date().toLocaleString("sv-SE");
}
