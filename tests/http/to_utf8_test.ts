import { assertEquals, assertThrows } from "@std/assert";
import { concat } from "../../lib/bytes.ts";
import { PRESCAN_BYTES } from "../../lib/http/charset.ts";
import { ToUtf8 } from "../../lib/http/to_utf8.ts";
import { encodeText } from "../../lib/text/encode.ts";
import { randomCuts, randomFrom, singles } from "../text/random.ts";
import { cutAt } from "./helpers.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);

/** Converts pieces as a reader with one buffer does: each is overwritten before the next push. */
function convert(pieces: Uint8Array[], charset: string): string {
  const converter = new ToUtf8(undefined, charset);
  const buffer = new Uint8Array(Math.max(0, ...pieces.map((piece) => piece.length)));
  const parts = pieces.map((piece) => {
    buffer.set(piece);
    const part = converter.push(buffer.subarray(0, piece.length));
    buffer.fill(0x41);
    return part.slice();
  });
  return textOf(concat([...parts, converter.end()]));
}

Deno.test("ToUtf8 converts, drops the mark and renames the charset, however the text is cut", () => {
  const long = "信息。".repeat(700);
  const pragma = (name: string) => `<meta http-equiv=Content-Type content="text/html; charset=${name}; x">`;
  const both = (xml: string, meta: string) => `<?xml version="1.0" encoding="${xml}"?><meta charset='${meta}'/>`;
  const cases: [charset: string, text: string, converted: string][] = [
    ["gbk", "", ""],
    ["gbk", "你好", "你好"],
    ["utf-8", "\ufeff你好\ufeff", "你好\ufeff"],
    ["utf-16le", "\ufeff你😀", "你😀"],
    ["utf-16be", "\ufeff你😀", "你😀"],
    ["shift_jis", "日本", "日本"],
    ["gbk", `<meta charset="gb2312">${long}`, `<meta charset="utf-8">${long}`],
    ["gb18030", `<title>你好😀</title><META CHARSET = GB18030 >`, `<title>你好😀</title><META CHARSET = utf-8 >`],
    ["utf-8", '<meta charset="UTF-8">', '<meta charset="UTF-8">'],
    ["utf-8", '<meta charset="gbk">', '<meta charset="utf-8">'],
    ["gbk", "<meta charset='?'><meta charset=gbk>", "<meta charset='utf-8'><meta charset=gbk>"],
    ["gbk", pragma("gb2312"), pragma("utf-8")],
    ["euc-kr", both("euc-kr", "ks_c_5601"), both("utf-8", "utf-8")],
    ["utf-16le", `\ufeff<?xml version='1.0' encoding='UTF-16'?>`, `<?xml version='1.0' encoding='utf-8'?>`],
    ["gbk", "<!-- <meta charset=gbk> -->", "<!-- <meta charset=gbk> -->"],
    ["gbk", " ".repeat(PRESCAN_BYTES) + "<meta charset=gbk>", " ".repeat(PRESCAN_BYTES) + "<meta charset=gbk>"],
  ];
  const random = randomFrom(3);
  for (const [charset, text, converted] of cases) {
    const bytes = encodeText(text, charset);
    const cuts = Array.from({ length: 20 }, () => randomCuts(bytes, random));
    const halves = [1, PRESCAN_BYTES - 1, PRESCAN_BYTES, PRESCAN_BYTES + 1].map((at) => cutAt(bytes, at));
    for (const pieces of [[bytes], singles(bytes), ...cuts, ...halves]) {
      const how = `in ${pieces.length} pieces, the first of ${pieces[0]?.length}`;
      assertEquals(convert(pieces, charset), converted, how);
    }
  }
});

Deno.test("ToUtf8 shows what is not valid as U+FFFD", () => {
  const cases: [charset: string, bytes: string, text: string][] = [
    ["utf-8", "41ff42e4bd", "A\ufffdB\ufffd"],
    ["gbk", "c4e3ffba", "你\ufffd\ufffd"],
    ["utf-16le", "00d84100", "\ufffdA"],
    ["utf-16le", "410042", "A\ufffd"],
  ];
  for (const [charset, bytes, text] of cases) {
    assertEquals(convert([Uint8Array.fromHex(bytes)], charset), text);
    assertEquals(convert(singles(Uint8Array.fromHex(bytes)), charset), text);
  }
});

