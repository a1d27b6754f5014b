/**
 * Stand-in for `@std/fmt/duration`: lengths of time for people to read.
 *
 * @module
 */

/** Options for {@linkcode format}. */
export interface FormatOptions {
  /**
   * "narrow" for "1m 39s", "full" for "1 minute, 39 seconds", "digital" for "00:00:01:39:000:000:000".
   *
   * @default {"narrow"}
   */
  style?: "narrow" | "digital" | "full";
  /**
   * Leaves out the units that are zero; "digital" only those at the end.
   *
   * @default {false}
   */
  ignoreZero?: boolean;
}

/** A unit, how the three styles write it, and its amount in the duration. */
interface Part {
  narrow: string;
  full: string;
  digits: number;
  value: number;
}

/**
 * Writes a duration unit by unit, from days to nanoseconds.
 *
 * @param ms The duration in milliseconds; the sign is ignored.
 * @param options The style, and whether to leave out zeros.
 * @returns The duration as text.
 * @throws {TypeError} If the style is none of the three.
 */
export function format(ms: number, options: FormatOptions = {}): string {
  const { style = "narrow", ignoreZero = false } = options;
  const parts = split(Math.abs(ms));
  const shown = ignoreZero ? parts.filter((part) => part.value > 0) : parts;
  switch (style) {
    case "narrow":
      return shown.map((part) => `${part.value}${part.narrow}`).join(" ");
    case "full":
      return shown.map((part) => `${part.value} ${part.full}${part.value === 1 ? "" : "s"}`).join(", ");
    case "digital": {
      const end = ignoreZero ? parts.findLastIndex((part) => part.value > 0) + 1 : parts.length;
      return parts.slice(0, end).map((part) => String(part.value).padStart(part.digits, "0")).join(":");
    }
    default:
      throw new TypeError(`Cannot format a duration: style "${style}" is not "narrow", "full" or "digital"`);
  }
}

function split(ms: number): Part[] {
  // Printed digits instead of arithmetic: 16.342 * 1000 is 16341.999..., but its digits are right.
  const fraction = ms.toFixed(7).split(".")[1] ?? "";
  return [
    { narrow: "d", full: "day", digits: 2, value: Math.trunc(ms / 86_400_000) },
    { narrow: "h", full: "hour", digits: 2, value: Math.trunc(ms / 3_600_000) % 24 },
    { narrow: "m", full: "minute", digits: 2, value: Math.trunc(ms / 60_000) % 60 },
    { narrow: "s", full: "second", digits: 2, value: Math.trunc(ms / 1000) % 60 },
    { narrow: "ms", full: "millisecond", digits: 3, value: Math.trunc(ms) % 1000 },
    { narrow: "µs", full: "microsecond", digits: 3, value: Number(fraction.slice(0, 3)) },
    { narrow: "ns", full: "nanosecond", digits: 3, value: Number(fraction.slice(3, 6)) },
  ];
}
