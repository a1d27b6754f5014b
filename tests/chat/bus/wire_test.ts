import { assertEquals } from "@std/assert";
import {
  decodeMessage,
  encode,
  EVENTS_MAX,
  LINE_MAX,
  type Message,
  type WireEvent,
} from "../../../lib/chat/bus/wire.ts";

const S = "0123456789abcdef";
const SAY: WireEvent = { k: "say", id: 1, name: "ann", texts: ["hello"] };

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A message with other fields, and one of an event with other fields. */
function changed(fields: Record<string, unknown>): Uint8Array {
  return bytes(JSON.stringify({ v: 2, s: S, late: false, events: [SAY], ...fields }));
}

function event(fields: Record<string, unknown>): Uint8Array {
  return changed({ events: [{ ...SAY, ...fields }] });
}

Deno.test("decodeMessage() reads what encode() writes", () => {
  const events: WireEvent[] = [
    { k: "say", id: 1, name: "ann", texts: ["你好", "", '"\\'] },
    { k: "act", id: 1, name: "user1-k3f9", texts: ["waves"] },
    { k: "join", id: 5, name: "operator-k3f9" },
    { k: "leave", id: 5, how: "left", text: "bye" },
    { k: "leave", id: 6, how: "dropped", text: undefined },
    { k: "ask" },
    { k: "here", ids: [] },
    { k: "here", ids: [0, 17] },
    { k: "private", id: 2, name: "ann", text: "psst" },
    { k: "gone", server: S },
  ];
  const message: Message = { s: S, late: true, events };
  assertEquals(decodeMessage(encode(message)), message);
});

Deno.test("decodeMessage() gives text as it was written, but last words in one line", () => {
  const [said] = decodeMessage(event({ texts: ["\x1b[2J\n*** forged\r\u202e"] }))?.events ?? [];
  assertEquals(said, { ...SAY, texts: ["\x1b[2J\n*** forged\r\u202e"] });
  const [told] = decodeMessage(event({ k: "private", text: "\x07\n" }))?.events ?? [];
  assertEquals(told, { k: "private", id: 1, name: "ann", text: "\x07\n" });
  const [left] = decodeMessage(event({ k: "leave", how: "left", text: "a\n<operator> hello" }))?.events ?? [];
  assertEquals(left, { k: "leave", id: 1, how: "left", text: "a\\n<operator> hello" });
});

Deno.test("decodeMessage() ignores what it does not know, and takes over nothing of it", () => {
  const more = '{"v":2,"s":"0123456789abcdef","more":1,"__proto__":{"late":true},"events":[{"k":"ask","id":7}]}';
  assertEquals(decodeMessage(bytes(more)), { s: S, late: false, events: [{ k: "ask" }] });
});

Deno.test("decodeMessage() takes nothing else", () => {
  const strange = [
    ...["", "hello", "[]", "null", "7", '"v"'].map(bytes),
    Uint8Array.of(0xff),
    ...[{ v: 1 }, { v: "2" }, { s: "../x" }, { s: S.toUpperCase() }]
      .map(changed),
    ...[{ events: [] }, { events: {} }, { events: [null] }, { events: [7] }, {
      events: Array(EVENTS_MAX + 1).fill({ k: "ask" }),
    }]
      .map(changed),
    ...[{ k: "shout" }, { k: "constructor" }, { id: null }, { id: -1 }, { id: 1.5 }, { id: "1" }].map(event),
    ...[{ texts: [] }, { texts: "hello" }, { texts: [1] }, { texts: undefined }].map(event),
    ...[
      { k: "leave" },
      { k: "leave", how: "constructor" },
      { k: "leave", how: 1 },
      { k: "leave", how: ["left"] },
      { k: "private" },
      { k: "private", text: 7 },
      { k: "gone" },
      {
        k: "gone",
        server: "x",
      },
    ].map(event),
    ...[{ ids: 7 }, { ids: [1.5] }, { ids: undefined }].map((fields) => event({ k: "here", ...fields })),
  ];
  for (const message of strange) assertEquals(decodeMessage(message), undefined, new TextDecoder().decode(message));
});

Deno.test("no name is taken that a room would not allow", () => {
  for (const name of ["", "a b", "<ann>", "***", "operator", "管理员", "user7", "x".repeat(33), "a\n", 7, null]) {
    for (const k of ["say", "join", "private"]) {
      assertEquals(decodeMessage(event({ k, name, text: "hello" })), undefined, String(name));
    }
  }
});

Deno.test("decodeMessage() takes the longest that a room says at once, and nothing longer", () => {
  const long = "x".repeat(LINE_MAX);
  const name = "n".repeat(32);
  const batch = Array.from({ length: 860 }, () => "a"); // 38 characters each with the name: not quite 32 KiB.
  assertEquals(decodeMessage(event({ name, texts: [...batch, long] }))?.events.length, 1);
  for (
    const fields of [
      { texts: [`${long}x`] },
      { texts: [long, long] },
      { name, texts: Array.from({ length: 200_000 }, () => "a") },
      // Shown by their numbers they would be four times as long.
      { texts: ["\x01".repeat(LINE_MAX / 2)] },
    ]
  ) assertEquals(decodeMessage(event(fields)), undefined);
  assertEquals(decodeMessage(changed({ events: [{ ...SAY, texts: [long] }, { ...SAY, texts: [long] }] })), undefined);
});
