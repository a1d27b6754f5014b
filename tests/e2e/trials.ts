/**
 * How commands that the READMEs and the help show are tried: run as they are written, on a port that is free, in a
 * folder of their own.
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ROOT } from "../../scripts/root.ts";
import { encodeText } from "../../lib/text/encode.ts";
import { Folder } from "../fetch/helpers.ts";
import { Chatter } from "../support/chatter.ts";
import { FILES } from "../support/failing.ts";
import { freePort, has, sockeyeCommand, spawnSockeye } from "../support/harness.ts";
import { Nats } from "../support/nats.ts";
import { Program, type StartOptions } from "../support/program.ts";
import { connect, readAll, readText, textOf, utf8, writeAll } from "../support/sockets.ts";

/** Ports that the examples use. */
const PORTS = /\b(8000|8088|8888|9000|9443|9999)\b/g;

export type Trial = (line: string, port: number) => Promise<void>;

/** Runs the line in a shell where `sockeye` is the program; `deno` is the one that runs this test. */
export function shell(line: string, port: number, options: StartOptions = {}): Program {
  const quote = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;
  const sockeye = sockeyeCommand([], { permissions: FILES }).map(quote).join(" ");
  // The shell becomes the program, so that signals reach it.
  const script = `sockeye() { exec ${sockeye} "$@"; }; deno() { exec ${quote(Deno.execPath())} "$@"; }; `;
  const main = quote(`${ROOT}/main.ts`);
  const here = line.replace(PORTS, String(port)).replace("example.com 80", `localhost ${port}`);
  return new Program(["bash", "-c", script + here.replace(" main.ts", ` ${main}`)], options);
}

/** A server: what one client sends and gets back, and its exit code where it ends by itself. */
export function served(send: string, expected: string, how: { code?: number; encoding?: string } = {}): Trial {
  const { code = 143, encoding = "utf-8" } = how;
  return async (line, port) => {
    await using server = shell(line, port);
    await server.stderrLine(/Listening on/);
    using client = await connect(port);
    const greeting = line.includes("--greet") ? "Welcome!" : "";
    assertEquals(await readText(client, greeting), greeting);
    await writeAll(client, encodeText(send, encoding));
    const answer = encodeText(expected.slice(greeting.length), encoding);
    assertEquals(await readAll(client, answer.length), new Uint8Array(answer));
    await server.stdoutLine(new RegExp(`#1 < ${send}`));
    await client.closeWrite();
    await server.ends(code, code === 143 ? "SIGTERM" : undefined);
  };
}

/** A server that gives a file to a client. */
export async function givesFile(line: string, port: number): Promise<void> {
  await using folder = await Folder.make();
  await Deno.writeTextFile(folder.at("page.html"), "<p>hi</p>");
  await using server = shell(line, port, { cwd: folder.path });
  await server.stderrLine(/Listening on/);
  using client = await connect(port);
  await writeAll(client, "hi");
  assertEquals(textOf(await readAll(client)), "<p>hi</p>");
  await server.ends(143, "SIGTERM");
}

/** A server that keeps what a client says. */
export async function keepsFile(line: string, port: number): Promise<void> {
  await using folder = await Folder.make();
  await using server = shell(line, port, { cwd: folder.path });
  await server.stderrLine(/Listening on/);
  using client = await connect(port);
  await writeAll(client, "hi");
  await client.closeWrite();
  assertEquals(await readAll(client), new Uint8Array());
  assertEquals(await Deno.readTextFile(folder.at("got-1")), "hi");
  await server.ends(143, "SIGTERM");
}

/** A probe of a port that is open. */
export async function probed(line: string, port: number): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port });
  const served = (async () => {
    for await (const conn of listener) conn.close();
  })();
  const { stdout } = await shell(line, port).ends(0);
  listener.close();
  await served;
  assertMatch(stdout, new RegExp(`^ *${port} open `));
}

/** A server that only tells where it listens, and its end. */
export async function servedAsJson(line: string, port: number): Promise<void> {
  await using server = shell(line, port);
  assert(await server.port() > 0);
  await server.ends(143, "SIGTERM");
  const events = server.stdout.trimEnd().split("\n").map((text) => JSON.parse(text).event);
  assertEquals(events, ["listen", "done"]);
}

