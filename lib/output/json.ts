/**
 * Events for programs: one JSON object a line (NDJSON). Bytes are given as `text` when they are valid in the encoding,
 * as `hex` with `--hex`, else as `base64`, so that nothing is lost. A character that is split over two reads belongs to
 * the event that completes it; when the bytes turn out to be no text, `base64` also has those that waited.
 *
 * @module
 */

import { encodeBase64 } from "@std/encoding/base64";
import { encodeHex } from "@std/encoding/hex";
import { concat } from "../bytes.ts";
import { EXIT_CODES } from "../errors.ts";
import type { SockeyeEvent, TrafficEvent } from "../events.ts";
import type { TextStream } from "../text/decode.ts";

/** Writes an event as JSON, one line with its newline; `skipped` events before it were left out. */
export function eventLine(event: SockeyeEvent, date: Date, skipped = 0): string {
  const code = event.event === "error" ? { code: EXIT_CODES[event.kind] } : {};
  return toLine({ t: date.toISOString(), ...event, ...code, ...skippedField(skipped) });
}

/** How bytes are written. */
export interface TrafficForm {
  /** The decoder of this peer and direction; it takes the bytes. */
  readonly textStream: TextStream;
  /** Whether to give hex instead of text. */
  readonly hex: boolean;
  /** The time of the event. */
  readonly date: Date;
  /** How many events before it were left out. Default 0. */
  readonly skipped?: number;
}

/** Writes traffic as JSON, one line with its newline. Traffic without bytes that is no message ends the direction. */
export function trafficLine(traffic: TrafficEvent, { textStream, hex, date, skipped = 0 }: TrafficForm): string {
  const { event, id, peer, data, whole, transport: _, ...flags } = traffic;
  const dir = traffic.dir ?? (event === "recv" ? "in" : "out");
  const head = { t: date.toISOString(), event, id, peer, ...flags, dir, bytes: data.length, ...skippedField(skipped) };
  if (hex) return toLine({ ...head, hex: encodeHex(data) });
  const waiting = textStream.pending;
  const { text, invalid } = whole ? textStream.all(data) : data.length > 0 ? textStream.push(data) : textStream.end();
  if (invalid === 0) return toLine({ ...head, text });
  const bytes = concat([waiting, data]);
  return toLine({ ...head, base64: encodeBase64(bytes.subarray(0, bytes.length - textStream.pending.length)) });
}

function skippedField(skipped: number): { skipped?: number } {
  return skipped > 0 ? { skipped } : {};
}

/**
 * Characters that JSON leaves alone, and that a terminal or an editor acts on or hides: DEL, C1, line separators,
 * format characters (bidi), fillers, joiners, tags, variation selectors, and noncharacters.
 */
const ACTIVE = /[\x7f-\x9f\u2028\u2029\p{Cf}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;

/** One line. Active characters are escaped as `\u202e`: a program reads the same text, and a person who reads along is not misled. */
function toLine(value: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify(value).replace(ACTIVE, escapeOne)}\n`;
}

/** In UTF-16 units, as JSON has it (RFC 8259 section 7). */
function escapeOne(character: string): string {
  return character.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
}
