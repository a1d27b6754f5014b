/**
 * One download that goes on and on, gigabytes if it is given the time: every byte arrives, and the program does not
 * grow.
 */

import { createHash } from "node:crypto";
import { assertEquals, assertLess } from "@std/assert";
import { Folder } from "../fetch/helpers.ts";
import { startFetch } from "../fetch/program.ts";
import { serveRaw } from "../fetch/server.ts";
import { linux, needs, tool } from "../support/harness.ts";
import { megabytes } from "../support/process.ts";
import { PATIENCE_MS, rounds } from "./soak.ts";

/** Bytes between two looks at the memory. */
const ROUND_BYTES = 64 * 1024 * 1024;

/** Bytes that the sizes of chunks are smaller than; they come in odd sizes. */
const CHUNK_MAX = 1 << 20;

/** Megabytes that the program may have more than after its first rounds. */
const GROWTH_MB = 32;

Deno.test("soak: a download without an end in sight", needs(["sh", "mkfifo", "sha256sum"], linux), async () => {
  await using folder = await Folder.make();
  await new Deno.Command("mkfifo", { args: [folder.at("pipe")] }).output();
  await using sum = tool("sh", ["-c", "exec sha256sum <pipe"], { cwd: folder.path });
  const source = crypto.getRandomValues(new Uint8Array(65_536));
  const body = new Uint8Array(CHUNK_MAX).map((_, i) => source[i % source.length] ?? 0);
  const hash = createHash("sha256");
  const memory: number[] = [];
  await using server = serveRaw(async (exchange) => {
    await exchange.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    let size = 1;
    for (const _round of rounds(4)) {
      for (let sent = 0; sent < ROUND_BYTES; sent += size, size = size * 31 % CHUNK_MAX + 1) {
        const chunk = body.subarray(0, size);
        hash.update(chunk);
        await exchange.send(`${size.toString(16)}\r\n`, chunk, "\r\n");
      }
      memory.push(await megabytes(program));
    }
    await exchange.send("0\r\n\r\n");
  });
  await using program = startFetch(folder, [server.url().href, "-q", "-o", "-"], { via: `exec "$@" >pipe` });
  const [{ code, stderr }, { stdout }] = await Promise.all([program.status(PATIENCE_MS), sum.status(PATIENCE_MS)]);
  assertEquals([code, stdout.split(" ")[0]], [0, hash.digest("hex")], stderr);
  for (const now of memory.slice(2)) assertLess(now - (memory[1] ?? 0), GROWTH_MB, `${memory} MB`);
});
