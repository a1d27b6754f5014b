import { assert, assertEquals } from "@std/assert";
import { type Framer, type FramerOptions, makeFramer, type Message } from "../../lib/text/framer.ts";
import { asFrame, type Frame } from "../../lib/text/framing.ts";
import { FakeClock } from "../support/clock.ts";
import { randomCuts, randomFrom, singles } from "./random.ts";

/** A message as these tests write it: hex, then its flags. */
type Shown = string;

function shown({ bytes, ...flags }: Message): Shown {
  return [bytes.toHex(), ...Object.keys(flags)].join(" ");
}

function hex(text: string): Uint8Array {
  return Uint8Array.fromHex(text.replaceAll(" ", ""));
}

function frameOf(rule: string): Frame {
  const frame = asFrame(rule);
  assert(frame);
  return frame;
}

/** The messages of a whole stream, in chunks that are overwritten once they were taken. */
function cut(framer: Framer, chunks: Uint8Array[]): Shown[] {
  const messages = chunks.flatMap((chunk) => {
    const reused = chunk.slice();
    const found = framer.push(reused).map(shown);
    reused.fill(0xee);
    return found;
  });
  return [...messages, ...framer.end().map(shown)];
}

/** Cuts a stream whole, byte by byte, in two at every place, and at random; the messages are always the same. */
function messagesOf(rule: string, stream: Uint8Array, options?: FramerOptions): Shown[] {
  const framer = makeFramer(frameOf(rule), options);
  const whole = cut(framer, [stream]);
  const inTwo = Array.from({ length: stream.length + 1 }, (_, at) => [stream.subarray(0, at), stream.subarray(at)]);
  const random = randomFrom(7 + stream.length);
  for (const chunks of [singles(stream), ...inTwo, randomCuts(stream, random), randomCuts(stream, random)]) {
    assertEquals(cut(framer, chunks), whole, `${rule}, chunks of ${chunks.map(({ length }) => length)}`);
  }
  return whole;
}

const CASES: [rule: string, stream: string, messages: Shown[], max?: number][] = [
  ["line", "61 0a 62 0d0a 0a 63", ["610a", "620d0a", "0a", "63 partial"]],
  ["line", "", []],
  ["fixed:2", "0102 0304 05", ["0102", "0304", "05 partial"]],
  ["fixed:1", "0102", ["01", "02"]],
  ["until:0d0a", "61 0d 0d0a 0a 0d0a 0d", ["610d0d0a", "0a0d0a", "0d partial"]],
  ["until:00", "6100 00 62", ["6100", "00", "62 partial"]],
  ["until:010102", "01 010102 0101 0102 01", ["01010102", "01010102", "01 partial"]],
  ["between:aaff,0d0a", "aaff 01 0d0a aaff 0d0a", ["aaff010d0a", "aaff0d0a"]],
  ["between:aaff,0d0a", "01 aa aaff 0d0a 02", ["01aa stray", "aaff0d0a", "02 stray"]],
  ["between:aaff,0d0a", "aaff aaff 0d0a 0d0a aa", ["aaffaaff0d0a", "0d0aaa stray"]],
  ["between:aaff,0d0a", "aaff 01", ["aaff01 partial"]],
  ["between:7e,7e", "7e01 7e 7e02 7e", ["7e017e", "7e027e"]],
  ["length:u8", "00 01ff 02", ["00", "01ff", "02 partial"]],
  ["length:u16be,at=2", "0001 0002 aabb 0002 0000", ["00010002aabb", "00020000"]],
  ["length:u16le,at=1", "aa 0100 bb", ["aa0100bb"]],
  ["length:u24be", "000001 aa", ["000001aa"]],
  ["length:u32le", "01000000 aa 00", ["01000000aa", "00 partial"]],
  ["length:u32be,adjust=-4", "00000005 aa 00000004", ["00000005aa", "00000004"]],
  ["length:u8,adjust=4", "00 01020304 01 0102030405", ["0001020304", "010102030405"]],
  // A length that ends inside its own field.
  ["length:u32be,adjust=-4", "00000003 aa 000000", ["00000003 stray", "aa000000 partial"]],
  // MQTT: a fixed header of one byte, then the remaining length.
  ["length:varint,at=1", "c000 30 03 616263", ["c000", "3003616263"]],
  // A varint of more than 49 bits, then a message.
  ["length:varint", "ffffffffffffffff 01aa", ["ffffffffffffff stray", "ff01aa partial"]],
  // The limit.
  ["line", "61626364 0a", ["6162 cut", "6364 cut", "0a cut"], 2],
  ["line", "61 0a 6263 0a", ["610a", "6263 cut", "0a cut"], 2],
  ["line", "616263", ["6162 cut", "63 partial cut"], 2],
  ["between:aaff,0d0a", "0102030405 aaff0d0a", ["010203 stray cut", "0405 stray cut", "aaff0d cut", "0a cut"], 3],
  ["between:aaff,0d0a", "0102aa aaff 0d0a", ["0102aa stray", "aaff0d cut", "0a cut"], 3],
  ["length:u8", "05 0102030405 0100", ["0501 cut", "0203 cut", "0405 cut", "0100"], 2],
  ["length:u32be", "ffffffff 0102", ["ffff cut", "ffff cut", "0102 partial cut"], 2],
];

