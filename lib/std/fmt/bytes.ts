/**
 * Stand-in for `@std/fmt/bytes`: sizes for people to read.
 *
 * @module
 */

/** Options for {@linkcode format}. */
export interface FormatOptions {
  /** Steps of 1024 (kiB); the package also counts in steps of 1000. */
  binary: true;
}

const UNITS = ["B", "kiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"];

/** Writes a number of bytes with a fitting unit, rounded to three digits: 1337 becomes "1.31 kiB". */
export function format(num: number, _options: FormatOptions): string {
  if (!Number.isFinite(num)) throw new TypeError(`Cannot format "${num}" as bytes: expected a finite number`);
  const size = Math.abs(num);
  if (size < 1) return `${num} B`;
  const exponent = Math.min(Math.floor(Math.log(size) / Math.log(1024)), UNITS.length - 1);
  return `${Number((num / 1024 ** exponent).toPrecision(3))} ${UNITS[exponent]}`;
}
