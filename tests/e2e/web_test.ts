/** The page of a chat, as the command offers it. What browsers do with it is in tests/chat/web. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Chatter } from "../support/chatter.ts";
import { eventually, freePort, linux, modern, needs, permissionsAreOurs, spawnSockeye } from "../support/harness.ts";
import { ports } from "../support/process.ts";
import { Nats } from "../support/nats.ts";
import { connect, readAll, readText, within, writeAll } from "../support/sockets.ts";

Deno.test("server chat --web says where browsers join, and needs nothing but the network", async () => {
  await using server = spawnSockeye(["server", "chat", "0", "--web"], { permissions: ["--allow-net"] });
  const port = await server.port();
  await server.stderrLine(new RegExp(`^Browsers join at http://127\\.0\\.0\\.1:${port}/$`));
  const page = await fetch(`http://127.0.0.1:${port}/`);
  assertStringIncludes(await page.text(), "<title>sockeye</title>");
  await using client = await Chatter.join(port);
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`);
  const closed = Promise.withResolvers<number>();
  socket.onclose = ({ code }) => closed.resolve(code);
  socket.onopen = () => socket.send('{"join":{"name":"Ann"}}');
  await client.hears(/ Ann joined$/);
  socket.send('{"say":"你好"}');
  await client.hears(/^<Ann> 你好$/);
  server.signal("SIGTERM");
  assertEquals(await closed.promise, 1012);
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
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`);
    const closed = Promise.withResolvers<number>();
    socket.onclose = ({ code }) => closed.resolve(code);
    socket.onopen = () => socket.send('{"join":{"name":"Ann"}}');
    await client.hears(/ Ann joined$/);
    const visits = await Promise.all(Array.from({ length: 150 }, () => connect(port)));
    for (const visit of visits) await writeAll(visit, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").catch(() => {});
    await server.stderrLine(/no file descriptor is free/);
    for (const visit of visits) visit.close();
    const look = () => fetch(`http://127.0.0.1:${port}/`).then(async (page) => (await page.text(), page.status));
    for (let status = 0; status !== 200; status = await look()) assertEquals([0, 503].includes(status), true);
    socket.send('{"say":"still here"}');
    await client.hears(/^<Ann> still here$/);
    server.signal("SIGTERM");
    assertEquals(await closed.promise, 1012);
    assertEquals((await server.status()).code, 143);
  },
);

Deno.test(
  "server chat --web gets its descriptors back from strangers who idle in the inner server",
  needs(["sh", "ls"], linux && modern),
  async () => {
    const via = `ulimit -n 80; exec "$@"`;
    await using server = spawnSockeye(["server", "chat", "0", "--web"], { via });
    const port = await server.port();
    await using client = await Chatter.join(port);
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`);
    const closed = Promise.withResolvers<number>();
    socket.onclose = ({ code }) => closed.resolve(code);
    socket.onopen = () => socket.send('{"join":{"name":"Ann"}}');
    await client.hears(/ Ann joined$/);
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
      assertEquals(await closed.promise, 1001);
    } finally {
      for (const stranger of strangers) stranger.close();
    }
    server.signal("SIGTERM");
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

Deno.test("server chat --web names what does not fit", async () => {
  const cases: [string[], string][] = [
    [["echo", "0", "--web"], "Option --web is for chat, not for echo"],
    [["chat", "udp://:0", "--web"], "Option --web is for tcp, tls and unix, not for udp"],
    [["chat", "0", "--web-host", "example.org"], "Option --web-host needs --web too"],
    [
      ["chat", "0", "--web", "--web-host", "http://x"],
      'Bad --web-host "http://x": expected a host name such as chat.example.org',
    ],
  ];
  for (const [words, message] of cases) {
    await using server = spawnSockeye(["server", ...words]);
    const { code, stderr } = await server.status();
    assertEquals([code, stderr], [2, `sockeye: ${message}\n`]);
  }
});

Deno.test({
  name: "server chat --web says which permission the page needs",
  ignore: !permissionsAreOurs,
  fn: async () => {
    const port = freePort();
    const permissions = [`--allow-net=127.0.0.1:${port}`];
    await using server = spawnSockeye(["server", "chat", String(port), "--web"], { permissions });
    const { code, stderr } = await server.status();
    assertEquals(code, 13);
    assertEquals(stderr, "sockeye: Cannot serve browsers: the permission is missing; add --allow-net to deno run\n");
  },
});

Deno.test("server chat --web serves browsers through a Unix socket too, for a proxy", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/socket`;
  try {
    const permissions = ["--allow-net", "--allow-read", "--allow-write"];
    await using server = spawnSockeye(["server", "chat", `unix:${path}`, "--web"], { permissions });
    await server.stderrLine(/^Browsers join at /);
    using conn = await Deno.connect({ transport: "unix", path });
    await writeAll(conn, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assertMatch(new TextDecoder().decode(await readAll(conn)), /^HTTP\/1\.1 200 OK\r\n/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test(
  "server chat --web --bus tells pages who is here when many come and go at once",
  needs(["nats-server"]),
  async () => {
    await using bus = await Nats.start();
    await using far = spawnSockeye(["server", "chat", "0", "--bus", bus.url]);
    const farPort = await far.port();
    const crowd = await Promise.all(Array.from({ length: 6 }, () => Chatter.join(farPort)));
    await using _gone = {
      [Symbol.asyncDispose]: async () => void await Promise.all(crowd.map((one) => one[Symbol.asyncDispose]())),
    };
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
