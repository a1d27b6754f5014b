import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { SockeyeError } from "../../lib/errors.ts";
import { discard } from "../../lib/modes/discard.ts";
import { ReceivedFiles } from "../../lib/modes/received_files.ts";
import { Folder } from "../fetch/helpers.ts";
import { isSettled } from "../support/clock.ts";
import { bytesOf } from "../support/net.ts";
import { FakePeer, givenOf, makeContext } from "../support/modes.ts";

const read = (path: string) => Deno.readTextFile(path);

Deno.test("discard --output keeps what a client sent, in place of an old file, when the client has ended", async () => {
  await using folder = await Folder.make();
  const [path, context, peer] = [folder.at("got"), makeContext(), new FakePeer()];
  await Deno.writeTextFile(path, "old");
  const mode = await discard.create(givenOf({ output: path }), context);
  assertEquals([mode.needs, mode.keepsData], [["read", "write"], true]);
  await mode.open?.(peer);
  for (const part of ["one ", "two"]) await mode.data(peer, bytesOf(part));
  assertEquals([await read(path), await read(`${path}.part`)], ["old", "one two"]);
  await mode.end?.(peer);
  assertEquals([await read(path), context.notices], ["one two", [`#1 is saved as "${path}"`]]);
  mode.close?.(peer);
  await mode[Symbol.asyncDispose]?.();
  assertEquals(await folder.names(), ["got"]);
});

Deno.test("discard --output keeps what came of a client that broke off beside the old file", async () => {
  await using folder = await Folder.make();
  const [path, context, peer] = [folder.at("got"), makeContext(), new FakePeer()];
  await Deno.writeTextFile(path, "old");
  const mode = new ReceivedFiles(path, context);
  await mode.open(peer);
  await mode.data(peer, bytesOf("half"));
  mode.close(peer);
  await mode[Symbol.asyncDispose]();
  assertEquals([await read(path), await read(`${path}.part`)], ["old", "half"]);
  assertEquals(context.notices, [`#1 did not end: "${path}.part" has what came`]);
});

Deno.test("discard --output with {id} has a file for each client at the same time", async () => {
  await using folder = await Folder.make();
  const mode = new ReceivedFiles(folder.at("{id}-got-{id}"), makeContext());
  const peers = [new FakePeer(1), new FakePeer(2)];
  await Promise.all(peers.map((peer) => mode.open(peer)));
  for (const peer of peers) await mode.data(peer, bytesOf(`from ${peer.id}`));
  for (const peer of peers) await mode.end(peer);
  assertEquals([await read(folder.at("1-got-1")), await read(folder.at("2-got-2"))], ["from 1", "from 2"]);
});

Deno.test("discard --output without {id} takes one client at a time, and skips one that left", async () => {
  await using folder = await Folder.make();
  const [path, context] = [folder.at("got"), makeContext()];
  const mode = new ReceivedFiles(path, context);
  const [one, two, three] = [new FakePeer(1), new FakePeer(2), new FakePeer(3)];
  await mode.open(one);
  const [second, third] = [mode.open(two), mode.open(three)];
  assertEquals(await isSettled(third), false);
  two.open = false;
  mode.close(two);
  await second;
  await mode.data(one, bytesOf("first"));
  await mode.end(one);
  assertEquals(await isSettled(third), false);
  mode.close(one);
  await third;
  await mode.data(three, bytesOf("third"));
  await mode.end(three);
  mode.close(three);
  await mode[Symbol.asyncDispose]();
  assertEquals(await read(path), "third");
  assert(context.notices.includes(`#2 waits: "${path}" takes one client at a time; with {id} in its name, all`));
});

Deno.test("discard --output over a WebSocket is complete at its end", async () => {
  await using folder = await Folder.make();
  const [mode, peer] = [new ReceivedFiles(folder.at("got"), makeContext()), new FakePeer()];
  peer.transport = "ws";
  await mode.open(peer);
  await mode.data(peer, bytesOf("message"));
  mode.close(peer);
  await mode[Symbol.asyncDispose]();
  assertEquals(await read(folder.at("got")), "message");
});

Deno.test("discard --output rejects and ends with kind file where nothing can be written", async () => {
  await using folder = await Folder.make();
  const mode = new ReceivedFiles(folder.at("nowhere/got"), makeContext());
  assertEquals((await assertRejects(() => mode.open(new FakePeer()), SockeyeError)).kind, "file");
  assertEquals((await assertRejects(() => mode[Symbol.asyncDispose](), SockeyeError)).kind, "file");
});

Deno.test("discard --output refuses names that are no files", () => {
  for (const [name, kind] of [["", "usage"], ["folder/", "usage"], ["/dev/full", "permission"]] as const) {
    assertEquals(assertThrows(() => new ReceivedFiles(name, makeContext()), SockeyeError).kind, kind);
  }
});
