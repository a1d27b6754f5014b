import * as zlib from "node:zlib";
import { assertEquals, assertThrows } from "@std/assert";
import { NotShowable } from "../../lib/fetch/target_contract.ts";
import { TerminalGuard } from "../../lib/fetch/terminal_guard.ts";
import { StreamTarget } from "../../lib/fetch/stream_target.ts";
import { encodeText } from "../../lib/text/encode.ts";
import { toText } from "../http/helpers.ts";
import { randomCuts, randomFrom, singles } from "../text/random.ts";
import { fails, fetchFrom, Log, type Wishes } from "./helpers.ts";
import { bytesOf, serveRaw } from "./server.ts";

const NOT_TEXT = "Cannot show the body on a terminal: it is not text; -o FILE saves it, --raw shows it anyway";

function passes(bytes: Uint8Array, type?: string): void {
  for (const pieces of [[bytes], singles(bytes)]) {
    const guard = new TerminalGuard(type);
    for (const piece of pieces) guard.check(piece);
  }
}

Deno.test("TerminalGuard lets text pass in any charset, with colors and some damage", () => {
  const chinese = "你好，世界。\r\n".repeat(100);
  for (const charset of ["utf-8", "gbk", "big5", "shift_jis"]) {
    passes(encodeText("漢字\n".repeat(99), charset));
  }
  passes(encodeText(chinese, "gbk"));
  passes(bytesOf("\x1b[31mred\x1b[0m\tand\b\f\r\n".repeat(50)));
  passes(bytesOf("page with a NUL \0 in it, and \x01 more"), "text/html");
  passes(encodeText(chinese, "utf-16le"), "text/plain; charset=utf-16");
  passes(encodeText(`\ufeff${chinese}`, "utf-16be"));
  passes(bytesOf("\x01\x02\x03"));
  passes(bytesOf("text".repeat(256) + "\0\0\0\0"));
});

Deno.test("TerminalGuard stops what is no text, however it is cut", () => {
  const random = randomFrom(3);
  const noise = Uint8Array.from({ length: 1500 }, () => random(256));
  const bodies = [
    noise,
    new Uint8Array(zlib.gzipSync(noise)),
    new Uint8Array(zlib.brotliCompressSync(noise)),
    bytesOf("PK\x03\x04\0\0"),
  ];
  for (const body of bodies) {
    for (const pieces of [[body], singles(body), randomCuts(body, random)]) {
      const guard = new TerminalGuard(undefined);
      assertThrows(() => pieces.forEach((piece) => guard.check(piece)), NotShowable, NOT_TEXT);
    }
  }
  for (const type of ["application/pdf", "image/jpeg", "Audio/MPEG; x=y"]) {
    assertThrows(() => passes(bytesOf("%PDF-1.4\n"), type), NotShowable, NOT_TEXT, type);
  }
  passes(bytesOf("<svg/>"), "image/svg+xml; charset=utf-8");
  const guard = new TerminalGuard("text/plain");
  assertThrows(() => guard.check(noise), NotShowable, NOT_TEXT, "the server may call anything text");
});

/** Shows a body as on a terminal; gives what came there. */
async function show(
  fields: readonly string[],
  body: Uint8Array,
  wishes: Wishes = {},
  status = "200 OK",
): Promise<string> {
  await using server = serveRaw((exchange) => exchange.answer(status, fields, body));
  let text = "";
  const stream = new StreamTarget((bytes) => void (text += toText(bytes)));
  const watch = new Log();
  await fetchFrom(server.url(), { stream, shown: true, toUtf8: wishes.charset === undefined, watch, ...wishes });
  assertEquals(watch.notices, []);
  return text;
}

Deno.test("a terminal gets nothing of a body that stays packed or is no text, but one line", async () => {
  const gzip = new Uint8Array(zlib.gzipSync("in it\n"));
  const end = "-o FILE saves it, --raw shows it anyway";
  const cases: [fields: string[], body: Uint8Array, what: string][] = [
    [
      ["Content-Encoding: gzip", "Content-Type: application/gzip"],
      gzip,
      `it is packed (gzip); --decode unpacks it, ${end}`,
    ],
    [
      ["Content-Encoding: gzip, br", "Content-Type: application/gzip"],
      gzip,
      `it is packed (gzip); --decode unpacks it, ${end}`,
    ],
    [["Content-Encoding: bzip2", "Content-Type: application/x-bzip2"], gzip, `it is packed (bzip2); ${end}`],
    [["Content-Type: image/png"], bytesOf("\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), `it is not text; ${end}`],
    [[], gzip, `it is not text; ${end}`],
  ];
  for (const [fields, body, what] of cases) {
    await using server = serveRaw((exchange) => exchange.answer("200 OK", fields, body));
    const stream = new StreamTarget(() => {
      throw new Error("something is shown");
    });
    const watch = new Log();
    const wishes = { stream, shown: true, toUtf8: true, watch, retries: 2 };
    const { message, exitCode } = await fails(server.url(), "file", what, wishes);
    assertEquals([message, exitCode], [`Cannot show the body on a terminal: ${what}`, 9]);
    assertEquals([watch.notices, server.heads.length], [[], 1]);
  }
});

Deno.test("a terminal gets what it is said to get: decoded, raw, in a charset, and all text", async () => {
  const gzip = new Uint8Array(zlib.gzipSync("in it\n"));
  const packed = ["Content-Encoding: gzip", "Content-Type: application/gzip"];
  assertEquals(await show(packed, gzip, { decode: true }), "in it\n");
  assertEquals(await show(packed, gzip, { raw: true }), toText(gzip));
  assertEquals(await show(["Content-Encoding: gzip", "Content-Type: text/plain"], gzip), "in it\n");
  assertEquals(await show([], gzip, { charset: "latin1" }), toText(gzip));
  const wide = new Uint8Array([0xff, 0xfe, 0x60, 0x4f, 0x41, 0, 0x0a, 0]);
  assertEquals(await show([], wide), toText(bytesOf("\xe4\xbd\xa0A\n")));
  assertEquals(await show([], encodeText("你好\n", "gbk")), toText(encodeText("你好\n", "gbk")));
});

Deno.test("a page of failure that is no text leaves the status as the failure", async () => {
  await using server = serveRaw((exchange) => exchange.answer("404 Not Found", [], bytesOf("\0\0\0\0")));
  const stream = new StreamTarget(() => {});
  await fails(server.url(), "status", "The server says 404 Not Found", { stream, shown: true, toUtf8: true });
});
