import { assertEquals } from "@std/assert";
import { REPORTED_HOSTS } from "../../lib/server/limits.ts";
import { ReportLimiter } from "../../lib/server/report_limiter.ts";

Deno.test("admit() lets a host through once in a period, and says then what was left out", () => {
  const limiter = new ReportLimiter(1000);
  const at = (now: number, host: string) => limiter.admit(host, now)?.toString();
  assertEquals([at(0, "a"), at(1, "a"), at(2, "b"), at(999, "a"), at(999, "b")], [
    "",
    undefined,
    "",
    undefined,
    undefined,
  ]);
  assertEquals(at(1000, "a"), " (and 2 more of that host, 1 of others since)");
  assertEquals(at(1001, "b"), "");
  assertEquals(at(5000, "b"), "");
  assertEquals([at(5001, "b"), at(6000, "b")], [undefined, " (and 1 more of that host since)"]);
});

Deno.test("admit() lets no more than some hosts through, counts 100,000, and keeps no more than those", () => {
  const limiter = new ReportLimiter(1000);
  const admitted = Array.from({ length: 100_000 }, (_, i) => limiter.admit(`host ${i}`, 1)).filter((left) =>
    left === ""
  );
  assertEquals(admitted.length, REPORTED_HOSTS);
  assertEquals(String(limiter.admit("host 7", 1001)), ` (and ${100_000 - REPORTED_HOSTS} of others since)`);
});
