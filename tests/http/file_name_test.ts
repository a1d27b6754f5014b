import { assert, assertEquals } from "@std/assert";
import { namesIn, parametersOf } from "../../lib/http/disposition.ts";
import { fileNameFor, safeFileName } from "../../lib/http/file_name.ts";
import { encodeText } from "../../lib/text/encode.ts";
import { randomFrom } from "../text/random.ts";

/** The text of a header field, a character a byte, when a server sends a name in this encoding. */
function asSent(text: string, encoding: string): string {
  return String.fromCharCode(...encodeText(text, encoding));
}

/** Each name, and what must lead to it. */
type Table<Name = string> = [name: Name, ...from: string[]][];

Deno.test("fileNameFor() takes the last segment of the path, else the name of the site", () => {
  const sites: Table = [
    ["baidu.html", "www.baidu.com/", "www.baidu.com", "www.baidu.com/?q=a/b.txt#c"],
    ["news.baidu.html", "news.baidu.com/"],
    ["sina.html", "sina.com.cn/", "www.sina.com.cn/"],
    ["news.bbc.html", "news.bbc.co.uk/"],
    ["co.html", "co.uk/"],
    ["com.html", "com.example/"],
    ["a.com.html", "a.com.info/"],
    ["example.html", "example.org/", "example.org./"],
    ["localhost.html", "localhost:8080/"],
    ["www.html", "www/"],
    ["127.0.0.1.html", "127.0.0.1:9000/", "0x7f.1/"],
    ["1.html", "[::1]/"],
    ["index.html", "[::]/"],
    ["2001-db8-7.html", "[2001:db8::7]/"],
    ["xn--fsqu00a.html", "例子.中国/"],
    ["_con.html", "con.com/"],
  ];
  const paths: Table = [
    ["example.html", "a/b/", "%2e%2e%2f", "%00"],
    ["b", "a/b"],
    ["page.html", "a/page.html?x=y.txt"],
    ["你好.txt", "%E4%BD%A0%E5%A5%BD.txt", "你好.txt", "%C4%E3%BA%C3.txt"],
    ["%FF.txt", "%FF.txt"],
    ["100%.txt", "100%.txt"],
    ["a b+c.txt", "a%20b+c.txt"],
    ["passwd", "%2e%2e%2fpasswd"],
    ["x", "..%5C..%5Cx"],
    ["bashrc", ".bashrc"],
    ["_rf", "-rf"],
    ["~user", "~user"],
  ];
  for (const [name, ...from] of sites) {
    for (const site of from) assertEquals(fileNameFor(new URL(`http://${site}`)), name, site);
  }
  for (const [name, ...from] of paths) {
    for (const path of from) assertEquals(fileNameFor(new URL(`http://example.org/${path}`)), name, path);
  }
  assertEquals(fileNameFor(new URL("unix:/")), "index.html");
});

