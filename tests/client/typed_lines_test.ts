import { assertEquals, assertMatch } from "@std/assert";
import { Editor } from "../../lib/cli/editor.ts";
import { sendLines, type TypedOptions } from "../../lib/client/typed_lines.ts";
import type { TextRules } from "../../lib/client/messages.ts";
import { Folder } from "../fetch/helpers.ts";
import { FakeSystem } from "../cli/helpers.ts";

/** What is sent of what is typed, until the end of input or q; the notices. */
async function typed(keys: string, rules: Partial<TextRules> = {}, options: Partial<TypedOptions> = {}) {
  const system = new FakeSystem({ terminal: true });
  const editor = new Editor(system, system.sink());
  system.stdin.feed(keys);
  const notices: string[] = [];
  const switches: string[] = [];
  const outgoing = sendLines(editor.lines(), {
    rules: { encoding: "utf-8", escapes: false, crlf: false, ...rules },
    eol: "lf",
    messageBoundaries: false,
    notice: (message) => notices.push(String(message)),
    inChat: () => false,
    onEncodings: ({ write, read }) => switches.push(`${write}:${read}`),
    ...options,
  });
  const parts = await Array.fromAsync(
    outgoing,
    (part) => typeof part === "symbol" ? String(part.description) : part.toHex(),
  );
  editor.close();
  return { parts, notices, switches };
}

Deno.test("sendLines() says each typed line with its end, until q", async () => {
  for (const [eol, end] of [["lf", "0a"], ["crlf", "0d0a"], ["cr", "0d"], ["none", ""]] as const) {
    const { parts } = await typed("你\r\rqq\rq\rlost\r", { encoding: "gbk" }, { eol });
    assertEquals(parts, [`c4e3${end}`, end, `7171${end}`, "close"], eol);
  }
});

Deno.test("sendLines() complains about what cannot be sent and goes on", async () => {
  const { parts, notices } = await typed("你\r/hex 0\r/file\r/enc gkb\rb\r\x04", { encoding: "latin1" });
  assertEquals(parts, ["620a"]);
  assertEquals(notices.slice(0, 3), [
    'Not sent: Cannot encode "你" (U+4F60) in latin1',
    'Not sent: Cannot parse hex "0": "0" has an odd number of digits',
    "Not sent: /file takes the name of a file",
  ]);
  assertMatch(notices[3] ?? "", /^Not changed: Unknown encoding "gkb"/);
});

Deno.test("sendLines() sends bytes and files, and a slash after another one; what is no command of its own is text", async () => {
  await using folder = await Folder.make();
  await Deno.writeTextFile(`${folder.path}/a file`, "file");
  const { parts } = await typed(`/hex 00 ff\r/file ${folder.path}/a file\r//quit\r/nick bob\r/quit\rlost\r`);
  const texts = parts.map((part) =>
    /^[0-9a-f]+$/.test(part) ? new TextDecoder().decode(Uint8Array.fromHex(part)) : part
  );
  assertEquals(texts, ["\0\ufffd", "file", "/quit\n", "/nick bob\n", "close"]);
});

Deno.test("sendLines() switches encodings, one or both, and names them", async () => {
  const { parts, notices, switches } = await typed("/enc gbk\r你\r/enc utf-8:big5\r你\r/enc\r\x04");
  assertEquals(parts, ["c4e30a", "e4bda00a"]);
  assertEquals(switches, ["gbk:gbk", "utf-8:big5"]);
  const both = "utf-8 is written, big5 read";
  assertEquals(notices, ["gbk is written and read", both, both]);
});

Deno.test("sendLines() lets a chat hear what it must know, in the encoding that it still reads", async () => {
  const { parts, switches } = await typed("/help\r/enc gbk\r你\r/enc utf-8:gbk\r/quit\r", {}, { inChat: () => true });
  const heard = ["/help\n", "/enc gbk\n"].map((text) => new TextEncoder().encode(text).toHex());
  assertEquals(parts, [...heard, "c4e30a", "close"]);
  assertEquals(switches, ["gbk:gbk", "utf-8:gbk"]);
});

Deno.test("sendLines() explains its commands", async () => {
  const { parts, notices } = await typed("/help\r\x04");
  assertEquals(parts, []);
  assertEquals(notices.every((line) => line.length < 80), true);
  for (const word of ["/quit", "/enc", "/hex", "/file", "//"]) assertMatch(notices.join("\n"), new RegExp(word));
});
