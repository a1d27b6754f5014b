/** `sockeye fetch` stopped in the middle, by a person, by a signal that asks nobody, or by a disk that is full. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Folder, inFolder, sha256 } from "../fetch/helpers.ts";
import { RENAMING, runFetch, SAVING, startFetch } from "../fetch/program.ts";
import { type Exchange, type RawServer, type Script, serveRaw } from "../fetch/server.ts";
import { hasSmallDisk } from "../fetch/small_disk.ts";
import { eventually, linux, needs, type Program, standsStill, UNREAD } from "../support/harness.ts";
import { PROMPT_MS, within } from "../support/sockets.ts";

const TEXT = "0123456789".repeat(2000);
const HALF = TEXT.length / 2;
const ETAG = 'ETag: "v1"';

const GRANTED = [["", RENAMING], [" without read permission", SAVING]] as const;

/** Sends half of TEXT and keeps silent; to those who ask for a range, the rest. */
function halting(fields: readonly string[]): Script {
  return async (exchange: Exchange) => {
    const from = Number(/^bytes=(\d+)-$/.exec(exchange.field("range") ?? "")?.[1] ?? 0);
    if (from > 0) {
      const range = `Content-Range: bytes ${from}-${TEXT.length - 1}/${TEXT.length}`;
      return await exchange.answer("206 Partial Content", [...fields, range], TEXT.slice(from));
    }
    await exchange.answer("200 OK", [...fields, `Content-Length: ${TEXT.length}`], TEXT.slice(0, HALF));
    await exchange.stall();
  };
}

/** The download is in the middle: half of the body is in the part file. */
async function halfway(folder: Folder): Promise<void> {
  assert(await eventually(async () => (await folder.get("file.part"))?.length === HALF), "half of the body never came");
}

/** A download that has come halfway. */
async function started(
  folder: Folder,
  server: RawServer,
  act: (program: Program) => void,
  args: readonly string[] = [],
  permissions: readonly string[] = RENAMING,
) {
  await folder.put("file", "old");
  await using program = startFetch(folder, [server.url().href, "-o", "file", ...args], { only: permissions });
  await halfway(folder);
  act(program);
  return await program.status();
}

/** A body, its header, and the files that are left of it. */
const BODIES = [
  ["that can be continued keeps its part", [ETAG], ["file", "file.part", "file.part.json"]],
  ["that cannot keeps it as well", [], ["file", "file.part"]],
] as const;

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  for (const [name, fields, left] of BODIES) {
    inFolder(`fetch stopped by ${signal} ends with ${code} and leaves NAME alone; a body ${name}`, async (folder) => {
      await using server = serveRaw(halting(fields));
      const ending = await started(folder, server, (program) => program.signal(signal));
      const then = fields.length > 0
        ? ": --resume goes on with them"
        : ", but --resume has to begin again: the server ";
      assertEquals(ending.code, code);
      assert(ending.stderr.startsWith(`${HALF} bytes are kept in file.part${then}`), ending.stderr);
      assertEquals([await folder.names(), await folder.get("file")], [[...left], "old"]);
    });
  }
}

inFolder("fetch ends at Ctrl-C though nobody reads the pipe that it writes to", async (folder) => {
  await using server = serveRaw((exchange) => exchange.answer("200 OK", [], TEXT));
  await new Deno.Command("mkfifo", { args: [folder.at("pipe")] }).output();
  await using program = startFetch(folder, [server.url().href, "-o", "pipe"]);
  await program.stdoutLine(/^HTTP/);
  await program.ends(130, "SIGINT");
}, needs(["mkfifo"]));

