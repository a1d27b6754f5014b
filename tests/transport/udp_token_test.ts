/** A client that is asked for a token. */

import { assertEquals } from "@std/assert";
import { dial } from "../../lib/transport/dial.ts";
import { Mailbox } from "../support/datagrams.ts";
import { textOf } from "../support/net.ts";

const QUESTION = "*** Send /gs6y6td to come in\n";

Deno.test("dialUdp() sends a token back once, to the address that was dialled alone, and shows the question", async () => {
  using server = new Mailbox();
  using stranger = new Mailbox();
  const tokens: string[] = [];
  const address = { transport: "udp", host: "127.0.0.1", port: server.port } as const;
  const channel = await dial(address, { udp: { onToken: (token) => tokens.push(token) } });
  try {
    await channel.write(new Uint8Array(6));
    const { from } = await server.receive();
    await stranger.send(QUESTION.replace("gs6y6td", "0000000"), from);
    for (const text of ["Send /gs6y6td please", QUESTION, QUESTION, "Send /1234567\n"]) await server.send(text, from);
    const shown: string[] = [];
    while (shown.length < 5) shown.push(textOf(await channel.receive?.() ?? new Uint8Array()));
    assertEquals(shown.filter((text) => text === QUESTION).length, 2);
    const answers = [await server.receive(), await server.receive()].map(({ text }) => text);
    assertEquals([answers, tokens], [["/gs6y6td\n", "/1234567\n"], ["gs6y6td", "1234567"]]);
    assertEquals([await server.isEmpty(), await stranger.isEmpty()], [true, true]);
  } finally {
    channel.close();
  }
});