Deno.test("ToUtf8 gives at once what is the same in every charset, and holds back the rest until it knows the charset", () => {
  const cases: [type: string | undefined, shown: boolean, pushed: string, given: string][] = [
    ["text/html", true, "<p>one</p>\n<meta cha", "<p>one</p>\n<meta cha"],
    ["text/html", false, "<p>one</p>\n<meta cha", "<p>one</p>\n"],
    ["text/html", false, "<p>one</p>\n<m", "<p>one</p>\n"],
    ["text/html", false, "<p>one</p>\n<!-- <meta", "<p>one</p>\n<!-- "],
    ["text/html", false, "<p>one</p>\n<div cla", "<p>one</p>\n<div cla"],
    ["text/html", true, "<p>\xc4\xe3</p>", "<p>"],
    ["text/html", false, "<p>\x1b$B", "<p>"],
    ["text/html", true, "<p>\xc4\xe3<meta charset=gbk>", "<p>你<meta charset=gbk>"],
    ["text/html", false, "<p>\xc4\xe3<meta charset=gbk>\xc4\xe3", "<p>你<meta charset=utf-8>你"],
    [undefined, false, "one\n", "one\n"],
    ["text/html; charset=gbk", false, "<p>\xc4\xe3</p><meta ", "<p>你</p>"],
    ["text/html; charset=gbk", true, "<p>\xc4\xe3</p><meta ", "<p>你</p><meta "],
    ["text/html", false, '<?xml version="1.0" encoding="gbk"?>\xc4\xe3', '<?xml version="1.0" encoding="'],
    ["text/xml", false, '<?xml version="1.0" encoding="gbk"?>\xc4\xe3', '<?xml version="1.0" encoding="utf-8"?>你'],
    ["text/xml", false, '<?xml version="1.0" enco', ""],
    ["text/xml", false, "<a>\xc4\xe3", "<a>"],
    ["application/xhtml+xml", false, "<a><meta charset='gbk'/>\xc4\xe3", "<a><meta charset='utf-8'/>你"],
  ];
  for (const [type, shown, pushed, given] of cases) {
    const bytes = Uint8Array.from(pushed, (character) => character.charCodeAt(0));
    for (const pieces of [[bytes], singles(bytes)]) {
      const converter = new ToUtf8(type, undefined, shown);
      const parts = pieces.map((piece) => converter.push(piece).slice());
      assertEquals(textOf(concat(parts)), given, pushed);
      const { holds } = converter;
      assertEquals(holds, converter.end().length > 0, pushed);
    }
  }
});

Deno.test("ToUtf8 searches the first bytes only", () => {
  for (const [type, shown] of [["text/html", false], ["text/html", true], [undefined, true]] as const) {
    const converter = new ToUtf8(type, undefined, shown);
    assertEquals(converter.push(new Uint8Array(PRESCAN_BYTES - 1).fill(0x80)).length, 0);
    assertEquals([converter.holds, converter.push(Uint8Array.of(0x41)).length], [true, PRESCAN_BYTES]);
    assertEquals([converter.holds, converter.push(Uint8Array.of(0x80)).length], [false, 1]);
    assertEquals(converter.end().length, 0);
  }
});

Deno.test("ToUtf8 releases what it holds back for a reader that must not wait, and no byte is lost", () => {
  const gbk = encodeText("你好", "gbk");
  const given = (type: string, ...pieces: (string | Uint8Array)[]) => {
    const converter = new ToUtf8(type);
    const parts = pieces.flatMap((piece) => [
      converter.push(typeof piece === "string" ? bytesOf(piece) : piece).slice(),
      converter.release().slice(),
    ]);
    assertEquals(converter.holds, false);
    return concat([...parts, converter.end()]);
  };
  // The charset may come too late for its own declaration, but not for what follows.
  assertEquals(textOf(given("text/html", "<p>", "<meta charset=g", "bk>", gbk)), "<p><meta charset=gbk>你好");
  assertEquals(textOf(given("text/html", "<p>", "<meta cha", "rset=gbk>", gbk)), "<p><meta charset=utf-8>你好");
  assertEquals(
    given("text/html", "<p>", gbk, "<meta charset=gbk>", gbk),
    concat([bytesOf("<p>"), gbk, bytesOf("<meta charset=utf-8>你好")]),
  );
  assertEquals(textOf(given("text/html", '<?xml encoding="gbk"?>', gbk)), '<?xml encoding="utf-8"?>你好');
  assertEquals(
    textOf(given("text/html; charset=gbk", gbk, "<meta ", "charset=gbk>", gbk)),
    "你好<meta charset=utf-8>你好",
  );
  assertEquals(given("text/html", Uint8Array.of(0xef), Uint8Array.of(0xbb)), Uint8Array.of(0xef, 0xbb));
});

