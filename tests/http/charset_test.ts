import { assert, assertEquals, assertThrows } from "@std/assert";
import { concat } from "../../lib/bytes.ts";
import { charsetOf, isText, PRESCAN_BYTES, ToUtf8 } from "../../lib/http/charset.ts";
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

Deno.test("charsetOf() looks at the mark, then the header, then the text", () => {
  const cases: [contentType: string | undefined, head: string, charset: string | undefined][] = [
    [undefined, "", undefined],
    ["text/html", "<p>", undefined],
    ["text/html; charset=gbk", "\ufeff<meta charset=big5>", "utf-8"],
    ["text/html; charset=gbk", "<meta charset=big5>", "gbk"],
    ["text/html; charset=unknown", "<meta charset=big5>", "big5"],
    ["text/html", "<meta charset=big5>", "big5"],
    [undefined, "<meta charset=big5>", "big5"],
    ["", "<meta charset=big5>", "big5"],
    ["text/plain", "<meta charset=big5>", undefined],
    ["application/json", "<meta charset=big5>", undefined],
    ["text/html;charset=GB2312", "", "gbk"],
    ['Text/HTML; x="; charset=big5"; CharSet = "gb18030" ; y', "", "gb18030"],
    ["text/html; charset=ISO-8859-1", "", "latin1"],
    ["text/html; charset=utf-16", "", "utf-16le"],
    ["text/html; charset=iso-2022-jp", "", "iso-2022-jp"],
    ["text/html; charset=replacement", "", undefined],
    ["text/html; charset=", "", undefined],
    ["text/xml", '<?xml version="1.0" encoding="gbk"?><meta charset="big5"/>', "gbk"],
    ["application/xhtml+xml", "<?xml version='1.0' encoding='Shift_JIS' standalone='no'?>", "shift_jis"],
    ["text/html", '<?xml version="1.0" encoding="gbk"?><meta charset="big5"/>', "big5"],
    ["text/html", '<?xml version="1.0" encoding="gbk"?><html>', "gbk"],
    ["text/xml", '<?xml encoding="utf-16"?>', "utf-8"],
    ["text/xml", '<?xml version="1.0"?><a encoding="gbk"?>', undefined],
    ["text/xml", ' <?xml version="1.0" encoding="gbk"?>', undefined],
  ];
  for (const [contentType, head, charset] of cases) {
    assertEquals(charsetOf(contentType, bytesOf(head)), charset, `${contentType} ${head}`);
  }
  assertEquals(charsetOf("text/html; charset=gbk", Uint8Array.of(0xff, 0xfe)), "utf-16le");
  assertEquals(charsetOf(undefined, Uint8Array.of(0xfe, 0xff, 0)), "utf-16be");
  assertEquals(charsetOf(undefined, Uint8Array.of(0xef, 0xbb)), undefined);
});

Deno.test("charsetOf() finds a meta as browsers do", () => {
  const pragma = 'http-equiv="Content-Type"';
  const cases: [charset: string | undefined, ...html: string[]][] = [
    ["gbk", '<!DOCTYPE html><html lang="zh"><head><META CharSet = "GBK">', "<meta\n\tcharset\n=\ngbk\n>"],
    ["gbk", "<meta charset='gbk'>", "<meta/charset=gbk>", "<meta charset=gbk />", "<meta x charset=gbk y>"],
    ["gbk", "<meta charset=gbk charset=big5>", "<meta charset=gbk><meta charset=big5>", "1 < 2 <meta charset=gbk>"],
    ["gbk", "<!-- <meta charset=big5> --><meta charset=gbk>", "<!--><meta charset=gbk>"],
    ["gbk", "<? <meta charset=big5><meta charset=gbk>", "</ <meta charset=big5><meta charset=gbk>"],
    ["gbk", '<a title="<meta charset=big5>"><meta charset=gbk>', "<a title='>'><meta charset=gbk>"],
    ["gbk", "</meta charset=big5><meta charset=gbk>", " ".repeat(PRESCAN_BYTES - 18) + "<meta charset=gbk>"],
    ["gbk", `<meta ${pragma} content="text/html; charset=gbk">`, `<meta content='text/html;charset="gbk"' ${pragma}>`],
    ["gbk", `<meta content="charset x charset = gbk; y" HTTP-EQUIV=content-TYPE>`],
    ["big5", "<meta charset=unknown><meta charset=big5>", "<meta charset><meta charset=''><meta charset=big5>"],
    ["big5", `<meta content="text/html" ${pragma}><meta charset=big5>`],
    ["big5", `<meta ${pragma} content="text/html; charset=gbk" charset=big5>`],
    ["utf-8", "<meta charset=utf-16le>"],
    [undefined, "<", "<meta charset=gbk", '<meta charset="gbk', "<meta charset=gbk/>", "<metadata charset=gbk>"],
    [undefined, "<!-- <meta charset=gbk>", " ".repeat(PRESCAN_BYTES - 17) + "<meta charset=gbk>"],
    [undefined, `<meta content='text/html;charset="gbk' ${pragma}>`],
    [undefined, '<meta name="x" content="text/html; charset=gbk">'],
    [undefined, '<meta http-equiv="refresh" content="text/html; charset=gbk">'],
  ];
  for (const [charset, ...htmls] of cases) {
    for (const html of htmls) assertEquals(charsetOf("text/html", bytesOf(html)), charset, html.trim());
  }
});

