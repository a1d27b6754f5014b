/**
 * Detects that sockeye became much slower. The tests compare its processor time with that of a read and write loop on
 * the same runtime and of a C program, for the same work in the same minute, or one latency with another; they never
 * judge an absolute time. The margins are wide, because machines that run tests are busy and short runs include the
 * time of the JIT compiler. The tests catch work that is done twice or for every peer, and peers that are never served.
 */

import { assert, AssertionError } from "@std/assert";
import { inFolder } from "../../../fetch/helpers.ts";
import { compiled, linux, needs } from "../../../support/harness.ts";
import { mayOpen } from "../../../support/process.ts";

const BENCH = new URL("../../../../scripts/bench.ts", import.meta.url).pathname;

/** Descriptors for 10,000 connections, and some for the program itself. */
const DESCRIPTORS = 10_100;

/** Rounds of each load: the mean of two figures is exact enough for these margins. */
const ROUNDS = "2";

interface Result {
  readonly load: string;
  readonly contestant: string;
  readonly cpuMicros?: number;
  readonly extra: Readonly<Record<string, number>>;
  readonly failures: readonly string[];
}

/** Runs loads for some contestants; returns a function that finds the result of a load and a contestant. */
async function run(
  only: string,
  loads: string,
  size: readonly string[] = ["--quick"],
): Promise<(load: string, contestant: string) => Result> {
  const words = [...size, "--json", "--rounds", ROUNDS, "--only", only, "--loads", loads];
  const args = ["run", "--no-lock", "--allow-all", BENCH, ...words];
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, stdin: "null" }).output();
  const decoder = new TextDecoder();
  const { results } = JSON.parse(decoder.decode(stdout) || `{"error":${JSON.stringify(decoder.decode(stderr))}}`);
  return (load, contestant) => {
    const found = (results as Result[]).find((one) => one.load === load && one.contestant === contestant);
    if (found?.cpuMicros === undefined) throw new Error(`No figure of ${load}, ${contestant}: ${found?.failures}`);
    return found;
  };
}

/** Runs loads; returns a function that finds the processor time in microseconds per unit of work. */
async function costs(only: string, loads: string): Promise<(load: string, contestant: string) => number> {
  const result = await run(only, loads);
  return (load, contestant) => result(load, contestant).cpuMicros ?? NaN;
}

/** Measurements of a test: another program may take the processor during one, but what became slow is slow in all. */
const MEASUREMENTS = 3;

async function inOneOfSeveral(measure: () => Promise<void>): Promise<void> {
  for (let left = MEASUREMENTS - 1;; left--) {
    try {
      return await measure();
    } catch (error) {
      if (left === 0 || !(error instanceof AssertionError)) throw error;
    }
  }
}

function atMost(times: number, cost: number, other: number, what: string): void {
  assert(cost <= times * other, `${what}: ${cost.toFixed(2)} us, that is over ${times} x ${other.toFixed(2)} us`);
}

Deno.test(
  "a message, a chunk, a datagram and a chat line cost little more than due",
  needs(["cc"], linux),
  () =>
    inOneOfSeveral(async () => {
      const cost = await costs("c,deno,sockeye", "ping-64,ws-64,stream-16,udp,chat");
      atMost(3, cost("ping-64", "sockeye"), cost("ping-64", "deno"), "a message beside the bare runtime");
      atMost(6, cost("ping-64", "sockeye"), cost("ping-64", "c"), "a message beside C");
      atMost(3, cost("ws-64", "sockeye"), cost("ws-64", "deno"), "a WebSocket message beside the bare runtime");
      atMost(3, cost("stream-16", "sockeye"), cost("stream-16", "deno"), "64 KiB beside the bare runtime");
      atMost(3, cost("udp", "sockeye"), cost("udp", "deno"), "a datagram beside the bare runtime");
      atMost(25, cost("chat", "sockeye"), cost("chat", "c"), "a delivered line beside C");
    }),
);

Deno.test(
  "a message costs the same among 10,000 peers",
  needs(["cc"], await mayOpen() >= DESCRIPTORS),
  () =>
    inOneOfSeveral(async () => {
      const cost = await costs("sockeye", "ping-1,ping-64,among-10000");
      atMost(5, cost("among-10000", "sockeye"), cost("ping-64", "sockeye"), "a message among 10,000 peers beside 64");
      atMost(5, cost("among-10000", "sockeye"), cost("ping-1", "sockeye"), "a message among 10,000 peers beside 1");
    }),
);

Deno.test(
  "a thousand busy clients get their turns",
  needs(["cc"], await mayOpen() >= DESCRIPTORS),
  () =>
    inOneOfSeveral(async () => {
      // The 0.2 s of a quick run are too short for all of them where other programs stop the server in that time.
      const { p50 = NaN, p99 = NaN, silent } = (await run("sockeye", "ping-1000", []))("ping-1000", "sockeye").extra;
      // No measurement may show this, so it is not tried again.
      if (silent !== 0) throw new Error(`${silent} clients were never served`);
      atMost(40, p99, p50, "a message in a hundred takes longest");
    }),
);

Deno.test(
  "datagrams, many clients and short connections cost little more than in Node",
  needs(["cc", "node"], linux),
  () =>
    inOneOfSeveral(async () => {
      const result = await run("node,sockeye", "udp,ping-1000,churn");
      const cost = (load: string, contestant: string) => result(load, contestant).cpuMicros ?? NaN;
      atMost(3, cost("udp", "sockeye"), cost("udp", "node"), "a datagram beside node:dgram");
      atMost(3, cost("churn", "sockeye"), cost("churn", "node"), "a short connection beside Node");
      atMost(3, cost("ping-1000", "sockeye"), cost("ping-1000", "node"), "a message of a thousand clients beside Node");
    }),
);

/** Runs of each command; the fastest of them counts, in turns. */
const PAGES = 15;

inFolder("a small page by the compiled program takes little more than its start", async (folder) => {
  await using web = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response("x".repeat(2000)),
  );
  const url = `http://127.0.0.1:${web.addr.port}/page.html`;
  const best = { version: Infinity, page: Infinity };
  for (let i = 0; i < PAGES; i++) {
    for (
      const [name, args] of [["version", ["--version"]], ["page", [
        "fetch",
        "-q",
        url,
        "-o",
        folder.at("page"),
      ]]] as const
    ) {
      const start = performance.now();
      const { success } = await new Deno.Command(compiled ?? "", { args: [...args], stdin: "null" }).output();
      best[name] = Math.min(best[name], performance.now() - start);
      assert(success, name);
    }
  }
  const [page, version] = [best.page.toFixed(1), best.version.toFixed(1)];
  assert(best.page <= 5 * best.version, `a page: ${page} ms, that is over 5 x the ${version} ms of --version`);
}, needs([], compiled !== undefined));
