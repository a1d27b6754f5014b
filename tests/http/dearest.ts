/** Heads that cost most to parse, and whether their time grows with their length only. */

import { assert, assertLess } from "@std/assert";
import { HEAD_LIMIT } from "../../lib/http/limits.ts";
import { toBytes } from "./helpers.ts";

/** Fields as long as a head may be, or that part of it. */
type Dear = [name: string, head: (part: number) => string];

/** In the shapes that cost most. */
export const DEAREST: readonly Dear[] = [
  ["one long value", (part) => "A: " + "x".repeat(65_000 * part)],
  ["one long name", (part) => "A".repeat(65_000 * part) + ": x"],
  ["many fields", (part) => Array.from({ length: 198 * part }, (_, i) => `A${i}: ${"x".repeat(300)}`).join("\r\n")],
  ["many folds", (part) => "A: b" + "\n c".repeat(21_000 * part)],
  ["many empty folds", (part) => "A: b" + "\n ".repeat(32_000 * part)],
  ["a long host", (part) => `Host: ${"%20".repeat(21_000 * part)}!/`],
  ["a long list of lengths", (part) => "Content-Length: 0" + ",0".repeat(32_000 * part)],
  ["a long list of codings", (part) => "Transfer-Encoding: chunked" + ", ".repeat(32_000 * part)],
  ["white space at the end", (part) => "A: b" + " ".repeat(65_000 * part)],
  ["white space in the middle", (part) => "A: b" + " ".repeat(65_000 * part) + "b"],
  ["white space in a coding", (part) => "Transfer-Encoding: chunked" + " ".repeat(65_000 * part) + "x"],
  ["white space at the start", (part) => "A: " + " ".repeat(65_000 * part) + "b"],
];

/** Far above what a linear parser needs for 64 KiB on an idle machine, and far below what a quadratic one needs. */
const SLOW_MS = 500;

/**
 * Fails where the time of a parser does not grow with the length only. On a busy machine all times are long: there a
 * whole head must take less than three times as long as half of one.
 *
 * @param start the line before the fields
 */
export function assertLinear(start: string, parse: (bytes: Uint8Array) => unknown, heads = DEAREST): void {
  const milliseconds = (fields: string): number => {
    const bytes = toBytes(`${start}\r\n${fields}\r\n\r\n`);
    const began = performance.now();
    parse(bytes);
    return performance.now() - began;
  };
  for (const [name, head] of heads) {
    assertLess(head(1).length, HEAD_LIMIT);
    let [whole, half, rounds] = [Infinity, Infinity, 0];
    do {
      assert(rounds++ < 10, name);
      whole = Math.min(whole, milliseconds(head(1)));
      half = Math.min(half, whole < SLOW_MS ? Infinity : milliseconds(head(0.5)));
    } while (whole >= SLOW_MS && whole >= 3 * half);
  }
}
