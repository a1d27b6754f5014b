/**
 * Stand-in for `@std/fmt/colors`: text styles for terminals.
 *
 * @module
 */

let enabled = !Deno.noColor;

/**
 * Turns styles on or off; with `NO_COLOR` set they stay off.
 *
 * @param value Whether to style.
 */
export function setColorEnabled(value: boolean): void {
  if (!Deno.noColor) enabled = value;
}

/**
 * Tells whether styles are on.
 *
 * @returns True if the functions of this module change their text.
 */
export function getColorEnabled(): boolean {
  return enabled;
}

/** Styles a text; where a style inside it ends, this one starts again. */
function style(str: string, start: number, end: number): string {
  if (!enabled) return str;
  const open = `\x1b[${start}m`;
  const close = `\x1b[${end}m`;
  return open + str.replaceAll(close, open) + close;
}

/**
 * Makes a text bold.
 *
 * @param str The text.
 * @returns The text between its escape sequences, or unchanged while styles are off.
 */
export function bold(str: string): string {
  return style(str, 1, 22);
}

/**
 * Makes a text faint.
 *
 * @param str The text.
 * @returns The text between its escape sequences, or unchanged while styles are off.
 */
export function dim(str: string): string {
  return style(str, 2, 22);
}

/**
 * Makes a text red.
 *
 * @param str The text.
 * @returns The text between its escape sequences, or unchanged while styles are off.
 */
export function red(str: string): string {
  return style(str, 31, 39);
}

/**
 * Makes a text green.
 *
 * @param str The text.
 * @returns The text between its escape sequences, or unchanged while styles are off.
 */
export function green(str: string): string {
  return style(str, 32, 39);
}

/**
 * Makes a text yellow.
 *
 * @param str The text.
 * @returns The text between its escape sequences, or unchanged while styles are off.
 */
export function yellow(str: string): string {
  return style(str, 33, 39);
}

/**
 * Makes a text blue.
 *
 * @param str The text.
 * @returns The text between its escape sequences, or unchanged while styles are off.
 */
export function blue(str: string): string {
  return style(str, 34, 39);
}

/**
 * Makes a text magenta.
 *
 * @param str The text.
 * @returns The text between its escape sequences, or unchanged while styles are off.
 */
export function magenta(str: string): string {
  return style(str, 35, 39);
}

/**
 * Makes a text cyan.
 *
 * @param str The text.
 * @returns The text between its escape sequences, or unchanged while styles are off.
 */
export function cyan(str: string): string {
  return style(str, 36, 39);
}

/**
 * Makes a text gray.
 *
 * @param str The text.
 * @returns The text between its escape sequences, or unchanged while styles are off.
 */
export function gray(str: string): string {
  return style(str, 90, 39);
}

/**
 * Control strings such as links and titles, up to BEL or ST; then sequences with parameters such as colours and cursor
 * moves, also with the one-byte introducer; then the short ones.
 */
const ANSI = new RegExp(
  [
    "\x1b\\][^\x07\x1b]*(?:\x07|\x1b\\\\)",
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]",
    "\x1b[ -/]*[0-Z\\\\^-~]",
  ].join("|"),
  "g",
);

/**
 * Takes the escape sequences out of a text.
 *
 * @param string The text.
 * @returns The text a terminal would show.
 */
export function stripAnsiCode(string: string): string {
  return string.replace(ANSI, "");
}
