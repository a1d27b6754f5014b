import { assertEquals } from "@std/assert";
import { lazy } from "../lib/lazy.ts";

Deno.test("lazy() loads once, and not before it is asked", async () => {
  let loads = 0;
  const load = lazy(() => Promise.resolve(++loads));
  assertEquals([loads, await load(), await load(), loads], [0, 1, 1, 1]);
});
