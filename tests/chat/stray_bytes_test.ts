/** What comes before and between the lines of a client and is no text makes no command public. */

import { assertEquals } from "@std/assert";
import { concat } from "../../lib/bytes.ts";
import { FakePeer } from "../support/modes.ts";
import { bytesOf, textOf } from "../support/net.ts";
import { singles } from "../text/random.ts";
import { Client, makeChat, newsOf } from "./helpers.ts";

const MARK = "efbbbf";

/** What a telnet client sends before a command, in hex; what it gets back. */
const STRAY: readonly (readonly [what: string, sent: string, answer: string])[] = [
  ["a byte order mark", MARK, ""],
  ["a negotiation", "fffb1ffffd01", "fffe1ffffc01"],
  ["a negotiation and a mark", `fffb1f${MARK}`, "fffe1f"],
  ["Ctrl-C", "fff4fffd06", "fffc06"],
  ["Ctrl-C with an urgent mark", "fff4fffffd06", "fffc06"],
];

for (const [what, sent, answer] of STRAY) {
  Deno.test(`chat obeys a command behind ${what}, and tells nobody else`, async () => {
    for (const encoding of ["utf-8", "gbk"]) {
      const bytes = concat([Uint8Array.fromHex(sent), bytesOf("/msg user2 psst\n/me waves\r\0")]);
      for (const pieces of [[bytes], singles(bytes)]) {
        const { people, come, texts } = makeChat({ encoding });
        const [, two] = people(2);
        const three = come(3);
        newsOf(two, three);
        three.peer.sent.length = 0;
        for (const piece of pieces) await three.says(piece);
        assertEquals(two.news(), "[user3] psst\n* user3 waves\n");
        assertEquals([texts().at(-1), concat(three.peer.sent).toHex()], ["* user3 waves", answer]);
      }
    }
  });
}

Deno.test("chat ends its lines to a client with CRLF whose lines end with CR NUL", async () => {
  const { people } = makeChat();
  const [one, two] = people(2);
  await one.says("/nick\r\0");
  await two.says("hi\n");
  assertEquals(one.news(), "*** Usage: /nick NAME\r\n<user2> hi\r\n");
});

Deno.test("chat leaves the bytes of other encodings alone, from the line behind /enc on", async () => {
  const latin1 = Uint8Array.of(0xff, 0xfb, 0x01, 0x0a);
  const { people, texts } = makeChat({ encoding: "latin1" });
  await people(1)[0].says(latin1);
  assertEquals(texts(), ["<user1> ÿû\\x01"]);
  const { people: others, texts: read } = makeChat();
  const [one] = others(1);
  await one.says(concat([bytesOf("/enc latin1\n"), latin1, bytesOf("/enc utf-8\n"), latin1, bytesOf("\n/list\n")]));
  assertEquals(read(), ["<user1> ÿû\\x01", "<user1> ", "<user1> "]);
  assertEquals(one.peer.sent.map((bytes) => textOf(bytes)).at(-1), "*** 1 here: user1 (you)\n");
});

Deno.test("chat takes the marks off each line of a transport with message boundaries, and no more", async () => {
  const { mode, people, texts } = makeChat();
  people(1);
  const peer = new FakePeer(9);
  peer.transport = "udp";
  const client = new Client(mode, peer, "utf-8");
  for (const message of [`${MARK}61`, `${MARK}${MARK}`, "fffb01"]) await client.says(Uint8Array.fromHex(message));
  assertEquals(texts(), ["*** user9 joined", "<user9> a", "<user9> \\xff\\xfb\\x01"]);
});
