/** The page of a chat, as the command offers it. What browsers do with it is in tests/chat/web. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { inFolder } from "../fetch/helpers.ts";
import { Chatter, Chatters } from "../support/chatter.ts";
import { FILES } from "../support/failing.ts";
import { eventually, freePort, linux, needs, spawnSockeye } from "../support/harness.ts";
import { Nats } from "../support/nats.ts";
import { descriptors, holdsOnly } from "../support/process.ts";
import { connect, readAll, readText, textOf, within, writeAll } from "../support/sockets.ts";

/** A page without a browser: it joins with a name, and collects what comes. */
class WebPage {
  readonly closed: Promise<number>;
  readonly heard: Heard[] = [];
  readonly #socket: WebSocket;
  #over = false;
  #changed = Promise.withResolvers<void>();

  constructor(port: number, name: string) {
    this.#socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, "sockeye-chat");
    this.#socket.onopen = () => this.send({ join: { name } });
    this.#socket.onmessage = ({ data }) => {
      this.heard.push(JSON.parse(data));
      this.#wake();
    };
    this.#socket.onerror = () => {}; // A close follows.
    this.closed = new Promise((resolve) => {
      this.#socket.onclose = ({ code }) => {
        this.#over = true;
        this.#wake();
        resolve(code);
      };
    });
  }

  send(message: object): void {
    this.#socket.send(JSON.stringify(message));
  }

  /** The first message that fits. */
  async has(fits: (message: Heard) => boolean): Promise<Heard> {
    while (true) {
      const found = this.heard.find(fits);
      if (found) return found;
      if (this.#over) throw new Error(`The connection ended before ${fits}`);
      await within(this.#changed.promise, 60_000, `A message that fits ${fits}`);
    }
  }

  /** Whether it is in the room: false when it was refused. */
  async joined(): Promise<boolean> {
    return await this.has(({ kind }) => kind === "ready").then(() => true, () => false);
  }

  async leave(): Promise<void> {
    this.#socket.close();
    await this.closed;
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

interface Heard {
  readonly kind: string;
  readonly here?: string[];
  readonly name?: string;
  readonly names?: string[];
  readonly text?: string;
  readonly args?: string[];
}

/** Who is here, by all that a page was told. */
function hereOf(messages: readonly Heard[]): string[] {
  const all = new Set<string>();
  for (const { kind, here, name = "", names = [name] } of messages) {
    if (here) all.clear();
    if (here || kind === "join" || kind === "joined") (here ?? names).forEach((one) => all.add(one));
    if (kind === "leave" || kind === "left") names.forEach((one) => all.delete(one));
  }
  return [...all];
}

/** The status that a browser gets for the page; 0 without an answer. */
async function statusOf(port: number): Promise<number> {
  try {
    const page = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(5_000) });
    await page.body?.cancel();
    return page.status;
  } catch {
    return 0;
  }
}

Deno.test("server chat --web says where browsers join, and needs nothing but the network", async () => {
  await using server = spawnSockeye(["server", "chat", "0", "--web"], { only: ["--allow-net"] });
  const port = await server.port();
  await server.stderrLine(new RegExp(`^Browsers join at http://127\\.0\\.0\\.1:${port}/$`));
  await using client = await Chatter.join(port);
  const page = await fetch(`http://127.0.0.1:${port}/`);
  assertStringIncludes(await page.text(), "<title>sockeye</title>");
  const ann = new WebPage(port, "Ann");
  await client.hears(/ Ann joined$/);
  ann.send({ say: "你好" });
  await client.hears(/^<Ann> 你好$/);
  server.signal("SIGTERM");
  assertEquals(await ann.closed, 1001);
  assertEquals(ann.heard.at(-1)?.text, "The server stops. Goodbye");
  await client.getsEnd();
  const { stdout, stderr } = await server.ends(143);
  assertStringIncludes(stdout, "<Ann> 你好\n");
  assertMatch(stderr, /^#\d+ \S+ connected$/m);
});

Deno.test("server chat --web takes one descriptor for a browser, and gives it back", needs(["ls"], linux), async () => {
  await using server = spawnSockeye(["server", "chat", "0", "--web"]);
  const port = await server.port();
  const first = new WebPage(port, "first");
  assert(await first.joined());
  const before = await descriptors(server);
  const pages = Array.from({ length: 20 }, (_, at) => new WebPage(port, `page${at}`));
  for (const page of pages) assert(await page.joined());
  assertEquals(await descriptors(server), before + 20);
  await Promise.all(pages.map((page) => page.leave()));
  await holdsOnly(server, before);
  await first.leave();
});

Deno.test("server chat --web that is full under few descriptors says so clearly", needs(["bash"], linux), async () => {
  const via = `ulimit -n 128; exec "$@"`;
  await using server = spawnSockeye(["server", "chat", "0", "--web", "--max-connections", "60"], { via });
  const port = await server.port();
  await using client = await Chatter.join(port);
  const pages = Array.from({ length: 30 }, (_, at) => new WebPage(port, `page${at}`));
  for (const page of pages) assert(await page.joined());
  const texts = await Promise.all(Array.from({ length: 29 }, () => connect(port)));
  for (const text of texts) await writeAll(text, "hi\n");
  await client.all(/> hi$/, 29);
  assertEquals(await statusOf(port), 503);
  using refused = await connect(port);
  await writeAll(refused, "hello\n");
  assertEquals(textOf(await readAll(refused)), "sockeye: too many connections (limit 60)\n");
  const late = new WebPage(port, "late");
  assertEquals(await late.joined(), false);
  await server.stderrLine(/turned away: too many connections \(limit 60\)/);
  await client.say("still here");
  for (const page of pages) await page.has(({ text }) => text === "still here");
  for (const text of texts) text.close();
  await Promise.all(pages.splice(0, 10).map((page) => page.leave()));
  assert(await eventually(async () => await statusOf(port) === 200), "the page is there again");
  const again = new WebPage(port, "again");
  assert(await again.joined());
  await Promise.all([again, ...pages].map((page) => page.leave()));
});

Deno.test("server chat --web out of descriptors serves on, and others later", needs(["bash"], linux), async () => {
  const via = `ulimit -n 128; exec "$@"`;
  const own = freePort();
  // With this permission it can keep no descriptor with which it would turn others away.
  const permissions = [`--allow-net=127.0.0.1:${own}`];
  await using server = spawnSockeye(["server", "chat", String(own), "--web"], { via, only: permissions });
  const port = await server.port();
  await using client = await Chatter.join(port);
  const ann = new WebPage(port, "Ann");
  assert(await ann.joined());
  // The system completes connections that the server has no descriptor for: they wait.
  const texts = await Promise.all(Array.from({ length: 80 }, () => connect(port)));
  for (const text of texts) await writeAll(text, "hello\n").catch(() => {});
  const pages = Array.from({ length: 80 }, (_, at) => new WebPage(port, `page${at}`));
  await server.stderrLine(/^sockeye: Cannot accept a connection: no file descriptor is free; waiting for one$/);
  ann.send({ say: "still here" });
  await client.hears(/^<Ann> still here$/);
  for (const text of texts) text.close();
  for (const page of pages) assert(await page.joined(), "it was served as soon as others had left");
  await Promise.all(pages.map((page) => page.leave()));
  assert(await eventually(async () => await statusOf(port) === 200), "the page is there again");
  server.signal("SIGTERM");
  assertEquals(await ann.closed, 1001);
  await server.ends(143);
});

Deno.test("server chat without --web is no web server", async () => {
  await using server = spawnSockeye(["server", "chat", "0"]);
  using client = await connect(await server.port());
  await writeAll(client, "GET / HTTP/1.1\r\n\r\n");
  const text =
    "*** You are user1; nobody else is here. /help lists the commands\n*** This is a chat, not a web server\r\n";
  assertEquals(await readText(client, text), text);
});

inFolder("server chat --web serves browsers through a Unix socket too, for a proxy", async (folder) => {
  const path = folder.at("socket");
  await using server = spawnSockeye(["server", "chat", `unix:${path}`, "--web"], { permissions: FILES });
  await server.stderrLine(/^Browsers join at /);
  using conn = await Deno.connect({ transport: "unix", path });
  await writeAll(conn, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  assertMatch(textOf(await readAll(conn)), /^HTTP\/1\.1 200 OK\r\n/);
});

Deno.test("server chat --web --bus tells pages who is here when many come and go", needs(["nats-server"]), async () => {
  await using bus = await Nats.startJetStream();
  await using far = spawnSockeye(["server", "chat", "0", "--bus", bus.url]);
  await using crowd = await Chatters.join(await far.port(), 6);
  await using server = spawnSockeye(["server", "chat", "0", "--web", "--bus", bus.url]);
  const port = await server.port();
  const page = new WebPage(port, "Ann");
  const hello = await page.has(({ text }) => /^You are /.test(text ?? ""));
  assertEquals(hello.args?.[0], "Ann");
  await crowd.list[0]?.hears(/^\*\*\* Ann joined$/);
  const newest = () => hereOf(page.heard).toSorted();
  assertEquals(newest(), [...crowd.list.map(({ name }) => name), "Ann"].toSorted());
  far.signal("SIGKILL");
  assert(await eventually(() => newest().length === 1, 20_000), String(newest()));
  assertEquals(newest(), ["Ann"]);
  assert(page.heard.some(({ text = "" }) => / left with their server$/.test(text)));
  await page.leave();
});
