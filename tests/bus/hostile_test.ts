import { assertEquals } from "@std/assert";
import { FakeClock } from "../net/clock.ts";
import { newsOf } from "../modes/chat/helpers.ts";
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
