import { assertEquals } from "@std/assert";
import type { Client } from "../helpers.ts";
import { randomFrom } from "../../text/random.ts";
import { FakeClock, turn } from "../../support/clock.ts";
import { type Hub, makeSites, type Site } from "./helpers.ts";
import { refusedOf } from "./notes.ts";

const RUNS = 40;
const STEPS = 200;
const SITES = 3;
const CLIENTS_OF_EACH = 2;

/** A line that somebody said. */
interface Line {
  readonly text: string;
  readonly writer: Talker;
}

class Talker {
  readonly heard: string[] = [];
  /** What it said. */
  readonly said: string[] = [];
  /** What it was told that others may not have heard. */
  refused: ReadonlySet<string> = new Set();
  readonly client: Client;
  readonly site: Site;

  constructor(site: Site, client: Client) {
    this.site = site;
    this.client = client;
  }

  read(): void {
    const news = this.client.news().split("\n");
    this.refused = refusedOf(news, this.said);
    for (const line of news) {
      const [, said] = /^<\w+> (\d.+)$/.exec(line) ?? [];
      if (said !== undefined) this.heard.push(said);
    }
  }
}

/** People at three servers talk while the servers are cut off and come back at random. */
async function converse(seed: number): Promise<{ talkers: Talker[]; lines: Line[] }> {
  const random = randomFrom(seed);
  using clock = new FakeClock();
  using sites = await makeSites(SITES);
  const { hub } = sites;
  const talkers: Talker[] = [];
  for (const [at, site] of sites.list.entries()) {
    for (let i = 0; i < CLIENTS_OF_EACH; i++) talkers.push(new Talker(site, await site.guest(`p${at}${i}`)));
  }
  const lines: Line[] = [];
  const cut = (site: Site) => {
    site.carrier.shuffle(random(site.carrier.inbox.length + 1), random);
    site.carrier.cut();
  };
  for (let step = 0; step < STEPS; step++) {
    const site = sites.list[random(SITES)]!;
    const choice = random(46);
    if (choice < 16) {
      const writer = talkers[random(talkers.length)]!;
      const text = `${seed}-${step}`;
      lines.push({ text, writer });
      writer.said.push(text);
      await writer.client.says(`${text}\n`);
    } else if (choice < 24) hub.take(random(hub.pending.length + 1));
    else if (choice < 36) site.carrier.shuffle(random(site.carrier.inbox.length + 1), random);
    else if (choice < 37) cut(site);
    else if (choice < 38) { for (const one of sites.list) cut(one); }
    else if (choice < 42) await clock.advance(random(1_500));
    else if (!site.carrier.open) site.carrier.connect();
    else await answer(sites, site, random);
  }
  for (const { carrier } of sites.list) if (!carrier.open) carrier.connect();
  await hub.settle();
  // A gap is seen when something comes after it; a server would beat within a second.
  for (const { client } of talkers) await client.says("the end\n");
  await hub.settle();
  // What did not come is told at most once a second.
  for (let i = 0; i < 2; i++) {
    await clock.advance(1_000);
    await hub.settle();
  }
  for (const talker of talkers) talker.read();
  return { talkers, lines };
}

/** A server that came gets the answers of all others, which have heard of it; of one that was cut off meanwhile none. */
async function answer(
  { hub, list }: { hub: Hub; list: readonly Site[] },
  { carrier }: Site,
  random: (below: number) => number,
): Promise<void> {
  for (let i = 0; i < 2; i++) {
    hub.take();
    for (const other of list) other.carrier.shuffle(other.carrier.inbox.length, random);
    await turn();
  }
  carrier.settled.resolve();
  await turn();
}

Deno.test("every line is heard once and in one order, or its writer is told, however the bus breaks", async () => {
  let [sure, refused] = [0, 0];
  for (let seed = 1; seed <= RUNS; seed++) {
    const { talkers, lines } = await converse(seed);
    for (const talker of talkers) {
      assertEquals(new Set(talker.heard).size, talker.heard.length, `run ${seed}: heard twice`);
      for (const other of talkers) {
        const [mine, theirs] = [new Set(talker.heard), new Set(other.heard)];
        assertEquals(
          talker.heard.filter((text) => theirs.has(text)),
          other.heard.filter((text) => mine.has(text)),
          `run ${seed}: two orders`,
        );
      }
    }
    for (const { text, writer } of lines) {
      const isSure = !writer.refused.has(text);
      if (isSure) sure++;
      else refused++;
      for (const talker of talkers.filter((one) => one !== writer)) {
        if (talker.site === writer.site || isSure) {
          assertEquals(talker.heard.includes(text), true, `run ${seed}: ${text} is lost`);
        }
      }
    }
  }
  // The run would prove nothing if all lines were of one kind.
  assertEquals([sure > 300, refused > 300], [true, true], `${sure} ${refused}`);
});
