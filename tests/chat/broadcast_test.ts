import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { concat } from "../../lib/bytes.ts";
import { Broadcast, type TextFormat } from "../../lib/chat/broadcast.ts";
import { messageOf, note, type RoomEvent } from "../../lib/chat/events.ts";
import { bytesOf, textOf } from "../support/net.ts";

const UNIX: TextFormat = { encoding: "utf-8", eol: "\n" };
const DOS: TextFormat = { encoding: "utf-8", eol: "\r\n" };
const GBK: TextFormat = { encoding: "gbk", eol: "\n" };

/** Lines of a member called `n`. */
function say(...texts: string[]): Broadcast {
  return new Broadcast(texts.map((text): RoomEvent => ({ kind: "say", name: "n", text })));
}

Deno.test("Broadcast renders each line with the end that the reader uses", () => {
  const broadcast = say("a", "", "你");
  assertEquals(concat(broadcast.in(UNIX)), bytesOf("<n> a\n<n> \n<n> 你\n"));
  assertEquals(concat(broadcast.in(DOS)), bytesOf("<n> a\r\n<n> \r\n<n> 你\r\n"));
  const name = bytesOf("<n> ").toHex();
  assertEquals(concat(broadcast.in(GBK)).toHex(), `${name}610a${name}0a${name}c4e30a`);
  assertEquals(
    concat(broadcast.in({ encoding: "gbk", eol: "\r\n" })).toHex(),
    `${name}610d0a${name}0d0a${name}c4e30d0a`,
  );
});

Deno.test("Broadcast renders once for all readers of a format", () => {
  const broadcast = say("a");
  const formats = [UNIX, DOS, GBK];
  const joined = formats.map((format) => broadcast.in(format));
  formats.forEach((format, at) => assertStrictEquals(broadcast.in({ ...format }), joined[at]));
  assert(joined[0] !== joined[1] && joined[0] !== joined[2]);
  const single = broadcast.single(UNIX, 100);
  assertStrictEquals(broadcast.single({ ...UNIX }, 100), single);
});

Deno.test("Broadcast renders each line as a message of its own, cut to what a message holds", () => {
  const broadcast = say("a", "", "bcdef");
  assertEquals(broadcast.single(DOS, 8), ["<n> a\r\n", "<n> \r\n", "<n> bcde"].map(bytesOf));
  assertEquals(broadcast.bytes, 7 + 6 + 8);
  assertEquals(say("é你").single(UNIX, 8).map(textOf), ["<n> é"], "no part of a character");
});

Deno.test("Broadcast renders each event as a message once for all pages, with its number if it has one", () => {
  const events: RoomEvent[] = [{ kind: "say", name: "Ann", text: "你" }, note("stop")];
  const broadcast = new Broadcast(events);
  assertEquals(broadcast.messages.map(textOf), events.map((event) => JSON.stringify(messageOf(event))));
  assertStrictEquals(broadcast.messages, broadcast.messages);
  assertEquals(broadcast.bytes, broadcast.messages.reduce((sum, { length }) => sum + length, 0));
  const logged = events.map((event, at) => ({ n: at + 1, t: 0, event, message: bytesOf(`{"n":${at + 1}}`) }));
  assertEquals(new Broadcast(events, logged).messages.map(textOf), ['{"n":1}', '{"n":2}']);
});

Deno.test("Broadcast shows characters that the reader's encoding lacks by their numbers", () => {
  assertEquals(
    concat(say("a😀é", "안").in({ encoding: "latin1", eol: "\n" })).toHex(),
    bytesOf("<n> a\\u{1f600}").toHex() + "e90a" + bytesOf("<n> \\uc548\n").toHex(),
  );
});

Deno.test("Broadcast is as long as the longest of its forms that are rendered", () => {
  const broadcast = say("你好");
  const name = "<n> ".length;
  assertEquals(broadcast.bytes, 0);
  broadcast.in(GBK);
  assertEquals(broadcast.bytes, name + 5);
  broadcast.in(UNIX);
  assertEquals(broadcast.bytes, name + 7);
  broadcast.in({ encoding: "latin1", eol: "\r\n" });
  assertEquals(broadcast.bytes, name + 14);
  broadcast.in(DOS);
  assertEquals(broadcast.bytes, name + 14);
});
