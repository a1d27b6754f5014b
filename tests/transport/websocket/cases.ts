/** Streams of frames and what they must come to: the tests cut them, the fuzzer changes them. */

import { concat } from "../../../lib/bytes.ts";
import { type FrameEvent, FrameParser, type Role, WebSocketError } from "../../../lib/transport/websocket/frames.ts";
import { closePayload, OPCODES, writeFrame } from "../../../lib/transport/websocket/write_frame.ts";
import { bytesOf } from "../../support/net.ts";

/** What a stream comes to: events as text, and the close code of the error at its end. */
export interface Outcome {
  readonly events: readonly string[];
  readonly code: number | undefined;
}

/** A stream of frames. */
export interface FrameCase extends Outcome {
  readonly name: string;
  readonly from: Role;
  readonly input: Uint8Array;
}

/** The limit of messages in these cases. */
export const LIMIT = 70_000;

/** Parses pieces until one of them is refused. */
export function parsePieces(from: Role, pieces: Iterable<Uint8Array>): Outcome {
  const parser = new FrameParser(from, LIMIT);
  const events: string[] = [];
  for (const piece of pieces) {
    // A piece of its own, which is spoilt afterwards: an event must not be a view of it.
    const bytes = piece.slice();
    const kept: FrameEvent[] = [];
    try {
      for (const event of parser.push(bytes)) kept.push(event);
    } catch (error) {
      if (!(error instanceof WebSocketError)) throw error;
      return { events: [...events, ...kept.map(described)], code: error.code };
    } finally {
      bytes.fill(0xff);
    }
    events.push(...kept.map(described));
  }
  return { events, code: undefined };
}

/** An event in one line. Its data may not keep more memory alive than a message may have. */
export function described(event: FrameEvent): string {
  if (event.type === "close") return `close ${event.code} ${event.reason}`;
  const { type, data } = event;
  if (data.length <= LIMIT && data.buffer.byteLength > LIMIT) throw new Error(`holds ${data.buffer.byteLength} bytes`);
  return `${type} ${data.length > 200 ? `of ${data.length}: ${data[0]} ${data.at(-1)}` : data.toHex()}`;
}

const MASK = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);

function hex(text: string): Uint8Array {
  return Uint8Array.fromHex(text.replaceAll(" ", ""));
}

/** A frame of a server, or with a mask of a client. */
export function frame(opcode: number, payload?: string | Uint8Array, mask?: Uint8Array): Uint8Array {
  return writeFrame(opcode, payload instanceof Uint8Array ? payload : bytesOf(payload ?? ""), mask);
}

/** The same frame, as one that is not the last of its message. */
export function open(whole: Uint8Array): Uint8Array {
  return concat([Uint8Array.of((whole[0] ?? 0) & 0x7f), whole.subarray(1)]);
}

function event(type: "text" | "binary" | "ping" | "pong", payload: string | Uint8Array): string {
  return described({ type, data: typeof payload === "string" ? bytesOf(payload) : payload });
}

const { continuation, text, binary, close, ping, pong } = OPCODES;

/** A stream that is fine. */
function good(name: string, input: readonly Uint8Array[], events: readonly string[], from: Role = "server"): FrameCase {
  return { name, from, input: concat([new Uint8Array(), ...input]), events, code: undefined };
}

/** A stream that is refused, perhaps after some events. */
function bad(name: string, input: Uint8Array | string, code: number, events: string[] = []): FrameCase {
  return { name, from: "server", input: typeof input === "string" ? hex(input) : input, events, code };
}

/** Frames of the lengths at which their headers change, in both roles. */
const LENGTHS = [0, 1, 125, 126, 127, 65_535, 65_536, LIMIT].flatMap((length) => {
  const payload = Uint8Array.from({ length }, (_, i) => i * 7 + 1);
  const events = [event("binary", payload)];
  return [
    good(`a message of ${length} bytes`, [frame(binary, payload)], events),
    good(`a masked message of ${length} bytes`, [frame(binary, payload, MASK)], events, "client"),
  ];
});

const UTF8 = ["cebae1bdb9cf83cebcceb5", "f48fbfbf", "ed9fbf ee8080 efbfbf", "00"].map((payload) =>
  good(`the text ${payload}`, [frame(text, hex(payload))], [event("text", hex(payload))])
);

const NOT_UTF8 = [
  ...["80", "c080", "c1bf", "e08080", "e09fbf", "f0808080", "f08fbfbf", "eda080", "edbfbf", "f4908080", "f5808080"],
  ...["ff", "cebae1bd", "e1bd41"],
].map((payload) => bad(`the text ${payload}`, frame(text, hex(payload)), 1007));

const CLOSES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]
  .map((code) => good(`the close code ${code}`, [frame(close, closePayload(code, "é"))], [`close ${code} é`]));

const NOT_SENT = [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535]
  .map((code) => bad(`the close code ${code}`, frame(close, closePayload(code, "é")), 1002));

