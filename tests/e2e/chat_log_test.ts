/** `server chat --log`: what was said, in a file. */

import { assertEquals, assertMatch } from "@std/assert";
import { inFolder } from "../fetch/helpers.ts";
import { Chatters } from "../support/chatter.ts";
import { spawnSockeye } from "../support/harness.ts";

const permissions = ["--allow-net", "--allow-write"];

const STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /;

inFolder("server chat --log appends what is said, run after run", async (folder) => {
  const path = folder.at("room.log");
  for (const text of ["第一次", "第二次"]) {
    await using server = spawnSockeye(["server", "chat", "0", "--log", path], { permissions });
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
