/** What some clients of a chat do wrong harms no other one: whose lines arrive once, in order, and soon. */

import { assertEquals, assertLess, assertLessOrEqual, assertMatch } from "@std/assert";
import { Folder } from "../../fetch/helpers.ts";
import { randomFrom } from "../../text/random.ts";
import { Chatter, Chatters } from "../../support/chatter.ts";
import { linux, needs, python, spawnSockeye, tool } from "../../support/harness.ts";
import { descriptors, holdsOnly, megabytes } from "../../support/process.ts";

const HOST = "127.0.0.1";

/** A line is heard sooner, even when the machine is busy. */
const PROMPT_MS = 10_000;

/**
 * Bytes that a flooder sends: escaped, and from 25 of them, they are several times what an outbox holds. All 50 of their readers
 * are this one process, and must not come too late.
 */
const FLOOD = 64 * 1024;

/** Megabytes of transcript are made, but not kept by the test. */
const UNSEEN = `exec "$@" >/dev/null`;

/** What matters here: what people say, and what the room says about those who misbehave. */
const matters = (line: string) => /^<user\d+> talk \d+ \d+|^\*\*\* \w+ (?:joined|left|was dropped)/.test(line);

/** How to talk. */
interface Talk {
  /** Told apart from other talks by this number. */
  readonly topic?: number;
  /** Characters of a line of all but the last one, who writes no more than people do. */
  readonly length?: number;
}

/**
 * Everybody says one line after the other, each when a neighbour has heard the one before, as long as something goes on. No
 * line may take long, and in the end everybody must have heard everything.
 */
async function talkDuring(event: Promise<unknown>, people: readonly Chatter[], talk: Talk = {}): Promise<void> {
  const { topic = 1, length = 0 } = talk;
  let over = false;
  const stop = () => void (over = true);
  event.then(stop, stop);
  const counts = await Promise.all(people.map(async (person, i) => {
    const neighbour = people[(i + 1) % people.length] ?? person;
    let count = 0;
    do {
      const start = performance.now();
      const text = `talk ${topic} ${++count} `;
      await person.say(i === people.length - 1 ? text : text.padEnd(length, "."));
      await neighbour.hears(new RegExp(`^<${person.name}> ${text}`));
      assertLess(performance.now() - start, PROMPT_MS, `"${text}" of ${person.name}`);
    } while (!over);
    return count;
  }));
  await event;
  await assertComplete(people, topic, counts);
}

/** Everybody heard every line of everybody else, once and in order. */
async function assertComplete(people: readonly Chatter[], topic: number, counts: readonly number[]): Promise<void> {
  const total = counts.reduce((sum, count) => sum + count);
  await Promise.all(people.map(async (person, i) => {
    const heard = await person.all(new RegExp(`^<\\w+> talk ${topic} `), total - (counts[i] ?? 0));
    const lines = Map.groupBy(heard, (text) => /^<(\w+)>/.exec(text)?.[1]);
    people.forEach(({ name }, j) => {
      if (i === j) return;
      const expected = Array.from({ length: counts[j] ?? 0 }, (_, n) => `<${name}> talk ${topic} ${n + 1}`);
      const actual = lines.get(name)?.map((text) => text.replace(/ \.*$/, ""));
      assertEquals(actual, expected, `what ${person.name} heard of ${name}`);
    });
  }));
}

