/**
 * Permissions that `deno run` does not grant: the one line on stderr names the flag that grants them, and the exit code
 * is 13. A compiled program has the permissions that it was compiled with, so that all of this is run from source.
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { Folder } from "../fetch/helpers.ts";
import { serveRaw } from "../fetch/server.ts";
import { Chatters } from "../support/chatter.ts";
import { freeUdpPort, GROUP, hasMulticast } from "../support/datagrams.ts";
import { fails } from "../support/failing.ts";
import { eventually, freePort, linux, needs, python, spawnSockeye } from "../support/harness.ts";

const MISSING = ": the permission is missing";

/** A command line, what is granted, and the flag that is named. Each runs in an empty folder, which stays empty. */
const FORBIDDEN: readonly (readonly [args: string, granted: string, flag: string])[] = [
  [
    "server echo 0",
    "--allow-read",
    `Cannot listen on tcp://127.0.0.1:0${MISSING}; add --allow-net to deno run, before main.ts\n`,
  ],
  ["server echo 0", "--allow-net=127.0.0.1:1", "--allow-net"],
  ["server echo 0 --workers 2", "--allow-net", "--allow-read"],
  ["server echo 0 --workers 2", "--allow-net=127.0.0.1:0 --allow-read", "--allow-net"],
  ["server echo udp://127.0.0.1:0", "--allow-read", "--allow-net"],
  ["server echo udp://127.0.0.1:0", "--allow-net=127.0.0.1:1", "--allow-net"],
  ["server echo tls://127.0.0.1:9443", "--allow-net=127.0.0.1:1", "--allow-net"],
  ["server echo tls://127.0.0.1:0 --cert a.pem --key a.key", "--allow-net", "--allow-read"],
  ["server chat 0 --log room.log", "--allow-net", `Cannot write "room.log"${MISSING}; add --allow-write`],
  ["server chat 0 --history-file room.db", "--allow-net --allow-write", "add --allow-read to deno run"],
  ["server chat 0 --history-file room.db", "--allow-net --allow-read", "add --allow-write to deno run"],

  [
    "server chat 0 --log x --history-file y",
    "",
    "add --allow-net --allow-read --allow-write to deno run, before main.ts\n",
  ],
  ["server chat 0 --log x --history-file y", "--allow-net=127.0.0.1:0 --allow-read", "add --allow-write to"],
  ["server chat unix:x --log y", "", "add --allow-net --allow-read --allow-write to deno run"],
  ["server tls://0 --cert a --key b", "", "add --allow-net --allow-read to deno run"],
  ["server echo 0 --workers 2", "", "add --allow-net --allow-read to deno run"],
  ["client 9 --file x", "", "add --allow-net --allow-read to deno run"],
  ["client udp://9 --join 239.1.2.3%lo --file x", "", "add --allow-net --allow-read --allow-sys=networkInterfaces to"],
  ["fetch -q SITE -d @file", "", "add --allow-net --allow-read --allow-write to deno run"],
  ["fetch -q SITE -o - -d @file", "", "add --allow-net --allow-read to deno run"],
  ["fetch -q SITE --ca x --proxy localhost:9", "", "add --allow-net --allow-read --allow-write to deno run"],
  ["cert --force", "", "add --allow-read --allow-write to deno run"],

  [
    "client 127.0.0.1 9",
    "",
    `Cannot connect to tcp://127.0.0.1:9${MISSING}; add --allow-net to deno run, before main.ts\n`,
  ],
  ["client 9 --file x", "--allow-net", `Cannot read "x"${MISSING}; add --allow-read to deno run, before main.ts\n`],
  ["client udp://127.0.0.1:9 --send x", "", "--allow-net"],
  ["client udp://127.0.0.1:9 --send x", "--allow-net=127.0.0.1:9", "--allow-net=0.0.0.0:0,127.0.0.1:9 "],
  ["client udp://[::1]:9 --send x", "--allow-net=[::1]:9", "--allow-net=[::]:0,[::1]:9 "],
  ["client udp://9 --join 239.1.2.3%lo", "--allow-net", "--allow-sys=networkInterfaces "],
  ["client udp://9 --join ff15::1%eth0", "--allow-net --allow-sys=hostname", "--allow-sys=networkInterfaces "],
  ["client udp://127.0.0.1:9 --file deno.json", "--allow-net", "--allow-read"],
  ["client tls://127.0.0.1:9 --send x", "--allow-read", "--allow-net"],
  ["client tls://127.0.0.1:9 --ca ca.pem --send x", "--allow-net", "--allow-read"],

  ["fetch -q SITE", "--allow-write", "Cannot"],
  ["fetch -q SITE", "--allow-net=127.0.0.2 --allow-write", "add --allow-net"],
  ["fetch -q SITE", "--allow-net", "add --allow-write"],
  ["fetch -q SITE -o file", "--allow-net --allow-write=/nowhere", "add --allow-write"],
  ["fetch -q SITE --ca ca.pem", "--allow-net --allow-write", "add --allow-read"],
  ["fetch -q SITE -d @file", "--allow-net --allow-write", "add --allow-read"],
  ["fetch -q SITE --head --header-output head", "--allow-net", "add --allow-write"],

  ["cert", "", "add --allow-write to deno run"],
  ["cert", "--allow-net --allow-read", "add --allow-write to deno run"],
  ["cert", "--allow-write=sockeye.crt,sockeye.key", "add --allow-write to deno run"],
];

