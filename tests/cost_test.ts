/** Whatever a peer sends, and in whatever pieces: twice as much costs about twice as much. */

import { assertEquals } from "@std/assert";
import { concat } from "../lib/bytes.ts";
import { charsetOf } from "../lib/http/charset.ts";
import { namesIn, parametersOf } from "../lib/http/disposition.ts";
import { fileNameFor } from "../lib/http/file_name.ts";
import { RequestParser } from "../lib/http/request_parser.ts";
import { ResponseParser } from "../lib/http/response.ts";
import { DirectionDecoder } from "../lib/output/decoder.ts";
import { escapeControls, quote } from "../lib/printable.ts";
import { TextStream } from "../lib/text/decode.ts";
import { encodeShown } from "../lib/text/encode.ts";
import { resolveEncoding } from "../lib/text/encodings.ts";
import { HexDump } from "../lib/text/hex_dump.ts";
import { EncodingHint } from "../lib/text/hint.ts";
import { CrlfWriter, LineSplitter } from "../lib/text/lines.ts";
import { TelnetFilter } from "../lib/text/telnet.ts";
import { FrameParser } from "../lib/transport/websocket/frames.ts";
import { didYouMean } from "../lib/wording.ts";
import { assertLinear } from "./support/cost.ts";
import { singles } from "./text/random.ts";

/** What is repeated, and what stands before it. */
const HARD: readonly (readonly [unit: string, before?: string])[] = [
  ["x"],
  ["名"],
  ["\u0316\u0301", "a"],
  [" "],
  ["\r"],
  ["\n"],
  ["\0"],
  ["\x1b["],
  ['\\"', 'a; b="'],
  ["%4"],
  [";a=", "x"],
  [".tar", "a"],
  ["x", "GET "],
  [" ", "GET"],
  [" c\r\n", "HTTP/1.1 200 OK\r\na: b\r\n"],
  ["1\r\nx\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"],
  ["<meta "],
  ["\tencoding ", "<?xml "],
];

/** Bytes of any value, so many. */
const ODD: readonly number[] = [0xff, 0xfb, 0xfd, 0xe4, 0x81, 0xc4];

type Take = (bytes: Uint8Array) => unknown;

/** What takes a text. */
const TEXTS: Readonly<Record<string, (text: string) => unknown>> = {
  "escapeControls()": escapeControls,
  "quote()": quote,
  "didYouMean()": (text) => didYouMean(text, ["echo", "shift_jis"]),
  "resolveEncoding()": resolveEncoding,
  "encodeShown()": (text) => encodeShown(text, "gbk"),
  "parametersOf()": parametersOf,
  "namesIn()": namesIn,
  "fileNameFor()": (text) => fileNameFor(new URL("http://a/b"), text),
  "charsetOf()": (text) => charsetOf(`text/${text}`, bytesOf(text)),
};

/** What takes a stream, piece by piece. */
const STREAMS: Readonly<Record<string, () => Take>> = {
  LineSplitter: () => takerOf(new LineSplitter()),
  CrlfWriter: () => takerOf(new CrlfWriter()),
  TelnetFilter: () => takerOf(new TelnetFilter("gbk")),
  "TextStream of UTF-8": () => takerOf(new TextStream("utf-8")),
  "TextStream of gb18030": () => takerOf(new TextStream("gb18030")),
  EncodingHint: () => {
    const hint = new EncodingHint("utf-8");
    return (bytes) => hint.push(bytes, 1);
  },
  HexDump: () => takerOf(new HexDump("utf-8")),
  DirectionDecoder: () => {
    const decoder = new DirectionDecoder("utf-8", true);
    return (bytes) => decoder.decode(bytes);
  },
  RequestParser: () => takerOf(new RequestParser()),
  ResponseParser: () => {
    const parser = new ResponseParser("GET");
    return (bytes) => [...parser.push(bytes)];
  },
};

function takerOf(taker: { push: Take }): Take {
  return (bytes) => taker.push(bytes);
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Takes it as it is meant; an input that is refused is one that costs no more. */
function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // Refused.
  }
}

for (const [name, take] of Object.entries(TEXTS)) {
  Deno.test(`${name} costs no more than the length of its text`, async () => {
    for (const [unit, before = ""] of HARD) {
      await assertLinear(before + unit, (count) => attempt(() => take(before + unit.repeat(count))), 3_000);
    }
  });
}

for (const [name, make] of Object.entries(STREAMS)) {
  Deno.test(`${name} costs no more than the length of its stream, whole and byte by byte`, async () => {
    const inputs = HARD.map(([unit, before = ""]) => (count: number) => bytesOf(before + unit.repeat(count)));
    const odd = (count: number) => Uint8Array.from({ length: count }, (_, at) => ODD[at % ODD.length]!);
    for (const [at, input] of [...inputs, odd].entries()) {
      const made = new Map([1, 2, 4, 8].map((times) => [times * 400, input(times * 400)]));
      for (const cut of [(bytes: Uint8Array) => [bytes], singles]) {
        await assertLinear(String(at), (count) => attempt(() => cut(made.get(count)!).forEach(make())), 400);
      }
    }
  });
}

Deno.test("FrameParser costs no more than the length of its frames, however they are cut and however many they are", async () => {
  /** A masked frame, whose mask changes nothing. */
  const frame = (first: number, payload: number[]) =>
    Uint8Array.of(first, 0x80 | payload.length, 0, 0, 0, 0, ...payload);
  for (const part of [frame(0x00, []), frame(0x00, [0x78]), frame(0x89, [0x78])]) {
    for (const cut of [(bytes: Uint8Array) => [bytes], singles]) {
      await assertLinear(part.toHex(), (count) => {
        const parser = new FrameParser("client");
        const bytes = concat([frame(0x01, [0x78]), ...Array.from({ length: count }, () => part), frame(0x80, [])]);
        const messages = cut(bytes).flatMap((piece) => [...parser.push(piece)]).filter(({ type }) => type === "text");
        assertEquals(messages.length, 1);
      }, 200);
    }
  }
});
