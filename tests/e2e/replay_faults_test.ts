/** `sockeye replay` with a network that misbehaves, and with recordings that are not whole. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Folder, inFolder } from "../fetch/helpers.ts";
import { type Step, writeRecording } from "../capture/recorded_file.ts";
import { spawnSockeye } from "../support/harness.ts";
import { connect, Host, readAll, readText, textOf, writeAll } from "../support/sockets.ts";
import { randomFrom } from "../text/random.ts";

const READS = { permissions: ["--allow-net", "--allow-read"] };

const TALK: readonly Step[] = [["up", "hello\n"], ["down", "hello yourself\n"], ["up", "bye\n"], ["down", "see you\n"]];

async function record(folder: Folder): Promise<string> {
  await writeRecording(folder.at("talk.pcapng"), [TALK]);
  return folder.at("talk.pcapng");
}

/** Answers as recorded to what it reads exactly; else with what it read. */
function server(): Host<string> {
  return new Host(async (conn) => {
    const first = await readText(conn, "hello\n");
    await writeAll(conn, first === "hello\n" ? "hello yourself\n" : first);
    await readText(conn, "bye\n");
    await writeAll(conn, "see you\n");
    return first;
  });
}

inFolder("replay --to --fault disturbs what the client says", async (folder) => {
  const file = await record(folder);
  const play = (port: number, code: number, ...args: string[]) =>
    spawnSockeye(["replay", file, "--to", String(port), ...args], READS).ends(code);
  await using whole = server();
  assertMatch((await play(whole.port, 0, "--fault", "split=1")).stderr, /repeated by --seed \d+$/m);
  assertEquals(await whole.done, "hello\n");
  await using changed = server();
  const { stderr } = await play(changed.port, 10, "--fault", "up:corrupt=1", "--seed", "3");
  assertMatch(stderr, /^sockeye: Message 2 of stream 1 differs at byte 0/m);
  assertMatch(
    (await play(9, 2, "--fault", "down:cut=1")).stderr,
    /a client disturbs what it sends only; use tap for down:$/m,
  );
});

inFolder("replay --listen --fault disturbs what the server answers", async (folder) => {
  const args = ["replay", await record(folder), "--listen", "0", "--fault", "cut=9"];
  await using program = spawnSockeye(args, READS);
  using conn = await connect(await program.port());
  await writeAll(conn, "hello\n");
  assertEquals(textOf(await readAll(conn)), "hello you");
  assertMatch(
    (await spawnSockeye([...args.slice(0, 4), "--fault", "up:cut=9"], READS).ends(2)).stderr,
    /a server disturbs its answers only; use tap for up:$/m,
  );
});

inFolder("a recording that was cut anywhere plays as far as it goes, or is an error of one line", async (folder) => {
  const bytes = await Deno.readFile(await record(folder));
  const random = randomFrom(30);
  const lengths = [0, 4, 30, ...Array.from({ length: 5 }, () => random(bytes.length))];
  await Promise.all(lengths.map(async (length) => {
    const name = folder.at(`${length}.pcapng`);
    await Deno.writeFile(name, bytes.subarray(0, length));
    await using host = new Host(async (conn) => {
      await writeAll(conn, "hello yourself\nsee you\n");
      await readAll(conn);
    });
    const program = spawnSockeye(["replay", name, "--to", String(host.port), "--wait", "200ms"], READS);
    await using _ = program;
    const { code, stderr } = await program.status();
    assert([0, 2, 9, 10].includes(code), `${length}: ${code} ${stderr}`);
    if (code !== 0) assertEquals(stderr.split("\n").filter((line) => line.startsWith("sockeye: ")).length, 1, stderr);
    assert(!/^\s+at /m.test(stderr), stderr);
  }));
});
