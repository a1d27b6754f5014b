/** How much may be on its way stays the same, however much has been. */

import { assertEquals } from "@std/assert";
import { Hub, makeSite, makeSites, type Site } from "./helpers.ts";

/** Lines of 1000 characters that a server sends until those who write must wait. */
function window({ bus }: Site): number {
  const who = { name: "ann", hear: () => true };
  let count = 0;
  for (; !bus.full(false) && count < 1_000; count++) bus.send({ does: "say", who, texts: ["x".repeat(1_000)] });
  return count;
}

Deno.test("what a server hears does not let it send more at once", async () => {
  const windows = [];
  for (const lines of [0, 200]) {
    using sites = await makeSites(2);
    const { hub, list: [a, b] } = sites;
    const bob = await b.guest("bob");
    for (let i = 0; i < lines; i++) {
      await bob.says("hello\n");
      await hub.settle();
    }
    windows.push(window(a));
  }
  assertEquals(windows[1], windows[0]);
});

Deno.test("a bus that no room has joined can be left", () => {
  const { bus } = makeSite(new Hub(), 0);
  bus.leave();
  bus.leave();
});
