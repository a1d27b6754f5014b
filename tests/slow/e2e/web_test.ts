/**
 * The page of a chat among strangers that idle and crowds that come and go.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { Chatter, Chatters } from "../../support/chatter.ts";
import { eventually, linux, needs, spawnSockeye } from "../../support/harness.ts";
import { ports } from "../../support/process.ts";
import { Nats } from "../../support/nats.ts";
import { connect, within } from "../../support/sockets.ts";
import { joinPage } from "../../support/page.ts";

Deno.test(
  "server chat --web gets its descriptors back from strangers who idle in the inner server",
  needs(["sh", "ls"], linux),
  async () => {
    const via = `ulimit -n 80; exec "$@"`;
    await using server = spawnSockeye(["server", "chat", "0", "--web"], { via });
    const port = await server.port();
    await using client = await Chatter.join(port);
    const { socket, closed } = await joinPage(port, client);
    const inner = (await ports(server)).filter((one) => one !== port);
    assertEquals(inner.length, 1);
    const strangers: Deno.Conn[] = [];
    try {
      while (strangers.length < 200) strangers.push(await connect(inner[0] ?? 0));
    } catch (error) {
      const { ConnectionRefused, ConnectionReset } = Deno.errors;
      assert(error instanceof ConnectionRefused || error instanceof ConnectionReset, String(error));
    }
    try {
      // Nobody is driven out at once: descriptors may be free again in a moment.
      socket.send('{"say":"still here"}');
      await client.hears(/^<Ann> still here$/);
      const look = async () => {
        const page = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(2_000) });
        return (await page.text(), page.status);
      };
      assert(await eventually(async () => await look().catch(() => 0) === 200, 30_000), "the page is there again");
      assertEquals(await closed, 1001);
    } finally {
      for (const stranger of strangers) stranger.close();
    }
    server.signal("SIGTERM");
    assertEquals((await server.status()).code, 143);
  },
);

Deno.test(
  "server chat --web --bus tells pages who is here when many come and go at once",
  needs(["nats-server"]),
  async () => {
    await using bus = await Nats.start();
    await using far = spawnSockeye(["server", "chat", "0", "--bus", bus.url]);
    const farPort = await far.port();
    await using chatters = await Chatters.join(farPort, 6);
    const crowd = chatters.list;
    await using server = spawnSockeye(["server", "chat", "0", "--web", "--bus", bus.url]);
    const port = await server.port();
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`);
    const heard: { kind: string; here?: string[]; text?: string; name?: string }[] = [];
    let changed = Promise.withResolvers<void>();
    socket.onmessage = ({ data }) => {
      heard.push(JSON.parse(data));
      changed.resolve();
      changed = Promise.withResolvers();
    };
    const closed = new Promise((resolve) => socket.onclose = resolve);
    socket.onopen = () => socket.send('{"join":{"name":"Ann"}}');
    while (!heard.some(({ kind }) => kind === "you")) await changed.promise;
    const own = heard.find(({ kind }) => kind === "you")?.name ?? "";
    assertEquals(own, "Ann");
    await crowd[0]?.hears(/^\*\*\* Ann joined$/);
    const names = [...crowd.map(({ name }) => name), own].toSorted();
    const newest = () => heard.findLast(({ here }) => here)?.here?.toSorted();
    assertEquals(newest(), names);
    far.signal("SIGKILL");
    while (newest()?.length !== 1) await within(changed.promise, 20_000, "The page's news");
    assertEquals(newest(), [own]);
    assertMatch(heard.findLast(({ here }) => here)?.text ?? "", / and 3 more left with their server$/);
    socket.close();
    await closed;
  },
);