export async function talked(line: string, port: number): Promise<void> {
  await using server = shell(line, port, { stdin: "piped" });
  await server.stderrLine(/Listening on/);
  using client = await connect(port);
  await writeAll(client, "hello");
  await server.stdoutLine(/#1 < hello/);
  await server.write("你好\nq\n");
  assertEquals(new TextDecoder(line.includes("-e gbk") ? "gbk" : "utf-8").decode(await readAll(client)), "你好q");
  await client.closeWrite();
  await server.ends(143, "SIGTERM");
}

/** A chat: what the first of two clients says, and the second one hears; and the file that has it then. */
export function chatted(says: string, log?: string): Trial {
  return async (line, port) => {
    const encoding = line.includes("-e gbk") ? "gbk" : "utf-8";
    await using folder = await Folder.make();
    await using server = shell(line, port, { cwd: folder.path });
    await server.stderrLine(/Listening on/);
    using first = await connect(port);
    await server.stdoutLine(/^\*\*\* user1 joined$/);
    using second = await connect(port);
    await server.stdoutLine(/^\*\*\* user2 joined$/);
    await writeAll(first, encodeText(says, encoding));
    await server.stdoutLine(/^<user1> 你好$/);
    server.signal("SIGTERM");
    assertMatch(new TextDecoder(encoding).decode(await readAll(second)), /^<user1> 你好\n\*\*\* .*Goodbye\n$/m);
    for (const client of [first, second]) await client.closeWrite();
    await server.ends(143);
    if (log) assertMatch(await Deno.readTextFile(folder.at(log)), /<user1> 你好/);
  };
}

/** A chat that has a page on its port; the rest of it needs a browser. */
export async function browsed(line: string, port: number): Promise<void> {
  await using server = shell(line, port);
  await server.stderrLine(new RegExp(`^Browsers join at http://localhost:${port}/; (?:on a phone|phones) `));
  const answer = await fetch(`http://127.0.0.1:${port}/`);
  assertStringIncludes(await answer.text(), "<title>sockeye</title>");
  using client = await connect(port);
  await writeAll(client, "你好\n");
  await server.stdoutLine(/^<user\d+> 你好$/);
  await client.closeWrite();
  await server.ends(143, "SIGTERM");
}

/** A chat with a password: a client that gives it is in the room. */
export async function guarded(line: string, port: number): Promise<void> {
  await using server = shell(line, port);
  await server.stderrLine(/Listening on/);
  using client = await connect(port);
  await writeAll(client, "guess\nopen sesame\n你好\n");
  await server.stdoutLine(/^<user1> 你好$/);
  assert(!server.stdout.includes("guess"));
  await client.closeWrite();
  await server.ends(143, "SIGTERM");
}

/** Two servers of one room; without NATS the first one says that it is alone. */
export async function joined(line: string, port: number): Promise<void> {
  await using bus = has("nats-server") ? await Nats.startJetStream() : undefined;
  const here = line.replace("nats://localhost", `nats://127.0.0.1:${bus?.port ?? freePort()}`);
  await using server = shell(here, port);
  await server.stderrLine(bus ? /^The room lobby is on the bus / : /^The bus .* is out of reach: /);
  await server.stderrLine(/Listening on/);
  await using ann = await Chatter.join(port);
  if (bus) {
    const other = freePort();
    await using second = shell(here, other);
    await second.stderrLine(/Listening on/);
    await using bob = await Chatter.join(other);
    await ann.say("你好");
    await bob.hears(/^<user1-\w+> 你好$/);
    second.signal("SIGTERM");
    await bob.getsEnd();
    await bob.leave();
  }
  server.signal("SIGTERM");
  await ann.getsEnd();
  await ann.leave();
  await server.ends(143);
}

/** A client: what is typed, what must be shown, and what it is answered, where that is no echo. */
export function dialled(typed: string, expected: string, answer?: string): Trial {
  return async (line, port) => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port });
    const answered = listener.accept().then(async (conn) => {
      if (answer === undefined) return await conn.readable.pipeTo(conn.writable).catch(() => {});
      await conn.read(new Uint8Array(64));
      await writeAll(conn, answer);
      conn.close();
    });
    await using client = shell(line, port, { stdin: { content: typed } });
    const { stdout } = await client.ends(0);
    await answered;
    assertStringIncludes(stdout, expected);
  };
}

/** A client of a mail server: what is said between the greeting and the farewell. */
export function greeted(said: string): Trial {
  return async (line, port) => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port });
    const heard = listener.accept().then(async (conn) => {
      await writeAll(conn, "220 ready\r\n");
      const text = await readText(conn, said);
      await writeAll(conn, "221 bye\r\n");
      conn.close();
      return text;
    });
    await using client = shell(line, port);
    assertEquals((await client.ends(0)).stdout, "220 ready\r\n221 bye\r\n");
    assertEquals(await heard, said);
  };
}

/** `<p>` and 你好 in GBK, as a web server sends it. */
const PAGE = Uint8Array.of(0x3c, 0x70, 0x3e, 0xc4, 0xe3, 0xba, 0xc3);

