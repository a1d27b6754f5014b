/** How the documented commands of `check` are tried: against servers that are right, and a client that is. */

import { assertEquals, assertMatch } from "@std/assert";
import { spawnSockeye } from "../support/harness.ts";
import { connect, readText, writeAll } from "../support/sockets.ts";
import { shell, type Trial } from "./trials.ts";

/** A command that tests nothing prints this. */
export function told(pattern: RegExp): Trial {
  return async (line, port) => {
    assertMatch((await shell(line, port).ends(0)).stdout, pattern);
  };
}

/** The words of `server` for the program that a suite tests. */
const SERVERS: Readonly<Record<string, (port: number) => string[]>> = {
  echo: (port) => ["echo", String(port)],
  reply: (port) => ["reply", String(port), "--text", "收到", "-e", "gbk"],
  chat: (port) => ["chat", String(port)],
  udp: (port) => ["echo", `udp://${port}`],
  segments: (port) => ["echo", String(port)],
};

/** A server that is right gets no FAIL. */
export async function checked(line: string, port: number): Promise<void> {
  const [, suite = ""] = / check (\w+)/.exec(line) ?? [];
  const words = SERVERS[suite]?.(port);
  await using web = words ? undefined : serveWeb(port);
  await using server = words && spawnSockeye(["server", ...words]);
  await server?.stderrLine(/^Listening on /);
  const { stdout } = await shell(line, port).ends(0);
  assertMatch(stdout, /^\d+ ok, 0 failed/m);
  assertEquals(web === undefined, words !== undefined);
}

/** A web server with a Chinese page. */
function serveWeb(port: number) {
  const headers = { "content-type": "text/html; charset=utf-8" };
  return Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, async (request) => {
    await request.text();
    const isHome = new URL(request.url).pathname === "/";
    return isHome ? new Response("<p>你好</p>\n", { headers }) : new Response("not here\n", { status: 404 });
  });
}

/** A client that says a line, reads until it has come back, and leaves. */
export async function checkedClient(line: string, port: number): Promise<void> {
  await using check = shell(line, port);
  await check.stderrLine(/client/);
  using conn = await connect(port);
  await writeAll(conn, "hello\n");
  assertEquals(await readText(conn, "hello\n"), "hello\n");
  await conn.closeWrite();
  assertMatch((await check.ends(0)).stdout, /^1 ok, 0 failed/m);
}
