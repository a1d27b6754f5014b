/** `sockeye server --fault`, measured from outside. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { spawnSockeye } from "../support/harness.ts";
import { connect, readAll, readText, textOf, writeAll } from "../support/sockets.ts";

Deno.test("server --fault delays and cuts what a mode answers", async () => {
  await using server = spawnSockeye(["server", "echo", "0", "--fault", "delay=100ms", "--fault", "cut=5"]);
  using client = await connect(await server.port());
  const began = performance.now();
  await writeAll(client, "hello, world");
  assertEquals(textOf(await readAll(client)), "hello");
  assert(performance.now() - began >= 99);
  await server.stderrLine(/^What the faults hit is repeated by --seed \d+$/);
});

Deno.test("server --fault reset: exactly n bytes come, then a reset", async () => {
  await using server = spawnSockeye(["server", "echo", "0", "--fault", "reset=1000"]);
  using client = await connect(await server.port());
  await writeAll(client, new Uint8Array(4000).fill(0x61));
  const text = "a".repeat(1000);
  assertEquals(await readText(client, text), text);
  assertEquals(await client.read(new Uint8Array(1)).then(String, (error) => error.name), "ConnectionReset");
});

Deno.test("server --fault delays what it owes to a client that has ended its half, and resets it", async () => {
  for (
    const [fault, expected] of [["delay=200ms", "hello"], ["rate=100", "hello"], ["reset=3", "hel, reset"]] as const
  ) {
    await using server = spawnSockeye(["server", "echo", "0", "--fault", fault]);
    using client = await connect(await server.port());
    await writeAll(client, "hello");
    await client.closeWrite();
    const heard: number[] = [];
    const buffer = new Uint8Array(16);
    let end = "";
    try {
      for (let count; (count = await client.read(buffer)) !== null;) heard.push(...buffer.subarray(0, count));
    } catch (error) {
      end = error instanceof Deno.errors.ConnectionReset ? ", reset" : String(error);
    }
    assertEquals(textOf(Uint8Array.from(heard)) + end, expected, fault);
  }
});

Deno.test("server --fault duplicates datagrams", async () => {
  const loopback = { transport: "udp", hostname: "127.0.0.1" } as const;
  await using server = spawnSockeye(["server", "echo", "udp://127.0.0.1:0", "--fault", "duplicate=1"]);
  const client = Deno.listenDatagram({ ...loopback, port: 0 });
  await client.send(new TextEncoder().encode("once"), { ...loopback, port: await server.port() });
  for (let i = 0; i < 2; i++) assertEquals(textOf((await client.receive())[0]), "once");
  client.close();
});

Deno.test("server --fault up: is told in one line", async () => {
  const { stderr } = await spawnSockeye(["server", "echo", "0", "--fault", "up:cut=1"]).ends(2);
  assertMatch(stderr, /^sockeye: --fault up:cut=1: a server disturbs its answers only; use tap for up:$/m);
});
