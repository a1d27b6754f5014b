/**
 * Streams of frames and what they must come to: used by the tests, which cut them, and by the fuzzer, which changes them.
 *
 * @module
 */

import { concat } from "../../../lib/bytes.ts";
import {
  type FrameEvent,
  FrameParser,
  type FrameParserOptions,
  WebSocketError,
} from "../../../lib/transport/websocket/frames.ts";
import { closePayload, OPCODES, writeFrame } from "../../../lib/transport/websocket/write_frame.ts";
import { bytesOf } from "../../support/net.ts";

/** The side that sends. */
export type Sender = FrameParserOptions["from"];

/** What a stream comes to: events as text, and the close code of the error at its end. */
export interface Outcome {
  readonly events: readonly string[];
  readonly code?: number | undefined;
}

/** A stream of frames. */
export interface FrameCase extends Outcome {
  readonly name: string;
  readonly from: Sender;
  readonly input: Uint8Array;
}

/** The limit of messages in these cases. */
export const LIMIT = 70_000;

/** Parses pieces until one of them is refused. */
export function parsePieces(from: Sender, pieces: Iterable<Uint8Array>, watch?: (held: number) => void): Outcome {
  const parser = new FrameParser({ from, messageMax: LIMIT });
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
      watch?.(parser.held);
    }
    events.push(...kept.map(described));
  }
  return { events };
}

/** An event in one line. */
export function described(event: FrameEvent): string {
  if (event.type === "close") return `close ${event.code} ${event.reason}`;
  const { type, data } = event;
  return `${type} ${data.length > 200 ? `of ${data.length}: ${data[0]} ${data.at(-1)}` : data.toHex()}`;
}

const MASK = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);

function hex(text: string): Uint8Array {
  return Uint8Array.fromHex(text.replaceAll(" ", ""));
}

function frame(
  opcode: number,
  payload: string | Uint8Array,
  fin = true,
  mask: Uint8Array | undefined = undefined,
): Uint8Array {
  return writeFrame(opcode, typeof payload === "string" ? bytesOf(payload) : payload, { fin, mask });
}

function event(type: "text" | "binary" | "ping" | "pong", payload: string | Uint8Array): string {
  return described({ type, data: typeof payload === "string" ? bytesOf(payload) : payload });
}

const { continuation, text, binary, close, ping, pong } = OPCODES;

/** Frames of the lengths at which their headers change, in both roles. */
const LENGTHS = [0, 1, 125, 126, 127, 65_535, 65_536, LIMIT].flatMap((length): FrameCase[] => {
  const payload = Uint8Array.from({ length }, (_, i) => i * 7 + 1);
  const events = [event("binary", payload)];
  return [
    { name: `a message of ${length} bytes`, from: "server", input: frame(binary, payload), events },
    { name: `a masked message of ${length} bytes`, from: "client", input: frame(binary, payload, true, MASK), events },
  ];
});

/** Texts, and whether they are UTF-8. */
const TEXTS: readonly (readonly [hex: string, valid: boolean])[] = [
  ["cebae1bdb9cf83cebcceb5", true],
  ["f48fbfbf", true],
  ["ed9fbf ee8080 efbfbf", true],
  ["00", true],
  ["80", false],
  ["c080", false],
  ["c1bf", false],
  ["e08080", false],
  ["e09fbf", false],
  ["f0808080", false],
  ["f08fbfbf", false],
  ["eda080", false],
  ["edbfbf", false],
  ["f4908080", false],
  ["f5808080", false],
  ["ff", false],
  ["cebae1bd", false],
  ["e1bd41", false],
];

const UTF8 = TEXTS.map(([payload, valid]): FrameCase => ({
  name: `the text ${payload}`,
  from: "server",
  input: frame(text, hex(payload)),
  ...(valid ? { events: [event("text", hex(payload))] } : { events: [], code: 1007 }),
}));

/** Close codes, and whether they may be sent. */
const CODES: readonly (readonly [code: number, valid: boolean])[] = [
  ...[1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999].map((code) =>
    [code, true] as const
  ),
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535].map((code) => [code, false] as const),
];

const CLOSES = CODES.map(([code, valid]): FrameCase => ({
  name: `the close code ${code}`,
  from: "server",
  input: frame(close, closePayload(code, "é")),
  ...(valid ? { events: [`close ${code} é`] } : { events: [], code: 1002 }),
}));

/** A stream that is refused, perhaps after some events. */
function bad(
  name: string,
  input: Uint8Array | string,
  code: number,
  from: Sender = "server",
  events: string[] = [],
): FrameCase {
  return { name, from, input: typeof input === "string" ? hex(input) : input, events, code };
}

/** A stream of a server that is fine. */
function good(name: string, parts: readonly Uint8Array[], events: readonly string[]): FrameCase {
  return { name, from: "server", input: concat([new Uint8Array(), ...parts]), events };
}

