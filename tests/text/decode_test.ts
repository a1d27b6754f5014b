import { assert, assertEquals } from "@std/assert";
import { type Decoded, TextStream } from "../../lib/text/decode.ts";
import { encodeText } from "../../lib/text/encode.ts";
import { ENCODINGS } from "../../lib/text/encodings.ts";
import { randomCuts, randomFrom, singles } from "./random.ts";

const ALL = [...ENCODINGS, "koi8-r", "windows-1251", "windows-1253", "iso-8859-8"];

const hex = (digits: string): Uint8Array => Uint8Array.fromHex(digits.replaceAll(" ", ""));

/** Decodes pieces like a reader that reuses one buffer: each piece is overwritten before the next push. */
function decode(pieces: Uint8Array[], encoding: string): Decoded {
  const stream = new TextStream(encoding);
  const buffer = new Uint8Array(Math.max(0, ...pieces.map((piece) => piece.length)));
  const parts = pieces.map((piece) => {
    buffer.set(piece);
    const part = stream.push(buffer.subarray(0, piece.length));
    buffer.fill(0x41);
    assert(stream.pending.length <= 3);
    return part;
  });
  parts.push(stream.end());
  assertEquals(stream.pending.length, 0);
  const invalid = parts.reduce((sum, part) => sum + part.invalid, 0);
  return { text: parts.map((part) => part.text).join(""), invalid };
}

/** Decodes with the native decoder only, in windows of one to four bytes. */
function expected(bytes: Uint8Array, encoding: string): Decoded {
  const show = (part: Uint8Array) => Array.from(part, (byte) => "\\x" + byte.toString(16).padStart(2, "0")).join("");
  const unit = encoding.startsWith("utf-16") ? 2 : 1;
  const result = { text: "", invalid: 0 };
  for (let at = 0; at < bytes.length;) {
    const lengths = [1, 2, 3, 4].filter((length) => at + length <= bytes.length);
    const length = lengths.find((length) => native(bytes.subarray(at, at + length), encoding, false) !== undefined);
    if (length !== undefined) {
      result.text += native(bytes.subarray(at, at + length), encoding, false);
      at += length;
      continue;
    }
    const cut = bytes.length - at <= 3 && native(bytes.subarray(at), encoding, true) === "";
    const bad = bytes.subarray(at, cut ? bytes.length : at + unit);
    result.text += show(bad);
    result.invalid += bad.length;
    at += bad.length;
  }
  return result;
}

function native(bytes: Uint8Array, encoding: string, stream: boolean): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes, { stream });
  } catch {
    return undefined;
  }
}

Deno.test("TextStream shows invalid bytes and never breaks a character", () => {
  const cases: [encoding: string, bytes: string, text: string, invalid: number][] = [
    ["utf-8", "", "", 0],
    ["utf-8", "e4bda0 e5a5bd", "你好", 0],
    ["utf-8", "41 e4bd 41", "A\\xe4\\xbdA", 2],
    ["utf-8", "e4bd", "\\xe4\\xbd", 2],
    ["utf-8", "c080 eda080 f5 f4908080", "\\xc0\\x80\\xed\\xa0\\x80\\xf5\\xf4\\x90\\x80\\x80", 10],
    ["utf-8", "f09f9880 f09f98", "😀\\xf0\\x9f\\x98", 3],
    ["utf-8", "efbbbf 41", "\ufeffA", 0],
    ["utf-8", "efbfbd ff", "\ufffd\\xff", 1],
    ["utf-8", "c4e3 bac3", "\\xc4\\xe3\\xba\\xc3", 4],
    ["gbk", "c4e3 bac3", "你好", 0],
    ["gbk", "c4e3 ba", "你\\xba", 1],
    ["gbk", "ff c4 20 80", "\\xff\\xc4 €", 2],
    ["gbk", "9439fc36", "😀", 0],
    ["gb18030", "9439fc36 fe39fe39", "😀\\xfe9\\xfe\\x39", 3],
    ["gb18030", "8431a437", "\ufffd", 0],
    ["gb18030", "8130 41", "\\x810A", 1],
    ["big5", "8862 a741", "Ê̄你", 0],
    ["shift_jis", "93fa967b b1 5c a0", "日本ｱ\\\\xa0", 1],
    ["euc-jp", "8fb0a1 8eb1 8fa1a1", "丂ｱ\\x8f\u3000", 1],
    ["euc-kr", "bec8b3e7 ff", "안녕\\xff", 1],
    ["latin1", "e9 80 81", "é€\u0081", 0],
    ["windows-1253", "e1 aa", "α\\xaa", 1],
    ["utf-16le", "604f 7d59 00d8 4100 41", "你好\\x00\\xd8A\\x41", 3],
    ["utf-16be", "feff 4f60 d83dde00 dc00", "\ufeff你😀\\xdc\\x00", 2],
  ];
  for (const [encoding, digits, text, invalid] of cases) {
    const bytes = hex(digits);
    assertEquals(decode([bytes], encoding), { text, invalid }, `${encoding} ${digits} whole`);
    assertEquals(decode(singles(bytes), encoding), { text, invalid }, `${encoding} ${digits} byte by byte`);
  }
});

Deno.test("TextStream goes on after invalid bytes with whatever follows", () => {
  for (const encoding of ALL) {
    const tail = encodeText("ok\n", encoding);
    for (let byte = 0x80; byte <= 0xff; byte++) {
      // A space ends a character that the byte may begin; in UTF-16 both are one unit.
      const bytes = Uint8Array.from(encoding === "utf-16le" ? [0x20, byte] : [byte, 0x20]);
      assert(decode([bytes, tail], encoding).text.endsWith("ok\n"), `${encoding} ${byte}`);
    }
  }
});

