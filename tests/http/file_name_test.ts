import { assert, assertEquals } from "@std/assert";
import { namesIn, parametersOf } from "../../lib/http/disposition.ts";
import { fileNameFor, safeFileName } from "../../lib/http/file_name.ts";
import { encodeText } from "../../lib/text/encode.ts";
import { randomFrom } from "../text/random.ts";

/** The text of a header field, a character a byte, when a server sends a name in this encoding. */
function asSent(text: string, encoding: string): string {
  return String.fromCharCode(...encodeText(text, encoding));
}

Deno.test("fileNameFor() takes the last segment of the path, else the name of the site", () => {
  const cases: [url: string, name: string][] = [
    ["http://www.baidu.com/", "baidu.html"],
    ["http://www.baidu.com", "baidu.html"],
    ["http://www.baidu.com/?q=a/b.txt#c", "baidu.html"],
    ["http://news.baidu.com/", "news.baidu.html"],
    ["http://sina.com.cn/", "sina.html"],
    ["http://www.sina.com.cn/", "sina.html"],
    ["http://news.bbc.co.uk/", "news.bbc.html"],
    ["http://co.uk/", "co.html"],
    ["http://com.example/", "com.html"],
    ["http://a.com.info/", "a.com.html"],
    ["http://example.org/", "example.html"],
    ["http://example.org./", "example.html"],
    ["http://localhost:8080/", "localhost.html"],
    ["http://www/", "www.html"],
    ["http://127.0.0.1:9000/", "127.0.0.1.html"],
    ["http://0x7f.1/", "127.0.0.1.html"],
    ["http://[::1]/", "1.html"],
    ["http://[::]/", "index.html"],
    ["http://[2001:db8::7]/", "2001-db8-7.html"],
    ["http://例子.中国/", "xn--fsqu00a.html"],
    ["http://con.com/", "_con.html"],
    ["http://example.org/a/b/", "example.html"],
    ["http://example.org/a/b", "b"],
    ["http://example.org/a/page.html?x=y.txt", "page.html"],
    ["http://example.org/%E4%BD%A0%E5%A5%BD.txt", "你好.txt"],
    ["http://example.org/你好.txt", "你好.txt"],
    ["http://example.org/%C4%E3%BA%C3.txt", "你好.txt"],
    ["http://example.org/%FF.txt", "%FF.txt"],
    ["http://example.org/100%.txt", "100%.txt"],
    ["http://example.org/a%20b+c.txt", "a b+c.txt"],
    ["http://example.org/%2e%2e%2f", "example.html"],
    ["http://example.org/%2e%2e%2fpasswd", "passwd"],
    ["http://example.org/..%5C..%5Cx", "x"],
    ["http://example.org/%00", "example.html"],
    ["http://example.org/.bashrc", "bashrc"],
    ["http://example.org/-rf", "_rf"],
    ["http://example.org/~user", "~user"],
    ["unix:/", "index.html"],
  ];
  for (const [url, name] of cases) assertEquals(fileNameFor(new URL(url)), name, url);
});

