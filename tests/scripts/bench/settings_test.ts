/** The command line of the benchmark, and its tables. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { readSettings } from "../../../scripts/bench.ts";
import { CONTESTANTS, whatIsMissing } from "../../../scripts/bench/contestants.ts";
import { LOADS, QUICK } from "../../../scripts/bench/loads.ts";
import { TARGETS } from "../../../scripts/bench/targets.ts";
import { contestant } from "./helpers.ts";

Deno.test("readSettings() takes all that need no request, three rounds of it", () => {
  const { loads, contestants, rounds, quick } = readSettings([]);
  assertEquals([contestants, rounds, quick], [CONTESTANTS, 3, false]);
  assertEquals(loads.map(({ id }) => id).filter((id) => id.endsWith("10000")), []);
});

Deno.test("readSettings() names what it cannot understand", () => {
  const cases: [args: string[], message: string][] = [
    [["--loads", "pong"], 'No such load: "pong"'],
    [["--only", "c,netcat"], 'No such contestant: "netcat"'],
    [["--rounds", "0"], 'Option --rounds takes a number from 1 to 99, not "0"'],
    [["--minutes", "many"], 'Option --minutes takes a number from 1 to 60, not "many"'],
    [["--fast"], "'--fast'"],
  ];
  for (const [args, message] of cases) assertThrows(() => readSettings(args), Error, message);
});

Deno.test("every target is one of a load that there is, beside a contestant that there is", () => {
  for (const { load, of } of TARGETS) {
    assert(LOADS.some(({ id }) => id === load), load);
    if ("ratioTo" in of) assert(CONTESTANTS.some(({ name }) => name === of.ratioTo), of.ratioTo);
  }
});

Deno.test("every load has a contestant that is sockeye and one that is the yardstick", () => {
  for (const { job, connections } of LOADS) {
    const able = CONTESTANTS.filter(({ [job]: does, maxConnections = Infinity }) =>
      does && maxConnections >= connections(QUICK)
    );
    // The C programs relay no datagrams: there Python is what the others are compared with.
    const other = job === "relayUdp" ? "peer" : "yardstick";
    assertEquals(["ours", other].map((role) => able.some((one) => one.role === role)), [true, true], job);
  }
});

Deno.test("whatIsMissing() names programs and files that are not there", () => {
  const needs = ["sh", "no-such-program", "/no/such/dist/file"];
  assertEquals(whatIsMissing({ ...contestant("x", "peer"), needs }), "no-such-program, dist/file is not there");
  assertEquals(whatIsMissing({ ...contestant("x", "peer"), needs: ["sh"] }), undefined);
});
