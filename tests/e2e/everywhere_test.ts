/**
 * Places where users start a program: other folders, words in any script, no variables, nothing that can be written.
 */

import { assertEquals, assertMatch } from "@std/assert";
import { inFolder } from "../fetch/helpers.ts";
import { FILES } from "../support/failing.ts";
import { linux, needs, spawnSockeye } from "../support/harness.ts";
import { connect, readText, writeAll } from "../support/sockets.ts";

/** Text that is more than one byte a character, and more than one unit of UTF-16. */
const WORDS = "信息 🧦 naïve Ω";

/** Makes every file system read-only for one program; what the system itself still needs stays. */
const READ_ONLY = `exec unshare -m sh -c '
  cut -d" " -f5 /proc/self/mountinfo | while read -r at; do mount -o remount,bind,ro "$at" 2>/dev/null; done
  if touch here 2>/dev/null; then echo "still writable"; exit 99; fi
  exec "$@"' sh "$@"`;

const canMount = (() => {
  if (!linux || needs(["unshare", "mount"]).ignore) return false;
  const args = ["-m", "mount", "-o", "remount,bind,ro", "/proc"];
  return new Deno.Command("unshare", { args, stderr: "null" }).outputSync().success;
})();

/** How a server is started, and that it serves then. */
const PLACES: readonly { readonly name: string; readonly via: string; readonly fits: boolean }[] = [
  { name: "without any variable in its environment", via: `exec env -i "$@"`, fits: linux },
  { name: "on a read-only file system", via: READ_ONLY, fits: canMount },
  { name: "with a home and a temporary folder that are nowhere", via: `HOME=/no TMPDIR=/no exec "$@"`, fits: linux },
];

for (const { name, via, fits } of PLACES) {
  inFolder(`server ${name} serves`, async (folder) => {
    await using server = spawnSockeye(["server", "reply", "0", "--text", WORDS], { via, cwd: folder.path });
    using client = await connect(await server.port());
    await writeAll(client, "hi");
    assertEquals(await readText(client, WORDS), WORDS);
    await client.closeWrite();
    await server.ends(143, "SIGTERM");
  }, needs(["sh"], fits));
}

inFolder("client sends words of any script, and a file with such a name", async (folder) => {
  await folder.put(`${WORDS}.txt`, WORDS);
  await using server = spawnSockeye(["server", "echo", "0"]);
  const port = String(await server.port());
  for (const args of [["--send", WORDS], ["--file", `${WORDS}.txt`]]) {
    await using client = spawnSockeye(["client", port, ...args], { cwd: folder.path, permissions: FILES });
    assertEquals((await client.ends(0)).stdout, WORDS);
  }
});

inFolder("fetch on a read-only file system ends with 9", async (folder) => {
  await using web = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => new Response(WORDS));
  const args = ["fetch", "-q", `http://127.0.0.1:${web.addr.port}/`, "-o", "page.html"];
  await using program = spawnSockeye(args, { via: READ_ONLY, cwd: folder.path, permissions: FILES });
  const { code, stderr } = await program.status();
  assertMatch(stderr, /^sockeye: Cannot write "page\.html[^"]*": Read-only file system[^\n]*\n$/);
  assertEquals([code, await folder.names()], [9, []]);
}, needs(["sh"], canMount));
