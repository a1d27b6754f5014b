/** `server --workers`: from outside it is one server, whatever thread a client meets. */

import { assert, assertEquals, assertGreater, assertGreaterOrEqual, assertLess, assertMatch } from "@std/assert";
import { Certificates, hasOpenssl } from "../support/certificates.ts";
import { READ } from "../support/failing.ts";
import { eventually, freePort, linux, needs, spawnSockeye, standsStill, UNSEEN } from "../support/harness.ts";
import type { Program } from "../support/program.ts";
import { connect, readAll, readText, Witness, writeAll } from "../support/sockets.ts";

/** So many that each of two workers has some: that one of them has none happens once in 2^63 times. */
const MANY = 64;

/** Starts a server with two workers, on a port that is free. */
function serve(args: readonly string[], via?: string): Program {
  return spawnSockeye(["server", ...args, "--workers", "2"], { permissions: READ, ...(via && { via }) });
}

/** Clients that leave with the scope that holds them. */
class Crowd implements Disposable {
  private constructor(readonly conns: readonly Deno.Conn[]) {}

  static async join(count: number, dial: () => Promise<Deno.Conn>): Promise<Crowd> {
    return new Crowd(await Promise.all(Array.from({ length: count }, dial)));
  }

  /** Each sends a text of its own; what came back. */
  chorus(): Promise<string[]> {
    return Promise.all(this.conns.map(async (conn, i) => {
      const text = `客户 ${i}\n`;
      await writeAll(conn, text);
      return await readText(conn, text);
    }));
  }

  /** What {@linkcode chorus} gives when each hears itself. */
  get echo(): string[] {
    return this.conns.map((_, i) => `客户 ${i}\n`);
  }

  [Symbol.dispose](): void {
    for (const conn of this.conns) conn.close();
  }
}

function shares(stderr: string): number[] {
  return [...stderr.matchAll(/^Worker \d+ served (\d+) connections?$/gm)].map(([, count]) => Number(count));
}

function test(name: string, fn: () => Promise<void>, fits = true): void {
  Deno.test(`server --workers ${name}`, needs([], linux && fits), fn);
}

