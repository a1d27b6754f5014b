/** What comes before and between the lines of a client and is no text makes no command public. */

import { assert, assertEquals } from "@std/assert";
import { concat } from "../../lib/bytes.ts";
import { FakePeer } from "../support/modes.ts";
import { bytesOf, textOf } from "../support/net.ts";
import { encodeText } from "../../lib/text/encode.ts";
import { PAGE_PROTOCOL } from "../../lib/chat/web/protocol.ts";
import { randomCuts, randomFrom, singles } from "../text/random.ts";
import { UNSEEN } from "../text/unseen.ts";
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

/** Bytes before a command that are no text, in hex: invalid ones, marks, telnet. What is a letter is not among them. */
const NO_TEXT: Readonly<Record<string, readonly string[]>> = {
  "utf-8": [
    ..."80 ff fe c0 e4 f09f efbb a1a1 efbbbf efbbbfefbbbf feff 0000feff fffe fffe0000 00".split(" "),
    ..."fffa fffb fffc fffd ffff fff0 fff1 fff3 fff4 fff7 fff8 fff9 fff2 fff4ff fffb1f fffd01 fffa1ffff0".split(" "),
    ..."fffbfffd fffafffb fffd06 f2 0dff 0d00".split(" "),
  ],
  "gbk": [
    ..."81 ff fe c4 efbbbf efbbbfefbbbf 84319533 a1a1 feff fffe fffe0000 00 fffa fffb fffc fffd ffff fff0".split(" "),
    ..."fff1 fff4 fff7 fff8 fff2 fff4ff fffb1f fffd01 fffa1ffff0 fffbfffd fffd06 0d00".split(" "),
  ],
  "latin1": "efbbbf efbbbfefbbbf a0 00 fffb1f fffd01 fff4 fff4fffd06 efbbbffffb1f fffb1ffffb20fffd03".split(" "),
  "big5": "efbbbf efbbbfefbbbf a140 80 ff 00 fffb1f fffd01 fff4 fff4fffd06 fffb1ffffb20fffd03".split(" "),
};

/** What a third client, the second one and the room get of what a client sends, in pieces. */
async function heardOf(pieces: readonly Uint8Array[], encoding: string): Promise<readonly string[]> {
  const { people, texts } = makeChat({ encoding });
  const [one, two, three] = people(3);
  for (const piece of pieces) await one.says(piece);
  await one.ends();
  return [three.news(), two.news(), texts().join("\n")];
}

for (const [encoding, noText] of Object.entries(NO_TEXT)) {
  Deno.test(`chat in ${encoding} makes no private line public, whatever bytes come before it and however it is cut`, async () => {
    const random = randomFrom(7);
    const keys = UNSEEN.filter((text) => encoding === "utf-8" || bytesOf(text).every((byte) => byte < 0x80));
    const stray = [...keys.map(bytesOf), ...noText.map((hex) => Uint8Array.fromHex(hex))];
    // What is cut off takes a part of what follows; in the other encodings bytes that come together may be a letter.
    const whole = encoding === "utf-8"
      ? stray.filter((bytes) => !/(ff|fff[a-d]|e4|efbb|f09f|f2)$/.test(bytes.toHex()))
      : [];
    const one = () => whole[random(whole.length)]!;
    const mixtures = whole.length > 0 ? Array.from({ length: 100 }, () => concat([one(), one(), one()])) : [];
    for (const before of [...stray, ...mixtures]) {
      for (const first of ["", "hello\n"]) {
        const bytes = concat([bytesOf(first), before, bytesOf("/msg user2 psst\nbye\n")]);
        const whole = await heardOf([bytes], encoding);
        assert(![whole[0], whole[2]].some((text) => text!.includes("psst")), `${before.toHex()}: ${whole}`);
        for (const pieces of [singles(bytes), randomCuts(bytes, random)]) {
          assertEquals(await heardOf(pieces, encoding), whole, before.toHex());
        }
      }
    }
  });
}

Deno.test("chat tells a client that writes UTF-16 which encoding it reads, and says nothing of it", async () => {
  const refusal = "*** Not said: what you write is UTF-16; this chat reads utf-8 from you\n";
  for (const [mark, encoding] of [["fffe", "utf-16le"], ["feff", "utf-16be"]] as const) {
    const bytes = concat([Uint8Array.fromHex(mark), encodeText("/msg user2 psst\nhello\n", encoding)]);
    for (const pieces of [[bytes], singles(bytes)]) {
      const { people, texts } = makeChat();
      const [one, two] = people(2);
      for (const piece of pieces) await one.says(piece);
      assertEquals([texts(), one.news(), two.news()], [["*** user1 left"], refusal, "*** user1 left\n"]);
      one.breaks();
    }
    const { mode, people, texts } = makeChat();
    people(1);
    const peer = new FakePeer(9);
    peer.transport = "udp";
    const client = new Client(mode, peer, "utf-8");
    await client.says(bytes.subarray(0, bytes.indexOf(0x0a)));
    await client.says("hi");
    assertEquals([texts(), peer.heard.at(-1)], [["*** user9 joined", "<user9> hi"], refusal]);
  }
});

Deno.test("chat says what a client kept of its line, and nothing that it took back", async () => {
  const { people, texts } = makeChat();
  const [one] = people(1);
  for (
    const bytes of [
      "helo\x7flo\n",
      "/msg user2 secret\x15hi\n",
      concat([bytesOf("secret"), Uint8Array.of(0xff, 0xf4), bytesOf("ho\n")]),
    ]
  ) {
    await one.says(bytes);
  }
  assertEquals(texts(), ["<user1> hello", "<user1> hi", "<user1> ho"]);
});

Deno.test("chat does not say a line with a command in it behind another end of a line", async () => {
  const { people, texts } = makeChat();
  const [one] = people(2);
  await one.says("hello\r/msg user2 psst\nhello\ryou\n");
  assertEquals([texts(), one.news()], [
    ["<user1> hello\\ryou"],
    "*** Not said: a command stands in it behind the end of a line; lines end with LF or CRLF\n",
  ]);
});

Deno.test("chat finds a command behind more blanks than a line has", async () => {
  const { people, texts } = makeChat();
  const [one, two] = people(2);
  await one.says(`${" ".repeat(64 * 1024)}/msg user2 psst\nhi\n`);
  assertEquals([texts().map((text) => text.trim()), two.news().split("\n").slice(1)], [["<user1>", "<user1> hi"], [
    "[user1] psst",
    "<user1> hi",
    "",
  ]]);
});

Deno.test("chat takes a page's command for one behind what is not seen, and that of the operator", async () => {
  const { mode, operator, people, texts, notices } = makeChat({ web: true, interactive: true });
  const [one] = people(1);
  const peer = new FakePeer(9);
  peer.transport = "ws";
  peer.subprotocol = PAGE_PROTOCOL;
  const page = new Client(mode, peer, "utf-8");
  await page.says(JSON.stringify({ join: {} }));
  for (const before of UNSEEN) {
    one.news();
    await page.says(JSON.stringify({ say: `${before}/msg user1 psst` }));
    operator.type(`${before}/msg user1 psst`);
    await new Promise((resolve) => setTimeout(resolve));
    assertEquals(one.news().split("\n").sort(), ["", "[operator] psst", "[user9] psst"], JSON.stringify(before));
  }
  operator.type("  /usr/bin", "  // x");
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals([texts().at(-1), notices.at(-1)?.slice(0, 31)], [
    "<operator>   // x",
    '*** Unknown command "/usr/bin":',
  ]);
  page.breaks();
});
