/**
 * People at three servers who talk while NATS and a server are killed, and another client writes rubbish.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { eventually, type Program, tool } from "../../support/harness.ts";
import { Nats, NatsClient } from "../../support/nats.ts";
import { strangeMessages } from "./strange.ts";
import { ROOT } from "../../../scripts/root.ts";

const AWAY = /^\*\*\* The other servers are out of reach: only those at this one hear you$/;
const BACK = /^\*\*\* The other servers are in reach$/;

/** So many at each server talk all the time; then all that was said must be everywhere. */
export async function converse(members: number): Promise<void> {
  await using nats = await Nats.startJetStream();
  await using stack = new AsyncDisposableStack();
  const servers = ["a", "b", "c"].map((prefix) => {
    const args = ["run", "--allow-net", `${ROOT}/tests/chat/bus/talker.ts`, nats.url, "talk", prefix, String(members)];
    return stack.use(tool(Deno.execPath(), args, { stdin: "piped" }));
  });
  const [a, b, c] = servers as [Program, Program, Program];
  for (const server of servers) await server.stdoutLine(/^joined$/);
  for (const server of servers) await server.write("start\n");
  await a.stdoutLine(new RegExp(`^<c${members - 1}> `));
  await rubbish(nats.port);
  await c.stdoutLine(/^<a0> a0:\d*0$/);

  await nats.kill();
  for (const server of servers) await server.stdoutLine(AWAY);
  await saysMore(a);
  await nats.restart();
  for (const server of servers) await server.stdoutLine(BACK);
  assert(await eventually(() => /^\*\*\* The next \d+ lines were said while another/m.test(a.stdout)));
  await saysMore(a);

  c.signal("SIGKILL");
  for (const server of [a, b]) await server.stdoutLine(/^\*\*\* c\d+ left with their server$/);
  for (const server of [a, b]) await server.write("stop\n");
  const ends = () => [a, b].map((server) => said(server).filter((line) => line.endsWith(":end")).length);
  assert(await eventually(() => ends().every((count) => count === 2 * members)), `${ends()}: an end is missing`);
  const counts = [a, b].map((server) => Number(/^said (\d+)$/m.exec(server.stdout)?.[1]));
  check(a, b, counts as [number, number], members);
}

/** Lines that were said, as a server shows them. */
function said(server: Program): string[] {
  return server.stdout.split("\n").filter((line) => /^<[abc]\d+> /.test(line));
}

function check(a: Program, b: Program, counts: readonly [number, number], members: number): void {
  const orders = [said(a), said(b)] as const;
  for (const order of orders) assertEquals(new Set(order).size, order.length, "a line came twice");
  ["a", "b"].forEach((prefix, at) => {
    for (let i = 0; i < members; i++) {
      const mine = Array.from({ length: counts[at]! }, (_, n) => `<${prefix}${i}> ${prefix}${i}:${n + 1}`);
      for (const order of orders) {
        const start = `<${prefix}${i}> `;
        const seen = order.filter((line) => line.startsWith(start)).slice(0, -1);
        const wrong = mine.findIndex((line, n) => seen[n] !== line);
        assert(wrong < 0, `${mine[wrong]} is lost or out of turn: ${seen.slice(wrong - 2, wrong + 3)}`);
        assertEquals(seen.length, mine.length);
      }
    }
  });
  // Of the server that was killed the others have seen the same.
  const [left, right] = orders.map((order) => order.filter((line) => line.startsWith("<c")));
  assertEquals(left, right);
  // What was not said alone is in one order.
  const alone = [alongAlone(a), alongAlone(b)];
  const shared = orders.map((order) => order.filter((line) => !alone.some((lines) => lines.has(line))));
  assertEquals(shared[0], shared[1], "two orders");
  assert(shared[0]!.length > 20 * members, `${shared[0]!.length} lines in one order`);
}

/** What a server applied before the others could: from some moments before each break to its end. */
function alongAlone(server: Program): Set<string> {
  const found = new Set<string>();
  let alone = false;
  for (const line of server.stdout.split("\n")) {
    if (AWAY.test(line)) alone = true;
    else if (BACK.test(line)) alone = false;
    else if (alone) found.add(line);
  }
  return found;
}

async function rubbish(port: number): Promise<void> {
  using client = await NatsClient.connect(port);
  for (const text of strangeMessages("0".repeat(16))) {
    for (const to of ["lines", "people", "to.x"]) await client.publish(`sockeye.chat.2.talk.${to}`, text);
  }
  await client.flush();
}

/** Waits until a server shows a hundred lines more. */
async function saysMore(server: Program): Promise<void> {
  const before = said(server).length;
  assert(await eventually(() => said(server).length >= before + 100), "nobody talks any more");
}
