/** `server chat --log`: what was said, in a file. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { inFolder } from "../fetch/helpers.ts";
import { Chatters } from "../support/chatter.ts";
import { eventually, needs, spawnSockeye } from "../support/harness.ts";
import { connect, writeAll } from "../support/sockets.ts";

const permissions = ["--allow-net", "--allow-write"];

/** Windows has no SIGHUP. */
const ON_UNIX = needs([], Deno.build.os !== "windows");

const STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /;

inFolder("server chat --log appends what is said, run after run", async (folder) => {
  const path = folder.at("room.log");
  for (const text of ["第一次", "第二次"]) {
    await using server = spawnSockeye(["server", "chat", "0", "--log", path], { only: permissions });
    await using chatters = await Chatters.join(await server.port(), 2);
    const [first, second] = chatters.list;
    await first?.say(text);
    await second?.hears(new RegExp(`^<user1> ${text}$`));
    server.signal("SIGTERM");
    await chatters.getEnd();
    await server.ends(143);
  }
  const lines = (await Deno.readTextFile(path)).split("\n");
  assertEquals(lines.pop(), "", "the last line has its end");
  for (const line of lines) assertMatch(line, STAMP);
  const come = ["*** user1 joined", "*** user2 joined"];
  const run = (text: string) => [...come, `<user1> ${text}`, "*** The server stops. Goodbye"];
  assertEquals(lines.map((line) => line.replace(STAMP, "")), [...run("第一次"), ...run("第二次")]);
});

inFolder("server chat --log goes on in a new file after SIGHUP, when the old one was moved away", async (folder) => {
  await using server = spawnSockeye(["server", "chat", "0", "--log", "room.log"], { permissions, cwd: folder.path });
  using client = await connect(await server.port());
  const say = async (text: string) => {
    await writeAll(client, `${text}\n`);
    await server.stdoutLine(new RegExp(`> ${text}$`));
  };
  await say("before");
  assert(await eventually(async () => (await folder.get("room.log"))?.includes("before") ?? false));
  await Deno.rename(folder.at("room.log"), folder.at("room.log.1"));
  server.signal("SIGHUP");
  assert(await eventually(() => folder.names().then((names) => names.includes("room.log"))));
  await say("after");
  await client.closeWrite();
  await server.ends(143, "SIGTERM");
  const lines = async (name: string) => (await folder.get(name) ?? "").match(/(?<=<user1> ).*/g);
  assertEquals([await lines("room.log.1"), await lines("room.log")], [["before"], ["after"]]);
}, ON_UNIX);

inFolder("server chat --log stays in its file when a new one cannot be opened", async (folder) => {
  await Deno.mkdir(folder.at("logs"));
  const args = ["server", "chat", "0", "--log", "logs/room.log"];
  await using server = spawnSockeye(args, { permissions, cwd: folder.path });
  using client = await connect(await server.port());
  await Deno.rename(folder.at("logs"), folder.at("moved"));
  server.signal("SIGHUP");
  await server.stderrLine(/^sockeye: Cannot write "logs\/room\.log": .*; the log stays in the file that was open$/);
  await writeAll(client, "still here\n");
  await server.stdoutLine(/still here/);
  await client.closeWrite();
  await server.ends(143, "SIGTERM");
  assertMatch(await folder.get("moved/room.log") ?? "", /<user1> still here\n/);
}, ON_UNIX);
