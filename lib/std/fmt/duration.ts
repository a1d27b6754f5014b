/**
 * Stand-in for `@std/fmt/duration`: lengths of time for people to read.
 *
 * @module
 */

/** Options for {@linkcode format}. */
export interface FormatOptions {
  /** Leaves out the units that are zero; the package can also keep them. */
  ignoreZero: true;
}

/** Writes a number of milliseconds unit by unit, whatever its sign: 99674 becomes "1m 39s 674ms", 0 the empty text. */
export function format(ms: number, _options: FormatOptions): string {
  const size = Math.abs(ms);
  // Printed digits instead of arithmetic: 16.342 * 1000 is 16341.999..., but its digits are right.
  const fraction = size.toFixed(7).split(".")[1] ?? "";
  const parts: [value: number, unit: string][] = [
    [Math.trunc(size / 86_400_000), "d"],
    [Math.trunc(size / 3_600_000) % 24, "h"],
    [Math.trunc(size / 60_000) % 60, "m"],
    [Math.trunc(size / 1000) % 60, "s"],
    [Math.trunc(size) % 1000, "ms"],
    [Number(fraction.slice(0, 3)), "µs"],
    [Number(fraction.slice(3, 6)), "ns"],
  ];
  return parts.filter(([value]) => value > 0).map(([value, unit]) => `${value}${unit}`).join(" ");
}
