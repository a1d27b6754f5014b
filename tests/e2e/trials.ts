/** How commands that the READMEs and the help show are tried: run as they are written, on a port that is free. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ROOT } from "../../scripts/root.ts";
import { encodeText } from "../../lib/text/encode.ts";
import { Chatter } from "./chatter.ts";
import { freePort, has, sockeyeCommand } from "./harness.ts";
import { Nats } from "./nats.ts";
import { Program, type StartOptions } from "./program.ts";
import { connect, readAll, readText, writeAll } from "./sockets.ts";

/** Ports that the examples use. */
const PORTS = /\b(8000|8088|8888|9000|9443|9999)\b/g;

/** How a command is tried. */
export type Trial = (line: string, port: number) => Promise<void>;

/** Runs the line in a shell where `sockeye` is the program; `deno` is the one that runs this test. */
export function shell(line: string, port: number, options: StartOptions = {}): Program {
  const quote = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;
  const sockeye = sockeyeCommand([], ["--allow-net", "--allow-write", "--allow-read"]).map(quote).join(" ");
  // The shell becomes the program, so that signals reach it.
  const script = `sockeye() { exec ${sockeye} "$@"; }; deno() { exec ${quote(Deno.execPath())} "$@"; }; `;
  const main = quote(`${ROOT}/main.ts`);
  const here = line.replace(PORTS, String(port)).replace(" main.ts", ` ${main}`).replace(/ +#.*/, "");
  return new Program(["bash", "-c", script + here], options);
}

/** A server: what one client sends and gets back, and its exit code after SIGTERM (0: it ends by itself). */
export function served(send: string, expected: string, code: number): Trial {
  return async (line, port) => {
    await using server = shell(line, port);
    await server.stderrLine(/Listening on/);
    using client = await connect(port);
    if (line.includes("--greet")) await readText(client, "Welcome!");
    await writeAll(client, send);
    const rest = line.includes("--greet") ? expected.replace("Welcome!", "") : expected;
    assertEquals(await readText(client, rest), rest);
    await server.stdoutLine(new RegExp(`#1 < ${send}`));
    await client.closeWrite();
    if (code !== 0) server.signal("SIGTERM");
    assertEquals((await server.status()).code, code);
  };
}

export async function servedInGbk(line: string, port: number): Promise<void> {
  await using server = shell(line, port);
  await server.stderrLine(/Listening on/);
  using client = await connect(port);
  await writeAll(client, new Uint8Array([0xc4, 0xe3, 0xba, 0xc3]));
  assertEquals((await readAll(client, 6)).toHex(), "d2d1cad5b5bd");
  await server.stdoutLine(/#1 < 你好/);
  server.signal("SIGTERM");
  await server.status();
}

export async function talked(line: string, port: number): Promise<void> {
  await using server = shell(line, port, { stdin: "piped" });
  await server.stderrLine(/Listening on/);
  using client = await connect(port);
  await writeAll(client, "hello");
  await server.stdoutLine(/#1 < hello/);
  await server.write("你好\nq\n");
  assertEquals(new TextDecoder(line.includes("-e gbk") ? "gbk" : "utf-8").decode(await readAll(client)), "你好");
  server.signal("SIGTERM");
  await server.status();
}

/** A chat: what the first of two clients says, and the second one hears. */
export function chatted(says: string, log?: string): Trial {
  return async (line, port) => {
    const encoding = line.includes("-e gbk") ? "gbk" : "utf-8";
    const folder = await Deno.makeTempDir();
    try {
      await using server = shell(line, port, { cwd: folder });
      await server.stderrLine(/Listening on/);
      using first = await connect(port);
      await server.stdoutLine(/^\*\*\* user1 joined$/);
      using second = await connect(port);
      await server.stdoutLine(/^\*\*\* user2 joined$/);
      await writeAll(first, encodeText(says, encoding));
      await server.stdoutLine(/^<user1> 你好$/);
      server.signal("SIGTERM");
      assertMatch(new TextDecoder(encoding).decode(await readAll(second)), /^<user1> 你好\n\*\*\* .*Goodbye\n$/m);
      assertEquals((await server.status()).code, 143);
      if (log) assertMatch(await Deno.readTextFile(`${folder}/${log}`), /<user1> 你好/);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  };
}

/** A chat that has a page on its port; the rest of it needs a browser. */
export async function browsed(line: string, port: number): Promise<void> {
  await using server = shell(line, port);
  await server.stderrLine(new RegExp(`^Browsers join at http://localhost:${port}/$`));
  const answer = await fetch(`http://127.0.0.1:${port}/`);
  assertStringIncludes(await answer.text(), "<title>sockeye</title>");
  using client = await connect(port);
  await writeAll(client, "你好\n");
  await server.stdoutLine(/^<user\d+> 你好$/);
  server.signal("SIGTERM");
  assertEquals((await server.status()).code, 143);
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
  }
  server.signal("SIGTERM");
  await ann.getsEnd();
  assertEquals((await server.status()).code, 143);
}

/** A client against an echo: what is typed, and what must come back. */
export function dialled(typed: string, expected: string): Trial {
  return async (line, port) => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port });
    const echoed = listener.accept().then(async (conn) => {
      await conn.readable.pipeTo(conn.writable).catch(() => {});
    });
    await using client = shell(line, port, { stdin: { content: typed } });
    const { code, stdout } = await client.status();
    await echoed;
    assertEquals(code, 0);
    assertStringIncludes(stdout, expected);
  };
}