Deno.test("Framer gives the messages of each rule, however the stream is cut", () => {
  for (const [rule, stream, messages, max] of CASES) {
    const found = messagesOf(rule, hex(stream), { max });
    assertEquals(found, messages, `${rule}: ${stream}`);
  }
});

Deno.test("Framer loses no byte and gives the same messages for random streams, rules and cuts", () => {
  const random = randomFrom(1234567);
  const rules = [
    "line",
    "fixed:3",
    "until:0a0a0d",
    "until:0d0a",
    "between:0a0d,0d",
    "between:0a0a0d,0d0a",
    ...["u8", "u16be", "u16le", "u24be", "u32le", "varint"].flatMap((field) => [
      `length:${field}`,
      `length:${field},at=2,adjust=-3`,
      `length:${field},at=1,adjust=5`,
    ]),
  ];
  for (let round = 0; round < 2000; round++) {
    const rule = rules[random(rules.length)]!;
    const bytes = Uint8Array.from({ length: random(60) }, () => [0, 1, 2, 0x0a, 0x0d, 0x80, 0xff][random(7)]!);
    const options = { max: 1 + random(12) };
    const framer = makeFramer(frameOf(rule), options);
    const whole = cut(framer, [bytes]);
    assertEquals(whole.map((message) => message.split(" ", 1)[0]).join(""), bytes.toHex(), rule);
    assertEquals(cut(framer, randomCuts(bytes, random)), whole, `${rule}, ${options.max}: ${bytes.toHex()}`);
    assertEquals(cut(framer, singles(bytes)), whole, `${rule}, ${options.max}: ${bytes.toHex()}`);
    for (const message of whole) assert(message.split(" ", 1)[0]!.length <= 2 * options.max, rule);
  }
});

Deno.test("Framer copies no message that came in one chunk", () => {
  const chunk = hex("610a 620a 63");
  const framer = makeFramer(frameOf("line"));
  const messages = framer.push(chunk);
  assertEquals(messages.map(({ bytes }) => bytes.buffer === chunk.buffer), [true, true]);
});

Deno.test("a datagram ends what begins in it, and is the end of a line", () => {
  const cases: [rule: string, messages: Shown[]][] = [
    ["line", ["610a", "62", "63"]],
    ["fixed:2", ["610a", "62 partial", "63 partial"]],
    ["between:61,62", ["610a62", "63 stray"]],
  ];
  for (const [rule, messages] of cases) {
    const framer = makeFramer(frameOf(rule), { whole: true });
    const found = ["610a62", "63"].flatMap((datagram) => framer.push(hex(datagram)).map(shown));
    assertEquals([...found, ...framer.end().map(shown)], messages, rule);
  }
});

Deno.test("a pause ends a message of the rule gap", async () => {
  using clock = new FakeClock();
  const paused: Shown[] = [];
  const framer = makeFramer(frameOf("gap:50ms"), { max: 4, onPause: (message) => paused.push(shown(message)) });
  assertEquals(framer.push(hex("01")), []);
  await clock.advance(49);
  assertEquals(framer.push(hex("02")), []);
  await clock.advance(49);
  assertEquals(paused, []);
  await clock.advance(1);
  assertEquals(paused, ["0102"]);
  assertEquals(framer.push(hex("0102030405")).map(shown), ["01020304 cut"]);
  assertEquals(framer.end().map(shown), ["05"]);
  await clock.advance(1000);
  assertEquals(paused.length, 1);
});