/** Every case. */
export const CASES: readonly FrameCase[] = [
  // The examples of RFC 6455 section 5.7.
  good("the RFC's unmasked text", [hex("8105 48656c6c6f")], [event("text", "Hello")]),
  {
    name: "the RFC's masked text",
    from: "client",
    input: hex("8185 37fa213d 7f9f4d5158"),
    events: [event("text", "Hello")],
  },
  good("the RFC's fragmented text", [hex("0103 48656c"), hex("8002 6c6f")], [event("text", "Hello")]),
  good("the RFC's ping", [hex("8905 48656c6c6f")], [event("ping", "Hello")]),
  { name: "the RFC's pong", from: "client", input: hex("8a85 37fa213d 7f9f4d5158"), events: [event("pong", "Hello")] },
  ...LENGTHS,
  ...UTF8,
  ...CLOSES,
  good("nothing", [], []),
  good("messages of both kinds", [frame(text, "a"), frame(binary, "b"), frame(text, "")], [
    event("text", "a"),
    event("binary", "b"),
    event("text", ""),
  ]),
  good("control frames between fragments", [
    frame(text, "one ", false),
    frame(ping, "p"),
    frame(continuation, "two ", false),
    frame(pong, ""),
    frame(continuation, "three"),
  ], [event("ping", "p"), event("pong", ""), event("text", "one two three")]),
  good("empty fragments", [frame(binary, "", false), frame(continuation, "", false), frame(continuation, "")], [
    event("binary", ""),
  ]),
  good("a character across fragments", [
    frame(text, hex("e2"), false),
    frame(continuation, hex("82"), false),
    frame(continuation, hex("ac")),
  ], [
    event("text", "€"),
  ]),
  good("many fragments up to the limit", [
    frame(binary, "", false),
    ...Array.from({ length: 700 }, () => frame(continuation, new Uint8Array(100).fill(7), false)),
    frame(continuation, ""),
  ], [event("binary", new Uint8Array(LIMIT).fill(7))]),
  good("a close without a code, and what follows it", [frame(close, ""), frame(text, "late"), hex("ffff")], [
    "close undefined ",
  ]),
  good("a close of the longest kind", [frame(close, closePayload(1000, "x".repeat(123)))], [
    `close 1000 ${"x".repeat(123)}`,
  ]),
  good("a message that is cut off", [frame(text, "whole"), frame(text, "cut").subarray(0, 3)], [
    event("text", "whole"),
  ]),
  ...["c100", "a100", "9100", "f100"].map((input) => bad(`reserved bits ${input}`, input, 1002)),
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) => bad(`the opcode ${opcode}`, frame(opcode, ""), 1002)),
  ...[close, ping, pong].map((opcode) => bad(`a fragmented control frame ${opcode}`, frame(opcode, "", false), 1002)),
  ...[close, ping, pong].map((opcode) =>
    bad(`a control frame ${opcode} of 126 bytes`, frame(opcode, "x".repeat(126)), 1002)
  ),
  bad("a control frame with a length of 64 bits", "897f 0000000000000000", 1002),
  bad("a client's frame without a mask", frame(text, "x"), 1002, "client"),
  bad("a server's frame with a mask", frame(text, "x", true, MASK), 1002),
  bad("a continuation of nothing", frame(continuation, "x"), 1002),
  bad("a continuation after a message", concat([frame(text, "x"), frame(continuation, "y")]), 1002, "server", [
    event("text", "x"),
  ]),
  bad("a message inside a message", concat([frame(text, "x", false), frame(text, "y")]), 1002),
  bad("a binary inside a text", concat([frame(text, "x", false), frame(binary, "y")]), 1002),
  bad("a length of 16 bits that fits in 7", "827e 007d", 1002),
  bad("a length of 64 bits that fits in 16", "827f 000000000000ffff", 1002),
  bad("a length with its highest bit set", "827f 80", 1002),
  bad("the longest length that there is", "827f 7fffffffffffffff", 1009),
  bad("a message above the limit, of which nothing came", "827f 0000000000011171", 1009),
  bad("fragments above the limit", concat([frame(binary, new Uint8Array(LIMIT), false), hex("0001")]), 1009),
  bad(
    "a text that is wrong in its first fragment",
    concat([frame(text, hex("ff"), false), frame(continuation, "x")]),
    1007,
  ),
  bad("a text that is wrong before its frame is complete", "8105 ff", 1007),
  bad(
    "a character that its last fragment does not complete",
    concat([frame(text, hex("e282"), false), frame(continuation, "")]),
    1007,
  ),
  bad("a close code of one byte", "8801 03", 1002),
  bad("a close reason that is not UTF-8", "8804 03e8 c328", 1007),
  bad("a close reason that is cut in a character", "8803 03e8 c3", 1007),
  bad("messages before the mistake", concat([frame(text, "a"), frame(ping, "b"), hex("ff")]), 1002, "server", [
    event("text", "a"),
    event("ping", "b"),
  ]),
];

/** An outcome without its case. */
export function outcomeOf({ events, code }: FrameCase): Outcome {
  return code === undefined ? { events } : { events, code };
}
