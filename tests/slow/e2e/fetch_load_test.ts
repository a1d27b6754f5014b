/** `sockeye fetch` and much data: memory, rate, bombs. */

import * as zlib from "node:zlib";
import { assert, assertEquals } from "@std/assert";
import { Folder, Gate } from "../../fetch/helpers.ts";
import { RENAMING, startFetch } from "../../fetch/program.ts";
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
  await using program = startFetch(folder, [server.url().href, "-q"]);
  await sent.promise;
  const mib = await megabytes(program, "ever") - empty;
  goOn.open();
  await program.ends(0);
  return { mib, saved: (await Deno.stat(folder.at("file"))).size };
}

Deno.test("fetch of gzip that stands for 300 MiB stays below 64 MiB more", needs([], linux), async () => {
  const gzip = new Uint8Array(zlib.gzipSync(new Uint8Array(300 * MIB), { level: 1 }));
  const head = `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${gzip.length}\r\n\r\n`;
  const { mib, saved } = await measured((exchange) => exchange.send(head, gzip.subarray(0, -1)), gzip.subarray(-1));
  assertEquals(saved, 300 * MIB);
  assert(mib < 64, `${Math.round(mib)} MiB`);
});
