import { assertEquals } from "@std/assert";
import { FakeClock, turn } from "../../support/clock.ts";
import { makeSites, type Site } from "./helpers.ts";
import { refusedOf } from "./notes.ts";

Deno.test("who wrote a line is told that a server did not hear it, though the line waits for a third server", async () => {
  using clock = new FakeClock();
  using sites = await makeSites(3);
  const { hub, list: [a, b, c] } = sites;
  const ann = await a.guest("ann");
  b.carrier.cut();
  await ann.says("m\n");
  hub.take();
  a.carrier.deliver();
  ann.news();
  // One server comes back while another one is silent, so that the line has not had its turn.
  const silence = hold(c);
  b.carrier.connect();
  for (let i = 0; i < 4; i++) {
    await clock.advance(500);
    hub.take();
    for (const { carrier } of [a, b]) carrier.deliver();
  }
  assertEquals([a.texts().includes("<ann> m"), c.texts().includes("<ann> m")], [false, false]);
  silence.end();
  await hub.settle();
  assertEquals([a.texts().includes("<ann> m"), b.texts().includes("<ann> m")], [true, false]);
  assertEquals(ann.news().match(/.*did not hear.*/g), ['*** Another server was out of reach and did not hear "m"']);
});

Deno.test("who wrote hundreds of lines that come too late at a server is told of each of them", async () => {
  using clock = new FakeClock();
  using sites = await makeSites(3);
  const { hub, list: [a, b, c] } = sites;
  const [ann, cid] = [await a.guest("ann"), await c.guest("cid")];
  b.carrier.cut();
  const lines = Array.from({ length: 300 }, (_, at) => `line ${at}`);
  const silence = hold(c);
  for (const line of lines) await cid.says(`${line}\n`);
  await later();
  // The server that comes back goes on without the one of which it has heard nothing.
  b.carrier.connect();
  const others = async () => {
    for (let i = 0; i < 4; i++) {
      hub.take();
      for (const { carrier } of [a, b]) carrier.deliver();
      b.carrier.settled.resolve();
      await clock.advance(1);
    }
  };
  await others();
  await ann.says("meanwhile\n");
  await others();
  assertEquals(b.texts().at(-1), "<ann> meanwhile");
  silence.end();
  for (let i = 0; i < 3; i++) {
    await hub.settle();
    await clock.advance(1_000);
  }
  await hub.settle();
  const unheard = lines.filter((line) => !b.texts().includes(`<cid> ${line}`));
  assertEquals([unheard.length > 256, [...refusedOf(cid.news().split("\n"), lines)]], [true, unheard]);
});

Deno.test("who wrote a line at a server that was too slow is told that nobody waited for it", async () => {
  using clock = new FakeClock();
  using sites = await makeSites(3);
  const { hub, list: [a, b, c] } = sites;
  for (const { carrier } of sites.list) carrier.isThere = () => Promise.resolve(true);
  // It does not give up itself.
  c.carrier.restart = () => {};
  const [ann, cid] = [await a.guest("ann"), await c.guest("cid")];
  const silence = hold(c);
  await cid.says("slow\n");
  await later();
  await ann.says("quick\n");
  cid.news();
  for (let i = 0; i < 24; i++) {
    await hub.settle();
    await clock.advance(250);
  }
  assertEquals(b.texts().filter((text) => text.startsWith("<")), ["<ann> quick"]);
  silence.end();
  for (let i = 0; i < 3; i++) {
    await hub.settle();
    await clock.advance(1_000);
  }
  await hub.settle();
  assertEquals(b.texts().filter((text) => text.startsWith("<")), ["<ann> quick"]);
  assertEquals(cid.news().match(/.*did not hear.*/g), ['*** Another server was out of reach and did not hear "slow"']);
});

/** Keeps what a server says from the hub. */
function hold({ carrier }: Site): { end(): void } {
  const publish = carrier.publish.bind(carrier);
  const held: Uint8Array[] = [];
  carrier.publish = (bytes) => void held.push(bytes);
  return {
    end: () => {
      carrier.publish = publish;
      for (const bytes of held) publish(bytes);
    },
  };
}

/** Lets the time of day go on: things of one moment are ordered by the servers' ids. */
async function later(): Promise<void> {
  for (const now = Date.now(); Date.now() === now;) await turn();
}
