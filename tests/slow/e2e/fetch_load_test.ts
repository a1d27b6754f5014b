/** `sockeye fetch` and a small body that stands for a large one. */

import * as zlib from "node:zlib";
import { assert, assertEquals } from "@std/assert";
import { type Folder, Gate, inFolder } from "../../fetch/helpers.ts";
import { RENAMING, startFetch } from "../../fetch/program.ts";
import { serveRaw } from "../../fetch/server.ts";
import { linux, needs, tool } from "../../support/harness.ts";
import { megabytes } from "../../support/process.ts";

const MIB = 1024 * 1024;

/** The most memory that a program has which does nothing. */
async function peakOfNothing(folder: Folder): Promise<number> {
  await folder.put("nothing.ts", `console.log("ready"); await Deno.stdin.read(new Uint8Array(1));`);
  const args = ["run", "--no-lock", ...RENAMING, folder.at("nothing.ts")];
  await using program = tool(Deno.execPath(), args, { stdin: "piped" });
  await program.stdoutLine(/ready/);
  return await megabytes(program, "ever");
}

inFolder("fetch of gzip that stands for 300 MiB stays below 64 MiB more", async (folder) => {
  const gzip = new Uint8Array(zlib.gzipSync(new Uint8Array(300 * MIB), { level: 1 }));
  const head = `HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${gzip.length}\r\n\r\n`;
  const sent = Promise.withResolvers<void>();
  // The last byte waits until the memory has been measured.
  await using server = serveRaw(async (exchange) => {
    await exchange.send(head, gzip.subarray(0, -1));
    sent.resolve();
    await goOn.opened;
    await exchange.send(gzip.subarray(-1));
  });
  using goOn = new Gate();
  const empty = await peakOfNothing(folder);
  await using program = startFetch(folder, [server.url().href, "-q"]);
  await sent.promise;
  const mib = await megabytes(program, "ever") - empty;
  goOn.open();
  await program.ends(0);
  assertEquals((await Deno.stat(folder.at("file"))).size, 300 * MIB);
  assert(mib < 64, `${Math.round(mib)} MiB`);
}, needs([], linux));
