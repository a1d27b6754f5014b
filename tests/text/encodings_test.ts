import { assertEquals, assertThrows } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import { TextStream } from "../../lib/text/decode.ts";
import { encodeShown, encodeText } from "../../lib/text/encode.ts";
import { ENCODINGS, resolveEncoding } from "../../lib/text/encodings.ts";
import { HexDump } from "../../lib/text/hex_dump.ts";
import { EncodingHint } from "../../lib/text/hint.ts";
import { textOf } from "../support/sockets.ts";

Deno.test("resolveEncoding() takes the usual spellings", () => {
  const spellings: Record<string, string[]> = {
    "utf-8": ["utf-8", "utf8", "UTF-8", "Utf_8", " utf-8 "],
    "gbk": ["gbk", "GBK", "gb2312", "GB_2312-80", "cp936", "x-gbk", "EUC-CN"],
    "gb18030": ["gb18030", "GB-18030"],
    "big5": ["big5", "Big5", "big-5", "big5-hkscs", "cp950"],
    "shift_jis": ["shift_jis", "Shift-JIS", "sjis", "shiftjis", "windows-31j", "cp932"],
    "euc-jp": ["euc-jp", "eucjp", "EUC_JP"],
    "euc-kr": ["euc-kr", "euckr", "ks_c_5601-1987", "cp949"],
    "latin1": ["latin1", "latin-1", "ISO-8859-1", "windows-1252", "cp1252"],
    "utf-16le": ["utf-16le", "utf16le", "utf-16", "UTF16"],
    "utf-16be": ["utf-16be", "utf16be"],
    "koi8-r": ["koi8-r", "KOI8-R", "koi"],
    "windows-1251": ["windows-1251", "cp1251"],
  };
  for (const [name, labels] of Object.entries(spellings)) {
    for (const label of labels) assertEquals(resolveEncoding(label), name, label);
  }
});

Deno.test("every part of the folder takes any spelling and refuses an unknown name alike", () => {
  assertEquals(encodeText("你", "CP936"), Uint8Array.of(0xc4, 0xe3));
  assertEquals(encodeText("a", "UTF16"), Uint8Array.of(0x61, 0));
  assertEquals(new TextStream("EUCKR").push(Uint8Array.of(0xbe, 0xc8)).text, "안");
  assertEquals(textOf(new HexDump("cp936").push(Uint8Array.of(0xc4, 0xe3))).slice(-4), "|你|\n");
  for (const make of [TextStream, HexDump, EncodingHint]) assertThrows(() => new make("xyz"), SockeyeError, "Unknown");
  for (const encode of [encodeText, encodeShown]) assertThrows(() => encode("", "xyz"), SockeyeError, "Unknown");
});

Deno.test("resolveEncoding() leaves its own names alone, and TextDecoder knows them", () => {
  for (const name of ENCODINGS) {
    assertEquals(resolveEncoding(name), name);
    new TextDecoder(name);
  }
});

Deno.test("resolveEncoding() refuses what is unknown, stateful or useless, and shows an unsafe name escaped", () => {
  const labels = ["xyz", "", "iso-2022-jp", "replacement", "x-user-defined", "utf-7", "hz-gb-2312", "constructor"];
  for (const label of labels) {
    const message = `Unknown encoding "${label}": use one of utf-8`;
    assertEquals(assertThrows(() => resolveEncoding(label), SockeyeError, message).kind, "usage");
  }
  assertThrows(() => resolveEncoding("a\x1b[2J\n"), SockeyeError, 'Unknown encoding "a\\x1b[2J\\n": ');
});
