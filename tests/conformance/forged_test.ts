/**
 * Senders of datagrams whose addresses may be forged: no mode sends them more than three times what came from there (RFC
 * 9000 section 8), and the chat has nothing for them before they have sent back a token.
 *
 * @module
 */

import { assert, assertEquals, assertLessOrEqual, assertMatch } from "@std/assert";
import { MODES } from "../../lib/cli/modes.ts";
import type { Mode } from "../../lib/server/mode.ts";
import type { ServeOptions } from "../../lib/server/serve.ts";
import { listen } from "../../lib/transport/mod.ts";
import { FORGED_MAX } from "../../lib/transport/limits.ts";
import type { SenderRules } from "../../lib/transport/transport.ts";
import { turn } from "../support/clock.ts";
import { Mailbox } from "../support/datagrams.ts";
import { FakeOperator, givenOf, makeContext } from "../support/modes.ts";
import { bytesOf, portOf, run, type Running, textOf } from "../support/net.ts";

/** Options with which a mode says as much as it can. */
const WORDY: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  reply: { text: "{data} ".repeat(20), greet: "Welcome! ".repeat(100) },
  chat: { history: "1000" },
};

/** Nobody is trusted, and all are asked. */
const ASKED: SenderRules = { trusts: () => false, asks: () => true };

/** Serves datagrams of this machine. */
async function serveUdp(
  mode: Mode,
  senders?: SenderRules,
  options: ServeOptions = {},
): Promise<Running & { port: number }> {
  const listener = await listen({ transport: "udp", host: "127.0.0.1", port: 0 }, { senders });
  return { ...run(listener, mode, options), port: portOf(listener) };
}

/** Bytes of all that lies in a mailbox. */
async function received(mailbox: Mailbox): Promise<number> {
  let sum = 0;
  while (!await mailbox.isEmpty()) sum += bytesOf((await mailbox.receive()).text).length;
  return sum;
}

for (const spec of MODES) {
  Deno.test(`${spec.name} sends an address at most three times what came from there, with its last words`, async () => {
    const operator = new FakeOperator();
    const mode = await spec.create(givenOf(WORDY[spec.name] ?? {}), makeContext({ operator, messageMax: 65_507 }));
    const { asksSenders = false } = spec;
    const server = await serveUdp(mode, asksSenders ? ASKED : undefined);
    const { recorder } = server;
    using stack = new DisposableStack();
    const senders = [0, 1, 2, 3, 4, 5, 6, 10, 17, 30, 1000].map((length) => ({
      length,
      mailbox: stack.use(new Mailbox()),
    }));
    const last = stack.use(new Mailbox());
    const rounds = 3;
    for (let round = 0; round < rounds; round++) {
      for (const { length, mailbox } of senders) await mailbox.send("x".repeat(length), server.port);
      if (!asksSenders) await recorder.until("open", ({ id }) => id === 1);
      operator.type("Well, that is a long story, and it begins on a cold evening");
    }
    await last.send("These are all.", server.port);
    // Datagrams are taken in the order of their coming.
    if (asksSenders) await last.receive();
    else await recorder.until("open", ({ peer }) => peer.endsWith(`:${last.port}`));
    await turn();
    await server.stop();
    for (const { length, mailbox } of senders) {
      assertLessOrEqual(await received(mailbox), FORGED_MAX * rounds * length, `${rounds} times ${length} bytes`);
    }
    assertEquals([spec.name, recorder.of("error").length > 0], [spec.name, ["reply", "talk"].includes(spec.name)]);
    await mode[Symbol.asyncDispose]?.();
  });
}

Deno.test("what is left out is told with the option that helps, answers once, and comes when enough was sent", async () => {
  const mode: Mode = {
    data: async (peer, bytes) => {
      await peer.send(bytesOf("a long answer"));
      if (textOf(bytes) === "post") { for (const _ of [1, 2]) peer.post([bytesOf("a longer answer")]); }
    },
  };
  await using server = await serveUdp(mode);
  using mailbox = new Mailbox();
  for (const text of ["12", "34", "5"]) await mailbox.send(text, server.port);
  assertEquals((await mailbox.receive()).text, "a long answer");
  await mailbox.send("post", server.port);
  await mailbox.receive();
  await server.stop();
  const told = server.recorder.of("error").map(({ kind, message, peer }) => [kind, message, peer]);
  const line = (length: number) => [
    "session",
    `Not sent: ${length} bytes, for an address that may be forged gets at most 3 times what it sent; --genuine 127.0.0.1 lifts the limit`,
    `127.0.0.1:${mailbox.port}`,
  ];
  assertEquals(told, [line(13), line(15), line(15)]);
});

Deno.test("a datagram that begins a new talk is not counted again", async () => {
  const { promise: bothOpen, resolve } = Promise.withResolvers<void>();
  const mode: Mode = {
    open: (peer) => peer.id === 2 ? resolve() : undefined,
    data: async (peer) => {
      await bothOpen; // By then all datagrams of the first one have come.
      for (let i = 0; i < 100; i++) peer.post([bytesOf("x")]);
      await peer.end();
    },
  };
  const server = await serveUdp(mode);
  using mailbox = new Mailbox();
  using other = new Mailbox();
  for (let i = 0; i < 20; i++) await mailbox.send("x", server.port);
  await other.send("", server.port);
  await server.recorder.until("close", ({ id }) => id === 21);
  await server.stop();
  assertEquals(await received(mailbox), FORGED_MAX * 20);
});

Deno.test("a trusted sender gets what the mode has", async () => {
  const mode: Mode = { data: (peer) => peer.send(new Uint8Array(1000)) };
  await using server = await serveUdp(mode, { trusts: (host) => host === "127.0.0.1" });
  using mailbox = new Mailbox();
  await mailbox.send("x", server.port);
  assertEquals((await mailbox.receive()).text.length, 1000);
});

Deno.test("an asked sender is a peer when it sends back the token, and takes no slot before", async () => {
  const mode: Mode = { open: (peer) => peer.send(bytesOf(`${peer.id} `.repeat(500))), data: (peer, b) => peer.send(b) };
  const asks = (host: string) => host !== "127.0.0.2";
  const limits = { maxConnections: 1 };
  await using server = await serveUdp(mode, { trusts: () => false, asks }, { limits });
  using stack = new DisposableStack();
  for (let i = 0; i < 200; i++) await stack.use(new Mailbox()).send("let me in, please", server.port);
  using mailbox = new Mailbox();
  await mailbox.send("let me in, please", server.port);
  const question = (await mailbox.receive()).text;
  const [, answer = ""] = /^\*\*\* Send (\/[0-9a-z]{7}) to come in; what you wrote waits\n$/.exec(question) ?? [];
  // The token of another address does not count.
  using other = new Mailbox();
  await other.send(answer, server.port);
  assertMatch((await other.receive()).text, /^\*\*\* Send /);
  assertEquals(server.recorder.events, []);
  await mailbox.send(answer, server.port);
  assertEquals((await mailbox.receive()).text, "1 ".repeat(500));
  // What it said before is the beginning of the conversation.
  assertEquals((await mailbox.receive()).text, "let me in, please");
  await mailbox.send("hello", server.port);
  assertEquals((await mailbox.receive()).text, "hello");
  assertEquals(server.recorder.of("open").map(({ peer }) => peer), [`127.0.0.1:${mailbox.port}`]);
  assert(await mailbox.isEmpty());
});
