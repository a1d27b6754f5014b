import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { concat } from "../../lib/bytes.ts";
import { ENCODINGS } from "../../lib/text/encodings.ts";
import { encodeText } from "../../lib/text/encode.ts";
import { beginsLikeUtf16, hasNoByteFf, TelnetFilter, withoutMarks } from "../../lib/text/telnet.ts";
import { randomCuts, randomFrom, singles } from "./random.ts";

/** Bytes from hex digits and, in quotes, text: `ff fb 01 'hi'`. */
function bytesOf(text: string): Uint8Array {
  const parts = [...text.matchAll(/'([^']*)'|[0-9a-f]{2}/g)];
  return concat(parts.map(([hex, word]) => word === undefined ? Uint8Array.fromHex(hex) : encodeText(word, "utf-8")));
}

/** What pieces of one stream come to, in hex: the text with what is left at the end, and all answers. */
function filter(pieces: readonly Uint8Array[], encoding = "utf-8"): [text: string, answer: string] {
  const telnet = new TelnetFilter(encoding);
  const all = pieces.map((piece) => telnet.push(piece));
  const text = concat([...all.map(({ text }) => text), telnet.end()]);
  return [text.toHex(), concat(all.map(({ answer = new Uint8Array() }) => answer)).toHex()];
}

/** What a client sends, the text in it, what is answered. */
const CASES: readonly (readonly [what: string, sent: string, text: string, answer?: string])[] = [
  ["nothing", "", ""],
  ["text", "'hi' 0d 0a '你'", "'hi' 0d 0a '你'"],
  ["a mark", "ef bb bf '/msg bob hi' 0a", "'/msg bob hi' 0a"],
  ["a mark alone", "ef bb bf", ""],
  ["a mark that is none", "ef bb 'a' 0a", "ef bb 'a' 0a"],
  ["a mark that is cut off", "ef bb", "ef bb"],
  ["a second mark", "ef bb bf ef bb bf 'a'", "ef bb bf 'a'"],
  ["a mark in a line", "'a' ef bb bf", "'a' ef bb bf"],
  ["a mark behind a negotiation", "ff fb 1f ef bb bf '/nick a'", "'/nick a'", "ff fe 1f"],
  [
    "all that PuTTY offers",
    "ff fb 1f ff fb 20 ff fb 18 ff fb 27 ff fd 01 ff fb 03 ff fd 03 '/'",
    "'/'",
    "ff fe 1f ff fe 20 ff fe 18 ff fe 27 ff fc 01 ff fe 03 ff fc 03",
  ],
  ["an option asked for again", "ff fd 01 ff fd 01 ff fb 01 ff fb 01", "", "ff fc 01 ff fe 01"],
  ["refusals", "ff fc 01 ff fe 01 'a'", "'a'"],
  ["a line feed as an option", "'a' ff fd 0a 'b'", "'ab'", "ff fc 0a"],
  ["timing marks", "ff fd 06 ff fd 06", "", "ff fc 06 ff fc 06"],
  ["commands of two bytes", "'a' ff f1 ff f6 ff f9 'b'", "'ab'"],
  ["a subnegotiation without an end", `'a' ff fa ${"18 ".repeat(64)} 'b'`, `'a' ff fa ${"18 ".repeat(64)} 'b'`],
  ["a subnegotiation that is cut off", "'a' ff fa 18 00", "'a' ff fa 18 00"],
  ["a subnegotiation with the byte f0 behind a byte ff", "ff fa 1f ff ff f0 ff f0 'b'", "'b'"],
  ["the mark of UTF-16", "ff fe 2f 00 6d 00", "ff fe 2f 00 6d 00"],
  ["the mark of UTF-16 later", "'a' 0a ff fe 2f 00", "'a' 0a ff fe 2f 00"],
  ["DONT behind another command", "ff fb 1f ff fe 01 'a'", "'a'", "ff fe 1f"],
  ["an option that is a slash, first", "ff fb '/msg'", "ff fb '/msg'"],
  ["an option that is a slash, later", "ff fd 01 ff fb '/msg'", "ff fb '/msg'", "ff fc 01"],
  ["a character and a line taken back", "'a' ff f7 'b' ff f8 'c' ff f4 'd'", "'abcd'"],
  ["a subnegotiation", "'a' ff fa 18 00 'xterm' 0a ff ff 0a ff f0 'b'", "'ab'"],
  ["Ctrl-C, the mark inline", "ff f4 ff f2 ff fd 06 '/me'", "'/me'", "ff fc 06"],
  ["Ctrl-C, the mark urgent", "'a' ff f4 ff ff fd 06 '/me'", "'a/me'", "ff fc 06"],
  ["Ctrl-C, the mark urgent and last", "ff f4 ff '/me' 0a", "'/me' 0a"],
  ["Ctrl-C, the mark without its urgent beginning", "ff f4 ff fd 06 f2 '/me' f2", "'/me' f2", "ff fc 06"],
  ["text of GBK behind a negotiation", "ff fb 1f f2 f2", "f2 f2", "ff fe 1f"],
  ["CR NUL", "'a' 0d 00 'b' 0d 00 0a 00", "'a' 0d 0a 'b' 0d 0a 0a 00"],
  ["CR, then others", "0d 0d 00 0d 'a' 00 0d 0a", "0d 0d 0a 0d 'a' 00 0d 0a"],
  ["bytes ff in the text", "'a' ff 'b' ff ff 'c' ff", "'a' ff 'b' ff 'c' ff"],
];

