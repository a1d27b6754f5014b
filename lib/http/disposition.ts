/**
 * Parameters of a header value (`type; name=value; name="quoted"`), and the file name that Content-Disposition carries in
 * them (RFC 6266).
 *
 * The text is that of a header as it was sent: each character is one byte. Which characters the bytes stand for is only
 * known for `filename*`; for `filename` the RFC allows latin1, and servers send UTF-8, or whatever their system uses.
 *
 * @module
 */

import { trim } from "./head.ts";

/**
 * Reads parameters, leniently: an unquoted value may have spaces, a quoted one may lack its end.
 *
 * @param value of a header field
 * @returns the values by the name in lower case, quotes and backslashes undone; the first of equal names
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

/** What is between semicolons outside of quoted strings. */
const PART = /(?:[^;"]|"(?:[^"\\]|\\[^])*\\?(?:"|$))+/g;

/** The content of a quoted string, without what comes after its end; anything else as it is. */
function unquote(text: string): string {
  const found = /^"((?:[^"\\]|\\[^])*)/.exec(text);
  return found ? found[1]!.replace(/\\([^])/g, "$1") : text;
}

/**
 * The names that a body is given by its server, which may be anything: see `safeFileName`.
 *
 * @param disposition the value of Content-Disposition, one character for each byte
 * @returns that of `filename*`, then that of `filename`, without what is missing or malformed
 */
export function namesIn(disposition: string): string[] {
  const parameters = parametersOf(disposition);
  const extended = parameters.get("filename*");
  const plain = parameters.get("filename");
  return [extended && decodeExtended(extended), plain && decodeRaw(plain)].filter((name) => name !== undefined);
}

/**
 * An extended value (RFC 8187): charset, language, the bytes with percent escapes. Bytes that should have been escaped and
 * were not are taken as they are.
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
 * Undoes percent escapes.
 *
 * @param text one character for each byte; a percent sign that is none of an escape stays
 * @returns the bytes
 */
export function percentDecode(text: string): Uint8Array {
  return bytesOf(text.replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(parseInt(digits, 16))));
}

/**
 * Reads bytes of unknown encoding: as UTF-8, which nothing else resembles, or as gbk.
 *
 * @param bytes of a name
 * @returns undefined when they are neither
 */
export function decodeGuessing(bytes: Uint8Array): string | undefined {
  return decode(bytes, "utf-8") ?? decode(bytes, "gbk");
}

/** Undefined for an unknown charset and for bytes that are not valid in it. */
function decode(bytes: Uint8Array, charset: string): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return undefined; // a RangeError or a TypeError is how TextDecoder says so
  }
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
