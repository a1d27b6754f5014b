import { assert, assertEquals, assertLess, assertLessOrEqual, assertThrows } from "@std/assert";
import { concat } from "../../../lib/bytes.ts";
import { MESSAGE_MAX } from "../../../lib/transport/limits.ts";
import { FrameParser, WebSocketError } from "../../../lib/transport/websocket/frames.ts";
import { isUtf8, Utf8Check } from "../../../lib/transport/websocket/utf8.ts";
import { closePayload, CONTROL_MAX, OPCODES, writeFrame } from "../../../lib/transport/websocket/write_frame.ts";
import { bytesOf, textOf } from "../../support/net.ts";
import { randomCuts, randomFrom, singles } from "../../text/random.ts";
import { CASES, frame, LIMIT, open, parsePieces } from "./cases.ts";

for (const { name, from, input, events, code } of CASES) {
  Deno.test(`FrameParser takes ${name}: whole, byte by byte, cut, and with more behind it`, () => {
    const expected = { events, code };
    for (const pieces of [[input], singles(input), randomCuts(input, randomFrom(6455))]) {
      assertEquals(parsePieces(from, pieces), expected);
    }
    if (code === undefined) return;
    for (const more of ["\0", "\x81\0", "\xff\xff\xff\xff"]) {
      assertEquals(parsePieces(from, [concat([input, bytesOf(more)])]), expected);
    }
  });
}

Deno.test("FrameParser is idle between messages, and names the option for one that is too long", () => {
  const parser = new FrameParser("server", 10);
  [...parser.push(frame(OPCODES.binary, new Uint8Array(10)))];
  assertEquals(parser.idle, true);
  [...parser.push(open(frame(OPCODES.binary, new Uint8Array(6))))];
  assertEquals(parser.idle, false);
  const why = "Message too long: more than 10 bytes (--frame-max)";
  assertThrows(() => [...parser.push(Uint8Array.fromHex("8005"))], WebSocketError, why);
});

Deno.test("FrameParser holds no more than a message for any number of fragments", () => {
  const parser = new FrameParser("server", LIMIT);
  const tiny = open(frame(OPCODES.continuation, "x"));
  [...parser.push(concat([open(frame(OPCODES.binary)), ...Array<Uint8Array>(LIMIT).fill(tiny)]))];
  const [message] = parser.push(frame(OPCODES.continuation));
  assert(message?.type === "binary");
  assertEquals(message.data.length, LIMIT);
  assertLessOrEqual(message.data.buffer.byteLength, LIMIT);
  [...parser.push(open(frame(OPCODES.binary, new Uint8Array(LIMIT))))];
  assertThrows(() => [...parser.push(tiny)], WebSocketError);
});

Deno.test("FrameParser reads a mebibyte in pieces in time that grows with its length only", () => {
  const message = writeFrame(OPCODES.text, new Uint8Array(MESSAGE_MAX).fill(0x61), Uint8Array.of(1, 2, 3, 4));
  const parser = new FrameParser("client");
  const start = performance.now();
  let count = 0;
  for (let at = 0; at < message.length; at += 512) for (const _ of parser.push(message.subarray(at, at + 512))) count++;
  assertEquals(count, 1);
  assertLess(performance.now() - start, 2_000);
});

Deno.test("writeFrame() uses the shortest length there is, and leaves the payload alone", () => {
  const heads = [[125, "827d"], [126, "827e007e"], [65_535, "827effff"], [65_536, "827f0000000000010000"]] as const;
  for (const [length, head] of heads) {
    const frame = writeFrame(OPCODES.binary, new Uint8Array(length));
    assertEquals(frame.subarray(0, head.length / 2).toHex(), head);
    assertEquals(frame.length, head.length / 2 + length);
  }
  const payload = bytesOf("Hello");
  const masked = writeFrame(OPCODES.text, payload, Uint8Array.fromHex("37fa213d"));
  assertEquals([masked.toHex(), textOf(payload)], ["818537fa213d7f9f4d5158", "Hello"]);
});

Deno.test("closePayload() cuts a reason that is too long between characters", () => {
  assertEquals(closePayload(1000).toHex(), "03e8");
  const payload = closePayload(1002, "é".repeat(100));
  assertEquals([payload.length, textOf(payload.subarray(2))], [CONTROL_MAX - 1, "é".repeat(61)]);
});

Deno.test("isUtf8() agrees with TextDecoder on random bytes", () => {
  const random = randomFrom(3629);
  const fatal = new TextDecoder("utf-8", { fatal: true });
  const lively = [0x41, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5];
  for (let i = 0; i < 50_000; i++) {
    const bytes = Uint8Array.from({ length: random(6) }, () => lively[random(lively.length)] ?? 0);
    let valid = true;
    try {
      fatal.decode(bytes);
    } catch {
      valid = false;
    }
    assertEquals(isUtf8(bytes), valid, bytes.toHex());
    const check = new Utf8Check();
    assertEquals(singles(bytes).every((byte) => check.push(byte)) && check.complete, valid, bytes.toHex());
  }
});
