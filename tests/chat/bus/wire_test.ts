import { assertEquals } from "@std/assert";
import {
  decodeMessage,
  decodeWhisper,
  encode,
  ENTRIES_MAX,
  LINE_MAX,
  type Message,
} from "../../../lib/chat/bus/wire.ts";

const S = "0123456789abcdef";

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A message with other fields. */
function changed(fields: Record<string, unknown>): Uint8Array {
  return bytes(JSON.stringify({ v: 1, s: S, n: 7, c: 1, k: "say", id: 1, name: "ann", texts: ["hello"], ...fields }));
}

Deno.test("decodeMessage() reads what encode() writes", () => {
  const messages: Message[] = [
    { s: S, n: 1, c: 1, k: "here", people: [[1, "ann"], [2, "user2-k3f9"], [3, "operator-k3f9"]], ask: true },
    { s: S, n: 12, c: 1, k: "missed", gaps: [["fedcba9876543210", 3, 8]] },
    { s: S, n: 2, c: 1, k: "also", people: [[4, "小明"]] },
    { s: S, n: 3, c: 1, k: "ask" },
    { s: S, n: 4, c: 1, k: "beat" },
    { s: S, n: 5, c: 1, k: "bye" },
    { s: S, n: 6, c: 1, k: "hold", on: true },
    { s: S, n: 7, c: 1, k: "say", id: 1, name: "ann", texts: ["你好", "", '"\\'] },
    { s: S, n: 8, c: 1, k: "act", id: 1, name: "ann", texts: ["waves"] },
    { s: S, n: 9, c: 1, k: "join", id: 5, name: "bob" },
    { s: S, n: 10, c: 1, k: "leave", id: 5, how: "left: bye" },
    { s: S, n: 11, c: 1, k: "name", id: 1, name: "Anna" },
  ];
  for (const message of messages) assertEquals(decodeMessage(encode(message)), message);
});

Deno.test("decodeMessage() makes text safe for a terminal, and one line", () => {
  assertEquals(decodeMessage(changed({ texts: ["\x1b[2J\n*** forged\r\u202e"] })), {
    s: S,
    n: 7,
    c: 1,
    k: "say",
    id: 1,
    name: "ann",
    texts: ["\\x1b[2J\\n*** forged\\r\\u202e"],
  });
  const leave = decodeMessage(changed({ k: "leave", how: "left\n<operator> hello" }));
  assertEquals(leave?.k === "leave" && leave.how, "left\\n<operator> hello");
});

Deno.test("decodeMessage() ignores what it does not know, and takes over nothing of it", () => {
  assertEquals(decodeMessage(changed({ k: "beat", more: 1, __proto__: null })), { s: S, n: 7, c: 1, k: "beat" });
});

Deno.test("decodeMessage() takes nothing else", () => {
  const strange = [
    bytes(""),
    bytes("hello"),
    bytes("[]"),
    bytes("null"),
    Uint8Array.of(0xff),
    changed({ v: 2 }),
    changed({ v: "1" }),
    changed({ s: "../x" }),
    changed({ s: S.toUpperCase() }),
    changed({ n: -1 }),
    changed({ n: 1.5 }),
    changed({ n: "7" }),
    changed({ c: -1 }),
    changed({ c: undefined }),
    changed({ k: "shout" }),
    changed({ k: "constructor" }),
    changed({ id: null }),
    changed({ texts: [] }),
    changed({ texts: "hello" }),
    changed({ texts: [1] }),
    changed({ k: "hold" }),
    changed({ k: "leave" }),
    changed({ k: "here", people: [], ask: 1 }),
    changed({ k: "missed" }),
    changed({ k: "missed", gaps: [["x", 1, 2]] }),
    changed({ k: "missed", gaps: [[S, 1]] }),
    changed({ k: "here", people: [[1]], ask: true }),
    changed({ k: "here", people: [[1, "a", 2]], ask: true }),
    changed({ k: "here", people: [["1", "ann"]], ask: true }),
    changed({ k: "also", people: Array.from({ length: ENTRIES_MAX + 1 }, (_, id) => [id, "ann"]) }),
  ];
  for (const message of strange) assertEquals(decodeMessage(message), undefined, new TextDecoder().decode(message));
});

Deno.test("decodeMessage() takes no name that a room would not allow", () => {
  for (const name of ["", "a b", "<ann>", "***", "operator", "管理员", "user7", "x".repeat(33), "a\n", 7, null]) {
    assertEquals(decodeMessage(changed({ name })), undefined, String(name));
    assertEquals(
      decodeMessage(changed({ k: "here", people: [[1, name]], ask: true })),
      undefined,
      String(name),
    );
  }
});

Deno.test("decodeMessage() takes the longest that a room says at once, and nothing longer", () => {
  const long = "x".repeat(LINE_MAX);
  const name = "n".repeat(32);
  const bite = Array.from({ length: 860 }, () => "a"); // 38 characters each with the name: not quite 32 KiB.
  assertEquals(decodeMessage(changed({ name, texts: [...bite, long] }))?.k, "say");
  assertEquals(decodeMessage(changed({ k: "leave", how: long }))?.k, "leave");
  for (
    const fields of [
      { texts: [`${long}x`] },
      { texts: [long, long] },
      { name, texts: Array.from({ length: 200_000 }, () => "a") },
      // Shown by their numbers they would be four times as long.
      { texts: ["\x01".repeat(LINE_MAX / 2)] },
      { k: "leave", how: `${long}x` },
    ]
  ) assertEquals(decodeMessage(changed(fields)), undefined);
});

Deno.test("decodeWhisper() takes one line", () => {
  const whisper = { s: S, name: "ann", to: 2, text: "x".repeat(LINE_MAX) };
  assertEquals(decodeWhisper(encode(whisper)), whisper);
  assertEquals(decodeWhisper(encode({ ...whisper, text: `${whisper.text}x` })), undefined);
});

Deno.test("decodeWhisper() reads what encode() writes, safe for a terminal", () => {
  const whisper = { s: S, name: "ann", to: 2, text: "psst" };
  assertEquals(decodeWhisper(encode(whisper)), whisper);
  assertEquals(decodeWhisper(encode({ ...whisper, text: "\x07\n" }))?.text, "\\x07\\n");
  for (const fields of [{ name: "a b" }, { to: "bob" }, { s: "x" }, { text: 1 }, { v: 0 }]) {
    assertEquals(decodeWhisper(bytes(JSON.stringify({ v: 1, ...whisper, ...fields }))), undefined);
  }
});
