/**
 * Sizes, durations and times of day as people read them.
 *
 * @module
 */

import { format as formatBytes } from "@std/fmt/bytes";
import { format as formatMs } from "@std/fmt/duration";

/** Formats a number of bytes: `12 B`, `1.5 kiB`. */
export function size(bytes: number): string {
  // formatBytes() rounds to three digits, which would turn 1023 B into another number of bytes.
  return bytes < 1024 ? `${bytes} B` : formatBytes(bytes, { binary: true });
}

/** Formats milliseconds: `12ms`, `1m 2s`; whole seconds from ten seconds on. */
export function duration(ms: number): string {
  const rounded = ms < 10_000 ? Math.round(ms) : Math.round(ms / 1000) * 1000;
  return formatMs(rounded, { ignoreZero: true }) || "0ms";
}

/** Formats the local time of day: `08:05:09.123`. */
export function clock(date: Date): string {
  const two = (n: number) => String(n).padStart(2, "0");
  const ms = String(date.getMilliseconds()).padStart(3, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${ms}`;
}
