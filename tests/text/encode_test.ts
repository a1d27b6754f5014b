import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import { encodeShown, encodeText } from "../../lib/text/encode.ts";
import { ENCODINGS } from "../../lib/text/encodings.ts";
import { gb18030Bmp, sequences } from "../../lib/text/sequences.ts";

const TABLES = ["gbk", "gb18030", "big5", "shift_jis", "euc-jp", "euc-kr", "latin1", "koi8-r", "windows-1251"];

Deno.test("encodeText() gives the known bytes", () => {
  const cases: [encoding: string, text: string, hex: string][] = [
    ["utf-8", "", ""],
    ["gbk", "", ""],
    ["utf-8", "é你😀", "c3a9e4bda0f09f9880"],
    ["utf-16le", "A你😀", "4100604f3dd800de"],
    ["utf-16be", "A你😀", "00414f60d83dde00"],
    ["gbk", "信息已收到", "d0c5cfa2d2d1cad5b5bd"],
    ["gbk", "a\0€\u3000", "610080a1a1"],
    ["gb18030", "€é😀\u{10ffff}\ufffd", "a2e3a8a69439fc36e3329a358431a437"],
    ["big5", "你好═╞╡╪十卅", "a741a66ef9f9f9e9f9ebf9eaa451a4ca"],
    ["shift_jis", "日本ｱ~\\∪￢ⅰ纊", "93fa967bb17e5c81be81cafa40fa5c"],
    ["euc-jp", "日本ｱ丂", "c6fccbdc8eb18fb0a1"],
    ["euc-kr", "안녕갂", "bec8b3e78141"],
    ["latin1", "é€\u0081", "e98081"],
    ["koi8-r", "Привет", "f0d2c9d7c5d4"],
    ["windows-1251", "Привет", "cff0e8e2e5f2"],
  ];
  for (const [encoding, text, hex] of cases) {
    assertEquals(encodeText(text, encoding).toHex(), hex, `${encoding} ${text}`);
  }
});

Deno.test("encodeText() is undone by TextDecoder for every character of a table", () => {
  for (const encoding of TABLES) {
    const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
    for (const { code, text } of sequences(encoding)) {
      // The Hong Kong extension of big5 is decoded but never written, as the standard prescribes.
      if (encoding === "big5" && code > 0xff && code < 0xa100) continue;
      assertEquals(decoder.decode(encodeText(text, encoding)), text, `${encoding} ${code.toString(16)}`);
    }
  }
});

Deno.test("encodeText() covers all of Unicode in gb18030", () => {
  const decoder = new TextDecoder("gb18030", { fatal: true, ignoreBOM: true });
  const bmp = gb18030Bmp();
  assertEquals(decoder.decode(encodeText(bmp, "gb18030")), bmp);
  for (let point = 0x10000; point <= 0x10ffff; point += 0x101) {
    const text = String.fromCodePoint(point);
    assertEquals(decoder.decode(encodeText(text, "gb18030")), text);
  }
});

Deno.test("encodeText() names the character that an encoding lacks", () => {
  const cases: [encoding: string, text: string, message: string][] = [
    ["gbk", "hello 😀", 'Cannot encode "😀" (U+1F600) in gbk'],
    ["latin1", "é你", 'Cannot encode "你" (U+4F60) in latin1'],
    ["big5", "\u0100", 'Cannot encode "Ā" (U+0100) in big5'],
    ["koi8-r", "\u202e", 'Cannot encode "\\u202e" (U+202E) in koi8-r'],
  ];
  for (const [encoding, text, message] of cases) {
    const error = assertThrows(() => encodeText(text, encoding), SockeyeError);
    assertEquals([error.kind, error.message], ["usage", message]);
  }
});

Deno.test("encodeText() refuses a lone surrogate in every encoding", () => {
  for (const encoding of ENCODINGS) {
    for (const text of ["a\ud83d", "\ude00\ud83d", "\udc00é"]) {
      const { message } = assertThrows(() => encodeText(text, encoding), SockeyeError);
      assertMatch(message, /^Cannot encode "\\ud[0-9a-f]{3}" \(U\+D[0-9A-F]{3}\) in /);
    }
  }
});

Deno.test("encodeShown() shows what an encoding lacks, and a lone surrogate in every encoding, by its number", () => {
  const surrogates = [["a\ud83d", "a\\ud83d"], ["\ude00\ud83d", "\\ude00\\ud83d"], ["\udc00b", "\\udc00b"]] as const;
  const cases: [encoding: string, text: string, shown: string][] = [
    ...ENCODINGS.flatMap((name) => surrogates.map(([text, shown]) => [name, text, shown] as [string, string, string])),
    ["gbk", "你😀é€", "你\\u{1f600}é€"],
    ["gbk", "안\u00fc녕", "\\uc548ü\\ub155"],
    ["latin1", "é你\u0100", "é\\u4f60\\u0100"],
    ["big5", "你们\u{20000}\u{2a6b2}\u{10ffff}", "你\\u4eec\\u{20000}\\u{2a6b2}\\u{10ffff}"],
    ["shift_jis", "日安", "日安"],
    ["koi8-r", "Привет, 世界", "Привет, \\u4e16\\u754c"],
    ["windows-1251", "😀😀", "\\u{1f600}\\u{1f600}"],
  ];
  for (const [encoding, text, shown] of cases) {
    assertEquals(encodeShown(text, encoding).toHex(), encodeText(shown, encoding).toHex(), `${encoding} ${text}`);
  }
});

Deno.test("encodeShown() is encodeText() for what an encoding has", () => {
  const unicode = ["utf-8", "utf-16le", "utf-16be", "gb18030"];
  for (const encoding of [...ENCODINGS, "GB2312", "sjis"]) {
    const more = unicode.includes(encoding) ? ["é你😀\u{10ffff}\ufffd", "a\ufeff"] : [];
    for (const text of ["", "plain\0\x7f\r\n", "\\u4f60", ...more]) {
      assertEquals(encodeShown(text, encoding), encodeText(text, encoding), encoding);
    }
  }
});

Deno.test("encodeShown() loses no character of Unicode in any encoding", () => {
  for (const encoding of TABLES) {
    const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
    for (let from = 0; from < 0x30000; from += 0x1000) {
      const text = String.fromCodePoint(...Array.from({ length: 0x1000 }, (_, at) => from + at));
      const shown = decoder.decode(encodeShown(text, encoding));
      const character = (_: string, long?: string, short = "") => String.fromCodePoint(parseInt(long ?? short, 16));
      const read = shown.replace(/\\u(?:\{([0-9a-f]{5,6})\}|([0-9a-f]{4}))/g, character);
      assert(read === text, `${encoding} ${from.toString(16)}`);
    }
  }
});
