/** What a long recording costs. */

import { assertGreater, assertLess } from "@std/assert";
import { Folder } from "../../fetch/helpers.ts";
import { linux, needs, spawnSockeye } from "../../support/harness.ts";
import { megabytes } from "../../support/process.ts";
import { connect, writeAll } from "../../support/sockets.ts";

const MEGABYTES = 200;

/** What the program may grow by after its first 20 MB. */
const GROWTH_MB = 24;

Deno.test("a recording of 200 MB takes no more memory than its buffers", needs([], linux), async () => {
  await using folder = await Folder.make();
  const permissions = ["--allow-net", "--allow-read", "--allow-write"];
  const args = ["server", "discard", "0", "--once", "--record", "big.pcapng", "--no-data"];
  await using server = spawnSockeye(args, { permissions, cwd: folder.path });
  const [, port = ""] = await server.stderrLine(/^Listening on \S+:(\d+)/);
  using client = await connect(Number(port));
  const piece = new Uint8Array(1_000_000);
  let before = 0;
  for (let sent = 1; sent <= MEGABYTES; sent++) {
    await writeAll(client, piece);
    if (sent === 20) before = await megabytes(server, "ever");
  }
  const grown = await megabytes(server, "ever") - before;
  client.close();
  await server.ends(0);
  assertGreater((await Deno.stat(folder.at("big.pcapng"))).size, MEGABYTES * 1_000_000);
  assertLess(grown, GROWTH_MB);
});
