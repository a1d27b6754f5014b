/** `sockeye tap --fault`, measured from outside. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { eventually, type Program, spawnSockeye } from "../support/harness.ts";
import { assertNear } from "../support/near.ts";
import { connect, Host, readAll, readText, textOf, writeAll } from "../support/sockets.ts";

const echo = async (conn: Deno.Conn) => {
  for (const buffer = new Uint8Array(65536);;) {
    const count = await conn.read(buffer);
    if (count === null) return await conn.closeWrite();
    await writeAll(conn, buffer.subarray(0, count));
  }
};

async function startTap(target: number, ...rules: string[]) {
  const faults = rules.flatMap((rule) => ["--fault", rule]);
  const tap = spawnSockeye(["tap", "0", String(target), "--seed", "1", ...faults]);
  return { tap, port: await tap.port() };
}

/** What comes until an end, and that end. */
async function readToAnyEnd(conn: Deno.Conn): Promise<[bytes: number, end: string]> {
  const buffer = new Uint8Array(65536);
  for (let bytes = 0;;) {
    const count = await conn.read(buffer).catch((error) => String(error.name));
    if (typeof count !== "number") return [bytes, count ?? "FIN"];
    bytes += count;
  }
}

Deno.test("tap --fault delay acts in each direction, in its mean and spread, from the first byte", async () => {
  await using target = new Host(echo);
  const { tap, port } = await startTap(target.port, "delay=20ms~5ms");
  await using _ = tap;
  using client = await connect(port);
  // The delay is drawn for each 1,460 bytes.
  const block = "x".repeat(1460);
  const trips: number[] = [];
  // A busy machine makes trips longer: some are tried until one takes hardly more than its two delays.
  while (trips.length < 20 || (Math.min(...beyond(trips, told(tap))) > 5 && trips.length < 200)) {
    const began = performance.now();
    await writeAll(client, block);
    await readText(client, block);
    trips.push(performance.now() - began);
    await eventually(() => told(tap).length === 2 * trips.length);
  }
  const delays = told(tap);
  assertEquals(delays.length, 2 * trips.length);
  for (const way of [">", "<"]) {
    const lines = tap.stdout.match(new RegExp(`^#1 ${way} x+ {2}\\(delayed \\d+ ms\\)$`, "gm"));
    assertEquals(lines?.length, trips.length, way);
  }
  assertNear(sum(delays) / delays.length, 20, 2);
  const [least, most] = [Math.min(...delays), Math.max(...delays)];
  assert(least >= 15 && most <= 25 && most - least >= 5, `${delays}`);
  const more = beyond(trips, delays);
  assert(Math.min(...more) >= -2 && Math.min(...more) <= 5, `${more}`);
});

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

/** The delays that tap has told, in milliseconds: for each trip one there and one back. */
function told({ stdout }: Program): number[] {
  return [...stdout.matchAll(/ {2}\(delayed (\d+) ms\)$/gm)].map(([, ms]) => Number(ms));
}

/** How many milliseconds each trip took beyond its two delays. */
function beyond(trips: readonly number[], delays: readonly number[]): number[] {
  return trips.map((ms, at) => ms - sum(delays.slice(2 * at, 2 * at + 2)));
}

