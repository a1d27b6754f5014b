/**
 * Text that came from a stranger, made safe to print. What a terminal would obey (control characters) or use to mislead the
 * reader (text direction, invisible marks) is shown by its number. A backslash in the text stays as it is: the result is for
 * eyes, not for reading back.
 *
 * @module
 */

// C0 but tab and line feed, DEL, C1; marks, overrides and isolates of text direction; line and paragraph separators;
// the byte order mark; surrogates without a partner.
const UNSAFE_SET =
  "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff\\p{Surrogate}]";
const UNSAFE = new RegExp(UNSAFE_SET, "u");
const UNSAFE_ALL = new RegExp(UNSAFE_SET, "gu");

/** Names that `\x0d` and the like are better known by. */
const SHORT_NAMES: ReadonlyMap<string, string> = new Map([["\r", "\\r"]]);

/**
 * Makes text safe for a terminal. Tab and line feed stay.
 *
 * @param text anything, also with lone surrogates
 * @returns the text with `\r`, `\x1b`, `\u0085` or `\u202e` in place of each unsafe character
 */
export function escapeControls(text: string): string {
  return UNSAFE.test(text) ? text.replace(UNSAFE_ALL, escapeOne) : text;
}

function escapeOne(character: string): string {
  const code = character.charCodeAt(0);
  const digits = code.toString(16);
  return SHORT_NAMES.get(character) ??
    (code < 0x80 ? `\\x${digits.padStart(2, "0")}` : `\\u${digits.padStart(4, "0")}`);
}

/** The most characters of a value that a message repeats: it has to fit on one line of a terminal with its reason. */
const QUOTE_LIMIT = 60;

/**
 * A value as messages show it: in quotes, on one line, safe for a terminal, cut when it is long.
 *
 * @param text the value as it was given
 * @returns the value in double quotes
 */
export function quote(text: string): string {
  const characters = Array.from(text.slice(0, 2 * QUOTE_LIMIT + 2));
  const short = characters.length > QUOTE_LIMIT ? characters.slice(0, QUOTE_LIMIT).join("") + "…" : text;
  return `"${escapeControls(short).replaceAll("\n", "\\n").replaceAll("\t", "\\t")}"`;
}
