/**
 * Events for programs: one JSON object a line (NDJSON). Bytes are given as `text` when they are valid in the encoding, as
 * `hex` with `--hex`, else as `base64`, so that nothing is lost. A character that a read cut belongs to the event that
 * completes it; when the bytes turn out not to be text, `base64` has those that waited as well.
 *
 * @module
 */

import { encodeBase64 } from "@std/encoding/base64";
import { encodeHex } from "@std/encoding/hex";
import { concat } from "../bytes.ts";
import { EXIT_CODES } from "../errors.ts";
import type { SockeyeEvent } from "../events.ts";
import type { TextStream } from "../text/decode.ts";

/**
 * Writes an event.
 *
 * @param event any event but traffic
 * @param date when it happened
 * @returns one line with its newline
 */
export function eventLine(event: SockeyeEvent, date: Date): string {
  const code = event.event === "error" ? { code: EXIT_CODES[event.kind] } : {};
  return line({ t: date.toISOString(), ...event, ...code });
}

/** What a traffic line is made from. */
export interface TrafficLine {
  /** `recv` or `send`. */
  readonly event: string;
  /** Number of the peer. */
  readonly id: number;
  /** Address of the peer. */
  readonly peer: string;
  /** What came or went; empty at the end of a stream. */
  readonly data: Uint8Array;
  /** The decoder of this peer and direction. */
  readonly stream: TextStream;
  /** Give hex instead of text. */
  readonly hex: boolean;
  /** A message of its own: nothing of it waits for the next one. */
  readonly whole?: true;
}

/**
 * Writes traffic.
 *
 * @param traffic bytes and their decoder
 * @param date when it happened
 * @returns one line with its newline
 */
export function trafficLine({ event, id, peer, data, stream, hex, whole }: TrafficLine, date: Date): string {
  const head = { t: date.toISOString(), event, id, peer, dir: event === "recv" ? "in" : "out", bytes: data.length };
  if (hex) return line({ ...head, hex: encodeHex(data) });
  const waiting = stream.pending;
  const { text, invalid } = whole ? stream.all(data) : data.length > 0 ? stream.push(data) : stream.end();
  if (invalid === 0) return line({ ...head, text });
  const bytes = concat([waiting, data]);
  const told = bytes.subarray(0, bytes.length - stream.pending.length);
  return line({ ...head, base64: encodeBase64(told) });
}

function line(value: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify(value)}\n`;
}