/** Every case. */
export const CASES: readonly FrameCase[] = [
  // The examples of RFC 6455 section 5.7.
  good("the RFC's unmasked text", [hex("8105 48656c6c6f")], [event("text", "Hello")]),
  good("the RFC's masked text", [hex("8185 37fa213d 7f9f4d5158")], [event("text", "Hello")], "client"),
  good("the RFC's fragmented text", [hex("0103 48656c"), hex("8002 6c6f")], [event("text", "Hello")]),
  good("the RFC's ping", [hex("8905 48656c6c6f")], [event("ping", "Hello")]),
  good("the RFC's pong", [hex("8a85 37fa213d 7f9f4d5158")], [event("pong", "Hello")], "client"),
  ...LENGTHS,
  ...UTF8,
  ...NOT_UTF8,
  ...CLOSES,
  ...NOT_SENT,
  good("nothing", [], []),
  good("messages of both kinds", [frame(text, "a"), frame(binary, "b"), frame(text)], [
    event("text", "a"),
    event("binary", "b"),
    event("text", ""),
  ]),
  good("control frames between fragments", [
    open(frame(text, "one ")),
    frame(ping, "p"),
    open(frame(continuation, "two ")),
    frame(pong),
    frame(continuation, "three"),
  ], [event("ping", "p"), event("pong", ""), event("text", "one two three")]),
  good("empty fragments", [open(frame(binary)), open(frame(continuation)), frame(continuation)], [event("binary", "")]),
  good("a character across fragments", [
    open(frame(text, hex("e2"))),
    open(frame(continuation, hex("82"))),
    frame(continuation, hex("ac")),
  ], [event("text", "€")]),
  good("many fragments up to the limit", [
    open(frame(binary)),
    ...Array.from({ length: 700 }, () => open(frame(continuation, new Uint8Array(100).fill(7)))),
    frame(continuation),
  ], [event("binary", new Uint8Array(LIMIT).fill(7))]),
  good("a close without a code, and what follows it", [frame(close), frame(text, "late"), hex("ffff")], [
    "close undefined ",
  ]),
  good("a close of the longest kind", [frame(close, closePayload(1000, "x".repeat(123)))], [
    `close 1000 ${"x".repeat(123)}`,
  ]),
  good("a message that is cut off", [frame(text, "whole"), frame(text, "cut").subarray(0, 3)], [
    event("text", "whole"),
  ]),
  ...["c100", "a100", "9100", "f100"].map((input) => bad(`reserved bits ${input}`, input, 1002)),
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) => bad(`the opcode ${opcode}`, frame(opcode), 1002)),
  ...[close, ping, pong].flatMap((opcode) => [
    bad(`a fragmented control frame ${opcode}`, open(frame(opcode)), 1002),
    bad(`a control frame ${opcode} of 126 bytes`, frame(opcode, "x".repeat(126)), 1002),
  ]),
  bad("a control frame with a length of 64 bits", "897f 0000000000000000", 1002),
  { ...bad("a client's frame without a mask", frame(text, "x"), 1002), from: "client" },
  bad("a server's frame with a mask", frame(text, "x", MASK), 1002),
  bad("a continuation of nothing", frame(continuation, "x"), 1002),
  bad("a continuation after a message", concat([frame(text, "x"), frame(continuation, "y")]), 1002, [
    event("text", "x"),
  ]),
  bad("a message inside a message", concat([open(frame(text, "x")), frame(text, "y")]), 1002),
  bad("a binary inside a text", concat([open(frame(text, "x")), frame(binary, "y")]), 1002),
  bad("a length of 16 bits that fits in 7", "827e 007d", 1002),
  bad("a length of 64 bits that fits in 16", "827f 000000000000ffff", 1002),
  bad("a length with its highest bit set", "827f 80", 1002),
  bad("the longest length that there is", "827f 7fffffffffffffff", 1009),
  bad("a message above the limit, of which nothing came", "827f 0000000000011171", 1009),
  bad("fragments above the limit", concat([open(frame(binary, new Uint8Array(LIMIT))), hex("0001")]), 1009),
  bad("a text that is wrong in its first fragment", concat([open(frame(text, hex("ff"))), frame(continuation)]), 1007),
  ...["ff", "e241", "f490", "61ff", "eda0"].map((start) => bad(`a text from ${start} on`, `8110 ${start}`, 1007)),
  bad("a character that is not completed", concat([open(frame(text, hex("e282"))), frame(continuation)]), 1007),
  bad("a close code of one byte", "8801 03", 1002),
  bad("a close reason that is not UTF-8", "8804 03e8 c328", 1007),
  bad("a close reason that is cut in a character", "8803 03e8 c3", 1007),
  bad("messages before the mistake", concat([frame(text, "a"), frame(ping, "b"), hex("ff")]), 1002, [
    event("text", "a"),
    event("ping", "b"),
  ]),
];
