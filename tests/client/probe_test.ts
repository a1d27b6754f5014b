import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { probe, type ProbeOptions } from "../../lib/client/probe.ts";
import { SockeyeError } from "../../lib/errors.ts";
import { freePort } from "../support/harness.ts";
import { Host, writeAll } from "../support/sockets.ts";

const HOST = "127.0.0.1";
const { signal } = new AbortController();

async function run(ports: readonly number[], options: Partial<ProbeOptions> = {}, host = HOST) {
  return await Array.fromAsync(probe(host, ports, { encoding: "utf-8", signal, ...options }));
}

Deno.test("probe() tells open and closed ports apart, in the order given", async () => {
  using listener = Deno.listen({ hostname: HOST, port: 0 });
  const closed = freePort();
  const results = await run([closed, listener.addr.port, closed]);
  assertEquals(results.map(({ port, state }) => [port, state]), [
    [closed, "closed"],
    [listener.addr.port, "open"],
    [closed, "closed"],
  ]);
  assertEquals(results[1]?.address, HOST);
  assertMatch(results[0]?.reason ?? "", /connection refused/);
  for (const { ms } of results) assert(ms >= 0 && ms < 60_000, String(ms));
});

Deno.test({
  name: "probe() calls a port filtered that does not answer within the timeout",
  // Elsewhere a full accept queue refuses.
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    using listener = Deno.listen({ hostname: HOST, port: 0, tcpBacklog: 1 });
    const { port } = listener.addr;
    const filling = await Promise.all([1, 2].map(() => Deno.connect({ hostname: HOST, port })));
    const [result] = await run([port], { timeout: 100 });
    for (const conn of filling) conn.close();
    assertEquals([result?.state, result?.reason], ["filtered", "no answer"]);
    assert((result?.ms ?? 0) >= 90, String(result?.ms));
  },
});

Deno.test("probe() has no more than 64 connections at the same time", async () => {
  await using host = new Host(() => Promise.resolve());
  assertEquals(new Set((await run(Array(200).fill(host.port))).map(({ state }) => state)), new Set(["open"]));
});

Deno.test("probe() waits until a port opens", async () => {
  const port = freePort();
  const results = run([port], { waitFor: 30_000 });
  using _listener = Deno.listen({ hostname: HOST, port });
  assertEquals((await results)[0]?.state, "open");
});

Deno.test("probe() tells the last state when the wait is over, not that of an attempt cut short", async () => {
  const [result] = await run([freePort()], { waitFor: 150 });
  assertEquals(result?.state, "closed");
});

Deno.test("probe() reads the banner of a server that speaks first", async () => {
  await using host = new Host(async (conn) => {
    await writeAll(conn, "SSH-2.0-Test_1\r\nmore\r\n");
  });
  const [result] = await run([host.port], { inspect: true });
  assertEquals([result?.state, result?.banner, result?.tls], ["open", "SSH-2.0-Test_1", undefined]);
});

Deno.test("probe() rejects with kind resolve for a name without an address", async () => {
  const error = await assertRejects(() => run([80], {}, "nosuch.invalid"), SockeyeError);
  assertEquals(error.kind, "resolve");
});

Deno.test("probe() ends with the reason of its signal", async () => {
  const stop = new AbortController();
  const results = run([freePort()], { waitFor: 60_000, signal: stop.signal });
  const reason = new SockeyeError("interrupt", "Stopped by a signal");
  stop.abort(reason);
  assertEquals(await assertRejects(() => results), reason);
});