for (const [what, sent, text, answer = ""] of CASES) {
  Deno.test(`TelnetFilter: ${what}, whole, byte by byte, and with bytes behind it`, () => {
    const [bytes, wanted] = [bytesOf(sent), [bytesOf(text).toHex(), bytesOf(answer).toHex()]];
    for (const encoding of ["utf-8", "gbk", "gb18030"]) {
      assertEquals(filter([bytes], encoding), wanted, encoding);
      assertEquals(filter(singles(bytes), encoding), wanted, encoding);
    }
    if (/(ef bb|ff)$/.test(sent)) return;
    const more = bytesOf("'z' 0a");
    for (const pieces of [[concat([bytes, more])], [...singles(bytes), more]]) {
      assertEquals(filter(pieces), [wanted[0] + more.toHex(), wanted[1]]);
    }
  });
}

Deno.test("TelnetFilter takes the mark of gb18030 from the encodings of that family alone", () => {
  const bytes = bytesOf("84 31 95 33 '/msg'");
  for (const encoding of ["gbk", "gb18030"]) {
    assertEquals(filter(singles(bytes), encoding)[0], bytesOf("'/msg'").toHex());
  }
  assertEquals(filter([bytes])[0], bytes.toHex());
});

Deno.test("TelnetFilter gives the same array where nothing is to be taken out", () => {
  const telnet = new TelnetFilter("utf-8");
  telnet.push(bytesOf("'a'"));
  const bytes = bytesOf("'你好' 0d 0a");
  assertStrictEquals(telnet.push(bytes).text, bytes);
});

Deno.test("TelnetFilter gives the same however random bytes are cut, and answers each option once", () => {
  const random = randomFrom(19);
  const telling = [0xff, 0xff, 0xff, 0xfb, 0xfd, 0xfa, 0xf0, 0xf4, 0xf2, 0x0d, 0x00, 0x0a, 0x06, 0x01, 0x61, 0xef];
  for (let round = 0; round < 2_000; round++) {
    const bytes = Uint8Array.from({ length: random(60) }, () => telling[random(telling.length)]!);
    const whole = filter([bytes]);
    assertEquals(filter(singles(bytes)), whole, bytes.toHex());
    assertEquals(filter(randomCuts(bytes, random)), whole, bytes.toHex());
    const answers = whole[1].match(/.{6}/g)?.filter((answer) => !answer.endsWith("06")) ?? [];
    assertEquals(new Set(answers).size, answers.length, bytes.toHex());
    assert(answers.every((answer) => /^ff(?:fc|fe)/.test(answer)));
  }
});

Deno.test("hasNoByteFf() is true of the encodings in which no character has that byte, as far as chats take telnet in them", () => {
  assertEquals(ENCODINGS.filter(hasNoByteFf), ["utf-8", "gbk", "gb18030"]);
});

Deno.test("TelnetFilter makes controls of the commands that edit a line where they are wanted", () => {
  const telnet = new TelnetFilter("utf-8", true);
  const { text } = telnet.push(bytesOf("'ab' ff f7 'c' ff f8 'd' ff f4 'e' ff f3 ff f6 'f'"));
  assertEquals(text.toHex(), bytesOf("'ab' 7f 'c' 15 'd' 15 'e' 15 'f'").toHex());
});

Deno.test("withoutMarks() takes marks off the beginning of a line", () => {
  const cases = [
    ["ef bb bf 'a'", "'a'"],
    ["ef bb bf ef bb bf 'a'", "'a'"],
    ["ef bb bf ef bb", "ef bb"],
    ["ef bb", "ef bb"],
    ["'a' ef bb bf", "'a' ef bb bf"],
    ["ff fb 1f 'a'", "ff fb 1f 'a'"],
    ["84 31 95 33 'a'", "84 31 95 33 'a'"],
    ["84 31 95 33 '/'", "'/'"],
    ["", ""],
  ] as const;
  for (const [sent, text] of cases) {
    assertEquals(withoutMarks(bytesOf(sent), "utf-8").toHex(), bytesOf(text).toHex(), sent);
  }
  assertEquals(withoutMarks(bytesOf("84 31 95 33 ef bb bf 'a'"), "gbk").toHex(), "61");
});

Deno.test("withoutMarks() leaves letters that look like marks or commands, but where a slash follows", () => {
  for (const letters of ["ef bb bf", "84 31 95 33", "ff fb 1f", "ff f4 ff fd 06", "ef bb bf ff fb 1f"]) {
    assertEquals(withoutMarks(bytesOf(`${letters} 'a/'`), "latin1").toHex(), bytesOf(`${letters} 'a/'`).toHex());
    assertEquals(withoutMarks(bytesOf(`${letters} '/a'`), "latin1").toHex(), bytesOf("'/a'").toHex());
  }
});

Deno.test("beginsLikeUtf16() knows both marks, where the encoding has no such bytes", () => {
  for (const mark of ["ff fe", "fe ff"]) {
    assertEquals(["utf-8", "gbk", "latin1"].map((encoding) => beginsLikeUtf16(bytesOf(mark), encoding)), [
      true,
      true,
      false,
    ]);
  }
  for (const other of ["", "ff", "fe", "ff ff", "fe fe", "'a' ff fe"]) {
    assertEquals(beginsLikeUtf16(bytesOf(other), "utf-8"), false, other);
  }
});
