/**
 * Turns typed text with escapes into bytes.
 *
 * @module
 */

import { concat } from "../bytes.ts";
import { SockeyeError } from "../errors.ts";
import { say } from "../phrase.ts";
import { quote } from "../printable.ts";

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

// The groups: two digits of a raw byte; digits of a character, without or with braces; anything else after a backslash.
const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u(?:([0-9a-fA-F]{4})|\{([0-9a-fA-F]{1,6})\})|([^]?))/gu;

/**
 * Replaces escapes and encodes the text: `\n \r \t \0 \a \b \e \f \v \\`, `\xNN` for a raw byte, `\uNNNN` and `\u{...}`
 * for a character, which is encoded like the text around it.
 *
 * @example
 * ```ts ignore
 * parseEscapes(String.raw`A\x00\u4f60`, (text) => encodeText(text, "gbk")); // 41 00 c4 e3
 * ```
 *
 * @param encode encodes text without escapes; its errors are not caught
 * @throws {SockeyeError} kind `usage` for an unknown or incomplete escape
 */
export function parseEscapes(text: string, encode: (text: string) => Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  // Text is collected up to the next raw byte, so that two escapes of a surrogate pair are encoded together.
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
  return concat(parts);
}

function escapedCharacter(match: RegExpExecArray, text: string): string {
  const digits = match[2] ?? match[3];
  const code = digits === undefined ? NaN : parseInt(digits, 16);
  if (code <= 0x10ffff) return String.fromCodePoint(code);
  const named = NAMED.get(match[4] ?? "");
  if (named !== undefined) return named;
  const usable = String.raw`\n \r \t \0 \a \b \e \f \v \\ \xNN \uNNNN \u{...}`;
  throw new SockeyeError(
    "usage",
    say("unknown-escape")`Unknown escape ${quote(match[0])} in ${quote(text)}: use ${usable}`,
  );
}
