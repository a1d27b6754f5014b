/**
 * The page of a chat, as the command offers it. What browsers do with it is in `tests/slow/chat/web`.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Folder } from "../fetch/helpers.ts";
import { FILES } from "../support/failing.ts";
import { Chatter } from "../support/chatter.ts";
import { linux, needs, spawnSockeye } from "../support/harness.ts";
import { joinPage } from "../support/page.ts";
import { connect, readAll, readText, writeAll } from "../support/sockets.ts";

Deno.test("server chat --web says where browsers join, and needs nothing but the network", async () => {
  await using server = spawnSockeye(["server", "chat", "0", "--web"], { permissions: ["--allow-net"] });
  const port = await server.port();
  await server.stderrLine(new RegExp(`^Browsers join at http://127\\.0\\.0\\.1:${port}/$`));
  const page = await fetch(`http://127.0.0.1:${port}/`);
  assertStringIncludes(await page.text(), "<title>sockeye</title>");
  await using client = await Chatter.join(port);
  const { socket, closed } = await joinPage(port, client);
  socket.send('{"say":"你好"}');
  await client.hears(/^<Ann> 你好$/);
  server.signal("SIGTERM");
  assertEquals(await closed, 1012);
  await client.getsEnd();
  const { code, stdout, stderr } = await server.status();
  assertEquals([code, stdout.includes("<Ann> 你好\n")], [143, true]);
  assertMatch(stderr, /^#\d+ \S+ connected$/m);
});

Deno.test(
  "server chat --web out of descriptors serves on, and shows the page when some are free",
  needs(["sh"], linux),
  async () => {
    const via = `ulimit -n 80; exec "$@"`;
    await using server = spawnSockeye(["server", "chat", "0", "--web"], { via });
    const port = await server.port();
    await using client = await Chatter.join(port);
    const { socket, closed } = await joinPage(port, client);
    const visits = await Promise.all(Array.from({ length: 150 }, () => connect(port)));
    for (const visit of visits) await writeAll(visit, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").catch(() => {});
    await server.stderrLine(/no file descriptor is free/);
    for (const visit of visits) visit.close();
    const look = () => fetch(`http://127.0.0.1:${port}/`).then(async (page) => (await page.text(), page.status));
    for (let status = 0; status !== 200; status = await look()) assertEquals([0, 503].includes(status), true);
    socket.send('{"say":"still here"}');
    await client.hears(/^<Ann> still here$/);
    server.signal("SIGTERM");
    assertEquals(await closed, 1012);
    assertEquals((await server.status()).code, 143);
  },
);

Deno.test("server chat without --web is no web server", async () => {
  await using server = spawnSockeye(["server", "chat", "0"]);
  using client = await connect(await server.port());
  await writeAll(client, "GET / HTTP/1.1\r\n\r\n");
  await readText(client, "*** You are user1; nobody else is here. /help lists the commands\n");
  assertEquals(
    await readText(client, "*** This is a chat, not a web server\r\n"),
    "*** This is a chat, not a web server\r\n",
  );
});

Deno.test("server chat --web serves browsers through a Unix socket too, for a proxy", async () => {
  await using folder = await Folder.make();
  const path = folder.at("socket");
  await using server = spawnSockeye(["server", "chat", `unix:${path}`, "--web"], { permissions: FILES });
  await server.stderrLine(/^Browsers join at /);
  using conn = await Deno.connect({ transport: "unix", path });
  await writeAll(conn, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  assertMatch(new TextDecoder().decode(await readAll(conn)), /^HTTP\/1\.1 200 OK\r\n/);
});
