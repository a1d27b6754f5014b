import { assertEquals } from "@std/assert";
import { FakeClock } from "../../support/clock.ts";
import { newsOf } from "../helpers.ts";
import { type Hub, makeSites } from "./helpers.ts";

/** No server of the tests has this id. */
const STRANGER = "f".repeat(16);

/** Says something in the name of a server. */
function forge(hub: Hub, s: string, fields: Record<string, unknown>): void {
  hub.put(new TextEncoder().encode(JSON.stringify({ v: 1, s, c: Date.now() * 1_000, k: "beat", ...fields })));
}

Deno.test("a count that a server cannot have does not silence it", async () => {
  using sites = await makeSites(2);
  const { hub, list: [a, b] } = sites;
  const [ann, bob] = [await a.guest("ann"), await b.guest("bob")];
  newsOf(ann, bob);
  for (const { carrier } of [a, b]) forge(hub, carrier.id, { n: Number.MAX_SAFE_INTEGER });
  await hub.settle();
  await ann.says("still here\n");
  await hub.settle();
  assertEquals([bob.news(), a.busNotices.length, b.busNotices.length], ["<ann> still here\n", 1, 1]);
});

Deno.test("who spoke first in the name of a server does not keep it out for ever", async () => {
  for (const ahead of [1_000, Number.MAX_SAFE_INTEGER - 1]) {
    using clock = new FakeClock();
    using sites = await makeSites(2);
    const { hub, list: [a, b] } = sites;
    const [ann, bob] = [await a.guest("ann"), await b.guest("bob")];
    b.carrier.cut();
    b.carrier.connect();
    await hub.settle();
    a.carrier.cut();
    for (let i = 0; i < 7; i++) {
      await clock.advance(1_000);
      await hub.settle();
    }
    forge(hub, a.carrier.id, { n: ahead });
    await hub.settle();
    a.carrier.connect();
    for (let i = 0; i < 7; i++) {
      await clock.advance(1_000);
      await hub.settle();
    }
    newsOf(ann, bob);
    await ann.says("back\n");
    await hub.settle();
    assertEquals(bob.news(), "<ann> back\n", String(ahead));
  }
});

Deno.test("a server that says nothing that can be true is not known", async () => {
  using sites = await makeSites(2);
  const { hub, list: [a, b] } = sites;
  const [ann, bob] = [await a.guest("ann"), await b.guest("bob")];
  newsOf(ann, bob);
  forge(hub, STRANGER, { n: 1, c: Number.MAX_SAFE_INTEGER });
  await hub.settle();
  await ann.says("hello\n");
  await hub.settle();
  assertEquals([bob.news(), b.busNotices.length], ["<ann> hello\n", 1]);
});

Deno.test("a server whose clock stands still holds up the others for some seconds, once", async () => {
  using clock = new FakeClock();
  using sites = await makeSites(2);
  const { hub, list: [a, b] } = sites;
  for (const { carrier } of [a, b]) carrier.isThere = () => Promise.resolve(true);
  const [ann, bob] = [await a.guest("ann"), await b.guest("bob")];
  let n = 0;
  const beats = async (count: number) => {
    for (let i = 0; i < count; i++) {
      forge(hub, STRANGER, { n: ++n, c: 1 });
      await hub.settle();
      await clock.advance(500);
      await hub.settle();
    }
  };
  await beats(1);
  newsOf(ann, bob);
  await ann.says("hello?\n");
  await beats(8);
  assertEquals(bob.news(), "");
  await beats(4);
  assertEquals(bob.news(), "<ann> hello?\n");
  await ann.says("again\n");
  await beats(1);
  assertEquals(bob.news(), "<ann> again\n");
  // It has caught up.
  forge(hub, STRANGER, { n: ++n, k: "here", people: [[1, "eve"]], ask: false });
  await hub.settle();
  forge(hub, STRANGER, { n: ++n });
  await hub.settle();
  assertEquals(bob.news(), "*** eve joined\n");
});

Deno.test("a clock that goes back is refused", async () => {
  using sites = await makeSites(2);
  const { hub, list: [a, b] } = sites;
  const [ann, bob] = [await a.guest("ann"), await b.guest("bob")];
  newsOf(ann, bob);
  const now = Date.now() * 1_000;
  forge(hub, a.carrier.id, { n: 1_000, c: now - 3_600_000_000 });
  await hub.settle();
  await ann.says("hello\n");
  await hub.settle();
  assertEquals([bob.news(), b.busNotices.length], ["<ann> hello\n", 1]);
});

Deno.test("what waits for a server that holds up the others is bounded", async () => {
  using clock = new FakeClock();
  using sites = await makeSites(1);
  const { hub, list: [a] } = sites;
  const ann = await a.guest("ann");
  forge(hub, STRANGER, { n: 1, c: 1 });
  await hub.settle();
  ann.news();
  const said = { k: "say", id: 1, name: "eve", texts: ["x".repeat(390_000)] };
  for (let n = 1; n <= 20; n++) forge(hub, "e".repeat(16), { ...said, n });
  await hub.settle();
  assertEquals([ann.news(), clock.pending > 0], ["", true]);
  for (let n = 21; n <= 22; n++) forge(hub, "e".repeat(16), { ...said, n });
  await hub.settle();
  assertEquals(ann.news().length > 8_000_000, true);
});

Deno.test("questions and gaps are answered at length once a second", async () => {
  using clock = new FakeClock();
  using sites = await makeSites(1);
  const { hub, list: [a] } = sites;
  const publish = a.carrier.publish.bind(a.carrier);
  let told: string[] = [];
  a.carrier.publish = (bytes) => {
    const { k } = JSON.parse(new TextDecoder().decode(bytes));
    if (k === "here" || k === "missed") told.push(k);
    publish(bytes);
  };
  forge(hub, STRANGER, { n: 1, k: "here", people: [], ask: false });
  for (let n = 2; n < 100; n += 2) forge(hub, STRANGER, { n, k: "ask" });
  await hub.settle();
  assertEquals(told, []);
  await clock.advance(1_000);
  await hub.settle();
  assertEquals(told, ["here", "missed"]);
  told = [];
  await clock.advance(2_000);
  assertEquals(told, []);
});

Deno.test("questions of those who come are answered at length some times between two beats, however many there are", async () => {
  using clock = new FakeClock();
  using sites = await makeSites(1);
  const { hub, list: [a] } = sites;
  await a.guest("ann");
  const lists = async () => {
    let count = 0;
    for (let i = 0; i < 10; i++) {
      count += hub.pending.filter(({ bytes }) => /"k":"here"/.test(new TextDecoder().decode(bytes))).length;
      hub.take();
      a.carrier.deliver();
      await clock.advance(0);
    }
    return count;
  };
  for (let n = 1; n <= 100; n++) {
    forge(hub, STRANGER, { n, c: Date.now() * 1_000 + n, k: "here", people: [], ask: true });
  }
  // The hundred and what they are answered.
  assertEquals(await lists() <= 100 + 10, true);
});

Deno.test("what nobody can have missed is no message", async () => {
  using sites = await makeSites(1);
  const { hub, list: [a] } = sites;
  const ann = await a.guest("ann");
  ann.news();
  for (const gap of [[a.carrier.id, 0, 0], [a.carrier.id, 2, 1], [a.carrier.id, 0.5, 2]]) {
    forge(hub, STRANGER, { n: 1, k: "missed", gaps: [gap] });
    await hub.settle();
  }
  assertEquals([ann.news(), a.busNotices.length], ["", 1]);
});
