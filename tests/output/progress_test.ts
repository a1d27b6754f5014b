import { assertEquals } from "@std/assert";
import { ProgressLine } from "../../lib/output/progress.ts";
import { FakeSystem } from "../cli/helpers.ts";

/** What is drawn for each number of bytes of 30,000,000. */
async function drawn(columns: number, total: number | undefined, ...counts: number[]): Promise<string[]> {
  const system = new FakeSystem();
  const sink = system.sink();
  const line = new ProgressLine(sink, () => columns);
  for (const bytes of counts) line.update({ event: "progress", url: "u", bytes, total, rate: 4_100_000 });
  await sink.flush();
  return system.stderr.text.split("\r\x1b[K");
}

Deno.test("ProgressLine keeps its columns, and fits the terminal", async () => {
  assertEquals(await drawn(80, 30_000_000, 500, 14_900_000), [
    "  0% [>                       ]    500 B of 29 MiB  3.9 MiB/s   7.3 s left",
    " 49% [============>           ]   14 MiB of 29 MiB  3.9 MiB/s   3.7 s left",
  ]);
  assertEquals(await drawn(40, 30_000_000, 14_900_000), [" 49%   14 MiB  3.9 MiB/s   3.7 s left"]);
  assertEquals(await drawn(40, undefined, 14_900_000), ["  14 MiB  3.9 MiB/s"]);
});
