/** A history that outlives the server. */

import { assertEquals, assertMatch } from "@std/assert";
import { hasSmallDisk } from "../fetch/small_disk.ts";
import { Chatter } from "../support/chatter.ts";
import { permissionsAreOurs, type Program, spawnSockeye } from "../support/harness.ts";

const FILES = { permissions: ["--allow-net", "--allow-read", "--allow-write"] };

/** A test with a folder of its own. */
function inFolder(name: string, ignore: boolean, test: (folder: string) => Promise<void>): void {
  Deno.test({
    name,
    ignore,
    fn: async () => {
      const folder = await Deno.makeTempDir();
      try {
        await test(folder);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

function serve(file: string, ...args: string[]): Program {
  return spawnSockeye(["server", "chat", "0", "--history-file", file, ...args], FILES);
}

inFolder("server chat --history-file gives newcomers what was said before a restart", false, async (folder) => {
  const file = `${folder}/room.db`;
  {
    await using server = serve(file);
    await using ann = await Chatter.join(await server.port());
    for (let i = 1; i <= 25; i++) await ann.say(`第 ${i} 行`);
    await server.stdoutLine(/第 25 行/);
    server.signal("SIGTERM");
    await ann.getsEnd();
    assertEquals((await server.status()).code, 143);
  }
  for (const [args, count] of [[[], 20], [["--history", "2"], 2], [["--history", "100"], 25]] as const) {
    await using server = serve(file, ...args);
    await using bob = await Chatter.join(await server.port());
    await bob.hears(/^<user1> 第 25 行$/);
    assertEquals(bob.heard.length, 1 + count);
  }
});

inFolder("server chat --history-file loses at most a second when it is killed", false, async (folder) => {
  const file = `${folder}/room.db`;
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
    await ann.getsEnd();
  }
  await using server = serve(file, "--history", "1000");
  await using bob = await Chatter.join(await server.port());
  const lines = await bob.all(/^<user1> line /, killed);
  assertEquals(lines, lines.map((_, i) => `<user1> line ${i}`));
});

inFolder("server chat --history-max trims the file", false, async (folder) => {
  const file = `${folder}/room.db`;
  {
    await using server = serve(file, "--history-max", "3");
    await using ann = await Chatter.join(await server.port());
    for (let i = 1; i <= 9; i++) await ann.say(String(i));
    await server.stdoutLine(/> 9$/);
    server.signal("SIGTERM");
    await ann.getsEnd();
    await server.status();
  }
  await using server = serve(file);
  await using bob = await Chatter.join(await server.port());
  await bob.hears(/^<user1> 9$/);
  assertEquals(bob.heard.slice(1), ["<user1> 7", "<user1> 8", "<user1> 9"]);
});

inFolder("server chat refuses a file that is no history, or open elsewhere, in one line", false, async (folder) => {
  const file = `${folder}/room.db`;
  await Deno.writeTextFile(`${folder}/text`, "no database\n".repeat(100));
  await using first = serve(file);
  await first.port();
  for (const [path, state] of [["text", "it is no history"], ["room.db", "another server has it open"]]) {
    await using server = serve(`${folder}/${path}`);
    const { code, stdout, stderr } = await server.status();
    assertEquals([code, stdout], [9, ""]);
    assertEquals(stderr, `sockeye: Cannot keep the history in "${folder}/${path}": ${state}\n`);
  }
});

inFolder("server chat --history-file names the permission that is missing", !permissionsAreOurs, async (folder) => {
  for (const [given, missing] of [["--allow-write", "read"], ["--allow-read", "write"]] as const) {
    const args = ["server", "chat", "0", "--history-file", `${folder}/room.db`];
    await using server = spawnSockeye(args, { permissions: ["--allow-net", given] });
    const { code, stderr } = await server.status();
    assertEquals(code, 13);
    assertMatch(stderr, new RegExp(`^sockeye: Cannot keep [^\\n]*; add --allow-${missing} to deno run\\n$`));
  }
});

inFolder("server chat --history-file on a full disk says so once, and the room lives on", !hasSmallDisk, async () => {
  const via = `exec unshare -rm sh -c 'mount -t tmpfs -o size=160k sockeye /mnt && exec "$@"' sh "$@"`;
  await using server = spawnSockeye(["server", "chat", "0", "--history-file", "/mnt/room.db"], { ...FILES, via });
  const port = await server.port();
  await using ann = await Chatter.join(port);
  await using bob = await Chatter.join(port);
  for (let i = 0; i < 3; i++) await ann.say("x".repeat(60_000));
  await server.stderrLine(/^sockeye: Cannot write "\/mnt\/room\.db": the disk is full; lines are missing in it$/);
  await ann.say("and yet");
  await bob.hears(/^<user1> and yet$/);
});