Deno.test("tap --fault reset: exactly n bytes arrive, then both ends are reset", async () => {
  const heard = Promise.withResolvers<[number, string]>();
  await using target = new Host(async (conn) => heard.resolve(await readToAnyEnd(conn)));
  const { tap, port } = await startTap(target.port, "up:reset=1000");
  await using _ = tap;
  using client = await connect(port);
  await writeAll(client, new Uint8Array(5000).fill(0x61));
  assertEquals(await readToAnyEnd(client), [0, "ConnectionReset"]);
  assertEquals(await heard.promise, [1000, "ConnectionReset"]);
  await tap.stdoutLine(/^#1 > a+ {2}\(reset here\)$/);
  await tap.stderrLine(/^#1 \S+ closed: reset by a fault; 1000 B up, 0 B down/);
});

Deno.test("tap --fault cut ends its own direction only", async () => {
  await using target = new Host(async (conn) => {
    await writeAll(conn, `heard ${textOf(await readAll(conn))}`);
    await conn.closeWrite();
  });
  const { tap, port } = await startTap(target.port, "up:cut=5");
  await using _ = tap;
  using client = await connect(port);
  await writeAll(client, "hello, world");
  assertEquals(textOf(await readAll(client)), "heard hello");
  await tap.stdoutLine(/^#1 > hello {2}\(cut here\)$/);
  await tap.stdoutLine(/^#1 > , world {2}\(not passed on\)$/);
});

Deno.test("tap --fault stall passes no more, not even FIN; when both sides have ended the connection does", async () => {
  await using target = new Host(async (conn) => {
    await readText(conn, "12345");
    await writeAll(conn, "answer");
    await conn.closeWrite();
  });
  const { tap, port } = await startTap(target.port, "up:stall=5");
  await using _ = tap;
  using client = await connect(port);
  await writeAll(client, "123456789");
  await client.closeWrite();
  assertEquals(textOf(await readAll(client)), "answer");
  await tap.stdoutLine(/^#1 > 12345 {2}\(stalled here\)$/);
  await tap.stderrLine(/^#1 \S+ closed: .*; 5 B up, 6 B down/);
});

Deno.test("tap --fault: a rate, corruption and a split at once, repeated by the seed", async () => {
  const text = "0123456789".repeat(400);
  const run = async (size: number) => {
    await using target = new Host(echo);
    const { tap, port } = await startTap(target.port, "up:rate=20k", "up:corrupt=0.01", "down:split=100");
    await using _ = tap;
    using client = await connect(port);
    const began = performance.now();
    const sent = (async () => {
      for (let at = 0; at < text.length; at += size) await writeAll(client, text.slice(at, at + size));
      await client.closeWrite();
    })();
    const [got] = await Promise.all([readAll(client), sent]);
    const ms = performance.now() - began;
    assert(ms >= 190, `${ms} ms`);
    return [...got];
  };
  const [one, other] = await Promise.all([run(4000), run(37)]);
  assertEquals(one, other);
  assertNear(one.filter((byte, i) => byte !== text.charCodeAt(i)).length, 40, 20);
});

Deno.test("tap --fault drop and duplicate hit datagrams, and say so", async () => {
  const loopback = { transport: "udp", hostname: "127.0.0.1" } as const;
  const target = Deno.listenDatagram({ ...loopback, port: 0 });
  const client = Deno.listenDatagram({ ...loopback, port: 0 });
  const place = `udp://127.0.0.1:${(target.addr as Deno.NetAddr).port}`;
  const faults = ["--fault", "up:drop=0.5", "--fault", "up:duplicate=0.5", "--seed", "3", "--json"];
  await using tap = spawnSockeye(["tap", "udp://127.0.0.1:0", place, ...faults]);
  const port = await tap.port();
  for (let i = 0; i < 20; i++) await client.send(Uint8Array.of(65 + i), { ...loopback, port });
  await tap.stdoutLine(/"text":"T"/);
  const lines = tap.stdout.split("\n").filter((line) => /"event":"send"/.test(line)).map((line) => JSON.parse(line));
  const is = (word: string) => lines.filter(({ faults = [] }) => faults.includes(word)).length;
  assertEquals(lines.length, 20 + is("duplicate"));
  assert(is("dropped") > 3 && is("duplicate") > 1);
  const got: string[] = [];
  for (let i = 0; i < lines.length - is("dropped"); i++) got.push(textOf((await target.receive())[0]));
  assertEquals(got, lines.filter(({ faults = [] }) => !faults.includes("dropped")).map(({ text }) => text));
  for (const socket of [target, client]) socket.close();
});

Deno.test("tap --fault: what cannot be is told in one line", async () => {
  const cases = [
    [["9100", "9000", "--fault", "drop=0.1"], /^sockeye: --fault drop is for udp, not for tcp$/m],
    [["udp://:9100", "udp://127.0.0.1:9000", "--fault", "split=1"], /^sockeye: --fault split is for .*, not for udp$/m],
    [["9100", "9000", "--fault", "dealy=1s"], /^sockeye: Bad --fault "dealy=1s": .*did you mean "delay"\?$/m],
  ] as const;
  await Promise.all(cases.map(async ([args, says]) => {
    assertMatch((await spawnSockeye(["tap", ...args]).ends(2)).stderr, says);
  }));
});
