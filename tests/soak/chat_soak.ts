/** A chat through storms of clients that come and go: it loses no line of those who stay, and does not grow. */

import { assertEquals, assertLessOrEqual } from "@std/assert";
import { Chatter, Chatters } from "../support/chatter.ts";
import { needs, python, spawnSockeye } from "../support/harness.ts";
import { descriptors, holdsOnly, mayOpen, megabytes } from "../support/process.ts";
import { matters, talkDuring } from "../support/talk.ts";
import { rounds } from "./soak.ts";

const STORM = 1_000;

/** All who came or went before are announced: last words do not wait, and go after all that waits. */
async function settled(port: number, witness: Chatter): Promise<void> {
  await using last = await Chatter.join(port);
  await last.say("/quit now");
  await witness.hears(new RegExp(`^\\*{3} ${last.name} left.*now`));
}

/** Half of the clients come; they go while the other half comes; those go as well. A witness hears of each once. */
async function storm(port: number, witness: Chatter): Promise<void> {
  const come = () => python("crowd", ["127.0.0.1", port, "utf-8", STORM / 2], { stdin: "piped" });
  await using first = come();
  await witness.announced("joined", STORM / 2);
  await using second = come();
  await first.closeStdin();
  const joined = await witness.announced("joined", STORM);
  await second.closeStdin();
  assertEquals([joined, await witness.announced("left", STORM)], [STORM, STORM]);
}

Deno.test("soak: a chat in storms of clients", needs(["python3", "sh"], await mayOpen() > 2 * STORM), async () => {
  const via = `exec "$@" >/dev/null`;
  await using server = spawnSockeye(["server", "chat", "0", "--max-connections", "2000"], { via });
  const port = await server.port();
  const before = await descriptors(server);
  const memory: number[] = [];
  for (const _round of rounds(4)) {
    await using people = await Chatters.join(port, 10, matters);
    await using witness = await Chatter.join(port, matters);
    await settled(port, witness);
    await talkDuring(storm(port, witness), people.list);
    memory.push(await megabytes(server));
    for (const chatter of [...people.list, witness]) await chatter.leave();
    await holdsOnly(server, before);
  }
  // After two storms the program is as large as it should ever be.
  for (const now of memory.slice(2)) assertLessOrEqual(now, 1.5 * (memory[1] ?? 0), `${memory} MB`);
});
