/** `sockeye probe` as a script and a person use it; beside it, what `nc -z` says of the same port. */

import { assertEquals, assertMatch } from "@std/assert";
import { freePort, needs, spawnSockeye, tool } from "../support/harness.ts";

Deno.test("probe exits 0 when all ports are open, and 4 with a row for each when one is not", async () => {
  using one = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const [open, closed] = [String(one.addr.port), String(freePort())];
  const all = await spawnSockeye(["probe", "127.0.0.1", open]).ends(0);
  assertMatch(all.stdout, new RegExp(`^ *${open} open +[\\d.]+ ms\n$`));
  assertEquals(all.stderr, "");
  const some = await spawnSockeye(["probe", "127.0.0.1", open, `${closed}-${closed}`]).ends(4);
  assertMatch(some.stdout, new RegExp(`^ *${closed} closed +[\\d.]+ ms nothing listens there`, "m"));
  assertEquals(some.stderr, "sockeye: Not open at 127.0.0.1: 1 of 2 ports\n");
  const quiet = await spawnSockeye(["probe", "127.0.0.1", open, "-q"]).ends(0);
  assertEquals([quiet.stdout, quiet.stderr], ["", ""]);
});

Deno.test("probe agrees with nc -z", needs(["nc"]), async () => {
  using one = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const [open, closed] = [String(one.addr.port), String(freePort())];
  for (const [port, code, ours] of [[open, 0, 0], [closed, 1, 4]] as const) {
    await tool("nc", ["-z", "127.0.0.1", port]).ends(code);
    await spawnSockeye(["probe", "127.0.0.1", port]).ends(ours);
  }
});

Deno.test("probe --json gives one event a port, and the end", async () => {
  using one = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = one.addr;
  const { stdout } = await spawnSockeye(["probe", "127.0.0.1", String(port), "--json"]).ends(0);
  const events = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(events.map(({ event }) => event), ["port", "done"]);
  assertEquals(events[0].ms >= 0, true);
  const { t: _t, ms: _ms, ...rest } = events[0];
  assertEquals(rest, { event: "port", host: "127.0.0.1", port, state: "open", address: "127.0.0.1" });
});

Deno.test("probe -v tells the certificate of a TLS server, and that a silent one speaks no TLS", async () => {
  await using server = spawnSockeye(["server", "discard", "tls://127.0.0.1:0"]);
  const secured = await server.port();
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const leave = (async () => {
    for await (const conn of silent) conn.close();
  })();
  const words = ["probe", "127.0.0.1", String(secured), String(silent.addr.port), "-v"];
  const { stdout } = await spawnSockeye(words).ends(0);
  silent.close();
  await leave;
  assertMatch(
    stdout,
    new RegExp(`^ *${secured} open .* ms TLS TLSv1\\.3, \\S+; certificate .*, sha256:[0-9a-f]{64}$`, "m"),
  );
  assertMatch(stdout, new RegExp(`^ *${silent.addr.port} open .* ms TLS none: it ended the connection`, "m"));
});

const WRONG = [
  [["probe"], "Missing host and port: probe takes HOST PORT…"],
  [["probe", "localhost"], "Missing port: probe takes HOST PORT…"],
  [["probe", "localhost", "0"], 'Bad port "0": expected a number from 1 to 65535, or a range such as 20-25'],
  [["probe", "localhost", "25-20"], 'Bad port "25-20": expected a number from 1 to 65535, or a range such as 20-25'],
  [["probe", "localhost", "ssh"], 'Bad port "ssh": expected a number from 1 to 65535, or a range such as 20-25'],
  [["probe", "udp://localhost", "53"], 'Bad host "udp://localhost": probe looks for TCP ports, without a scheme'],
] as const;

for (const [args, message] of WRONG) {
  Deno.test(`${args.join(" ")} ends with 2`, async () => {
    assertEquals((await spawnSockeye(args).ends(2)).stderr, `sockeye: ${message}\n`);
  });
}
