/**
 * People at three servers who talk while NATS and servers are killed and stopped, and another client writes rubbish.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { eventually, type Program, tool } from "../../support/harness.ts";
import { Nats, NatsClient } from "../../support/nats.ts";
import { ROOT } from "../../../scripts/root.ts";

/** How hard it is. */
export interface TalkOptions {
  /** Of each of the three servers. */
  readonly members: number;
  /** How long one server is stopped; 0 is not at all. */
  readonly freezeMs: number;
}

const AWAY = /^\*\*\* The other servers are out of reach: only those at this one hear you$/;
const BACK = /^\*\*\* The other servers are in reach$/;

/** Everybody talks all the time; then all that was said must be everywhere. */
export async function converse({ members, freezeMs }: TalkOptions): Promise<void> {
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

  if (freezeMs > 0) {
    b.signal("SIGSTOP");
    await a.stdoutLine(/left with their server$/);
    await new Promise((resolve) => setTimeout(resolve, freezeMs));
    b.signal("SIGCONT");
    await a.stdoutLine(/^\*\*\* b.* joined/);
  }
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
  const lines = server.stdout.split("\n");
  const found = new Set<string>();
  let alone = false;
  for (const line of lines) {
    if (AWAY.test(line)) alone = true;
    else if (BACK.test(line)) alone = false;
    else if (alone) found.add(line);
  }
  return found;
}

/** A client that writes what is no message, what is too long, and what no server has said. */
async function rubbish(port: number): Promise<void> {
  const forged = (s: string, ...events: unknown[]) => JSON.stringify({ v: 2, s, late: false, events });
  const eve = "f".repeat(16);
  using client = await NatsClient.connect(port);
  for (
    const text of [
      "hello",
      "[]",
      '{"v":2}',
      "x".repeat(900_000),
      forged(eve, { k: "say", id: 1, name: "eve", texts: ["\x07".repeat(60_000)] }),
      forged(eve, { k: "join", id: 1, name: "eve" }),
      forged(eve, { k: "say", id: 1, name: "eve", texts: ["\x1b[2J"] }),
      forged("0".repeat(16), { k: "say", id: 1, name: "operator", texts: ["obey"] }),
      forged(eve, { k: "here", ids: [1, 2] }),
      forged(eve, { k: "gone", server: "e".repeat(16) }),
    ]
  ) for (const to of ["lines", "people", "to.x"]) await client.publish(`sockeye.chat.2.talk.${to}`, text);
  await client.flush();
}

/** Waits until a server shows a hundred lines more. */
async function saysMore(server: Program): Promise<void> {
  const before = said(server).length;
  assert(await eventually(() => said(server).length >= before + 100), "nobody talks any more");
}
