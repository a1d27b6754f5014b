import { assert, assertEquals } from "@std/assert";
import { Conversation, RECEIVED_MAX } from "../../lib/check/conversation.ts";
import { dial } from "../../lib/transport/dial.ts";
import { listen } from "../../lib/transport/mod.ts";
import { FakeChannel, systemError } from "../support/net.ts";
import { PATIENCE_MS, readAll, readText, textOf, utf8, writeAll } from "../support/sockets.ts";
import { echoing, type Handler, serve } from "./servers.ts";

/** A conversation with a server that does this. */
async function meet(handle: Handler) {
  const server = serve("parallel", handle);
  const actor = new Conversation(await dial(server.address, { resets: true }));
  return {
    actor,
    [Symbol.asyncDispose]: async () => {
      await actor[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

Deno.test("until() settles as soon as enough has come, and keeps what came by reads", async () => {
  const channel = new FakeChannel();
  await using actor = new Conversation(channel);
  const enough = actor.until((received) => received.length >= 4, PATIENCE_MS);
  channel.arrive("ab", "cd");
  assert(await enough);
  assertEquals(textOf(actor.received), "abcd");
  assertEquals(actor.messages.map(textOf), ["ab", "cd"]);
  assertEquals([actor.end, actor.lapsed], ["open", false]);
  channel.arrive(null);
});

Deno.test("until() settles at once when the connection ends, and says no", async () => {
  const channel = new FakeChannel();
  await using actor = new Conversation(channel);
  const enough = actor.bytes(10, PATIENCE_MS);
  channel.arrive("short", null);
  assertEquals([await enough, actor.end, actor.lapsed], [false, "fin", false]);
});

Deno.test("until() ends when its time is over, which is remembered", async () => {
  const channel = new FakeChannel();
  await using actor = new Conversation(channel);
  assertEquals([await actor.bytes(1, 10), actor.lapsed], [false, true]);
  channel.arrive(null);
});

Deno.test("what has come before is enough at once, even after the end", async () => {
  const channel = new FakeChannel();
  await using actor = new Conversation(channel);
  channel.arrive("all", systemError("ECONNRESET"));
  assert(await actor.ended(PATIENCE_MS));
  assertEquals([actor.end, await actor.bytes(3, 0)], ["reset", true]);
});

Deno.test("pieces are written one by one, and the pauses between them are kept as steps", async () => {
  const channel = new FakeChannel();
  await using actor = new Conversation(channel);
  await actor.send([utf8("ab"), utf8("c")], 5);
  await actor.halfClose();
  channel.arrive(null);
  assertEquals(channel.written, ["ab", "c"]);
  assert(channel.finished);
  assertEquals(actor.steps, [
    { does: "send", bytes: utf8("ab") },
    { does: "pause", ms: 5 },
    { does: "send", bytes: utf8("c") },
    { does: "half-close" },
  ]);
});

Deno.test("nothing is thrown when the other end has gone; nothing more is sent", async () => {
  const channel = new FakeChannel();
  await using actor = new Conversation(channel);
  channel.arrive(systemError("ECONNRESET"));
  await actor.ended(PATIENCE_MS);
  await actor.send(utf8("late"));
  await actor.halfClose();
  assertEquals([channel.written, actor.steps], [[], []]);
});

Deno.test("a write that the other end does not take ends with the conversation", async () => {
  const channel = new FakeChannel();
  channel.holdWrites();
  const actor = new Conversation(channel);
  const sent = actor.send(utf8("much"));
  await actor[Symbol.asyncDispose]();
  await sent;
  assert(channel.closed);
});

Deno.test("evidence names the first wrong byte, or where bytes are missing", async () => {
  const channel = new FakeChannel();
  await using actor = new Conversation(channel);
  channel.arrive("hallo", null);
  await actor.ended(PATIENCE_MS);
  assertEquals(actor.evidence(utf8("hello")).at, 1);
  assertEquals(actor.evidence(utf8("hallo!")).at, 5);
  assertEquals(actor.evidence(utf8("hall")).at, 4);
  assertEquals(actor.evidence(utf8("hallo")).at, undefined);
  assertEquals(actor.evidence({ en: "any", zh: "任意" }).at, undefined);
});

Deno.test("disposing lets the other end read everything and end in order", async () => {
  const ended = Promise.withResolvers<string>();
  const { actor, ...rest } = await meet(async (conn) => {
    await writeAll(conn, "unread");
    ended.resolve(textOf(await readAll(conn)));
  });
  await using _server = rest;
  await actor.send(utf8("bye"));
  await actor[Symbol.asyncDispose]();
  assertEquals([await ended.promise, actor.steps.length], ["bye", 1]);
});

Deno.test("a reset arrives as a reset", async () => {
  const ended = Promise.withResolvers<unknown>();
  await using met = await meet((conn) => readAll(conn).then(ended.resolve, ended.resolve).then(() => {}));
  met.actor.reset();
  assert(await ended.promise instanceof Deno.errors.ConnectionReset);
  assertEquals(met.actor.steps, [{ does: "reset" }]);
});

Deno.test("a held conversation lets the other end wait, and loses nothing", async () => {
  const size = 8 * 1024 * 1024;
  let written = false;
  const all = new Uint8Array(size).fill(65);
  await using met = await meet(async (conn) => {
    // What it left unread would make a reset of its end.
    await readText(conn, "go");
    await writeAll(conn, all);
    written = true;
  });
  met.actor.hold(true);
  await met.actor.send(utf8("go"));
  await met.actor.bytes(size, 100);
  assertEquals([written, met.actor.received.length < size], [false, true]);
  met.actor.hold(false);
  assert(await met.actor.bytes(size, PATIENCE_MS));
  assertEquals(met.actor.received, all);
});

Deno.test("a server's end in order is a FIN", async () => {
  await using met = await meet(async (conn) => void await readText(conn, "hello"));
  await met.actor.send(utf8("hello"));
  assert(await met.actor.ended(PATIENCE_MS));
  assertEquals(met.actor.end, "fin");
});

Deno.test("datagrams keep their borders, and an empty one is sent", async () => {
  const listener = await listen({ transport: "udp", host: "127.0.0.1", port: 0 });
  const served = (async () => {
    const peer = await listener.accept();
    for (let i = 0; i < 2; i++) await peer.write(await peer.receive?.() ?? new Uint8Array());
    peer.close();
  })();
  await using actor = new Conversation(await dial(listener.address));
  await actor.send([utf8("one"), new Uint8Array()]);
  await served;
  await actor.until(() => actor.messages.length === 2, PATIENCE_MS);
  assertEquals(actor.messages, [utf8("one"), new Uint8Array()]);
  listener.close();
});

Deno.test("a whole conversation over TCP", async () => {
  await using met = await meet(echoing());
  await met.actor.send([utf8("he"), utf8("llo")], 20);
  assert(await met.actor.bytes(5, PATIENCE_MS));
  await met.actor.halfClose();
  assert(await met.actor.ended(PATIENCE_MS));
  assertEquals([textOf(met.actor.received), met.actor.end], ["hello", "fin"]);
});

Deno.test("a program that floods its client is read no further than to a limit", async () => {
  const block = new Uint8Array(1024 * 1024);
  await using met = await meet(async (conn) => {
    while (true) await writeAll(conn, block);
  });
  assertEquals(await met.actor.until(() => false, PATIENCE_MS), false);
  assertEquals([met.actor.end, met.actor.lapsed], ["open", false]);
  assert(met.actor.received.length < RECEIVED_MAX + block.length);
});
