import { assertEquals } from "@std/assert";
import { FakeClock, turn } from "../net/clock.ts";
import { makeSites } from "./helpers.ts";
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
  // One server comes back while another one has heard nothing yet, so that the line has not had its turn.
  b.carrier.connect();
  for (let i = 0; i < 4; i++) {
    await clock.advance(1);
    hub.take();
    for (const { carrier } of [a, b]) carrier.deliver();
  }
  assertEquals([a.texts().includes("<ann> m"), c.texts().includes("<ann> m")], [false, false]);
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
  for (const line of lines) await cid.says(`${line}\n`);
  const late = hub.pending.splice(0);
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
  hub.pending.unshift(...late);
  for (let i = 0; i < 3; i++) {
    await hub.settle();
    await clock.advance(1_000);
  }
  await hub.settle();
  const unheard = lines.filter((line) => !b.texts().includes(`<cid> ${line}`));
  assertEquals([unheard.length > 256, [...refusedOf(cid.news().split("\n"), lines)]], [true, unheard]);
});

/** Lets the time of day go on: things of one moment are ordered by the servers' ids. */
async function later(): Promise<void> {
  for (const now = Date.now(); Date.now() === now;) await turn();
}
