/** `--drain`, as clients and operators see it. */

import { assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { freePort, linux, needs, spawnSockeye } from "../support/harness.ts";
import { connect, Host, readAll, readText, textOf, Witness, writeAll } from "../support/sockets.ts";

Deno.test("server --drain lets a client talk on, and ends when it has left", async () => {
  await using server = spawnSockeye(["server", "echo", "0", "--drain", "1h"]);
  using witness = await Witness.join(await server.port());
  server.signal("SIGTERM");
  await server.stderrLine(/^Stopping: 1 connection goes on for up to 3600 s; /);
  for (let i = 0; i < 3; i++) await witness.getsEcho();
  await witness.getsFin(); // It is idle then.
  await server.ends(143);
});

Deno.test("clients talk on while a server with --reuse-port takes the place of another", needs([], linux), async () => {
  const port = freePort();
  const start = () => spawnSockeye(["server", "echo", String(port), "--reuse-port", "--drain", "20s"]);
  await using old = start();
  await old.port();
  using long = await Witness.join(port);
  await using next = start();
  await next.port();
  old.signal("SIGTERM");
  await old.stderrLine(/^Stopping: /);
  for (let i = 0; i < 20; i++) {
    await long.getsEcho();
    using short = await Witness.join(port);
    await short.getsEcho();
  }
  await long.getsFin();
  await old.ends(143);
  assertStringIncludes((await next.ends(143, "SIGTERM")).stderr, "Done: 20 connections; ");
});

Deno.test("server chat --drain tells the room, which goes on", async () => {
  await using server = spawnSockeye(["server", "chat", "0", "--drain", "1500ms"]);
  const port = await server.port();
  using ann = await connect(port);
  await readText(ann, "*** You are user1; nobody else is here. /help lists the commands\n");
  using bob = await connect(port);
  await readText(ann, "*** user2 joined\n");
  server.signal("SIGTERM");
  const start = performance.now();
  const warning = "*** The server stops in 2 s\n";
  assertEquals(await readText(ann, warning), warning);
  await writeAll(bob, "bye\n");
  assertEquals(textOf(await readAll(ann)), "<user2> bye\n*** The server stops. Goodbye\n");
  for (const conn of [ann, bob]) await conn.closeWrite();
  await server.ends(143);
  assertLess(performance.now() - start, 20_000);
});

Deno.test("tap --drain goes on for a client that only listens to its target", async () => {
  const spoken = Promise.withResolvers<void>();
  await using target = new Host(async (conn) => {
    // Each pause is short enough, all together are longer than a client may be idle.
    for (let i = 0; i < 6; i++) {
      await writeAll(conn, `${i}`);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    spoken.resolve();
    await conn.closeWrite();
    await readAll(conn);
  });
  await using tap = spawnSockeye(["tap", "0", String(target.port), "--drain", "20s"]);
  using client = await connect(await tap.port());
  await readText(client, "0");
  tap.signal("SIGTERM");
  assertEquals(textOf(await readAll(client)), "12345");
  await client.closeWrite();
  await spoken.promise;
  await tap.ends(143);
});
