/** Servers that give files to clients and take files from them, over every transport with an end. */

import { assertEquals, assertMatch } from "@std/assert";
import { Folder } from "../fetch/helpers.ts";
import { linux, needs, spawnSockeye } from "../support/harness.ts";

const FILES = ["--allow-net", "--allow-read", "--allow-write"];

/** More than sockets hold, so that the file has to wait for its reader. */
const BYTES = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * 2654435761) >>> 24);

/** Where servers listen, the words of a client for it, and whether messages keep their boundaries. */
const TRANSPORTS = [
  ["tcp://127.0.0.1:0", []],
  ["tls://127.0.0.1:0", ["--insecure"]],
  ["ws://127.0.0.1:0", []],
  ["unix:socket", []],
] as const;

/** The address of a server, as a client writes it. */
async function addressOf(server: ReturnType<typeof spawnSockeye>): Promise<string> {
  return (await server.stderrLine(/^Listening on (\S+)/))[1] ?? "";
}

for (const [address, words] of TRANSPORTS) {
  Deno.test(`server reply --file serves a file over ${address}, and server discard --output takes one`, async () => {
    await using folder = await Folder.make();
    const bytes = address.startsWith("ws") ? BYTES.subarray(0, 500_000) : BYTES;
    await Deno.writeFile(folder.at("big"), bytes);
    const options = { permissions: FILES, cwd: folder.path };
    await using giver = spawnSockeye(
      ["server", "reply", address, "--file", "big", "--then", "close", "--once"],
      options,
    );
    const give = ["client", await addressOf(giver), "--send", "x", "-q", ...words];
    const given = await spawnSockeye(give, options).ends(0);
    assertEquals(given.bytes.length, bytes.length);
    assertEquals(given.bytes, bytes);
    await giver.ends(0);
    await using taker = spawnSockeye(["server", "discard", address, "--output", "got-{id}", "--once"], options);
    await spawnSockeye(["client", await addressOf(taker), "--file", "big", ...words], options).ends(0);
    const { stdout, stderr } = await taker.ends(0);
    assertMatch(stderr, /^#1 .* is saved as "got-1"$/m);
    assertEquals(stdout, "", "what is kept is not shown");
    assertEquals(await Deno.readFile(folder.at("got-1")), bytes);
  });
}

Deno.test(
  "server discard --output without --allow-read begins the file anew",
  needs([]),
  async () => {
    await using folder = await Folder.make();
    await Deno.writeTextFile(folder.at("got"), "an old and longer text");
    const permissions = ["--allow-net", `--allow-write=${folder.at("got")}`];
    await using server = spawnSockeye(["server", "discard", "0", "-o", folder.at("got"), "--once"], {
      only: permissions,
    });
    await spawnSockeye(["client", String(await server.port()), "--send", "new"]).ends(0);
    await server.ends(0);
    assertEquals([await Deno.readTextFile(folder.at("got")), await folder.names()], ["new", ["got"]]);
  },
);
Deno.test("server discard --output ends with 9 when the file could not be written", async () => {
  await using folder = await Folder.make();
  const options = { permissions: FILES, cwd: folder.path };
  await using server = spawnSockeye(["server", "discard", "0", "-o", "nowhere/got", "--once"], options);
  await spawnSockeye(["client", String(await server.port()), "--send", "new"]).status();
  const { stderr } = await server.ends(9);
  assertMatch(stderr, /^sockeye: #1 .* Cannot write "nowhere\/got": No such file or directory$/m);
});

const WRONG: readonly (readonly [string[], number, RegExp])[] = [
  [["discard", "udp://0", "-o", "x"], 2, /^sockeye: Option --output is for tcp, tls, unix, ws and wss, not for udp$/],
  [["reply", "udp://0", "--file", "x"], 2, /^sockeye: Option --file is for tcp, tls, unix, ws and wss, not for udp$/],
  [["reply", "0", "--file", "x"], 9, /^sockeye: Cannot read "x": there is no such file$/],
  [
    ["reply", "0", "--text-hex", "0"],
    2,
    /^sockeye: --text-hex: Cannot parse hex "0": "0" has an odd number of digits$/,
  ],
  [["reply", "0", "--text", "\\q", "--escapes"], 2, /^sockeye: Unknown escape "\\q"/],
  [["echo", "0", "-o", "x"], 2, /^sockeye: Option -o is for discard, not for echo$/],
];

for (const [args, code, message] of WRONG) {
  Deno.test(`server ${args.join(" ")} ends with ${code} before it listens`, async () => {
    await using folder = await Folder.make();
    const { stderr } = await spawnSockeye(["server", ...args], { permissions: FILES, cwd: folder.path }).ends(code);
    assertMatch(stderr.trimEnd(), message);
  });
}

Deno.test("server discard --output refuses workers", needs([], linux), async () => {
  const words = ["server", "discard", "0", "-o", "x", "--workers", "2"];
  const { stderr } = await spawnSockeye(words, { permissions: FILES }).ends(2);
  assertEquals(stderr, "sockeye: Options --workers and --output do not go together: each worker is on its own\n");
});

Deno.test("files of a server need their permissions before it listens", needs([]), async () => {
  for (
    const [args, flag] of [[["discard", "0", "-o", "x"], "write"], [["reply", "0", "--file", "x"], "read"]] as const
  ) {
    const { stderr } = await spawnSockeye(["server", ...args], { only: ["--allow-net"] }).ends(
      13,
    );
    assertMatch(
      stderr,
      new RegExp(
        `^sockeye: Cannot ${flag} "x": the permission is missing; add --allow-${flag} to deno run, before main.ts\n$`,
      ),
    );
  }
});
