import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import type { WebSocketLink } from "../../../lib/chat/web/web_socket.ts";
import { PageChannel } from "../../../lib/chat/web/page_channel.ts";
import { type Entry, Record as RoomRecord } from "../../../lib/chat/web/record.ts";
import { Sessions } from "../../../lib/chat/web/sessions.ts";

Deno.test("Record numbers what is said and knows what came after a line", () => {
  const record = new RoomRecord();
  for (const text of ["one", "two", "three"]) record.add(`<Ann> ${text}`, undefined);
  assertEquals(record.last, 3);
  const lines = (n: number) => record.after(n).entries.map(({ line }) => line);
  assertEquals(lines(0), ["<Ann> one", "<Ann> two", "<Ann> three"]);
  assertEquals([lines(2), lines(3), lines(9)], [["<Ann> three"], [], []]);
  assertEquals(record.after(0).gap, false);
});

Deno.test("Record forgets the oldest, and says that it has", () => {
  const record = new RoomRecord();
  for (let n = 1; n <= 10_005; n++) record.add(`<Ann> ${n}`, undefined);
  assertEquals([record.after(5).gap, record.after(5).entries.length], [false, 10_000]);
  assertEquals([record.after(4).gap, record.after(0).entries[0]?.n], [true, 6]);
  for (let n = 0; n < 100; n++) record.add("x".repeat(60_000), undefined);
  const kept = record.after(0).entries.reduce((sum, { line }) => sum + line.length, 0);
  assertLessOrEqual(kept, 1 << 20);
  assert(kept > 900_000);
});

Deno.test("Record knows who is here from what the room says", () => {
  const record = new RoomRecord(["operator"]);
  for (
    const line of [
      "*** user1 joined",
      "*** user2 joined",
      "*** user1 is Ann now",
      "<Ann> *** user2 left",
      "*** user3 joined",
      "*** user3 was dropped: it does not read",
      "*** user2 left: bye",
      "*** user4 joined",
    ]
  ) record.add(line, undefined);
  assertEquals(record.names, ["operator", "Ann", "user4"]);
});

Deno.test("Record asks who is here when a line does not name all whom it tells of", () => {
  const record = new RoomRecord();
  let people = ["operator-k3f9"];
  record.meet(() => people);
  assertEquals(record.names, people);
  record.add("*** Ann joined", { address: "10.0.0.1:5" });
  people = ["operator-k3f9", "Ann", "A", "B", "C", "D"];
  record.add("<Ann> hello", { address: "10.0.0.1:5" });
  assertEquals(record.names, ["operator-k3f9", "Ann"]);
  record.add("*** A, B, C and 1 more joined from another server", undefined);
  record.add("*** The other servers are in reach", undefined);
  people = ["operator-k3f9", "Ann", "A", "B", "C"];
  record.add("*** D left with their server", undefined);
  assertEquals(record.names, people);
  const told = record.after(0).entries.map(({ message }) => JSON.parse(message).here);
  assertEquals(told, [undefined, undefined, ["operator-k3f9", "Ann", "A", "B", "C", "D"], undefined, undefined]);
});

Deno.test("Record tells its witnesses at once, and what is their own", () => {
  const record = new RoomRecord();
  const heard: [string, boolean][] = [];
  const witness = { peer: "10.0.0.1:5", hear: ({ line }: Entry, own: boolean) => void heard.push([line, own]) };
  record.attach(witness);
  record.add("one", { address: "10.0.0.1:5" });
  record.add("two", { address: "10.0.0.1:6" });
  record.add("three \ud800", "operator");
  record.detach(witness);
  record.add("four", undefined);
  assertEquals(heard, [["one", true], ["two", false], ["three \\ud800", false]]);
});

Deno.test("Sessions ends the old connection of a page, and remembers what it said", async () => {
  const sessions = new Sessions();
  const quiet = () => Promise.resolve();
  let left = 0;
  const first = await sessions.enter("secret", () => Promise.resolve(void left++));
  first.taken = 7;
  const again = await sessions.enter("secret", quiet);
  assertEquals([again.taken, left], [7, 1]);
  assertEquals((await sessions.enter("other", quiet)).taken, 0);
  assertEquals((await sessions.enter(undefined, quiet)).taken, 0);
});

Deno.test("Sessions forgets only who is away, the longest first", async () => {
  const sessions = new Sessions();
  const quiet = () => Promise.resolve();
  let left = 0;
  const leave = () => Promise.resolve(void left++);
  const present = await sessions.enter("present", leave);
  present.taken = 7;
  const pages = [];
  for (let i = 0; i < 4_097; i++) pages.push(await sessions.enter(`page ${i}`, quiet));
  for (const page of pages) page.taken = 1;
  // The first to come is the last to go.
  for (const page of pages.toReversed()) sessions.exit(page, quiet);
  assertEquals((await sessions.enter("page 4096", quiet)).taken, 0);
  assertEquals((await sessions.enter("page 0", quiet)).taken, 1);
  sessions.exit(present, quiet);
  assertEquals([(await sessions.enter("present", quiet)).taken, left], [7, 1]);
});

