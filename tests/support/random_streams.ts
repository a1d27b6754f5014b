/** Random conversations of Python's asyncio with itself (peers/random_streams.py), directly and through `sockeye tap`. */

import { assertEquals } from "@std/assert";
import { python, spawnSockeye, UNSEEN } from "./harness.ts";

/** What both ends of so many conversations got and how they ended, a line for each. */
async function converse(count: number, through?: (port: string) => Promise<number>): Promise<string[]> {
  await using peers = python("random_streams", [count, 26], { stdin: "piped" });
  const [own] = await peers.stdoutLine(/^\d+$/);
  await peers.write(`${await through?.(own) ?? own}\n`);
  const { stdout } = await peers.ends(0);
  return stdout.trim().split("\n").slice(1);
}

/** What is heard through tap must be what is heard directly, and no conversation may fail. */
export async function converseThroughTap(count: number): Promise<void> {
  const direct = await converse(count);
  assertEquals([direct.length, direct.filter((line) => !line.endsWith(" | ''"))], [count, []]);
  await using stack = new AsyncDisposableStack();
  const tapped = await converse(count, (port) => {
    const tap = stack.use(spawnSockeye(["tap", "127.0.0.1:0", port, "--max-connections", "2000"], { via: UNSEEN }));
    return tap.port();
  });
  assertEquals(tapped, direct);
}