/** What each of these lacks, for a server and for a client. */
const UNIX: readonly (readonly [granted: string, flags: string])[] = [
  ["", "--allow-net --allow-read --allow-write"],
  ["--allow-net", "--allow-read --allow-write"],
  ["--allow-net --allow-read", "--allow-write"],
  ["--allow-net --allow-write", "--allow-read"],
  ["--allow-net --allow-read=/nowhere --allow-write", "--allow-read"],
  ["--allow-net=127.0.0.1 --allow-read --allow-write", "--allow-net"],
];

const ROWS = [
  ...FORBIDDEN,
  ...UNIX.flatMap(([granted, flags]) =>
    ["server echo unix:x", "client unix:x"].map((args) =>
      [args, granted, ` add ${flags} to deno run, before main.ts\n`] as const
    )
  ),
];

for (const [args, granted, flag] of ROWS) {
  Deno.test(`sockeye ${args} with ${granted || "no permission"} ends with 13 and names ${flag.trim()}`, async () => {
    await using folder = await Folder.make();
    await using site = serveRaw((exchange) => exchange.answer("200 OK", [], "hello"));
    const permissions = granted.split(" ").filter((word) => word !== "");
    await fails(args.replace("SITE", site.url().href), 13, [flag], { only: permissions, cwd: folder.path });
    assertEquals(await folder.names(), []);
  });
}

Deno.test("client --source with only its peer permitted ends in one line", async () => {
  const port = freePort();
  const args = ["client", "127.0.0.1", String(port), "--source", "127.0.0.1", "--send", "x"];
  await using program = spawnSockeye(args, { only: [`--allow-net=127.0.0.1:${port}`] });
  const { code, stderr } = await program.status();
  assertMatch(stderr, /^sockeye: [^\n]+\n$/);
  assert(code === 13 || code === 4, `${code}: ${stderr}`); // Nobody listens there.
});

Deno.test("client --join with the name of no interface ends with 4", async () => {
  const args = ["client", "udp://239.1.2.3:9", "--join", "239.1.2.3%no-such0"];
  const says = 'Cannot join 239.1.2.3 on "no-such0": this machine has no such interface';
  await fails(args, 4, [says], { only: ["--allow-net", "--allow-sys=networkInterfaces"] });
});

Deno.test("client --join finds an interface by its name", needs([], hasMulticast && linux), async () => {
  const port = freeUdpPort();
  const permissions = ["--allow-net", "--allow-sys=networkInterfaces"];
  const args = ["client", `udp://${GROUP}:${port}`, "--join", `${GROUP}%lo`];
  await using client = spawnSockeye(args, { stdin: "piped", only: permissions });
  await client.stderrLine(/^Speaking to 239\.255\.77\.88:\d+$/);
  await python("multicast", ["send", GROUP, "127.0.0.1", port], { stdin: { content: "one\n" } }).ends(0);
  assertEquals(await client.stdoutText(/one\n$/), "one\n");
});