Deno.test("server chat drops a client that does not read, and nobody waits for it", needs(["python3"]), async () => {
  await using server = spawnSockeye(["server", "chat", "0"], { via: UNSEEN });
  const port = await server.port();
  await using deaf = python("deaf_client", [HOST, port, "utf-8"], { stdin: "piped" });
  await deaf.stdoutLine(/^\*\*\* You are user1;/);
  await using people = await Chatters.join(port, 4, matters);
  const dropped = people.list.map((person) => person.all(/^\*\*\* user1 was dropped: it does not read$/, 1));
  await talkDuring(Promise.all(dropped), people.list, { length: 8192 });
  await server.stderrLine(/^#1 .* left: does not read what it is sent; /);
  await deaf.closeStdin();
  await deaf.stdoutLine(/^(?:closed|reset) by the server$/);
});

Deno.test("server chat survives clients that reset while others talk", needs(["python3"], linux), async () => {
  await using server = spawnSockeye(["server", "chat", "0"], { via: UNSEEN });
  const port = await server.port();
  await using people = await Chatters.join(port, 5, matters);
  const before = await descriptors(server);
  await using resetting = python("resetting_client", [HOST, port, "utf-8", 100]);
  await talkDuring(Promise.all(people.list.map((person) => person.all(/^\*\*\* \w+ left$/, 100))), people.list);
  await resetting.stdoutLine(/^reset$/);
  // Whoever writes at that moment learns of it as of any end.
  for (let i = 0; i < 100; i++) await server.stderrLine(/left: (?:reset by the peer|gone before it read everything)/);
  await holdsOnly(server, before);
});

Deno.test("server chat loses no line of 25 who talk while 25 others flood", async () => {
  await using server = spawnSockeye(["server", "chat", "0"], { via: UNSEEN });
  const port = await server.port();
  await using people = await Chatters.join(port, 25, matters);
  await using flooders = await Chatters.join(port, 25, () => false);
  const random = randomFrom(25);
  const floods = flooders.list.map(() => Uint8Array.from({ length: FLOOD }, () => random(256)));
  const flooded = flooders.list.map((flooder, i) => flooder.write(floods[i] ?? "").then(() => flooder.say("\n/quit")));
  const gone = people.list.map((person) => person.all(/^\*\*\* \w+ (?:left|was dropped)/, 25));
  await talkDuring(Promise.all([...gone, ...flooded]), people.list);
  for (const line of (await Promise.all(gone)).flat()) assertMatch(line, /^\*\*\* user\d+ left$/);
});

Deno.test("server chat takes newcomers while nobody reads its output", needs(["sh", "mkfifo"], linux), async () => {
  await using folder = await Folder.make();
  // A pipe whose reader is the server itself: it stays, and does not read.
  const via = `mkfifo ${folder.at("pipe")} && exec "$@" 1<>${folder.at("pipe")}`;
  await using server = spawnSockeye(["server", "chat", "0"], { via });
  const port = await server.port();
  await using people = await Chatters.join(port, 2);
  const [first, second] = people.list;
  for (let i = 1; i <= 400; i++) await first?.say(`${i} `.padEnd(1024, "."));
  await second?.hears(/^<user1> 400 /);
  await using third = await Chatter.join(port);
  await third.say("hello");
  await second?.hears(/^<user3> hello$/);
});

/** Clients of one storm. */
const STORM = 1_000;

/** Storms: after two of them the program is as large as it should ever be. */
const STORMS = 5;

/** File descriptors that a process may have. */
async function mayOpen(): Promise<number> {
  if (!linux) return 0;
  await using limit = tool("sh", ["-c", "ulimit -Hn"]);
  return Number((await limit.status()).stdout.replace("unlimited", "Infinity"));
}

/** Half of the clients come; they go while the other half comes; those go as well. */
async function storm(port: number, witness: Chatter, earlier: number): Promise<void> {
  const come = () => python("crowd", [HOST, port, "utf-8", STORM / 2], { stdin: "piped" });
  const joined = (count: number) => witness.all(/^\*\*\* \w+ joined$/, earlier + count);
  await using first = come();
  await joined(STORM / 2);
  await using second = come();
  await first.closeStdin();
  await joined(STORM);
  await second.closeStdin();
  await witness.all(/^\*\*\* \w+ left$/, earlier + STORM);
}

Deno.test(
  "server chat loses no line in storms of clients, and does not grow",
  needs(["python3", "sh"], await mayOpen() > 2 * STORM),
  async () => {
    await using server = spawnSockeye(["server", "chat", "0", "--max-connections", "2000"], { via: UNSEEN });
    const port = await server.port();
    await using people = await Chatters.join(port, 10, matters);
    await using witness = await Chatter.join(port, matters);
    const before = await descriptors(server);
    const memory: number[] = [];
    for (let topic = 1; topic <= STORMS; topic++) {
      await talkDuring(storm(port, witness, (topic - 1) * STORM), people.list, { topic });
      memory.push(await megabytes(server));
    }

    for (const now of memory.slice(2)) assertLessOrEqual(now, 1.5 * (memory[1] ?? 0), `${memory} MB`);
    for (const what of ["joined", "left"]) {
      const lines = await witness.all(new RegExp(`^\\*\\*\\* \\w+ ${what}$`), STORMS * STORM);
      assertEquals([new Set(lines).size, lines.length], [STORMS * STORM, STORMS * STORM], what);
    }
    await holdsOnly(server, before);
  },
);
