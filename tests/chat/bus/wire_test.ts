import { assertEquals } from "@std/assert";
import {
  decodeMessage,
  decodePerson,
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
  return bytes(JSON.stringify({ v: 2, s: S, i: `${S}.1`, late: false, events: [SAY], ...fields }));
}

function event(fields: Record<string, unknown>): Uint8Array {
  return changed({ events: [{ ...SAY, ...fields }] });
}

Deno.test("decodeMessage() reads what encode() writes", () => {
  const events: WireEvent[] = [
    { k: "say", id: 1, name: "ann", texts: ["你好", "", '"\\'] },
    { k: "act", id: 1, name: "user1-k3f9", texts: ["waves"] },
    { k: "join", id: 5, name: "operator-k3f9", yielded: false },
    { k: "leave", id: 5, how: "left", text: "bye" },
    { k: "leave", id: 6, how: "dropped" },
    { k: "rename", id: 1, name: "Anna", yielded: true },
    { k: "here" },
    { k: "gone", server: S },
  ];
  const message: Message = { s: S, i: `gone.${S}.17`, late: true, events };
  assertEquals(decodeMessage(encode(message)), message);
});

Deno.test("decodeMessage() makes text safe for a terminal, and one line", () => {
  const [said] = decodeMessage(event({ texts: ["\x1b[2J\n*** forged\r\u202e"] }))?.events ?? [];
  assertEquals(said, { ...SAY, texts: ["\\x1b[2J\\n*** forged\\r\\u202e"] });
  const [left] = decodeMessage(event({ k: "leave", how: "left", text: "a\n<operator> hello" }))?.events ?? [];
  assertEquals(left, { k: "leave", id: 1, how: "left", text: "a\\n<operator> hello" });
});

Deno.test("decodeMessage() ignores what it does not know, and takes over nothing of it", () => {
  const more =
    '{"v":2,"s":"0123456789abcdef","i":"1","more":1,"__proto__":{"late":true},"events":[{"k":"here","id":7}]}';
  assertEquals(decodeMessage(bytes(more)), { s: S, i: "1", late: false, events: [{ k: "here" }] });
});

Deno.test("decodeMessage() takes nothing else", () => {
  const strange = [
    ...["", "hello", "[]", "null", "7", '"v"'].map(bytes),
    Uint8Array.of(0xff),
    ...[{ v: 1 }, { v: "2" }, { s: "../x" }, { s: S.toUpperCase() }, { i: "" }, { i: 7 }, { i: "a b" }, {
      i: "x".repeat(65),
    }]
      .map(changed),
    ...[{ events: [] }, { events: {} }, { events: [null] }, { events: [7] }, {
      events: Array(EVENTS_MAX + 1).fill({ k: "here" }),
    }]
      .map(changed),
    ...[{ k: "shout" }, { k: "constructor" }, { id: null }, { id: -1 }, { id: 1.5 }, { id: "1" }].map(event),
    ...[{ texts: [] }, { texts: "hello" }, { texts: [1] }, { texts: undefined }].map(event),
    ...[{ k: "leave" }, { k: "leave", how: "constructor" }, { k: "leave", how: 1 }, { k: "gone" }, {
      k: "gone",
      server: "x",
    }]
      .map(event),
  ];
  for (const message of strange) assertEquals(decodeMessage(message), undefined, new TextDecoder().decode(message));
});

Deno.test("no name is taken that a room would not allow", () => {
  for (const name of ["", "a b", "<ann>", "***", "operator", "管理员", "user7", "x".repeat(33), "a\n", 7, null]) {
    for (const k of ["say", "join", "rename"]) assertEquals(decodeMessage(event({ k, name })), undefined, String(name));
    assertEquals(decodePerson(changed({ id: 1, name })), undefined, String(name));
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

Deno.test("decodePerson() reads a claim and a private line, safe for a terminal", () => {
  const person = { s: S, id: 2, name: "ann" };
  assertEquals(decodePerson(encode(person)), { ...person, text: undefined });
  assertEquals(decodePerson(encode({ ...person, text: "\x07\n" })), { ...person, text: "\\x07\\n" });
  for (const fields of [{ name: "a b" }, { id: "bob" }, { s: "x" }, { v: 0 }]) {
    assertEquals(decodePerson(changed({ ...person, ...fields })), undefined);
  }
});
