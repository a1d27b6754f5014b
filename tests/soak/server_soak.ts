/**
 * Servers whose output nothing reads, among clients that come and go, that flood and that do not read: each echo arrives, and
 * neither memory nor descriptors grow.
 */

import { assertEquals, assertLess } from "@std/assert";
import { inFolder } from "../fetch/helpers.ts";
import { freePort, linux, needs, type Program, spawnSockeye } from "../support/harness.ts";
import { descriptors, holdsOnly, megabytes } from "../support/process.ts";
import { connect, readAll, writeAll } from "../support/sockets.ts";
import { rounds } from "./soak.ts";

/** Each with stdout and stderr into one pipe that nothing reads. */
const SERVERS = [["-v"], ["--json"], ["-x", "--workers", "2"]] as const;
const UNREAD = `mkfifo pipe-$$ && exec "$@" 1<>pipe-$$ 2>&1`;

const permissions = ["--allow-net", "--allow-read"];

/** Clients of a round that come, say something, hear it and leave. */
const COMERS = 200;

/** Bytes of a round that come back, and those that slow clients do not read. */
const FLOOD = new Uint8Array(1024 * 1024).fill(120);
const SLOW = 8;

/** Megabytes that a server may have more in the last quarter than in the third: what comes and goes differs by as much. */
const GROWTH_MB = 24;

async function dialled(port: number): Promise<Deno.TcpConn> {
  while (true) {
    const conn = await connect(port).catch(() => undefined);
    if (conn) return conn;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function echo(port: number, content: Uint8Array): Promise<void> {
  using conn = await connect(port);
  const heard = readAll(conn);
  await writeAll(conn, content);
  await conn.closeWrite();
  const { length } = await heard;
  assertEquals(length, content.length);
}

/** Sends what it does not read, waits as long as others talk, and leaves. */
async function readSlowly(port: number, others: Promise<unknown>): Promise<void> {
  using conn = await connect(port);
  const sending = writeAll(conn, FLOOD).catch(() => {});
  await others;
  await readAll(conn, FLOOD.length);
  await sending;
}

async function round(port: number): Promise<void> {
  const flood = echo(port, FLOOD);
  const slow = Array.from({ length: SLOW }, () => readSlowly(port, flood));
  for (let i = 0; i < COMERS; i += 10) {
    await Promise.all(Array.from({ length: 10 }, () => echo(port, FLOOD.subarray(0, 100))));
  }
  await Promise.all([flood, ...slow]);
}

inFolder("soak: servers whose output nothing reads", async (folder) => {
  const servers: { port: number; program: Program; before: number; memory: number[] }[] = [];
  await using stack = new AsyncDisposableStack();
  for (const args of SERVERS) {
    const port = freePort();
    const options = { via: UNREAD, cwd: folder.path, permissions };
    const program = stack.use(spawnSockeye(["server", "echo", String(port), ...args], options));
    (await dialled(port)).close();
    await round(port);
    servers.push({ port, program, before: await descriptors(program), memory: [] });
  }
  for (const _round of rounds(8)) {
    await Promise.all(servers.map(({ port }) => round(port)));
    for (const { program, before, memory } of servers) {
      await holdsOnly(program, before);
      memory.push(Math.round(await megabytes(program)));
    }
  }
  for (const { program, memory } of servers) {
    await program.ends(143, "SIGTERM");
    // The median of a quarter: one large collection says nothing of the others. In the first two, backlogs fill.
    const quarter = Math.ceil(memory.length / 4);
    const [early, late] = [memory.slice(-2 * quarter, -quarter), memory.slice(-quarter)].map((some) =>
      some.toSorted((a, b) => a - b)[some.length >> 1]
    );
    // deno-lint-ignore no-console
    console.log(`${memory.length} rounds: ${early} MB, at the end ${late} MB`);
    assertLess((late ?? Infinity) - (early ?? 0), GROWTH_MB, `${memory} MB`);
  }
}, needs(["sh", "mkfifo"], linux));