Deno.test("fileNameFor() prefers what Content-Disposition says", () => {
  const parameters: Table = [
    ["page.html", "", 'filename=""', "filename=", "filename", 'filename="/"', ';;;=;=x;"=;'],
    ["page.html", "filename*=UTF-8''%00; filename=.."],
    ["a.txt", "filename=a.txt", 'FileName = "a.txt" ; size=3', 'filename="a.txt"; filename="b.txt"'],
    ["a.txt", 'x="; filename=no.txt"; filename=a.txt', "filename*=UTF-8''%2e%2e%2f; filename=../../a.txt"],
    ["a.txt", "filename*=UTF-8''%ff.txt; filename=a.txt", "filename*=UTF-8''%e4%b; filename=a.txt"],
    ["a.txt", "filename*=none''b.txt; filename=a.txt", "filename*=''b.txt; filename=a.txt"],
    ["a.txt", "filename*=b.txt; filename=a.txt"],
    ["a;b=c.txt", 'filename="a;b=c.txt"'],
    ["c.txt", 'filename="a\\"b\\\\c.txt"'],
    ["ab.txt", 'filename="a\\b.txt"'],
    ["two words.txt", "filename=two words.txt"],
    ["no end.txt", 'filename="no end.txt', 'filename="no end.txt\\'],
    ["a b.txt", 'filename="a%20b.txt"'],
    ["你好.txt", 'filename="%E4%BD%A0%E5%A5%BD.txt"', "filename=%C4%E3%BA%C3.txt"],
    ["100% sure.txt", 'filename="100% sure.txt"', 'filename="100%25 sure.txt"'],
    ["50%off.txt", 'filename="50%off.txt"'],
    ["passwd", 'filename="..%2f..%2fetc%2fpasswd"'],
    ["naïve.txt", "filename=na\xefve.txt"],
    ["Größe.txt", "filename=Gr\xf6\xdfe.txt"],
    ["Übung à l'été.pdf", 'filename="\xdcbung \xe0 l\'\xe9t\xe9.pdf"'],
    ["résumé.doc", "filename=r\xe9sum\xe9.doc"],
    ["中文.txt", `filename="${asSent("中文.txt", "big5")}"`, `filename="${asSent("中文.txt", "gbk")}"`],
    ["資料庫.zip", `filename="${asSent("資料庫.zip", "big5")}"`],
    ["report中.txt", `filename="${asSent("report中.txt", "gbk")}"`],
    ["朱镕基.txt", `filename="${asSent("朱镕基.txt", "gbk")}"`],
    ["テスト.txt", `filename="${asSent("テスト.txt", "shift_jis")}"`],
    ["日本語.txt", `filename="${asSent("日本語.txt", "shift_jis")}"`],
    ["你好.txt", `filename="${asSent("你好.txt", "utf-8")}"`, `filename="${asSent("你好.txt", "gbk")}"`],
    ["à", `filename=${asSent("à", "utf-8")}`],
    ["café.txt", "filename=caf\xe9.txt", "filename*=ISO-8859-1''caf%e9.txt"],
    ["你好.txt", "filename*=UTF-8''%E4%BD%A0%e5%a5%bd.txt"],
    ["你.txt", "filename=a.txt; filename*=UTF-8'zh'%e4%bd%a0.txt", "filename*=utf-8''%e4%bd%a0.txt; filename=a.txt"],
    ["你.txt", "filename*=GB2312''%c4%e3.txt"],
    ["你 好.txt", `filename*=UTF-8''${asSent("你 好.txt", "utf-8")}`],
    ["b.txt", "filename*=\"UTF-8''b.txt\"; filename=a.txt"],
    ["passwd", "filename*=UTF-8''..%2f..%2fetc%2fpasswd"],
    ["atxt.exe", "filename*=UTF-8''a%E2%80%AEtxt.exe"],
  ];
  const url = new URL("http://example.org/page.html");
  for (const [name, ...from] of parameters) {
    for (const text of from) assertEquals(fileNameFor(url, `attachment; ${text}`), name, text);
  }
  for (const bare of ["", "attachment", ';;;=;=x;"=;']) assertEquals(fileNameFor(url, bare), "page.html");
  for (const text of ["filename=a.txt", "inline; filename=a.txt"]) assertEquals(fileNameFor(url, text), "a.txt");
});

