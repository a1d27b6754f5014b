/**
 * Parameters of a header value (`type; name=value; name="quoted"`), and the file names in Content-Disposition (RFC
 * 6266). Header text has one character for each byte that was sent.
 *
 * @module
 */

import { latin1Bytes, trim } from "./head.ts";
import { charsetOfName } from "./name_charset.ts";

/**
 * Parses parameters, leniently: an unquoted value may have spaces, a quoted one may lack its end.
 *
 * @returns the values by lower-case name, without quotes and backslashes; of equal names the first one
 */
export function parametersOf(value: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const [part] of value.matchAll(PART)) {
    const equals = part.indexOf("=");
    const name = trim(part.slice(0, Math.max(0, equals))).toLowerCase();
    if (name !== "" && !parameters.has(name)) parameters.set(name, unquote(trim(part.slice(equals + 1))));
  }
  return parameters;
}

/** The text between two semicolons; semicolons inside quoted strings do not count. */
const PART = /(?:[^;"]|"(?:[^"\\]|\\[^])*\\?(?:"|$))+/g;

/** Returns the content of a quoted string, without any text after its end; other text is returned unchanged. */
function unquote(text: string): string {
  const found = /^"((?:[^"\\]|\\[^])*)/.exec(text);
  return found ? found[1]!.replace(/\\([^])/g, "$1") : text;
}

/**
 * Returns the names in a Content-Disposition, that of `filename*` first. Percent escapes in `filename` are decoded as well:
 * browsers do, so servers write them. The names are untrusted: see `safeFileName`.
 *
 * @example
 * ```ts ignore
 * namesIn(`attachment; filename="a.txt"; filename*=UTF-8''%E4%BD%A0.txt`); // ["你.txt", "a.txt"]
 * ```
 */
export function namesIn(disposition: string): string[] {
  const parameters = parametersOf(disposition);
  const extended = parameters.get("filename*");
  const plain = parameters.get("filename");
  return [extended && decodeExtended(extended), plain && guess(percentDecode(plain), plain)]
    .filter((name) => name !== undefined);
}

/** Decodes charset, language, and bytes with percent escapes (RFC 8187), also bytes that should have been escaped. */
function decodeExtended(value: string): string | undefined {
  const [, charset, text] = /^([^']+)'[^']*'(.*)$/.exec(value) ?? [];
  if (charset === undefined || text === undefined || /%(?![0-9a-f]{2})/i.test(text)) return undefined;
  return decode(percentDecode(text), charset);
}

/** Decodes percent escapes; a percent sign without two hex digits after it stays. */
export function percentDecode(text: string): Uint8Array {
  return latin1Bytes(
    text.replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(parseInt(digits, 16))),
  );
}

/**
 * Decodes a name. RFC 6266 wants latin1, but servers send UTF-8, which other encodings hardly ever resemble, or the
 * charset of their system; `otherwise` is for bytes that fit none.
 */
export function guess(bytes: Uint8Array, otherwise: string): string {
  const utf8 = decode(bytes, "utf-8");
  if (utf8 !== undefined) return utf8;
  const charset = charsetOfName(bytes, (charset) => decode(bytes, charset) !== undefined);
  return (charset && decode(bytes, charset)) ?? otherwise;
}

/** Decodes bytes; undefined for an unknown charset and for bytes that are not valid in it. */
export function decode(bytes: Uint8Array, charset: string): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return undefined; // TextDecoder throws a RangeError for an unknown charset and a TypeError for invalid bytes.
  }
}