for (const signal of ["SIGINT", "SIGKILL"] as const) {
  inFolder(`fetch --resume completes what ${signal} has left`, async (folder) => {
    await using server = serveRaw(halting([ETAG]));
    await started(folder, server, (program) => program.signal(signal));
    const { code, stderr } = await runFetch(folder, [server.url().href, "-o", "file", "--resume", "-v"]);
    assertEquals([code, await folder.names(), await folder.get("file") === TEXT], [0, ["file"], true]);
    assertEquals(server.exchanges[1]?.field("range"), `bytes=${HALF}-`);
    assertMatch(stderr, new RegExp(`^sha256 ${await sha256(TEXT)}$`, "m"));
  });
}

inFolder("fetch stopped by Ctrl-C does not go on with the next address", async (folder) => {
  await using server = serveRaw(halting([]));
  await using program = startFetch(folder, [server.url("/a").href, server.url("/b").href]);
  assert(await eventually(async () => (await folder.get("a.part"))?.length === HALF));
  program.signal("SIGINT");
  assertEquals([(await program.status()).code, server.heads.length, await folder.names()], [130, 1, ["a.part"]]);
});

inFolder("fetch -o - is stopped by Ctrl-C though nobody reads its output", async (folder) => {
  let sent = 0;
  await using server = serveRaw(async (exchange) => {
    await exchange.send("HTTP/1.1 200 OK\r\n\r\n");
    for (const part = new Uint8Array(64 * 1024);; sent++) await exchange.send(part);
  });
  await using program = startFetch(folder, [server.url().href, "-o", "-"], { via: UNREAD });
  assert(await eventually(() => sent > 0));
  await standsStill(() => sent);
  program.signal("SIGINT");
  assertEquals((await within(program.status(), PROMPT_MS, "The end")).code, 130);
}, needs(["sh", "mkfifo"]));

for (const [name, permissions] of GRANTED) {
  inFolder(`fetch${name} killed in the middle leaves NAME alone, and the next one works`, async (folder) => {
    await using server = serveRaw((exchange) =>
      exchange.number === 1 ? halting([])(exchange) : exchange.answer("200 OK", [], "new")
    );
    await started(folder, server, (program) => program.signal("SIGKILL"), [], permissions);
    assertEquals(await folder.get("file"), "old");
    const { code } = await runFetch(folder, [server.url().href, "-o", "file"], { only: permissions });
    assertEquals([code, await folder.names(), await folder.get("file")], [0, ["file"], "new"]);
  });

  inFolder(`fetch${name} onto a full disk ends with 9 and leaves NAME alone`, async (folder) => {
    await Deno.mkdir(folder.at("small"));
    await using server = serveRaw((exchange) => exchange.answer("200 OK", [ETAG], new Uint8Array(2_000_000)));
    const via = `exec unshare -rm sh -c '
      mount -t tmpfs -o size=1m sockeye small && printf old >small/file && "$@"; code=$?
      cat small/file; exit $code' sh "$@"`;
    const args = [server.url().href, "-o", "small/file", "-q"];
    const { code, stdout, stderr } = await runFetch(folder, args, { only: permissions, via });
    assertMatch(stderr, /^sockeye: Cannot write "[^"]*file\.part": No space left on device[^\n]*\n$/);
    assertEquals([code, stdout], [9, "old"]);
  }, { ignore: !hasSmallDisk });
}

inFolder("fetch beyond the largest size of a file ends with 9, NAME left alone", async (folder) => {
  await folder.put("file", "old");
  await using server = serveRaw((exchange) => exchange.answer("200 OK", [], new Uint8Array(2_000_000)));
  // Without the signal the write itself fails.
  const via = `trap '' XFSZ; ulimit -f 1000; exec "$@"`;
  const { code, stderr } = await runFetch(folder, [server.url().href, "-o", "file"], { via });
  const { size } = await Deno.stat(folder.at("file.part"));
  assertMatch(stderr, new RegExp(`^${size} bytes are kept [^\n]*\n.*"[^"]*file\\.part": File too large[^\n]*\n$`));
  assertEquals([code, await folder.get("file")], [9, "old"]);
}, needs(["sh"], linux));
