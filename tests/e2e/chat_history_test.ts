/** A history that outlives the server. */

import { assertEquals } from "@std/assert";
import { inFolder } from "../fetch/helpers.ts";
import { hasSmallDisk } from "../fetch/small_disk.ts";
import { Chatter } from "../support/chatter.ts";
import { FILES } from "../support/failing.ts";
import { type Program, spawnSockeye } from "../support/harness.ts";

const onSmallDisk = { ignore: !hasSmallDisk };

function serve(file: string, ...args: string[]): Program {
  return spawnSockeye(["server", "chat", "0", "--history-file", file, ...args], { permissions: FILES });
}

inFolder("server chat --history-file gives newcomers what was said before a restart", async (folder) => {
  const file = folder.at("room.db");
  {
    await using server = serve(file);
    await using ann = await Chatter.join(await server.port());
    for (let i = 1; i <= 25; i++) await ann.say(`第 ${i} 行`);
    await server.stdoutLine(/第 25 行/);
    server.signal("SIGTERM");
    await ann.leave();
    await server.ends(143);
  }
  for (const [args, count] of [[[], 20], [["--history", "2"], 2], [["--history", "100"], 25]] as const) {
    await using server = serve(file, ...args);
    await using bob = await Chatter.join(await server.port());
    await bob.hears(/^<user1> 第 25 行$/);
    assertEquals(bob.heard.length, 1 + count);
  }
});

inFolder("server chat --history-file loses at most a second when it is killed", async (folder) => {
  const file = folder.at("room.db");
  let said = 0;
  let killed = 0;
  {
    await using server = serve(file);
    await using ann = await Chatter.join(await server.port());
    const times: number[] = [];
    for (const start = performance.now(); performance.now() - start < 2500; said++) {
      await ann.say(`line ${said}`);
      times.push(performance.now());
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    server.signal("SIGKILL");
    const end = performance.now();
    killed = times.filter((time) => time < end - 1_000).length;
    await server.status();
    await ann.leave();
  }
  await using server = serve(file, "--history", "1000");
  await using bob = await Chatter.join(await server.port());
  const lines = await bob.all(/^<user1> line /, killed);
  assertEquals(lines, lines.map((_, i) => `<user1> line ${i}`));
});

inFolder("server chat refuses a file that is no history, or open elsewhere, in one line", async (folder) => {
  const file = folder.at("room.db");
  await folder.put("text", "no database\n".repeat(100));
  await using first = serve(file);
  await first.port();
  for (const [path, state] of [["text", "it is no history"], ["room.db", "another server has it open"]] as const) {
    assertEquals(
      (await serve(folder.at(path)).ends(9)).stderr,
      `sockeye: Cannot keep the history in "${folder.at(path)}": ${state}\n`,
    );
  }
});

Deno.test("server chat --history-file on a full disk says so once, and the room lives on", onSmallDisk, async () => {
  const via = `exec unshare -rm sh -c 'mount -t tmpfs -o size=160k sockeye /mnt && exec "$@"' sh "$@"`;
  const args = ["server", "chat", "0", "--history-file", "/mnt/room.db"];
  await using server = spawnSockeye(args, { permissions: FILES, via });
  const port = await server.port();
  await using ann = await Chatter.join(port);
  await using bob = await Chatter.join(port);
  for (let i = 0; i < 3; i++) await ann.say("x".repeat(60_000));
  await server.stderrLine(/^sockeye: Cannot write "\/mnt\/room\.db": the disk is full; lines are missing in it$/);
  await ann.say("and yet");
  await bob.hears(/^<user1> and yet$/);
});
