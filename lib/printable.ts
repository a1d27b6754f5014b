/**
 * Makes untrusted text safe to print. Characters that a terminal would act on (controls) or that could mislead the
 * reader (text direction, invisible marks) are replaced by their numbers. A backslash is not doubled: the result is for
 * display and is never parsed.
 *
 * @module
 */

// C0 except tab and line feed, DEL, C1; marks, overrides and isolates of text direction; line and paragraph separators;
// the byte order mark; lone surrogates.
const UNSAFE_SET =
  "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff\\p{Surrogate}]";
const UNSAFE = new RegExp(UNSAFE_SET, "u");
const UNSAFE_ALL = new RegExp(UNSAFE_SET, "gu");

/**
 * Makes text safe for a terminal: `\r`, `\x1b`, `\u0085` or `\u202e` in place of each unsafe character, each as `mark`
 * returns it. Tab and line feed stay.
 */
export function escapeControls(text: string, mark: (escape: string) => string = (escape) => escape): string {
  return UNSAFE.test(text) ? text.replace(UNSAFE_ALL, (character) => mark(escapeOne(character))) : text;
}

function escapeOne(character: string): string {
  if (character === "\r") return "\\r"; // Better known than \x0d.
  const digits = character.charCodeAt(0).toString(16);
  return character < "\x80" ? `\\x${digits.padStart(2, "0")}` : `\\u${digits.padStart(4, "0")}`;
}

/** Most characters of a value that a message quotes: the value and the reason should fit on one line of a terminal. */
const QUOTE_LIMIT = 60;

/**
 * The user part of an address, to the last `@`: a password that was not escaped may have any character. A user without a
 * password may be a token, and is not shown either.
 */
const USER_PART = /^([a-z][a-z0-9+.-]*:\/\/(?:[^:@/]*:)?)[^]*@/i;

/**
 * Quotes a value for a message: in double quotes, on one line, safe for a terminal, shortened if it is long, without the
 * password of an address.
 */
export function quote(text: string): string {
  const shown = text.replace(USER_PART, "$1***@");
  const characters = Array.from(shown.slice(0, 2 * QUOTE_LIMIT + 2));
  const short = characters.length > QUOTE_LIMIT ? characters.slice(0, QUOTE_LIMIT).join("") + "…" : shown;
  return `"${escapeControls(short).replaceAll("\n", "\\n").replaceAll("\t", "\\t")}"`;
}

/** User and password where the scheme is missing, or is not at the beginning. A blank before a colon begins no address. */
const BARE_USER_PART = /^(?![a-z][a-z0-9+.-]*:\/\/)(?:[^\s@]*:|[^@]*:\/\/)[^]*@/i;

/** Quotes a value that may be an address: as {@linkcode quote}, without user and password where no scheme is. */
export function quoteAddress(text: string): string {
  return quote(text.replace(BARE_USER_PART, "***@"));
}
