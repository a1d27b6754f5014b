/**
 * Escapes in both directions: text that came from a stranger made safe to print, and escapes that a person typed made
 * into bytes.
 *
 * What a terminal would obey (control characters) or use to mislead the reader (text direction, invisible marks) is
 * shown by its number. A backslash in the text stays as it is: the result is for eyes, not for reading back.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";

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

/** The escapes that stand for one character. */
const NAMED: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["0", "\0"],
  ["a", "\x07"],
  ["b", "\b"],
  ["e", "\x1b"],
  ["f", "\f"],
  ["v", "\v"],
  ["\\", "\\"],
]);

// The groups are: two digits of a raw byte; digits of a character, in braces or not; anything else after a backslash.
const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u(?:([0-9a-fA-F]{4})|\{([0-9a-fA-F]{1,6})\})|([^]?))/gu;

/**
 * The bytes that text with escapes stands for: `\n \r \t \0 \a \b \e \f \v \\`, `\xNN` for a raw byte,
 * `\uNNNN` and `\u{...}` for a character, which is encoded like the text around it.
 *
 * @param text the text as typed
 * @param encode turns text into bytes; whatever it throws passes through
 * @returns a new array
 * @throws {SockeyeError} kind `usage` for an unknown or incomplete escape
 */
export function parseEscapes(text: string, encode: (text: string) => Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  // Text is gathered until a raw byte interrupts it, so that the two halves of a surrogate pair meet.
  let run = "";
  let from = 0;
  for (const match of text.matchAll(ESCAPE)) {
    run += text.slice(from, match.index);
    from = match.index + match[0].length;
    if (match[1] === undefined) {
      run += escapedCharacter(match, text);
    } else {
      parts.push(encode(run), Uint8Array.of(parseInt(match[1], 16)));
      run = "";
    }
  }
  parts.push(encode(run + text.slice(from)));
  return join(parts);
}

function escapedCharacter(match: RegExpExecArray, text: string): string {
  const digits = match[2] ?? match[3];
  const code = digits === undefined ? NaN : parseInt(digits, 16);
  if (code <= 0x10ffff) return String.fromCodePoint(code);
  const named = NAMED.get(match[4] ?? "");
  if (named !== undefined) return named;
  const usable = String.raw`use \n \r \t \0 \a \b \e \f \v \\ \xNN \uNNNN \u{...}`;
  throw new SockeyeError("usage", `Unknown escape ${quote(match[0])} in ${quote(text)}: ${usable}`);
}

function join(parts: Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