test("shares clients out, numbers them and sums up as one server", async () => {
  await using server = serve(["echo", "0", "-v"]);
  const port = await server.port();
  let bytes = 0;
  {
    using crowd = await Crowd.join(MANY, () => connect(port));
    assertEquals(await crowd.chorus(), crowd.echo);
    bytes = new TextEncoder().encode(crowd.echo.join("")).length;
  }
  for (let i = 0; i < MANY; i++) await server.stderrLine(/ left: closed by the peer; /);
  const { stdout, stderr } = await server.ends(143, "SIGTERM");
  const [one = 0, two = 0, ...more] = shares(stderr);
  assertEquals([one + two, more], [MANY, []]);
  assertGreater(Math.min(one, two), 0);
  const numbers = [...stderr.matchAll(/^#(\d+) .* connected$/gm)].map(([, number]) => Number(number));
  assertEquals(numbers.sort((a, b) => a - b), Array.from({ length: MANY }, (_, i) => i + 1));
  assertEquals(stdout.match(/^#\d+ < 客户 \d+$/gm)?.length, MANY);
  assertEquals(stderr.match(/^Listening on /gm)?.length, 1);
  const sum = new RegExp(`^Done: ${MANY} connections; ${bytes} B in, ${bytes} B out, `, "m");
  assertMatch(stderr, sum);
});

test("tells whole events as JSON, and one beginning and one end", async () => {
  await using server = serve(["reply", "0", "--text", "已收到 {data}", "-e", "gbk", "--json"]);
  const port = await server.port();
  using crowd = await Crowd.join(MANY, () => connect(port));
  await Promise.all(crowd.conns.map(async (conn) => {
    await writeAll(conn, new Uint8Array([0xc4, 0xe3]));
    assertEquals((await readAll(conn, 9)).toHex(), "d2d1cad5b5bd20c4e3");
    await conn.closeWrite();
    await readAll(conn);
  }));
  for (let i = 0; i < MANY; i++) await server.stdoutLine(/"event":"close"/);
  const { stdout, stderr } = await server.ends(130, "SIGINT");
  const events = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  const count = (name: string) => events.filter(({ event }) => event === name).length;
  assertEquals([count("listen"), count("open"), count("close"), count("done")], [1, MANY, MANY, 1]);
  assertEquals(events.filter(({ event, text }) => event === "recv" && text === "你").length, MANY);
  const { event, peers, received, sent } = events.at(-1);
  assertEquals([event, peers, received, sent], ["done", MANY, 2 * MANY, 9 * MANY]);
  assertEquals(stderr, "");
});

test("keeps --max-connections for all workers together", async () => {
  await using server = serve(["echo", "0", "--max-connections", "5"]);
  const port = await server.port();
  const first = async (conn: Deno.Conn) => {
    await writeAll(conn, "x");
    return await readText(conn, "x");
  };
  using crowd = await Crowd.join(40, () => connect(port));
  const answers = await Promise.all(crowd.conns.map(first));
  assertEquals([answers.filter((text) => text === "x").length, answers.filter((text) => text === "s").length], [5, 35]);
  const refused = crowd.conns[answers.indexOf("s")];
  assert(refused);
  assertEquals(new TextDecoder().decode(await readAll(refused)), "ockeye: too many connections (limit 5)\n");
  const inside = crowd.conns[answers.indexOf("x")];
  await inside?.closeWrite();
  // Its place is free as soon as the server has seen it leave, and one alone gets it.
  using next = new DisposableStack();
  const join = async () => await first(next.use(await connect(port)));
  assert(await eventually(async () => await join().catch(() => "") === "x"), "nobody was taken after one had left");
  assertEquals(await join(), "s");
});

/** Clients that send and do not read, until the server takes no more of them. */
async function clog(port: number, count: number): Promise<Crowd & { sent(): number; writing: Promise<unknown> }> {
  const crowd = await Crowd.join(count, () => connect(port));
  const chunk = new Uint8Array(256 * 1024).fill(120);
  let sent = 0;
  const writing = Promise.all(crowd.conns.map(async (conn) => {
    while (true) sent += await conn.write(chunk);
  })).catch(() => {});
  await standsStill(() => sent);
  return Object.assign(crowd, { sent: () => sent, writing });
}

test("waits for clients that do not read only as long as --drain says", async () => {
  await using server = serve(["echo", "0", "--drain", "700ms"], UNSEEN);
  using crowd = await clog(await server.port(), 16);
  const start = performance.now();
  await server.ends(143, "SIGTERM");
  assertGreaterOrEqual(performance.now() - start, 650);
  assertLess(performance.now() - start, 4_500); // Without the option it would be five seconds.
  await crowd.writing;
});

test("ends at once on a second SIGINT", async () => {
  await using server = serve(["echo", "0", "--drain", "1h"], UNSEEN);
  const port = await server.port();
  using crowd = await clog(port, 16);
  using witness = await Witness.join(port);
  server.signal("SIGINT");
  await witness.getsFin();
  await server.ends(130, "SIGINT");
  await crowd.writing;
});

test("serves on when the reader of its stdout has left", async () => {
  await using server = serve(["echo", "0"]);
  const port = await server.port();
  using crowd = await Crowd.join(16, () => connect(port));
  await server.leaveStdout();
  for (let i = 0; i < 3; i++) assertEquals(await crowd.chorus(), crowd.echo);
  server.signal("SIGTERM");
  for (const conn of crowd.conns) await conn.closeWrite();
  await server.ends(143);
});

test("shows one certificate in all threads, and each refuses whom it shall", async () => {
  await using made = await Certificates.make();
  await made.signed();
  await using server = serve(["echo", "tls://127.0.0.1:0", ...made.own(), "-v", "--deny", "127.0.0.2"]);
  const port = await server.port();
  const dial = () => Deno.connectTls({ hostname: "localhost", port, caCerts: [made.ca] });
  {
    using crowd = await Crowd.join(24, dial);
    assertEquals(await crowd.chorus(), crowd.echo);
  }
  server.signal("SIGTERM");
  const { stderr } = await server.status();
  assertGreater(Math.min(...shares(stderr)), 0);
  assertMatch(stderr, /^Done: 24 connections; /m);
}, hasOpenssl);

test("makes one certificate for all", async () => {
  await using server = serve(["echo", "tls://0", "-v"]);
  const [, pin = ""] = await server.stderrLine(/--pin (sha256:\S+)$/);
  const port = await server.port();
  for (let i = 0; i < 4; i++) {
    await spawnSockeye(["client", `tls://127.0.0.1:${port}`, "--pin", pin, "--send", "hi", "--expect", "hi"]).ends(0);
  }
  server.signal("SIGTERM");
  assertEquals((await server.status()).stderr.match(/Made a certificate/g)?.length, 1);
});

test("takes no port that another server has, unless both share it", async () => {
  const port = String(freePort());
  await using first = serve(["echo", port]);
  await first.port();
  await using second = serve(["echo", port]);
  const { stderr } = await second.ends(4);
  assertMatch(stderr, new RegExp(`^sockeye: Cannot listen on tcp://127.0.0.1:${port}: [^\n]+\n$`));
  await using third = serve(["echo", port, "--reuse-port"]);
  await third.port();
  using crowd = await Crowd.join(8, () => connect(Number(port)));
  assertEquals(await crowd.chorus(), crowd.echo);
});
