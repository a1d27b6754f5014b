import { assertEquals } from "@std/assert";
import { echo } from "../../lib/check/suites/echo.ts";
import { check, echoing, serve } from "./servers.ts";

const ALL_OK = Object.fromEntries(echo.cases.map(({ name }) => [name, "ok"]));

Deno.test("a right echo server gets fifteen times ok", async () => {
  await using server = serve("parallel", echoing());
  const report = await check(echo, server.address);
  assertEquals([report.kind, report.verdicts], ["parallel", ALL_OK]);
});