Deno.test("fileNameFor() prefers what Content-Disposition says", () => {
  const cases: [disposition: string, name: string][] = [
    ["attachment", "page.html"],
    ["", "page.html"],
    ["attachment; filename=a.txt", "a.txt"],
    ["inline; filename=a.txt", "a.txt"],
    ["filename=a.txt", "a.txt"],
    ['attachment;FileName = "a.txt" ; size=3', "a.txt"],
    ['attachment; filename="a;b=c.txt"', "a;b=c.txt"],
    ['attachment; filename="a\\"b\\\\c.txt"', "c.txt"],
    ['attachment; filename="a\\b.txt"', "ab.txt"],
    ["attachment; filename=two words.txt", "two words.txt"],
    ['attachment; filename="no end.txt', "no end.txt"],
    ['attachment; filename="no end.txt\\', "no end.txt"],
    ['attachment; filename="a.txt"; filename="b.txt"', "a.txt"],
    ['attachment; filename=""', "page.html"],
    ["attachment; filename=", "page.html"],
    ["attachment; filename", "page.html"],
    ['attachment; filename="/"', "page.html"],
    ['attachment; filename="a%20b.txt"', "a%20b.txt"],
    ['attachment; x="; filename=no.txt"; filename=a.txt', "a.txt"],
    [`attachment; filename="${asSent("你好.txt", "utf-8")}"`, "你好.txt"],
    [`attachment; filename="${asSent("你好.txt", "gbk")}"`, "你好.txt"],
    [`attachment; filename=${asSent("à", "utf-8")}`, "à"],
    ["attachment; filename=caf\xe9.txt", "café.txt"],
    ["attachment; filename*=UTF-8''%E4%BD%A0%e5%a5%bd.txt", "你好.txt"],
    ["attachment; filename=a.txt; filename*=UTF-8'zh'%e4%bd%a0.txt", "你.txt"],
    ["attachment; filename*=utf-8''%e4%bd%a0.txt; filename=a.txt", "你.txt"],
    ["attachment; filename*=ISO-8859-1''caf%e9.txt", "café.txt"],
    ["attachment; filename*=GB2312''%c4%e3.txt", "你.txt"],
    [`attachment; filename*=UTF-8''${asSent("你 好.txt", "utf-8")}`, "你 好.txt"],
    ["attachment; filename*=UTF-8''%ff.txt; filename=a.txt", "a.txt"],
    ["attachment; filename*=UTF-8''%e4%b; filename=a.txt", "a.txt"],
    ["attachment; filename*=none''b.txt; filename=a.txt", "a.txt"],
    ["attachment; filename*=''b.txt; filename=a.txt", "a.txt"],
    ["attachment; filename*=b.txt; filename=a.txt", "a.txt"],
    ["attachment; filename*=\"UTF-8''b.txt\"; filename=a.txt", "b.txt"],
    ["attachment; filename*=UTF-8''..%2f..%2fetc%2fpasswd", "passwd"],
    ["attachment; filename*=UTF-8''%2e%2e%2f; filename=../../a.txt", "a.txt"],
    ["attachment; filename*=UTF-8''%00; filename=..", "page.html"],
    ["attachment; filename*=UTF-8''a%E2%80%AEtxt.exe", "atxt.exe"],
    [';;;=;=x;"=;', "page.html"],
  ];
  const url = new URL("http://example.org/page.html");
  for (const [disposition, name] of cases) assertEquals(fileNameFor(url, disposition), name, disposition);
});

Deno.test("safeFileName() leaves one harmless component or nothing", () => {
  const cases: [name: string, safe: string | undefined][] = [
    ["a.txt", "a.txt"],
    ["你好 世界.txt", "你好 世界.txt"],
    ["../../etc/passwd", "passwd"],
    ["..\\..\\x", "x"],
    ["C:\\Windows\\x.dll", "x.dll"],
    ["C:x", "C_x"],
    ["/etc/", undefined],
    ["a/..", undefined],
    ["", undefined],
    [".", undefined],
    ["..", undefined],
    ["...", undefined],
    [" . . ", undefined],
    ["\0", undefined],
    [".\0.", undefined],
    ["a\0b\x1b[31m\x7f\x9b.txt", "ab[31m.txt"],
    ["a\r\nb\tc", "abc"],
    ["gpj.\u202eexe", "gpj.exe"],
    ["\ufeff.bashrc", "bashrc"],
    [".bashrc", "bashrc"],
    [". .x", "x"],
    ["-rf", "_rf"],
    ["--output=x", "_output=x"],
    [".-rf", "_rf"],
    ["-", "_"],
    ["a-b", "a-b"],
    [" a.txt. . ", "a.txt"],
    ['<>:"|?*', "_______"],
    ["file.txt:stream", "file.txt_stream"],
    ["CON", "_CON"],
    ["con.", "_con"],
    ["Com1.txt", "_Com1.txt"],
    ["LPT² .x", "_LPT² .x"],
    ["nul .tar.gz", "_nul .tar.gz"],
    ["CONIN$", "_CONIN$"],
    ["console.txt", "console.txt"],
    ["COM10", "COM10"],
    ["a\ud800b", "ab"],
    ["👨‍👩‍👧.png", "👨‍👩‍👧.png"],
    // These are the names of partial downloads, which a later run would continue.
    ["a.part", "a.part_"],
    ["a.part.json", "a.part.json_"],
    ["a.PART", "a.PART_"],
  ];
  for (const [name, safe] of cases) assertEquals(safeFileName(name), safe, JSON.stringify(name));
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
