/** `server chat --log`: what was said, in a file. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { Folder } from "../fetch/helpers.ts";
import { Chatters } from "../support/chatter.ts";
import { eventually, linux, needs, permissionsAreOurs, spawnSockeye } from "../support/harness.ts";

/** What a server with a log needs. */
const permissions = ["--allow-net", "--allow-write"];

/** The time before every line. */
const STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /;

Deno.test("server chat --log appends what is said, run after run", async () => {
  await using folder = await Folder.make();
  const path = folder.at("room.log");
  for (const text of ["第一次", "第二次"]) {
    await using server = spawnSockeye(["server", "chat", "0", "--log", path], { permissions });
    await using chatters = await Chatters.join(await server.port(), 2);
    const [first, second] = chatters.list;
    await first?.say(text);
    await second?.hears(new RegExp(`^<user1> ${text}$`));
    server.signal("SIGTERM");
    await chatters.getEnd();
    assertEquals((await server.status()).code, 143);
  }
  const lines = (await Deno.readTextFile(path)).split("\n");
  assertEquals(lines.pop(), "", "the last line has its end");
  for (const line of lines) assertMatch(line, STAMP);
  const run = (text: string) => [
    "*** user1 joined",
    "*** user2 joined",
    `<user1> ${text}`,
    "*** The server stops. Goodbye",
  ];
  assertEquals(lines.map((line) => line.replace(STAMP, "")), [...run("第一次"), ...run("第二次")]);
});

Deno.test("server chat --log has what is said while the server runs", async () => {
  await using folder = await Folder.make();
  const path = folder.at("room.log");
  const granted = ["--allow-net", `--allow-write=${folder.path}`];
  await using server = spawnSockeye(["server", "chat", "0", "--log", path], { permissions: granted });
  await using chatters = await Chatters.join(await server.port(), 1);
  await chatters.list[0]?.say("nobody hears me");
  assert(await eventually(async () => (await Deno.readTextFile(path)).endsWith("Z <user1> nobody hears me\n")));
});

/** Logs that cannot be, and what is said about them. */
const IMPOSSIBLE = [
  { what: "without --allow-write", granted: ["--allow-net"], path: "room.log", code: 13, says: /--allow-write/ },
  { what: "into a folder that is not there", granted: permissions, path: "nowhere/room.log", code: 9, says: /nowhere/ },
  { what: "onto a folder", granted: permissions, path: ".", code: 9, says: /directory/ },
] as const;

for (const { what, granted, path, code, says } of IMPOSSIBLE) {
  Deno.test(`server chat --log ${what} ends with ${code}`, needs([], code !== 13 || permissionsAreOurs), async () => {
    await using folder = await Folder.make();
    const args = ["server", "chat", "0", "--log", folder.at(path)];
    await using server = spawnSockeye(args, { permissions: granted });
    const ending = await server.status();
    assertMatch(ending.stderr, /^sockeye: Cannot write "[^\n]+\n$/);
    assertMatch(ending.stderr, says);
    assertEquals({ code: ending.code, stdout: ending.stdout }, { code, stdout: "" });
    assertEquals(await folder.names(), []);
  });
}

// A compiled program has the permissions that it was compiled with, and devices need all.
const onDevice = needs([], linux && permissionsAreOurs);

Deno.test("server chat --log onto a full disk says so once, and the room lives on", onDevice, async () => {
  const args = ["server", "chat", "0", "--log", "/dev/full"];
  await using server = spawnSockeye(args, { permissions: ["--allow-all"] });
  await using chatters = await Chatters.join(await server.port(), 2);
  const [first, second] = chatters.list;
  await server.stderrLine(/^sockeye: Cannot write "\/dev\/full": .*; lines are missing in it$/);
  for (let i = 0; i < 5; i++) {
    await first?.say(`line ${i}`);
    await second?.hears(new RegExp(`^<user1> line ${i}$`));
  }
  server.signal("SIGTERM");
  await chatters.getEnd();
  const { code, stderr } = await server.status();
  assertEquals(code, 143);
  assertEquals(stderr.match(/^sockeye: /gm)?.length, 1, stderr);
});
