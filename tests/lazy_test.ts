import { assertEquals, assertRejects } from "@std/assert";
import { lazy } from "../lib/lazy.ts";

Deno.test("lazy() loads once, and not before it is asked", async () => {
  let loads = 0;
  const load = lazy(() => Promise.resolve(++loads));
  assertEquals([loads, await load(), await load(), loads], [0, 1, 1, 1]);
});

Deno.test("lazy() tries again after a failure", async () => {
  const results = [Promise.reject(new Error("no descriptor")), Promise.resolve("loaded")];
  const load = lazy(() => results.shift() ?? Promise.reject());
  await assertRejects(load, Error, "no descriptor");
  assertEquals([await load(), await load()], ["loaded", "loaded"]);
});