Deno.test("safeFileName() leaves one harmless component or nothing", () => {
  const names: Table<string | undefined> = [
    [undefined, "/etc/", "a/..", "", ".", "..", "...", " . . ", "\0", ".\0."],
    ["a.txt", "a.txt", " a.txt. . "],
    ["你好 世界.txt", "你好 世界.txt"],
    ["passwd", "../../etc/passwd"],
    ["x", "..\\..\\x", ". .x"],
    ["x.dll", "C:\\Windows\\x.dll"],
    ["C_x", "C:x"],
    ["ab[31m.txt", "a\0b\x1b[31m\x7f\x9b.txt"],
    ["abc", "a\r\nb\tc"],
    ["gpj.exe", "gpj.\u202eexe"],
    ["bashrc", "\ufeff.bashrc", ".bashrc"],
    ["_rf", "-rf", ".-rf"],
    ["_output=x", "--output=x"],
    ["_", "-"],
    ["a-b", "a-b"],
    ["_______", '<>:"|?*'],
    ["file.txt_stream", "file.txt:stream"],
    ["_CON", "CON"],
    ["_con", "con."],
    ["_Com1.txt", "Com1.txt"],
    ["_LPT² .x", "LPT² .x"],
    ["_nul .tar.gz", "nul .tar.gz"],
    ["_CONIN$", "CONIN$"],
    ["console.txt", "console.txt"],
    ["COM10", "COM10"],
    ["ab", "a\ud800b"],
    ["👨‍👩‍👧.png", "👨‍👩‍👧.png"],
    // These are the names of partial downloads, which a later run would continue.
    ["a.part_", "a.part"],
    ["a.part.json_", "a.part.json"],
    ["a.PART_", "a.PART"],
  ];
  for (const [safe, ...from] of names) {
    for (const name of from) assertEquals(safeFileName(name), safe, JSON.stringify(name));
  }
});

Deno.test("safeFileName() cuts long names to 200 bytes and keeps the extension", () => {
  const cases: [name: string, safe: string][] = [
    ["a".repeat(200), "a".repeat(200)],
    ["a".repeat(201), "a".repeat(200)],
    ["a".repeat(300) + ".txt", "a".repeat(196) + ".txt"],
    ["a".repeat(300) + ".txt. ", "a".repeat(196) + ".txt"],
    ["a".repeat(300) + ".tar.gz", "a".repeat(193) + ".tar.gz"],
    ["a." + "b".repeat(300), "a." + "b".repeat(198)],
    ["你".repeat(100) + ".txt", "你".repeat(65) + ".txt"],
    ["x" + "😀".repeat(100), "x" + "😀".repeat(49)],
    ["a".repeat(199) + " b", "a".repeat(199)],
    ["CON." + "x".repeat(300), "_CON." + "x".repeat(195)],
  ];
  for (const [name, safe] of cases) assertEquals(safeFileName(name), safe);
});

Deno.test("safeFileName() gives a safe name for any text, and leaves a safe name as it is", () => {
  const random = randomFrom(7);
  const characters = "./\\-_ aé你:*\"'%;=~ \t\0\x1b\u202e\u2028\ufeff\ud83d\ude00😀";
  const letters = [...characters, "con", "nul.", ".tar.gz", "x".repeat(90)];
  for (let round = 0; round < 20_000; round++) {
    const name = Array.from({ length: random(9) }, () => letters[random(letters.length)]).join("");
    const safe = safeFileName(name);
    if (safe === undefined) continue;
    const isUnsafe = /^[.\s-]|[\s.]$|[/\\<>:"|?*\p{Cc}\u202e\u2028]|^$/u.test(safe);
    assert(!isUnsafe && safe.isWellFormed(), JSON.stringify(name));
    assert(new TextEncoder().encode(safe).length <= 200);
    assertEquals(safeFileName(safe), safe, JSON.stringify(name));
  }
});

Deno.test("parametersOf() reads any text in linear time", () => {
  const runs = ['"', "\\", " "].map((character) => character.repeat(65_535));
  const hostile = [...runs, `"${"\\".repeat(65_534)}`, ";=".repeat(30_000)];
  const started = performance.now();
  for (const text of hostile) {
    parametersOf(text);
    namesIn(`a; filename=x${text}x; filename*=utf-8''${text}`);
    fileNameFor(new URL("http://localhost/"), `filename=${text}`);
    safeFileName(`x${text}x`);
    safeFileName(`x${".".repeat(65_535)}x`);
  }
  assert(performance.now() - started < 2000);
});
