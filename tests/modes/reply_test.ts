import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import { reply } from "../../lib/modes/reply.ts";
import type { Mode, ModeContext } from "../../lib/server/mode.ts";
import { encodeText } from "../../lib/text/encode.ts";
import type { Frame } from "../../lib/text/framing.ts";
import { bytesOf } from "../support/net.ts";
import { FakePeer, makeContext, makeMode } from "../support/modes.ts";

interface Values {
  text?: string;
  greet?: string;
  then?: "close";
}

function make(values: Values, context: Partial<ModeContext> = {}): Mode {
  return makeMode(reply, { ...values }, makeContext(context));
}

/** What a client hears for its messages. */
async function talk(mode: Mode, ...messages: (string | Uint8Array)[]): Promise<FakePeer> {
  const peer = new FakePeer(3);
  await mode.open?.(peer);
  for (const message of messages) await mode.data(peer, typeof message === "string" ? bytesOf(message) : message);
  return peer;
}

Deno.test("reply answers each message with its text", async () => {
  const peer = await talk(make({ text: "THANK you" }), "a", "b\n");
  assertEquals([peer.heard, peer.ends], [["THANK you", "THANK you"], 0]);
});

Deno.test("reply fills in the address, the count and the message without its line end", async () => {
  const mode = make({ text: "{n}: {data} from {addr}!" });
  const { heard } = await talk(mode, "hi\r\n", "ho\n", "he\n\n");
  assertEquals(heard, ["1: hi from 10.0.0.3:5000!", "2: ho from 10.0.0.3:5000!", "3: he\n from 10.0.0.3:5000!"]);
});

Deno.test("reply counts each peer's messages apart", async () => {
  const mode = make({ text: "{n}" });
  await talk(mode, "a", "b");
  assertEquals((await talk(mode, "a")).heard, ["1"]);
});

Deno.test("reply fills in the time", async () => {
  const { heard } = await talk(make({ text: "{time}" }), "a");
  assertMatch(heard[0] ?? "", /^20\d\d-[01]\d-[0-3]\d [0-2]\d:[0-5]\d:[0-5]\d$/);
});

Deno.test("reply refuses a text that no message holds, whatever is filled in", () => {
  const room = { messageMax: 10 };
  make({ text: "{data}1234567字", greet: "1234567890" }, room);
  const tooLong = { text: { text: "{data}12345678字" }, greet: { text: "", greet: "1".repeat(11) } };
  for (const [name, values] of Object.entries(tooLong)) {
    const { kind, message } = assertThrows(() => make(values, room), SockeyeError);
    assertEquals([kind, message], ["usage", `Bad --${name}: it has 11 bytes, and a datagram holds 10 at most`]);
  }
});

Deno.test("reply leaves other braces alone", async () => {
  const text = '{"a":{},"n":{n}} {N} { n } {constructor} {data';
  assertEquals((await talk(make({ text }), "x")).heard, [text.replace("{n}", "1")]);
});

Deno.test("reply does not fill in what the client says", async () => {
  assertEquals((await talk(make({ text: "<{data}>" }), "{n}{addr}")).heard, ["<{n}{addr}>"]);
});

Deno.test("reply gives the client's bytes back even when they are no text", async () => {
  const { sent } = await talk(make({ text: "[{data}]" }), Uint8Array.of(0xff, 0x00, 0xc3, 0x0d, 0x0a));
  assertEquals(sent, [Uint8Array.of(0x5b, 0xff, 0x00, 0xc3, 0x5d)]);
});

Deno.test("reply encodes its text, but not what it gives back", async () => {
  const mode = make({ text: "已收到:{data}" }, { encoding: "gbk" });
  const { sent } = await talk(mode, Uint8Array.of(0xc4, 0xe3));
  assertEquals(sent[0]?.toHex(), "d2d1cad5b5bd3ac4e3");
});

Deno.test("reply greets before the first message", async () => {
  const mode = make({ text: "{n}", greet: "Welcome {addr}, {n}{data}!" });
  assertEquals((await talk(mode)).heard, ["Welcome 10.0.0.3:5000, 0!"]);
  assertEquals((await talk(mode, "a")).heard.at(-1), "1");
});

Deno.test("reply with then close answers once, then ends", async () => {
  const peer = await talk(make({ text: "bye", greet: "hello", then: "close" }), "a", "b");
  assertEquals([peer.heard, peer.ends], [["hello", "bye"], 1]);
});

Deno.test("reply to lines is a line with the client's own end", async () => {
  const mode = make({ text: "got {data}" }, { form: { frame: { by: "line" } } });
  assertEquals((await talk(mode, "a\n", "b\r\n", "c")).heard, ["got a\n", "got b\r\n", "got c\n"]);
});

Deno.test("reply to lines adds no end to a text or greeting that has one, and one to a bare greeting", async () => {
  const frame: Frame = { by: "line" };
  assertEquals((await talk(make({ text: "ok\n", greet: "hi\n" }, { form: { frame } }), "a\r\n")).heard, [
    "hi\n",
    "ok\n",
  ]);
  assertEquals((await talk(make({ text: "ok", greet: "hi" }, { form: { frame } }))).heard, ["hi\n"]);
});

Deno.test("reply to messages before a pause adds no line end", async () => {
  assertEquals((await talk(make({ text: "ok" }, { form: { frame: { by: "gap", ms: 50 } } }), "a\n")).heard, ["ok"]);
});

Deno.test("reply refuses a text that the encoding lacks, before any client comes", () => {
  for (const values of [{ text: "naïve €" }, { text: "ok", greet: "€" }]) {
    const error = assertThrows(() => make(values, { encoding: "shift_jis" }), SockeyeError, "Cannot encode");
    assertEquals(error.kind, "usage");
  }
  assertThrows(() => make({ text: "a😀b" }, { encoding: "gbk" }), SockeyeError, '"😀" (U+1F600) in gbk');
});

Deno.test("reply asks for its text", () => {
  assertEquals(assertThrows(() => make({}), SockeyeError, "Missing --text").kind, "usage");
});

Deno.test("reply fills in a message without its line end in utf-16", async () => {
  for (const encoding of ["utf-16le", "utf-16be"]) {
    const { sent } = await talk(make({ text: "<{data}>" }, { encoding }), encodeText("hi\n", encoding));
    assertEquals(sent[0]?.toHex(), encodeText("<hi>", encoding).toHex(), encoding);
  }
});