/** A page that is joining, and what it is sent. */
async function joining(record: RoomRecord, join: object) {
  const sent: Record<string, unknown>[] = [];
  const link = {
    receive: () => Promise.resolve(JSON.stringify({ join })),
    send: (message: string) => Promise.resolve(void sent.push(JSON.parse(message))),
    drained: () => Promise.resolve(),
    end: (code: number) => void sent.push({ code }),
    abort: () => {},
  };
  const who = { transport: "ws", host: "10.0.0.1", peer: "10.0.0.1:5" } as const;
  const page = new PageChannel(link as unknown as WebSocketLink, who, record, new Sessions());
  await page.handshake();
  const write = (...lines: string[]) => page.write(new TextEncoder().encode(lines.map((line) => `${line}\n`).join("")));
  return { page, write, sent };
}

Deno.test("a page is welcome before anything else, however late the room has it in", async () => {
  for (const last of [undefined, 1]) {
    const record = new RoomRecord();
    for (const line of ["<Bob> one", "<Bob> two"]) record.add(line, undefined);
    const { page, write, sent } = await joining(record, { name: "Ann", ...(last && { run: record.run, last }) });
    assertEquals(page.name, "Ann");
    await write("*** You are Ann; 1 other is here. /help lists the commands", "<Bob> two");
    for (const line of ["*** Cid joined", "<Cid> meanwhile", "*** The other servers are in reach"]) {
      record.add(line, undefined);
      await write(line);
    }
    assertEquals(sent, []);
    record.add("*** Ann joined", { address: "10.0.0.1:5" });
    record.add("<Bob> hello", undefined);
    await write("<Bob> hello");
    const told = sent.map(({ kind, text, n, old }) => [kind, text, n !== undefined, old === true]);
    assertEquals(told, [
      ["welcome", undefined, false, false],
      ...(!last ? [] : [
        ["say", "two", true, false],
        ["join", "Cid joined", true, false],
        ["say", "meanwhile", true, false],
        ["note", "The other servers are in reach", true, false],
      ]),
      ["ready", undefined, true, false],
      ["you", "You are Ann; 1 other is here. /help lists the commands", false, false],
      ...(last ? [] : [
        ["say", "two", false, true],
        ["join", "Cid joined", false, false],
        ["say", "meanwhile", false, true],
        ["note", "The other servers are in reach", false, false],
      ]),
      ["say", "hello", true, false],
    ]);
    page.close();
  }
});

Deno.test("a page that was in another run hears of a gap where people elsewhere talk on", async () => {
  for (const shared of [false, true]) {
    for (const run of ["another", undefined, "this"]) {
      const record = new RoomRecord([], shared);
      const { page, sent } = await joining(record, { run: run === "this" ? record.run : run, last: 0 });
      record.add("*** user1 joined", { address: "10.0.0.1:5" });
      await page.write(new TextEncoder().encode("*** You are user1; nobody else is here\n"));
      assertEquals(sent[0]?.gap, shared && run !== "this", `${shared} ${run}`);
      page.close();
    }
  }
});

Deno.test("a page that is sent away before it was welcome is told why", async () => {
  const { page, write, sent } = await joining(new RoomRecord(), {});
  await write("*** You were removed by the operator");
  await page.closeWrite();
  assertEquals(sent, [{ kind: "removed", text: "You were removed by the operator" }, { code: 1000 }]);
  page.close();
});

Deno.test("a page whose connection ends while its old one leaves is not told of anything", async () => {
  const record = new RoomRecord();
  let heard = 0;
  record.attach = () => void heard++;
  const sessions = new Sessions();
  const slow = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  await sessions.enter("secret", () => (asked.resolve(), slow.promise));
  const link = { receive: () => Promise.resolve('{"join":{"session":"secret"}}'), abort: () => {} };
  const who = { transport: "ws", host: "10.0.0.1", peer: "10.0.0.1:5" } as const;
  const channel = new PageChannel(link as unknown as WebSocketLink, who, record, sessions);
  const joined = channel.handshake();
  await asked.promise;
  channel.close();
  slow.resolve();
  assertEquals([await joined, heard], [false, 0]);
});

Deno.test("a page whose connection ends will say again what nobody has been told, and nothing else", async () => {
  for (const [line, taken] of [["<Ann> hello", 1], ["* Ann hello", 1], [undefined, 0]] as const) {
    const record = new RoomRecord();
    const sessions = new Sessions();
    const wishes = [{ join: { session: "secret" } }, { say: "hello", id: 1 }].map((wish) => JSON.stringify(wish));
    const receive = () => Promise.resolve(wishes.shift() ?? null);
    const link = { receive, send: () => Promise.resolve(), abort: () => {} } as unknown as WebSocketLink;
    const from = { address: "10.0.0.1:5" };
    const who = { transport: "ws", host: "10.0.0.1", peer: from.address } as const;
    const page = new PageChannel(link, who, record, sessions);
    await page.handshake();
    record.add("*** Ann joined", from);
    await page.read(new Uint8Array(100));
    if (line) record.add(line, from);
    page.close();
    assertEquals((await sessions.enter("secret", () => Promise.resolve())).taken, taken, line);
  }
});
