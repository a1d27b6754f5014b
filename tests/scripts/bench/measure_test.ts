/** What the benchmark reads from /proc. */

import { assert, assertEquals } from "@std/assert";
import { hasListener, parseStat, parseStatus } from "../../../scripts/bench/measure.ts";

Deno.test("parseStat() adds up the times of the process and of its children that have ended", () => {
  const rest = "S 1 77 77 0 -1 4194304 1000 2000 0 0 150 50 30 20 20 0 4 0 12345 1000000 500";
  assertEquals(parseStat(`77 (deno) ${rest}`), 2.5);
  assertEquals(parseStat(`77 (a name) R 9 (x) ${rest}`), 2.5, "a name may look like anything");
  assertEquals(parseStat(""), 0);
});

Deno.test("parseStatus() reads memory by its name", () => {
  const status = "Name:\tsocat\nVmHWM:\t    5320 kB\nVmRSS:\t    4100 kB\nRssAnon:\t     812 kB\n";
  const fields = ["VmHWM", "VmRSS", "RssAnon", "RssFile"];
  assertEquals(fields.map((field) => parseStatus(status, field)), [5320, 4100, 812, 0]);
});

Deno.test("hasListener() sees listening sockets, not connected ones", () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:2328 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1
   1: 0100007F:2329 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 2
   2: 0100007F:0050 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 3
`;
  assert(hasListener(table, 0x2328, "0A"));
  assert(!hasListener(table, 0x2329, "0A"));
  assert(!hasListener(table, 0x9999, "01"), "the other side's port");
  assert(hasListener(table, 80, "07"));
});
