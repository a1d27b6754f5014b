/**
 * Stand-in for `@std/fmt/bytes`: sizes for people to read.
 *
 * @module
 */

/** Options for {@linkcode format}. */
export interface FormatOptions {
  /**
   * Names bits instead of bytes.
   *
   * @default {false}
   */
  bits?: boolean;
  /**
   * Counts in steps of 1024 (kiB) instead of 1000 (kB).
   *
   * @default {false}
   */
  binary?: boolean;
  /**
   * Puts a plus sign before positive numbers and a space before zero.
   *
   * @default {false}
   */
  signed?: boolean;
  /** Writes the number as in this language, or as in the language of the system if true. */
  locale?: boolean | string | string[];
  /** The least number of digits after the point; if this or the next is set, it replaces rounding to three digits. */
  minimumFractionDigits?: number;
  /** The greatest number of digits after the point. */
  maximumFractionDigits?: number;
}

const PREFIXES = ["", "k", "M", "G", "T", "P", "E", "Z", "Y"];

/**
 * Writes a number of bytes with a fitting unit: 1337 becomes "1.34 kB".
 *
 * @param num The number of bytes, or of bits with `bits`.
 * @param options How to write it.
 * @returns The number, rounded to three digits unless the options say otherwise, a space and the unit.
 * @throws {TypeError} If the number is not finite.
 */
export function format(num: number, options: FormatOptions = {}): string {
  if (!Number.isFinite(num)) throw new TypeError(`Cannot format "${num}" as bytes: expected a finite number`);
  if (options.signed && num === 0) return ` 0 ${unitOf(0, options)}`;
  const size = Math.abs(num);
  const exponent = exponentOf(size, options);
  const value = size / (options.binary ? 1024 : 1000) ** exponent;
  return `${signOf(num, options)}${digitsOf(value, options)} ${unitOf(exponent, options)}`;
}

function signOf(num: number, options: FormatOptions): string {
  if (num < 0) return "-";
  return options.signed ? "+" : "";
}

function exponentOf(size: number, options: FormatOptions): number {
  if (size < 1) return 0;
  const steps = options.binary ? Math.log(size) / Math.log(1024) : Math.log10(size) / 3;
  return Math.min(Math.floor(steps), PREFIXES.length - 1);
}

function digitsOf(value: number, options: FormatOptions): string {
  const { locale, minimumFractionDigits, maximumFractionDigits } = options;
  const limits = {
    // Zero counts as not set, as in the published package.
    ...(minimumFractionDigits ? { minimumFractionDigits } : {}),
    ...(maximumFractionDigits ? { maximumFractionDigits } : {}),
  };
  const limited = Object.keys(limits).length > 0;
  // Below one the three digits would hide nothing but be surprising: 0.1234 stays.
  const rounded = limited || value < 1 ? value : Number(value.toPrecision(3));
  if (!limited && !locale) return String(rounded);
  return rounded.toLocaleString(typeof locale === "boolean" ? undefined : locale, limits);
}

function unitOf(exponent: number, options: FormatOptions): string {
  if (exponent === 0) return options.bits ? "b" : "B";
  return `${PREFIXES[exponent]}${options.binary ? "i" : ""}${options.bits ? "bit" : "B"}`;
}
