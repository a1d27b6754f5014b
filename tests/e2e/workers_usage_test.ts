/** What `server --workers` refuses: one line that names what does not fit, and its exit code. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { linux, needs, permissionsAreOurs, spawnSockeye } from "./harness.ts";

/** What workers need when the program is no compiled one. */
const PERMISSIONS = ["--allow-net", "--allow-read"];

/** What several workers cannot do, and words that the one line about each must have. */
const WRONG: readonly (readonly [args: string, code: number, ...words: string[]])[] = [
  ["talk 0 --workers 2", 2, "--workers", "echo, reply, discard", "talk"],
  ["chat 0 --workers 2", 2, "--workers", "echo, reply, discard", "chat"],
  ["echo udp://0 --workers 2", 2, "--workers", "tcp and tls", "udp"],
  ["echo unix:/tmp/no --workers 2", 2, "--workers", "tcp and tls", "unix"],
  ["echo 0 --workers 2 --once", 2, "--workers", "--once"],
  ["echo 0 --workers 2 --max-per-host 3", 2, "--workers", "--max-per-host"],
  ["echo 0 --workers 0", 2, "--workers", '"0"', "1 to 64"],
  ["echo 0 --workers 65", 2, "--workers", '"65"', "1 to 64"],
  ["echo 0 --workers two", 2, "--workers", '"two"'],
  ["reply 0 --workers 2", 2, "--text"],
];

for (const [args, expected, ...words] of WRONG) {
  Deno.test(`server ${args} ends with ${expected} and one line that says why`, needs([], linux), async () => {
    await ends(["server", ...args.split(" ")], PERMISSIONS, expected, words);
  });
}

for (
  const [given, missing] of [[["--allow-net"], "--allow-read"], [
    ["--allow-net=127.0.0.1:0", "--allow-read"],
    "--allow-net",
  ]] as const
) {
  Deno.test(
    `server --workers with only ${given.join(" ")} ends with 13`,
    needs([], linux && permissionsAreOurs),
    async () => {
      await ends(["server", "echo", "0", "--workers", "2"], given, 13, [missing]);
    },
  );
}

async function ends(
  args: readonly string[],
  permissions: readonly string[],
  expected: number,
  words: readonly string[],
): Promise<void> {
  await using program = spawnSockeye(args, { permissions });
  const { code, stdout, stderr } = await program.status();
  assertMatch(stderr, /^sockeye: [^\n]+\n$/);
  for (const word of words) assert(stderr.includes(word), stderr);
  assertEquals([code, stdout], [expected, ""]);
}

Deno.test("server --workers 1 is the server as ever, and needs nothing more", async () => {
  await using server = spawnSockeye(["server", "chat", "0", "--workers", "1"]);
  await server.port();
  server.signal("SIGTERM");
  assertEquals((await server.status()).code, 143);
});