Deno.test("ToUtf8 holds nothing back where the text cannot name its charset", () => {
  for (const type of ["text/plain", "text/plain; charset=gbk", "application/json", "text/css"]) {
    const converter = new ToUtf8(type);
    assertEquals([converter.push(bytesOf("<m")).length, converter.push(bytesOf("e")).length], [2, 1], type);
  }
  // A mark decides over the header, so that what may be one waits for its end.
  for (
    const [mark, rest, text] of [["ff", "fe604f", "你"], ["efbb", "bfe4bda0", "你"], ["ef", "41", "\ufffdA"]] as const
  ) {
    const converter = new ToUtf8("text/plain; charset=utf-8");
    assertEquals(converter.push(Uint8Array.fromHex(mark)).length, 0);
    assertEquals(textOf(concat([converter.push(Uint8Array.fromHex(rest)), converter.end()])), text);
  }
});

Deno.test("ToUtf8 gives the same however the text is cut", () => {
  const random = randomFrom(5);
  const words = [
    "<",
    ">",
    "<meta ",
    "charset=gbk",
    "charset=big5",
    "<!--",
    "-->",
    "你好",
    "\x1b",
    "<?xml ",
    'encoding="gbk"',
    "a b",
    "?>",
  ];
  for (let round = 0; round < 300; round++) {
    const text = Array.from({ length: random(30) }, () => words[random(words.length)]).join("");
    const bytes = encodeText(text, "gbk");
    const type = [undefined, "text/html", "text/xml", "text/html; charset=gbk"][random(4)];
    const shown = random(3) === 0;
    const all = (pieces: Uint8Array[]) => {
      const converter = new ToUtf8(type, undefined, shown);
      return textOf(concat([...pieces.map((piece) => converter.push(piece).slice()), converter.end()]));
    };
    for (const pieces of [singles(bytes), randomCuts(bytes, random)]) assertEquals(all(pieces), all([bytes]), text);
  }
});

Deno.test("ToUtf8 leaves what a text declares alone on a terminal, and in a text that cannot declare it", () => {
  const page = '<meta charset="gbk">你好';
  for (const [type, shown] of [["text/html", true], ["text/plain; charset=gbk", false]] as const) {
    const converter = new ToUtf8(type, undefined, shown);
    assertEquals(textOf(concat([converter.push(encodeText(page, "gbk")), converter.end()])), page);
  }
});

Deno.test("ToUtf8 shows what is not valid as \\xNN on a terminal, however the text is cut", () => {
  const cases: [charset: string, bytes: string, text: string][] = [
    ["utf-8", "efbbbf41ff42e4bd", "A\\xffB\\xe4\\xbd"],
    ["gbk", "c4e3ffc4", "你\\xff\\xc4"],
    ["utf-16le", "fffe604f", "你"],
    ["iso-2022-jp", "1b2442467c1b2842", "日"],
  ];
  for (const [charset, hex, text] of cases) {
    for (const pieces of [[Uint8Array.fromHex(hex)], singles(Uint8Array.fromHex(hex))]) {
      const converter = new ToUtf8(`text/html; charset=${charset}`, undefined, true);
      const shown = textOf(concat([...pieces.map((piece) => converter.push(piece)), converter.end()]));
      assertEquals([shown, converter.damaged], [text, false], charset);
    }
  }
});

Deno.test("ToUtf8 refuses an unknown charset", () =>
  void assertThrows(() => new ToUtf8(undefined, "none").end(), RangeError));
