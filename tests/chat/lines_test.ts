import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { Lines, type Script } from "../../lib/chat/broadcast.ts";
import { bytesOf } from "../support/net.ts";

const UNIX: Script = { encoding: "utf-8", eol: "\n" };
const DOS: Script = { encoding: "utf-8", eol: "\r\n" };
const GBK: Script = { encoding: "gbk", eol: "\n" };

Deno.test("Lines writes each line with the end that the reader uses", () => {
  const lines = new Lines(["a", "", "你"]);
  assertEquals(lines.in(UNIX), bytesOf("a\n\n你\n"));
  assertEquals(lines.in(DOS), bytesOf("a\r\n\r\n你\r\n"));
  assertEquals(lines.in(GBK).toHex(), "610a0ac4e30a");
  assertEquals(lines.in({ encoding: "gbk", eol: "\r\n" }).toHex(), "610d0a0d0ac4e30d0a");
});

Deno.test("Lines writes once for all readers of a script", () => {
  const lines = new Lines(["a"]);
  const scripts = [UNIX, DOS, GBK];
  const written = scripts.map((script) => lines.in(script));
  scripts.forEach((script, at) => assertStrictEquals(lines.in({ ...script }), written[at]));
  assert(written[0] !== written[1] && written[0] !== written[2]);
});

Deno.test("Lines shows what the reader's encoding lacks by its number", () => {
  const lines = new Lines(["a😀é", "안"]);
  assertEquals(
    lines.in({ encoding: "latin1", eol: "\n" }).toHex(),
    bytesOf("a\\u{1f600}").toHex() + "e90a" + bytesOf("\\uc548\n").toHex(),
  );
});

Deno.test("Lines are as long as the longest of their forms that somebody reads", () => {
  const lines = new Lines(["你好"]);
  assertEquals(lines.length, 0);
  lines.in(GBK);
  assertEquals(lines.length, 5);
  lines.in(UNIX);
  assertEquals(lines.length, 7);
  lines.in({ encoding: "latin1", eol: "\r\n" });
  assertEquals(lines.length, 14);
  lines.in(DOS);
  assertEquals(lines.length, 14);
});