function servePage(port: number): Deno.HttpServer {
  const headers = { "content-type": "text/html; charset=gbk" };
  return Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, () => new Response(PAGE, { headers }));
}

/** A download: the file that it leaves. */
export function fetched(file: string | undefined, ...others: string[]): Trial {
  return async (line, port) => {
    await using folder = await Folder.make();
    await using _web = servePage(port);
    await using program = shell(line, port, { cwd: folder.path });
    const { stdout, stderr } = await program.ends(0);
    assertMatch(stdout + stderr, /HTTP\/1\.1 200 OK/);
    if (line.includes("--show-request")) assertStringIncludes(stderr, "> HEAD / HTTP/1.1");
    assertEquals(await folder.names(), file === undefined ? [] : [...others, file].sort());
    if (file === undefined) return;
    assertEquals(await Deno.readFile(folder.at(file)), line.includes("--to-utf8") ? utf8("<p>你好") : PAGE);
  };
}

/** A download that gives nothing but the body. */
export async function fetchedQuietly(line: string, port: number): Promise<void> {
  await using _web = servePage(port);
  await using program = shell(line, port);
  const { code, bytes, stderr } = await program.status();
  assertEquals([code, bytes, stderr], [0, PAGE, ""]);
}

/** A download from a site of the internet, which is played by a proxy. */
export async function fetchedThroughProxy(line: string, port: number): Promise<void> {
  await using folder = await Folder.make();
  const asked: string[] = [];
  await using _proxy = Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, ({ url }) => {
    asked.push(url);
    return new Response("hi");
  });
  await using program = shell(`${line} --proxy http://127.0.0.1:${port}`, port, { cwd: folder.path });
  const { code, stdout } = await program.status();
  assertStringIncludes(stdout, "HTTP/1.1 200 OK");
  assertEquals([code, asked, await folder.get("baidu.html")], [0, ["http://www.baidu.com/"], "hi"]);
}

/** A certificate: for whom it says that it is, and the files that it leaves. */
export function certified(names: string, prefix = "sockeye"): Trial {
  return async (line, port) => {
    await using folder = await Folder.make();
    await using program = shell(line, port, { cwd: folder.path });
    assertStringIncludes((await program.ends(0)).stderr, `A certificate for ${names}, valid until `);
    assertEquals(await folder.names(), [`${prefix}-ca.crt`, `${prefix}.crt`, `${prefix}.key`]);
  };
}

/** A client or an echo server, and the one that it needs on the other side. */
export function paired(other: string): Trial {
  return async (line, port) => {
    await using folder = await Folder.make();
    const start = (words: string, options: StartOptions = {}) => shell(words, port, { cwd: folder.path, ...options });
    if (/--cert|--ca/.test(line)) await start("sockeye cert localhost").ends(0);
    const [serving, dialling] = line.includes(" server ") ? [line, other] : [other, line];
    await using server = start(serving);
    await server.stderrLine(/Listening on/);
    await using client = start(dialling, { stdin: { content: "hi" } });
    assertMatch((await client.status()).stdout, /^hi/);
    await server.ends(143, "SIGTERM");
  };
}

/** A file below the home folder that is written. */
export function installed(path: string, pattern: RegExp): Trial {
  return async (line, port) => {
    await using folder = await Folder.make();
    await Deno.mkdir(folder.at(path.replace(/[^/]+$/, "")), { recursive: true });
    await using program = shell(line, port, { cwd: folder.path, env: { HOME: folder.path } });
    await program.ends(0);
    assertMatch(await Deno.readTextFile(folder.at(path)), pattern);
  };
}

/** The words before the pipe anywhere, all of them where PowerShell is. */
export async function forPowerShell(line: string): Promise<void> {
  const { stdout } = await spawnSockeye((line.split(" | ")[0] ?? "").split(" ").slice(1)).ends(0);
  assertMatch(stdout, /^Register-ArgumentCompleter -Native -CommandName sockeye /m);
  if (!has("pwsh")) return;
  const [file = "", ...args] = sockeyeCommand([]);
  const call = [`& '${file}'`, ...args.map((word) => `'${word}'`), "@args"].join(" ");
  await using pwsh = new Program(["pwsh", "-NoProfile", "-Command", `function sockeye { ${call} }; ${line}`]);
  assertEquals((await pwsh.ends(0)).stderr, "");
}

export async function paged(line: string, port: number): Promise<void> {
  await using program = shell(line, port, { env: { LC_ALL: "C.UTF-8", MANPAGER: "cat", PAGER: "cat" } });
  const { stdout, stderr } = await program.ends(0);
  assertEquals(stderr, "");
  assertMatch(stdout, /^SOCKEYE\(1\)/);
}
