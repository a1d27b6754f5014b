/**
 * Sizes, durations and times as people read them: rounded, where JSON has the exact values.
 *
 * @module
 */

const SIZE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** Formats a number of bytes: `12 B`, `2.9 MiB`, `12 MiB`. */
export function size(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // What rounds to 1024 is one of the next unit.
  while (Math.round(value) >= 1024 && unit < SIZE_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? bytes : twoDigits(value)} ${SIZE_UNITS[unit]}`;
}

/** Formats milliseconds: `12 ms`, `1.8 s`, `42 s`, `1 min 2 s`, `2 h 5 min`. */
export function duration(ms: number): string {
  if (Math.round(ms) < 1000) return `${Math.round(ms)} ms`;
  if (Math.round(ms / 1000) < 60) return `${twoDigits(ms / 1000)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return pair(seconds, 60, "min", "s");
  const minutes = Math.round(seconds / 60);
  return minutes < 24 * 60 ? pair(minutes, 60, "h", "min") : pair(Math.round(minutes / 60), 24, "d", "h");
}

/** One decimal below ten, unless it is 0. */
function twoDigits(value: number): string {
  return String(value < 9.95 ? Math.round(value * 10) / 10 : Math.round(value));
}

function pair(value: number, step: number, large: string, small: string): string {
  const rest = value % step;
  return `${Math.floor(value / step)} ${large}${rest === 0 ? "" : ` ${rest} ${small}`}`;
}

/** Columns of a message on a terminal, as far as its own words go: Chinese ones take two for each character. */
export function columnsOf(text: string): number {
  return text.replace(/[\u2e80-\uffee]/g, "..").length;
}

/** Formats the local time of day: `08:05:09.123`. */
export function clock(date: Date): string {
  return `${minuteOf(date)}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** Formats the local time of day without seconds: `08:05`. */
export function minuteOf(date: Date): string {
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Formats the local date: `2026-12-01`. */
export function dayOf(date: Date): string {
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
