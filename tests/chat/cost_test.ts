/** Whatever a member says: twice as much costs the server about twice as much, and a command never much. */

import { assertLinear } from "../support/cost.ts";
import { FakePeer } from "../support/modes.ts";
import { Client, makeChat } from "./helpers.ts";
import { makeRoom } from "./room_helpers.ts";
import { obeyOperator } from "../../lib/chat/commands.ts";
import { decodeMessage, encode } from "../../lib/chat/bus/wire.ts";
import { PAGE_PROTOCOL, parseClientMessage } from "../../lib/chat/web/protocol.ts";

/** Texts that are hard for one thing or another, of so many bytes. */
const HARD: Readonly<Record<string, (length: number) => string>> = {
  letters: (length) => "x".repeat(length),
  marks: (length) => "a" + "\u0316\u0301".repeat(length / 4),
  "blanks and a letter": (length) => " ".repeat(length) + "x",
  "blanks in a word": (length) => "x" + " \t".repeat(length / 2) + "x",
  slashes: (length) => "/".repeat(length),
  controls: (length) => "\x1b".repeat(length),
  syllables: (length) => "\u1112\u1161\u11ab".repeat(length / 9),
  braces: (length) => '{"say":['.repeat(length / 8),
};

const COMMANDS = ["/nick ", "/msg ", "/msg user2 ", "/enc ", "/me ", "/quit ", "/list ", "/help ", "/", "//", "／", ""];

/** Bytes of the shortest text; eight times as many, and a command before them, just fit into a line. */
const LENGTH = 7 * 1024;

for (const [what, text] of Object.entries(HARD)) {
  Deno.test(`chat: ${what} behind each command cost no more than their number`, async () => {
    for (const command of COMMANDS) {
      const { mode, people } = makeChat();
      people(2);
      let id = 2;
      await assertLinear(command, async (length) => {
        const client = new Client(mode, new FakePeer(++id), "utf-8");
        await client.says(`${command}${text(length)}\n`);
        client.breaks();
      }, LENGTH);
      mode.stop?.();
    }
  });

  Deno.test(`chat: ${what} of the operator, of a page or on the bus cost no more than their number`, async () => {
    const { room } = makeRoom({ interactive: true });
    for (const command of ["/say ", "/kick ", "/msg ", "/me "]) {
      const obey = (line: string) => obeyOperator(room, { text: line, bytes: line.length });
      await assertLinear(command, (length) => obey(`${command}${text(length)}`), LENGTH);
    }
    await assertLinear(
      "join",
      (length) => parseClientMessage(JSON.stringify({ join: { name: text(length) } })),
      LENGTH,
    );
    await assertLinear("JSON", (length) => parseClientMessage(text(length)), LENGTH);
    const s = "0123456789abcdef";
    await assertLinear("bus", (length) => {
      for (const name of ["x", text(length)]) {
        decodeMessage(encode({ s, late: false, events: [{ k: "say", id: 1, name, texts: [text(length)] }] }));
      }
    }, LENGTH);
  });

  Deno.test(`chat: ${what} in a message of a page cost no more than their number`, async () => {
    const { mode } = makeChat({ web: true });
    const peer = new FakePeer(9);
    peer.transport = "ws";
    peer.subprotocol = PAGE_PROTOCOL;
    const page = new Client(mode, peer, "utf-8");
    await page.says(JSON.stringify({ join: {} }));
    for (const command of ["/nick ", ""]) {
      await assertLinear(command, (length) => page.says(JSON.stringify({ say: command + text(length) })), LENGTH);
    }
    page.breaks();
    mode.stop?.();
  });
}
