/**
 * Names of character encodings: maps any usual spelling to the one name that sockeye uses. `TextDecoder` supports the
 * labels of the WHATWG standard; names that other tools use (cp936, eucjp, utf16) are added here. Encodings with state
 * between characters are refused, because a stream could not be decoded from any position.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { say } from "../phrase.ts";
import { quote } from "../printable.ts";
import { didYouMean } from "../wording.ts";

/** The encodings named in help and error messages; the single-byte encodings of `TextDecoder` work as well. */
export const ENCODINGS: readonly string[] = [
  "utf-8",
  "gbk",
  "gb18030",
  "big5",
  "shift_jis",
  "euc-jp",
  "euc-kr",
  "latin1",
  "utf-16le",
  "utf-16be",
];

/** Names that Windows, Python and iconv use and `TextDecoder` does not support, without `-` and `_`. */
const OTHER_SPELLINGS: ReadonlyMap<string, string> = new Map([
  ["utf16", "utf-16le"],
  ["cp932", "shift_jis"],
  ["cp936", "gbk"],
  ["euccn", "gbk"],
  ["cp949", "euc-kr"],
  ["uhc", "euc-kr"],
  ["cp950", "big5"],
  ["cp54936", "gb18030"],
]);

/** iso-2022-jp has state between characters; the other two are not encodings of text. */
const REFUSED: ReadonlySet<string> = new Set(["iso-2022-jp", "replacement", "x-user-defined"]);

/**
 * Resolves a label in any usual spelling and case to the name of the encoding, which is also a label of `TextDecoder`. A message
 * about an unknown one suggests those of `suggested`, by default all.
 *
 * @example
 * ```ts ignore
 * resolveEncoding("CP936"); // "gbk"
 * ```
 *
 * @throws {SockeyeError} kind `usage` for a label that is unknown or refused
 */
export function resolveEncoding(label: string, suggested = ENCODINGS): string {
  if (ENCODINGS.includes(label)) return label;
  const bare = squash(label);
  const name = ENCODINGS.find((known) => squash(known) === bare) ?? OTHER_SPELLINGS.get(bare) ?? platformName(label);
  if (name === undefined || REFUSED.has(name)) {
    const guess = didYouMean(label, suggested);
    throw new SockeyeError(
      "usage",
      say("unknown-encoding")`Unknown encoding ${quote(label)}: use one of ${suggested.join(", ")}${guess}`,
    );
  }
  return name;
}

function squash(label: string): string {
  return label.trim().toLowerCase().replace(/[-_ ]/g, "");
}

function platformName(label: string): string | undefined {
  try {
    const name = new TextDecoder(label).encoding;
    // The standard decodes latin1 as windows-1252; users know the encoding as latin1.
    return name === "windows-1252" ? "latin1" : name;
  } catch {
    return undefined; // TextDecoder throws a RangeError for an unknown label.
  }
}

/** The encodings of a conversation, canonical names. */
export interface Encodings {
  /** What is sent. */
  readonly write: string;
  /** Received text. */
  readonly read: string;
}

/**
 * Parses `gbk`, or `gbk:utf-8` for writing and reading.
 *
 * @throws {SockeyeError} kind `usage` for a label that is unknown or refused
 */
export function asEncodings(text: string): Encodings {
  const [write = "", read = write] = text.split(/:(.*)/s);
  return { write: resolveEncoding(write), read: resolveEncoding(read) };
}