Deno.test("cert --force that may not read ends with 13, names --allow-read and touches nothing", async () => {
  for (const read of [[], ["--allow-read=sockeye.crt,sockeye.key,sockeye-ca.crt"]]) {
    await using folder = await Folder.make();
    const names = ["sockeye-ca.crt", "sockeye.crt", "sockeye.key"];
    for (const name of names) await folder.put(name, `old ${name}`);
    const words = [/^sockeye: Cannot replace "sockeye\.crt": [^\n]*add --allow-read to deno run, before main.ts\n$/];
    await fails("cert --force", 13, words, { only: ["--allow-write", ...read], cwd: folder.path });
    assertEquals(await folder.names(), names);
    for (const name of names) assertEquals(await folder.get(name), `old ${name}`);
  }
});

Deno.test("fetch with a list of permitted hosts keeps to them", async () => {
  await using folder = await Folder.make();
  await using site = serveRaw((exchange) => exchange.answer("200 OK", [], "hello"));
  const permissions = [`--allow-net=${site.authority}`, "--allow-write=."];
  await spawnSockeye(["fetch", site.url().href], { only: permissions, cwd: folder.path }).ends(0);
  assertEquals(await folder.get("file"), "hello");
});

Deno.test("fetch and server chat --log write to devices with every permission", needs([], linux), async () => {
  await using folder = await Folder.make();
  await using site = serveRaw((exchange) => exchange.answer("200 OK", [], "hello"));
  const options = { only: ["--allow-all"], cwd: folder.path };
  const full = /^sockeye: Cannot write to the device: No space left on device[^\n]*\n$/;
  const args = ["fetch", site.url().href];
  assertMatch((await spawnSockeye([...args, "-o", "/dev/full"], options).ends(9)).stderr, full);
  const { stderr } = await spawnSockeye([...args, "-q", "--header-output", "/dev/stderr"], options).ends(0);
  assertEquals([stderr.includes("HTTP/1.1 200 OK"), await folder.names()], [true, ["file"]]);
  await using server = spawnSockeye(["server", "chat", "0", "--log", "/dev/full"], options);
  await using chatters = await Chatters.join(await server.port(), 2);
  await server.stderrLine(/^sockeye: Cannot write "\/dev\/full": .*; lines are missing in it$/);
  await chatters.list[0]?.say("and yet");
  await chatters.list[1]?.hears(/^<user1> and yet$/);
});

Deno.test("fetch that may not read promises no more than it can when it is stopped, and leaves NAME alone", async () => {
  await using folder = await Folder.make();
  await folder.put("file", "old");
  const fields = ['ETag: "v1"', "Content-Length: 10"];
  await using site = serveRaw((exchange) => exchange.answer("200 OK", fields, "hello").then(() => exchange.stall()));
  const options = { only: ["--allow-net", "--allow-write"], cwd: folder.path };
  await using fetch = spawnSockeye(["fetch", site.url().href, "-o", "file"], options);
  assert(await eventually(async () => await folder.get("file.part") === "hello"));
  const { stderr } = await fetch.ends(130, "SIGINT");
  const kept = "5 bytes are kept in file.part, but --resume has to begin again: that takes --allow-read\n";
  assertEquals([stderr, await folder.files()], [kept, { file: "old", "file.part": "hello" }]);
});

Deno.test("server chat --web needs no permission but that of its own port", async () => {
  const port = freePort();
  const permissions = [`--allow-net=127.0.0.1:${port}`];
  await using server = spawnSockeye(["server", "chat", String(port), "--web"], { only: permissions });
  await server.port();
  const page = await fetch(`http://127.0.0.1:${port}/`);
  await page.body?.cancel();
  assertEquals(page.status, 200);
});
