/**
 * Parameters of a header value (`type; name=value; name="quoted"`), and the file names in Content-Disposition (RFC
 * 6266).
 *
 * Header text here has one character for each byte that was sent. Only `filename*` names the charset of its bytes; for
 * `filename` the RFC allows latin1, and servers send UTF-8 or the charset of their system.
 *
 * @module
 */

import { trim } from "./head.ts";

/**
 * Parses parameters, leniently: an unquoted value may have spaces, a quoted one may lack its end.
 *
 * @param value the value of a header field
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
 * Returns the file names that the server gives a body. They are untrusted: see `safeFileName`.
 *
 * @example
 * ```ts ignore
 * namesIn(`attachment; filename="a.txt"; filename*=UTF-8''%E4%BD%A0.txt`); // ["你.txt", "a.txt"]
 * ```
 *
 * @param disposition the value of Content-Disposition, one character for each byte
 * @returns the name in `filename*`, then the one in `filename`; missing and malformed ones are left out
 */
export function namesIn(disposition: string): string[] {
  const parameters = parametersOf(disposition);
  const extended = parameters.get("filename*");
  const plain = parameters.get("filename");
  return [extended && decodeExtended(extended), plain && decodeRaw(plain)].filter((name) => name !== undefined);
}

/**
 * Decodes an extended value (RFC 8187): charset, language, the bytes with percent escapes. Bytes that should have been
 * escaped and were not are accepted unchanged.
 */
function decodeExtended(value: string): string | undefined {
  const [, charset, text] = /^([^']+)'[^']*'(.*)$/.exec(value) ?? [];
  if (charset === undefined || text === undefined || /%(?![0-9a-f]{2})/i.test(text)) return undefined;
  return decode(percentDecode(text), charset);
}

function decodeRaw(text: string): string {
  return decodeGuessing(bytesOf(text)) ?? text;
}

/**
 * Decodes percent escapes.
 *
 * @param text one character for each byte; a percent sign without two hex digits after it stays
 * @returns the bytes
 */
export function percentDecode(text: string): Uint8Array {
  return bytesOf(text.replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(parseInt(digits, 16))));
}

/**
 * Decodes bytes of unknown encoding as UTF-8, which other encodings hardly ever resemble, or else as gbk.
 *
 * @param bytes the bytes of a name
 * @returns the text; undefined if the bytes are valid in neither
 */
export function decodeGuessing(bytes: Uint8Array): string | undefined {
  return decode(bytes, "utf-8") ?? decode(bytes, "gbk");
}

/** Decodes bytes; undefined for an unknown charset and for bytes that are not valid in it. */
function decode(bytes: Uint8Array, charset: string): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return undefined; // TextDecoder throws a RangeError for an unknown charset and a TypeError for invalid bytes.
  }
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
