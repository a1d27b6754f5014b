import { assert, assertEquals } from "@std/assert";
import { concat } from "../../lib/bytes.ts";
import { charsetOf, isText, PRESCAN_BYTES } from "../../lib/http/charset.ts";
import { ToUtf8 } from "../../lib/http/to_utf8.ts";
import { randomFrom } from "../text/random.ts";

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
