/**
 * Sixty people at three servers who talk while NATS is killed, a server is stopped and another one is killed: those who stay
 * hear every line once and in one order. Prints its figures.
 *
 *     deno test --allow-all tests/soak/chat_bus_soak.ts
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { type Chatter, Chatters } from "../support/chatter.ts";
import { eventually, linux, needs } from "../support/harness.ts";
import { freeze, Nats } from "../support/nats.ts";
import { ALONE, chatOn, type Site, TOGETHER } from "../e2e/site.ts";

const SERVERS = 3;
const PEOPLE = 20;

/** Milliseconds between two lines of a person, between two events, and that a server is stopped. */
const PAUSE_MS = 200;
const CALM_MS = 3_000;
const STOPPED_MS = 10_000;

/** A server and those who chat there. */
interface Place extends Site {
  readonly people: readonly Chatter[];
}

/** Somebody who talks until told to stop, and what that was. */
class Talker {
  readonly lines: string[] = [];
  readonly #talks: Promise<void>;
  #goesOn = true;

  constructor(readonly chatter: Chatter) {
    this.#talks = this.#talk();
  }

  /** Ends with last words. */
  async stop(): Promise<void> {
    this.#goesOn = false;
    await this.#talks;
  }

  async #talk(): Promise<void> {
    const { name } = this.chatter;
    for (let count = 1;; count++) {
      const text = this.#goesOn ? String(count) : "the end";
      // A server that is killed takes no more.
      if (!await this.chatter.say(`${name}:${text}`).then(() => true, () => false)) return;
      this.lines.push(`<${name}> ${name}:${text}`);
      if (text === "the end") return;
      await wait(PAUSE_MS);
    }
  }
}

Deno.test("soak: sixty people at three servers, NATS and a server killed", needs(["nats-server"], linux), async () => {
  const start = performance.now();
  await using bus = await Nats.startJetStream();
  await using stack = new AsyncDisposableStack();
  const places: Place[] = [];
  for (let i = 0; i < SERVERS; i++) {
    const site = stack.use(await chatOn(bus.url));
    places.push({ ...site, people: stack.use(await Chatters.join(site.port, PEOPLE)).list });
  }
  const [one, two, three] = places as [Place, Place, Place];
  for (const place of places) await knowsAll(place);
  const talkers = places.map(({ people }) => people.map((chatter) => new Talker(chatter)));

  await wait(CALM_MS);
  await bus.kill();
  for (const { people: [first] } of places) await first!.hears(ALONE);
  await wait(CALM_MS);
  await bus.restart();
  for (const { people: [first] } of places) await first!.hears(TOGETHER);
  await wait(CALM_MS);
  await freeze(two.server);
  await wait(STOPPED_MS);
  two.server.signal("SIGCONT");
  await knowsAll(one);
  await wait(CALM_MS);
  const killed = performance.now();
  three.server.signal("SIGKILL");
  for (const { people: [first] } of [one, two]) await first!.hears(/ and \d+ more left with their server$/);
  const goneMs = Math.round(performance.now() - killed);

  await Promise.all(talkers.flat().map((talker) => talker.stop()));
  const stayed = talkers.slice(0, 2).flat();
  for (const place of [one, two]) {
    const ends = () => said(place.server.stdout).filter((line) => line.endsWith(":the end")).length;
    assert(await eventually(() => ends() === stayed.length), `${ends()} ends of ${stayed.length}`);
  }
  const orders = [one, two].map(({ server }) => said(server.stdout)) as [string[], string[]];
  checkLines(orders, stayed);
  const shared = checkOrder([one, two], orders);
  for (const place of [one, two]) await checkPeople(place, said(place.server.stdout));
  // deno-lint-ignore no-console
  console.log(JSON.stringify({
    seconds: Math.round((performance.now() - start) / 1_000),
    linesOfThoseWhoStayed: stayed.reduce((sum, { lines }) => sum + lines.length, 0),
    linesAtEachServer: orders.map(({ length }) => length),
    linesInOneOrder: shared,
    goneMs,
  }));
});

/** Waits until a server has heard of all people. */
async function knowsAll({ people: [first] }: Place): Promise<void> {
  while (true) {
    await first!.say("/list");
    const [, count] = await first!.hears(/^\*{3} (\d+) here: /);
    if (Number(count) === SERVERS * PEOPLE) return;
    await wait(100);
  }
}

/** Each line was heard once at each server, those of a person in their turn. */
function checkLines(orders: readonly string[][], talkers: readonly Talker[]): void {
  for (const order of orders) {
    assertEquals(new Set(order).size, order.length, "a line came twice");
    const byName = Map.groupBy(order, nameOf);
    for (const { chatter: { name }, lines } of talkers) assertEquals(byName.get(name), lines, `the lines of ${name}`);
  }
}

/** What was not said alone is in one order at both servers; how many lines that are. */
function checkOrder(places: readonly Place[], orders: readonly string[][]): number {
  const alone = new Set(places.flatMap(({ server }) => saidAlone(server.stdout)));
  const common = new Set(orders[0]).intersection(new Set(orders[1])).difference(alone);
  const [left, right] = orders.map((order) => order.filter((line) => common.has(line))) as [string[], string[]];
  assertEquals(left, right, "two orders");
  // Lines of the killed server that were said alone are late in both.
  for (const order of orders) {
    for (const line of order) assert(common.has(line) || alone.has(line), `${line} came to one server only`);
  }
  return left.length;
}

/** Everybody at a server hears what the server shows, without their own lines. */
async function checkPeople({ people }: Place, order: readonly string[]): Promise<void> {
  for (const one of people) {
    const others = order.filter((line) => nameOf(line) !== one.name);
    assert(await eventually(() => said(one.heard.join("\n")).length === others.length));
    assertEquals(said(one.heard.join("\n")), others);
  }
}

/** Lines that people said. */
function said(text: string): string[] {
  return text.split("\n").filter((line) => /^<[\w-]+> /.test(line));
}

/** Lines that a server showed while the others did not hear them. */
function saidAlone(stdout: string): string[] {
  let alone = false;
  return stdout.split("\n").filter((line) => {
    if (ALONE.test(line)) alone = true;
    if (TOGETHER.test(line)) alone = false;
    return alone;
  });
}

function nameOf(line: string): string {
  return line.slice(1, line.indexOf(">"));
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
