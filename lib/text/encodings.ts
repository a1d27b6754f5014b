/**
 * Names of character encodings: what people type becomes the one name that sockeye shows and passes on.
 *
 * `TextDecoder` knows the labels of the WHATWG standard; the names that other tools use (cp936, eucjp, utf16) are added
 * here. Encodings with a state between characters are refused, because text cut anywhere could not be read.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { quote } from "../printable.ts";
import { didYouMean } from "../wording.ts";

/** The encodings that help and error messages name; the single-byte ones that `TextDecoder` knows work as well. */
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

/** Names that Windows, Python and iconv use and `TextDecoder` does not know, without `-` and `_`. */
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

/** iso-2022-jp has a state between characters; the other two do not describe text. */
const REFUSED: ReadonlySet<string> = new Set(["iso-2022-jp", "replacement", "x-user-defined"]);

/**
 * The name that sockeye uses for an encoding.
 *
 * @param label any usual spelling, in any case: `UTF8`, `gb2312`, `sjis`, `cp936`
 * @returns the lower-case name, which `TextDecoder` takes as well
 * @throws {SockeyeError} kind `usage` for a name that is unknown or of no use here
 */
export function resolveEncoding(label: string): string {
  if (ENCODINGS.includes(label)) return label;
  const bare = squash(label);
  const name = ENCODINGS.find((known) => squash(known) === bare) ?? OTHER_SPELLINGS.get(bare) ?? platformName(label);
  if (name === undefined || REFUSED.has(name)) {
    const names = `use one of ${ENCODINGS.join(", ")}${didYouMean(label, ENCODINGS)}`;
    throw new SockeyeError("usage", `Unknown encoding ${quote(label)}: ${names}`);
  }
  return name;
}

function squash(label: string): string {
  return label.trim().toLowerCase().replace(/[-_ ]/g, "");
}

function platformName(label: string): string | undefined {
  try {
    const name = new TextDecoder(label).encoding;
    // The standard reads latin1 as windows-1252; people know it as latin1.
    return name === "windows-1252" ? "latin1" : name;
  } catch {
    return undefined; // a RangeError is how TextDecoder says "no such label"
  }
}
