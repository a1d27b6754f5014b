/**
 * A room of 60 people at three servers, who talk on while NATS is killed and comes back: each line is heard everywhere in
 * one order, or its writer is told.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { refusedOf } from "../chat/bus/notes.ts";
import { type Chatter, Chatters } from "../support/chatter.ts";
import { eventually, needs, type Program, spawnSockeye } from "../support/harness.ts";
import { Nats } from "../support/nats.ts";
import { rounds } from "./soak.ts";

const SERVERS = 3;
const CLIENTS = 20;
const PEOPLE = SERVERS * CLIENTS;

/** Milliseconds between two lines of a person. */
const PAUSE_MS = 20;

const ALONE = /^\*\*\* The other servers are out of reach: only those at this one hear you$/;
const TOGETHER = /^\*\*\* The other servers are in reach$/;

/** A server and the people at it. */
interface Site {
  readonly server: Program;
  readonly chatters: readonly Chatter[];
}

/** Lines that people said, in the order of a server. */
function orderOf({ server }: Site): string[] {
  return server.stdout.split("\n").filter((line) => /^<[\w-]+> /.test(line));
}

Deno.test("soak: a room at three servers while NATS is killed and comes back", needs(["nats-server"]), async () => {
  for (const _round of rounds()) {
    await using bus = await Nats.start();
    await using stack = new AsyncDisposableStack();
    const sites: Site[] = [];
    for (let i = 0; i < SERVERS; i++) {
      const server = stack.use(spawnSockeye(["server", "chat", "0", "--bus", bus.url]));
      sites.push({ server, chatters: stack.use(await Chatters.join(await server.port(), CLIENTS)).list });
    }
    await play(bus, sites);
  }
});

async function play(bus: Nats, sites: readonly Site[]): Promise<void> {
  const people = sites.flatMap(({ chatters }) => chatters);
  await everybodyKnowsAll(people);
  const lines = await talkThroughBreak(bus, sites);
  for (const one of people) await one.say("the end");
  await Promise.all(people.map((one) => one.all(/^<.*> the end$/, PEOPLE - 1)));
  const ends = (site: Site) => orderOf(site).filter((line) => line.endsWith("> the end")).length;
  for (const site of sites) assert(await eventually(() => ends(site) === PEOPLE));
  const orders = sites.map(orderOf);
  assertOneOrder(orders);
  await assertHeardOrTold(sites, orders, lines);
  for (const { server } of sites) server.signal("SIGTERM");
  for (const one of people) await one.getsEnd();
}

/** Waits until those who came first have heard of the last ones at all servers. */
async function everybodyKnowsAll(people: readonly Chatter[]): Promise<void> {
  const last = people.at(-1)!;
  await last.say("/list");
  await last.hears(new RegExp(`^\\*\\*\\* ${people.length} here: `));
  for (const one of people) if (one !== last) await one.all(new RegExp(`^\\*\\*\\* ${last.name} joined$`), 1);
}

/** Everybody says a line and then the next one, before, during and after a break of the bus; what they said. */
async function talkThroughBreak(bus: Nats, sites: readonly Site[]): Promise<Map<Chatter, string[]>> {
  const people = sites.flatMap(({ chatters }) => chatters);
  const lines = new Map<Chatter, string[]>(people.map((one) => [one, []]));
  let talking = true;
  const talks = [...lines].map(async ([one, own]) => {
    while (talking) {
      own.push(`${one.name}:${own.length}`);
      await one.say(own.at(-1)!);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  });
  await people[0]!.all(/^<.*:10$/, PEOPLE - 1);
  await bus.kill();
  for (const { chatters: [first] } of sites) await first!.hears(ALONE);
  for (const { chatters: [first] } of sites) {
    const before = first!.heard.filter((line) => line.startsWith("<")).length;
    await first!.all(/^</, before + 5 * CLIENTS);
  }
  await bus.restart();
  for (const { chatters: [first] } of sites) await first!.hears(TOGETHER);
  const goneOn = Math.max(...[...lines.values()].map(({ length }) => length)) + 10;
  await people[0]!.all(new RegExp(`^<.*:${goneOn}$`), PEOPLE - 1);
  talking = false;
  await Promise.all(talks);
  return lines;
}

/** No line came twice, and what two servers have in common they have in one order. */
function assertOneOrder(orders: readonly string[][]): void {
  const sets = orders.map((order) => new Set(order));
  orders.forEach((order, i) => {
    assertEquals(sets[i]!.size, order.length, "a line came twice");
    sets.forEach((set, j) => {
      const common = order.filter((line) => set.has(line));
      assertEquals(common, orders[j]!.filter((line) => sets[i]!.has(line)), "two orders");
    });
  });
}

/** Each line was heard at all servers, or whoever wrote it was told that it was not. */
async function assertHeardOrTold(
  sites: readonly Site[],
  orders: readonly string[][],
  lines: ReadonlyMap<Chatter, string[]>,
): Promise<void> {
  const sets = orders.map((order) => new Set(order));
  const isSilent = ([one, own]: [Chatter, string[]]) => {
    const refused = refusedOf(one.heard, own);
    return own.some((line) => !refused.has(line) && !sets.every((set) => set.has(`<${one.name}> ${line}`)));
  };
  // A server tells what it missed with its next beat: that may come after the last words.
  assert(await eventually(() => ![...lines].some(isSilent)), "a line is missing somewhere, and nobody was told");
  let [told, everywhere] = [0, 0];
  sites.forEach(({ chatters }, i) => {
    for (const one of chatters) {
      // What all at one server hear is what the server shows, without one's own lines.
      const mine = `<${one.name}> `;
      assertEquals(
        one.heard.filter((line) => /^<[\w-]+> /.test(line)),
        orders[i]!.filter((line) => !line.startsWith(mine)),
      );
      const own = lines.get(one)!;
      for (const line of own) assert(sets[i]!.has(mine + line), `${line} is lost at its own server`);
      const { size } = refusedOf(one.heard, own);
      told += size;
      everywhere += own.length - size;
    }
  });
  assert(told > 100 && everywhere > PEOPLE * 15, `${told} lines told, ${everywhere} heard everywhere`);
}