Deno.test("isText() tells what a change of the charset does not break", () => {
  const text = ["text/html", "Text/Plain; charset=x", "text/x-python", " text/css ", "image/svg+xml"];
  const names = ["xhtml+xml", "xml", "json", "ld+json;q=1", "javascript", "x-javascript", "ecmascript"];
  for (const type of [...text, ...names.map((name) => `application/${name}`)]) assert(isText(type), type);
  const no = ["image/png", "application/octet-stream", "application/zip", "application/vnd.ms-word.xml.zip", "xml"];
  for (const type of [...no, "", undefined]) assert(!isText(type), type);
});

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

Deno.test("ToUtf8 holds back no more than what may name the charset", () => {
  for (const [type, shown] of [["text/html; charset=gbk", false], ["text/html", true], [undefined, true]] as const) {
    const converter = new ToUtf8(type, undefined, shown);
    assertEquals(converter.push(new Uint8Array(PRESCAN_BYTES - 1)).length, 0);
    assertEquals(converter.push(Uint8Array.of(0x41)).length, PRESCAN_BYTES);
    assertEquals(converter.push(Uint8Array.of(0x41)).length, 1);
    assertEquals(converter.end().length, 0);
  }
});

Deno.test("ToUtf8 holds nothing back where the text cannot name its charset, or need not", () => {
  for (
    const [type, shown] of [
      ["text/plain", false],
      ["text/plain; charset=gbk", false],
      ["application/json", true],
      ["text/html; charset=gbk", true],
    ] as const
  ) {
    const converter = new ToUtf8(type, undefined, shown);
    assertEquals(
      [converter.push(Uint8Array.of(0x41)).length, converter.push(Uint8Array.of(0x42)).length],
      [1, 1],
      type,
    );
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

Deno.test("charsetOf() reads any text, and no text for long", () => {
  const random = randomFrom(11);
  const marks = ["<", '"', "'", ">", "<!--", "-->", "/", " "];
  const words = [...marks, "<meta ", "charset=", "gbk", "content=", "<?xml ", "encoding="];
  for (let round = 0; round < 5000; round++) {
    const text = Array.from({ length: random(40) }, () => words[random(words.length)]).join("");
    const charset = charsetOf(undefined, bytesOf(text));
    assert(charset === undefined || charset === "gbk", text);
    const converted = charsetOf(undefined, bytesOf(convert([bytesOf(text)], "gbk")));
    assert(converted === "utf-8" || (converted === undefined && charset === undefined), text);
  }
  for (const word of [...words, "<a ", "<a =", "<a x=", " encoding"]) {
    const text = ("<?xml " + word.repeat(PRESCAN_BYTES)).slice(0, PRESCAN_BYTES);
    const started = performance.now();
    charsetOf(undefined, bytesOf(text));
    assert(performance.now() - started < 200, word);
  }
});
