import { assertEquals, assertLessOrEqual } from "@std/assert";
import { PAGE_PROTOCOL } from "../../lib/chat/web/protocol.ts";
import { OUTBOX_LIMIT } from "../../lib/server/limits.ts";
import { FakeClock, isSettled, turn } from "../support/clock.ts";
import { Client, makeChat } from "./helpers.ts";
import { FakePeer } from "../support/modes.ts";

/** A thousand lines: more than people type. */
const FLOOD = "x".repeat(999).concat("\n").repeat(1000);

/** What another client gets of it. */
const FLOOD_RECEIVED = 1000 * "<user1> ".length + FLOOD.length;

/** A peer with an outbox like the real one, which is emptied when the test says so. */
class OutboxPeer extends FakePeer {
  #unread = 0;
  #taken = Promise.withResolvers<void>();

  override post(messages: Uint8Array | readonly Uint8Array[]): boolean {
    const bytes = [messages].flat().reduce((sum, { length }) => sum + length, 0);
    if (this.#unread + bytes > OUTBOX_LIMIT || !super.post(messages)) return false;
    this.#unread += bytes;
    return true;
  }

  override flush(): Promise<void> {
    return this.#unread === 0 ? Promise.resolve() : this.#taken.promise;
  }

  take(): void {
    this.#unread = 0;
    this.#taken.resolve();
    this.#taken = Promise.withResolvers();
  }
}

Deno.test("chat keeps a member that floods waiting for the readers, but not the others", async () => {
  using clock = new FakeClock();
  const { people } = makeChat();
  const [one, two, three] = people(3);
  const slow = Promise.withResolvers<void>();
  two.peer.hold = slow.promise;
  const flooding = one.says(FLOOD);
  await clock.advance(100);
  assertEquals(await isSettled(flooding), false);
  assertLessOrEqual(two.news().length, OUTBOX_LIMIT / 2);
  await three.says("hi\n");
  assertEquals(one.news(), "<user3> hi\n");
  slow.resolve();
  await flooding;
  await turn();
  assertEquals([three.news().length, two.peer.kicks, clock.pending], [FLOOD_RECEIVED, [], 0]);
});

Deno.test("chat keeps a member that floods waiting for pages, too", async () => {
  using clock = new FakeClock();
  const { mode, people } = makeChat({ web: true });
  const pages = [11, 12].map((id) => Object.assign(new OutboxPeer(id), { subprotocol: PAGE_PROTOCOL }));
  for (const peer of pages) {
    const page = new Client(mode, peer, "utf-8");
    await page.says(JSON.stringify({ join: {} }));
  }
  const [one] = people(1);
  const flooding = one.says(FLOOD);
  await clock.advance(100);
  assertEquals([await isSettled(flooding), pages.flatMap(({ kicks }) => kicks)], [false, []]);
  for (let i = 0; i < 40; i++) {
    for (const peer of pages) peer.take();
    await turn();
  }
  await flooding;
  assertEquals(pages.flatMap(({ kicks }) => kicks), []);
  const texts = pages.map(({ heard }) => heard.filter((message) => message.includes('"kind":"say"')).length);
  assertEquals(texts, [1000, 1000]);
});

Deno.test("chat stops keeping a member waiting that leaves", async () => {
  using clock = new FakeClock();
  const { people, texts } = makeChat();
  const [one, two] = people(2);
  two.peer.hold = new Promise(() => {});
  const flooding = one.says(FLOOD);
  await turn();
  one.breaks();
  await clock.advance(10_000);
  await flooding;
  assertEquals([texts().at(-1), clock.pending], ["*** user1 left", 0]);
});

/** All write one line at the same time, and all read well. */
async function writeAtOnce(count: number, line: string): Promise<OutboxPeer[]> {
  using clock = new FakeClock();
  const { mode } = makeChat();
  const peers = Array.from({ length: count }, (_, at) => new OutboxPeer(at + 1));
  const clients = peers.map((peer) => new Client(mode, peer, "utf-8"));
  const written = Promise.all(clients.map((client) => client.says(line)));
  for (let i = 0; i < count; i++) {
    await turn();
    for (const peer of peers) peer.take();
  }
  await clock.advance(60_000);
  await written;
  return peers;
}

Deno.test("chat lets no outbox overflow when many send long lines at once, or some that are longer when escaped", async () => {
  for (
    const peers of [await writeAtOnce(40, "x".repeat(60_000) + "\n"), await writeAtOnce(10, "\0".repeat(60_000) + "\n")]
  ) {
    assertEquals(peers.filter(({ kicks }) => kicks.length > 0).map(({ id }) => id), []);
  }
});

Deno.test("chat drops a member that has taken nothing for a minute when the next line is said, and its name is free", async () => {
  using clock = new FakeClock();
  const { people } = makeChat();
  const [one, two, three] = people(3);
  await two.says("/nick ann\n");
  two.peer.stuckSince = performance.now();
  await clock.advance(60_000);
  await one.says("hello?\n");
  assertEquals(two.peer.kicks, []);
  await clock.advance(1);
  await one.says("hello!\n");
  assertEquals(two.peer.kicks, ["does not read what it is sent"]);
  await one.says("/nick ann\n");
  assertEquals(three.news().split("\n").slice(-3, -1), [
    "*** ann was dropped: it does not read",
    "*** user1 is ann now",
  ]);
});
