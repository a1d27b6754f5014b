/** `sockeye fetch` and much data: memory, rate, bombs. */

import * as zlib from "node:zlib";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Folder, Gate } from "../../fetch/helpers.ts";
import { RENAMING, runFetch, startFetch } from "../../fetch/program.ts";
import { type Exchange, serveRaw } from "../../fetch/server.ts";
import { linux, needs, tool } from "../../support/harness.ts";
import { megabytes } from "../../support/process.ts";

const MIB = 1024 * 1024;

/** The same of a program that does nothing. */
async function peakOfNothing(folder: Folder): Promise<number> {
  await folder.put("nothing.ts", `console.log("ready"); await Deno.stdin.read(new Uint8Array(1));`);
  const args = ["run", "--no-lock", ...RENAMING, folder.at("nothing.ts")];
  await using program = tool(Deno.execPath(), args, { stdin: "piped" });
  await program.stdoutLine(/ready/);
  return await megabytes(program, "ever");
}

/** Sends a body and keeps its last byte until the memory has been measured. */
async function measured(
  send: (exchange: Exchange) => Promise<unknown>,
  last: Uint8Array,
  args: readonly string[],
): Promise<{ mib: number; saved: number }> {
  await using folder = await Folder.make();
  const sent = Promise.withResolvers<void>();
  await using server = serveRaw(async (exchange) => {
    await send(exchange);
    sent.resolve();
    await goOn.opened;
    await exchange.send(last);
  });
  using goOn = new Gate();
  const empty = await peakOfNothing(folder);
  await using program = startFetch(folder, [server.url().href, "-q", ...args]);
  await sent.promise;
  const mib = await megabytes(program, "ever") - empty;
  goOn.open();
  const { code, stderr } = await program.status();
  assertEquals(code, 0, stderr);
  return { mib, saved: (await Deno.stat(folder.at("file"))).size };
}

Deno.test("fetch of 300 MiB stays below 64 MiB more than a program that does nothing", needs([], linux), async () => {
  const part = new Uint8Array(4 * MIB).fill(120);
  const { mib, saved } = await measured(
    async (exchange) => {
      await exchange.send(`HTTP/1.1 200 OK\r\nContent-Length: ${300 * MIB + 1}\r\n\r\n`);
      for (let i = 0; i < 75; i++) await exchange.send(part);
    },
    Uint8Array.of(1),
    [],
  );
  assertEquals(saved, 300 * MIB + 1);
  assert(mib < 64, `${Math.round(mib)} MiB`);
});

Deno.test("fetch of gzip that stands for 300 MiB stays below 64 MiB more", needs([], linux), async () => {
  const gzip = new Uint8Array(zlib.gzipSync(new Uint8Array(300 * MIB), { level: 1 }));
  const { mib, saved } = await measured(
    (exchange) =>
      exchange.send(
        `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${gzip.length}\r\n\r\n`,
        gzip.subarray(0, -1),
      ),
    gzip.subarray(-1),
    [],
  );
  assertEquals(saved, 300 * MIB);
  assert(mib < 64, `${Math.round(mib)} MiB`);
});

Deno.test("fetch --max-size stops a gzip bomb, and NAME stays as it was", async () => {
  await using folder = await Folder.make();
  await folder.put("file", "old");
  const bomb = new Uint8Array(zlib.gzipSync(new Uint8Array(64 * MIB)));
  assert(bomb.length < MIB, "its length gives nothing away");
  await using server = serveRaw((exchange) => exchange.answer("200 OK", ["Content-Encoding: gzip"], bomb));
  const { code, stderr } = await runFetch(folder, [server.url().href, "--max-size", "1m"]);
  assertMatch(stderr, /^sockeye: [^\n]*larger than 1048576 bytes \(--max-size\)[^\n]*\n$/);
  assertEquals([code, await folder.names(), await folder.get("file")], [9, ["file"], "old"]);
});

Deno.test("fetch --limit-rate takes as long as the rate asks for", async () => {
  await using folder = await Folder.make();
  await using server = serveRaw((exchange) => exchange.answer("200 OK", [], new Uint8Array(100_000)));
  const started = performance.now();
  const { code } = await runFetch(folder, [server.url().href, "--limit-rate", "100k"]);
  const ms = performance.now() - started;
  assertEquals([code, (await Deno.stat(folder.at("file"))).size], [0, 100_000]);
  assert(ms > 900, `${Math.round(ms)} ms for a second's worth`);
});

Deno.test("fetch saves a large body byte for byte, chunked in odd pieces", async () => {
  await using folder = await Folder.make();
  const body = Uint8Array.from({ length: 5_000_000 }, (_, i) => (i * 31 + (i >> 8)) & 0xff);
  await using server = serveRaw(async (exchange) => {
    await exchange.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (let at = 0, size = 1; at < body.length; at += size, size = size * 3 % 70_001 + 1) {
      const piece = body.subarray(at, at + size);
      await exchange.send(`${piece.length.toString(16)}\r\n`, piece, "\r\n");
    }
    await exchange.send("0\r\n\r\n");
  });
  const { code, stderr } = await runFetch(folder, [server.url().href]);
  assertEquals(code, 0, stderr);
  const saved = await Deno.readFile(folder.at("file"));
  assertEquals([saved.length, saved.findIndex((byte, i) => byte !== body[i])], [body.length, -1]);
});