Deno.test("TextStream holds an incomplete character back", () => {
  const stream = new TextStream("utf-8");
  assertEquals(stream.push(hex("41 f09f98")), { text: "A", invalid: 0 });
  assertEquals(stream.pending, hex("f09f98"));
  assertEquals(stream.push(hex("")), { text: "", invalid: 0 });
  assertEquals(stream.push(hex("80 42")), { text: "😀B", invalid: 0 });
  assertEquals(stream.pending, hex(""));
});

Deno.test("TextStream decodes long chunks that are cut near the end", () => {
  for (const encoding of ALL) {
    const line = encoding.startsWith("utf") || encoding.startsWith("gb") ? "信息已收到，ok。" : "ok";
    const last = encoding.startsWith("utf") ? "😀" : "";
    const text = line.repeat(200) + last;
    const bytes = encodeText(text, encoding);
    for (const rest of [0, 1, 2, 3, 4, 5, 77]) {
      const pieces = [bytes.subarray(0, bytes.length - rest), bytes.subarray(bytes.length - rest)];
      assertEquals(decode(pieces, encoding), { text, invalid: 0 }, `${encoding}, ${rest} bytes before the end`);
    }
  }
});

/** Makes bytes of many kinds: random, leads with digits, halves of characters, complete characters, surrogates. */
function randomBytes(encoding: string, random: (below: number) => number, pieces: number): Uint8Array {
  const kinds = [
    () => [random(256)],
    () => [0x80 + random(128)],
    () => [0x81 + random(126), 0x30 + random(10)],
    () => [0x8e + random(2), 0xa1 + random(94)],
    () => [0xd8 + random(8), random(256)],
    () => [random(256), 0xd8 + random(8)],
    () => [0xe0 + random(24), 0x80 + random(64)],
    () => encodeText("a\n\\", encoding),
    () => encodeSome(["é", "你", "ア", "안", "я", "😀", "\ufffd"][random(7)]!, encoding),
  ];
  return Uint8Array.from(Array.from({ length: pieces }, () => Array.from(kinds[random(kinds.length)]!())).flat());
}

function encodeSome(character: string, encoding: string): Uint8Array {
  try {
    return encodeText(character, encoding);
  } catch {
    return encodeText("?", encoding);
  }
}

Deno.test("TextStream gives the same text however the bytes are cut", () => {
  const random = randomFrom(20260729);
  for (const encoding of ALL) {
    for (let round = 0; round < 60; round++) {
      const bytes = randomBytes(encoding, random, 1 + random(20));
      const whole = expected(bytes, encoding);
      const label = `${encoding} ${bytes.toHex()}`;
      assertEquals(decode([bytes], encoding), whole, label);
      assertEquals(decode(singles(bytes), encoding), whole, label);
      assertEquals(decode(randomCuts(bytes, random), encoding), whole, label);
    }
  }
});

Deno.test("TextStream gives the same text for long chunks of anything", () => {
  const random = randomFrom(4711);
  for (const encoding of ALL) {
    const bytes = randomBytes(encoding, random, 3000);
    const whole = decode([bytes], encoding);
    assertEquals(decode(singles(bytes), encoding), whole, encoding);
    const at = 1000 + random(1000);
    assertEquals(decode([bytes.subarray(0, at), bytes.subarray(at)], encoding), whole, encoding);
  }
});

Deno.test("TextStream agrees with the native decoder about every pair of bytes", () => {
  for (const encoding of ALL) {
    const lossy = new TextDecoder(encoding, { ignoreBOM: true });
    for (let lead = 0; lead <= 0xff; lead++) {
      // A line feed ends a character that the pair left incomplete; in UTF-16 the pair is one unit.
      const ends = encoding === "utf-16le" ? [0x0a, 0] : encoding === "utf-16be" ? [0, 0x0a] : [0x0a];
      const bytes = Uint8Array.from(Array.from({ length: 0x100 }, (_, trail) => [lead, trail, ...ends]).flat());
      const ours = new TextStream(encoding).push(bytes).text.split("\n");
      const theirs = lossy.decode(bytes).split("\n");
      assertEquals(ours.length, theirs.length, `${encoding} ${lead}`);
      theirs.forEach((text, trail) => {
        const same = ours[trail] === text || (text.includes("\ufffd") && /\\x[0-9a-f]{2}/.test(ours[trail]!));
        assert(same, `${encoding} ${lead} ${trail}: ${ours[trail]}`);
      });
    }
  }
});

Deno.test("TextStream.all() keeps nothing back", () => {
  const stream = new TextStream("gbk");
  assertEquals(stream.all(Uint8Array.of(0x61, 0xe4)), { text: "a\\xe4", invalid: 1 });
  assertEquals([stream.pending.length, stream.all(Uint8Array.of(0x6f, 0x6b))], [0, { text: "ok", invalid: 0 }]);
  assertEquals(stream.all(new Uint8Array()), { text: "", invalid: 0 });
});

Deno.test("TextStream tells where it shows bytes that are not valid, if asked to", () => {
  const stream = new TextStream("gbk", true);
  const { text, runs } = stream.push(hex("41 ff ff c4 e3 5c 78 66 66 80 80 c4"));
  assertEquals([text, runs], ["A\\xff\\xff你\\xff€€", [[1, 9]]]);
  assertEquals(stream.all(hex("ff ff c4")), { text: "\\xc4\\xff\\xff\\xc4", invalid: 4, runs: [[0, 12], [12, 16]] });
  assertEquals(new TextStream("gbk").push(hex("ff")).runs, undefined);
});