/** A download from a small web server: the file that it leaves. */
export function fetched(file: string | undefined): Trial {
  return async (line, port) => {
    const folder = await Deno.makeTempDir();
    const page = new Uint8Array([0x3c, 0x70, 0x3e, 0xc4, 0xe3, 0xba, 0xc3]);
    await using _web = Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, () => {
      return new Response(page, { headers: { "content-type": "text/html; charset=gbk" } });
    });
    try {
      await using program = shell(line, port, { cwd: folder });
      const { code, stdout, stderr } = await program.status();
      assertEquals(code, 0, stderr);
      assertMatch(stdout + stderr, /HTTP\/1\.1 200 OK/);
      if (line.includes("--show-request")) assertStringIncludes(stderr, "> HEAD / HTTP/1.1");
      const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
      assertEquals(names, file === undefined ? [] : [file]);
      const saved = file === undefined ? undefined : await Deno.readFile(`${folder}/${file}`);
      if (saved) assertEquals(saved.toHex(), line.includes("--to-utf8") ? "3c703ee4bda0e5a5bd" : page.toHex());
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  };
}

/** A certificate: for whom it says that it is, and the files that it leaves. */
export function certified(names: string, prefix = "sockeye"): Trial {
  return async (line, port) => {
    const folder = await Deno.makeTempDir();
    try {
      await using program = shell(line, port, { cwd: folder });
      const { code, stderr } = await program.status();
      assertEquals(code, 0, stderr);
      assertStringIncludes(stderr, `A certificate for ${names}, valid until `);
      const files = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
      assertEquals(files.sort(), [`${prefix}-ca.crt`, `${prefix}.crt`, `${prefix}.key`]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  };
}

/** A client or an echo server, and the one that it needs on the other side. */
export function paired(other: string, more = ""): Trial {
  return async (line, port) => {
    const folder = await Deno.makeTempDir();
    const start = (words: string, options: StartOptions = {}) => shell(words, port, { cwd: folder, ...options });
    try {
      if (/--cert|--ca/.test(line)) assertEquals((await start("sockeye cert localhost").status()).code, 0);
      const [serving, dialling] = line.includes(" server ") ? [line, other] : [`${other} ${more}`, line];
      await using server = start(serving);
      await server.stderrLine(/Listening on/);
      await using client = start(dialling, { stdin: { content: "hi" } });
      assertMatch((await client.status()).stdout, /^hi/);
      server.signal("SIGTERM");
      assertEquals((await server.status()).code, 143);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  };
}
