import { assertEquals, assertThrows } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import { Template } from "../../lib/modes/template.ts";
import { bytesOf, textOf } from "../support/net.ts";
import { FakePeer, makeContext } from "../support/modes.ts";

function fill(text: string, { escapes = false, frame = false, encoding = "utf-8", data = "hi\r\n" } = {}): Uint8Array {
  const context = makeContext({ encoding, ...(frame && { form: { frame: { by: "line" } } as const }) });
  return new Template(text, context, escapes).fill({ peer: new FakePeer(), count: 1, data: bytesOf(data) });
}

Deno.test("Template takes escapes for bytes where asked to, and placeholders beside them", () => {
  assertEquals(fill(String.raw`a\x00\xff{data}\n`, { escapes: true }).toHex(), "6100ff68690a");
  assertEquals(fill(String.raw`\u4f60{n}`, { escapes: true, encoding: "gbk" }).toHex(), "c4e331");
  assertEquals(textOf(fill(String.raw`a\n{n}`)), String.raw`a\n1`);
});

Deno.test("Template ends a line as the client's, unless the text has ended one, typed or escaped", () => {
  assertEquals(textOf(fill("a", { frame: true })), "a\r\n");
  assertEquals(textOf(fill("a", { frame: true, data: "hi" })), "a\n");
  assertEquals(textOf(fill(String.raw`a\n`, { frame: true, escapes: true })), "a\n");
  assertEquals(textOf(fill(String.raw`a\r\n`, { frame: true, escapes: true, data: "hi\n" })), "a\r\n");
});

Deno.test("Template throws kind usage for an unknown escape", () => {
  assertEquals(assertThrows(() => fill(String.raw`\q`, { escapes: true }), SockeyeError).kind, "usage");
});
