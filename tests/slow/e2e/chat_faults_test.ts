/** What some clients of a chat do wrong harms no other one. Storms of clients are in `tests/soak/chat_soak.ts`. */

import { assertEquals } from "@std/assert";
import { inFolder } from "../../fetch/helpers.ts";
import { randomFrom } from "../../text/random.ts";
import { Chatter, Chatters } from "../../support/chatter.ts";
import { linux, needs, python, spawnSockeye, UNREAD, UNSEEN } from "../../support/harness.ts";
import { matters, talkDuring } from "../../support/talk.ts";
import { descriptors, holdsOnly } from "../../support/process.ts";

const HOST = "127.0.0.1";

/**
 * Bytes that a flooder sends: escaped, and from 25 of them, they are several times what an outbox holds. All 50 of their readers
 * are this one process, and must not come too late.
 */
const FLOOD = 64 * 1024;

Deno.test("server chat survives clients that reset while others talk", needs(["python3"], linux), async () => {
  await using server = spawnSockeye(["server", "chat", "0"], { via: UNSEEN });
  const port = await server.port();
  await using people = await Chatters.join(port, 5, matters);
  const before = await descriptors(server);
  await using resetting = python("resetting_client", [HOST, port, "utf-8", 100]);
  await talkDuring(Promise.all(people.list.map((person) => person.announced("left", 100))), people.list);
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
  const gone = people.list.map((person) => person.announced("left", 25));
  await talkDuring(Promise.all([...gone, ...flooded]), people.list);
  for (const { heard } of people.list) assertEquals(heard.filter((line) => line.includes(" was dropped")), []);
});

inFolder("server chat takes newcomers while nobody reads its output", async (folder) => {
  await using server = spawnSockeye(["server", "chat", "0"], { via: UNREAD, cwd: folder.path });
  const port = await server.port();
  await using people = await Chatters.join(port, 2);
  const [first, second] = people.list;
  for (let i = 1; i <= 400; i++) await first?.say(`${i} `.padEnd(1024, "."));
  await second?.hears(/^<user1> 400 /);
  await using third = await Chatter.join(port);
  await third.say("hello");
  await second?.hears(/^<user3> hello$/);
}, needs(["sh", "mkfifo"], linux));
