/** Whatever goes wrong with `sockeye fetch`: the exit code, one line on stderr, and NAME as it was. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Folder, inFolder } from "../fetch/helpers.ts";
import { eventsOf, RENAMING, runFetch, SAVING, startFetch } from "../fetch/program.ts";
import { type Script, serveRaw } from "../fetch/server.ts";
import { fails } from "../support/failing.ts";
import { freePort, linux, needs, python } from "../support/harness.ts";
import { PROMPT_MS, within } from "../support/sockets.ts";

const OK = "HTTP/1.1 200 OK\r\n";
const hello: Script = (exchange) => exchange.answer("200 OK", [], "hello");

interface Failure {
  readonly code: number;
  readonly says: RegExp;
  readonly script?: Script;
  readonly url?: (authority: string) => string;
  readonly args?: readonly string[];
  readonly permissions?: readonly string[];
  /** Bytes that came, which are kept. */
  readonly kept?: number;
}

const FAILURES: Readonly<Record<string, Failure>> = {
  "an unknown host": { code: 3, says: /has no address/, url: () => "http://nosuch.invalid/" },
  "nobody listens": { code: 4, says: /connection refused/, url: () => `http://127.0.0.1:${freePort()}/` },
  "silence": {
    code: 5,
    says: /Nothing came from \S+ for 0\.1 s \(timeout\)/,
    script: (exchange) => exchange.stall(),
    args: ["--timeout", "100ms"],
  },
  "no TLS": {
    code: 6,
    says: /does not speak TLS|ended the connection|end of file/,
    url: (authority) => `https://${authority}/`,
    script: hello,
  },
  "a body cut off": {
    code: 7,
    says: /cut off after 5 of 10 bytes/,
    script: (exchange) => exchange.send(`${OK}Content-Length: 10\r\n\r\nhello`),
    kept: 5,
  },
  "404": { code: 8, says: /says 404 Not Found/, script: (exchange) => exchange.answer("404 Not Found", [], "sorry") },
  "too large": { code: 9, says: /larger than 4 bytes \(--max-size\)/, script: hello, args: ["--max-size", "4"] },
};

for (const [name, failure] of Object.entries(FAILURES)) {
  const { code, says, script = hello, url, args = [], permissions = RENAMING, kept } = failure;
  inFolder(`fetch ends with ${code} and leaves NAME alone: ${name}`, async (folder) => {
    await folder.put("file", "old");
    await using server = serveRaw(script);
    const address = url?.(server.authority) ?? server.url().href;
    const ending = await runFetch(folder, [address, "-o", "file", ...args], { permissions });
    const before = kept ? `${kept} bytes are kept in file\\.part, [^\n]*\n` : "";
    assertMatch(ending.stderr, new RegExp(`^${before}sockeye: [^\n]*(${says.source})[^\n]*\n$`));
    const names = kept ? ["file", "file.part"] : ["file"];
    assertEquals([ending.code, await folder.names(), await folder.get("file")], [code, names, "old"]);
    const json = await runFetch(folder, [address, "-o", "file", "--json", ...args], { permissions });
    const events = eventsOf(json.stdout);
    assertEquals([json.code, events.at(-1)?.event, events.at(-1)?.code], [code, "done", code]);
    assertEquals(events.find(({ event }) => event === "error")?.code, code);
  });
}

inFolder("fetch ends with 1 when the connection is reset", async (folder) => {
  await using server = python("http_reset", [], { stdin: "piped" });
  const [port] = await server.stdoutLine(/^\d+$/);
  await using program = startFetch(folder, [`http://127.0.0.1:${port}/file`, "-v"]);
  await program.stdoutText(/\r\n\r\n$/);
  await server.write("now\n");
  const { code, stderr } = await program.status();
  assertMatch(
    stderr,
    /^5 bytes are kept [^\n]*\nsockeye: Connection to 127\.0\.0\.1:\d+ lost: reset by the peer[^\n]*\n$/,
  );
  assertEquals([code, await folder.files()], [1, { "file.part": "hello" }]);
}, needs(["python3"]));

for (const path of ["folder", "no/file"]) {
  inFolder(`fetch -o and --header-output ${path}, where no file can be, end with 9`, async (folder) => {
    await Deno.mkdir(folder.at("folder"));
    await using server = serveRaw(hello);
    const options = (permissions: readonly string[]) => ({ only: permissions, cwd: folder.path });
    const fetch = ["fetch", "-q", server.url().href];
    for (const permissions of [RENAMING, SAVING]) {
      await fails([...fetch, "-o", path], 9, ["Cannot "], options(permissions));
    }
    const { stderr } = await startFetch(folder, [server.url().href, "--header-output", path]).ends(9);
    assertMatch(stderr, /sockeye: Cannot write [^\n]*\n$/);
    assertEquals(stderr.match(/Cannot write/g)?.length, 1, stderr);
  });
}

Deno.test("fetch sends nothing when it could not write the answer", async () => {
  await using folder = await Folder.make({ old: "old" });
  await Deno.mkdir(folder.at("folder"));
  await using server = serveRaw(hello);
  const url = server.url().href;
  const net = ["--allow-net"];
  const cases: [args: string[], permissions: readonly string[], code: number, words: string][] = [
    [[], net, 13, 'Cannot write "file": the permission is missing; add --allow-write'],
    [["-o", "a"], net, 13, 'Cannot write "a": the permission is missing'],
    [["-o", "a"], [...net, `--allow-write=${folder.at("a")}`], 13, 'Cannot write "a.part": the permission is missing'],
    [["-o", "folder"], RENAMING, 9, "it is a folder"],
    [["-o", "no/a"], RENAMING, 9, 'Cannot write "no/a": '],
    [["-o", "old", "--no-clobber"], RENAMING, 9, "--no-clobber keeps it"],
  ];
  for (const [args, permissions, code, words] of cases) {
    const ending = await runFetch(folder, [url, "-d", "act", ...args], { only: permissions });
    assertEquals([ending.code, server.heads.length], [code, 0], ending.stderr);
    assertStringIncludes(ending.stderr, words);
  }
  // Without a body to save, no permission is needed.
  for (const args of [["-o", "-"], ["--head"]]) {
    assertEquals((await runFetch(folder, [url, ...args], { only: net })).code, 0, args.join());
  }
});

Deno.test("fetch -d @file that is not there ends with 9", async () => {
  await fails("fetch http://127.0.0.1/ -d @no", 9, ['sockeye: Cannot read "no": there is no such file\n']);
});

inFolder("fetch -o - onto a full disk ends with 9 and one line", async (folder) => {
  await using server = serveRaw(hello);
  const program = startFetch(folder, [server.url().href, "-o", "-", "-q"], { via: `exec "$@" >/dev/full` });
  assertMatch((await program.ends(9)).stderr, /^sockeye: Cannot write to stdout: [^\n]+\n$/);
}, needs(["sh"], linux));

inFolder("fetch -o - into a pipe whose reader leaves does not read on for nobody", async (folder) => {
  const left = Promise.withResolvers<void>();
  await using server = serveRaw(async (exchange) => {
    const part = new Uint8Array(1 << 20);
    await exchange.send(`${OK}\r\n`);
    // As long as anybody takes it, but a test ends.
    for (let i = 0; i < 300; i++) await exchange.send(part).catch((error) => (left.resolve(), Promise.reject(error)));
  });
  await using program = startFetch(folder, [server.url().href, "-o", "-", "-q"], { via: `"$@" | head -c 5 | wc -c` });
  const { stdout } = await program.status();
  assertEquals(stdout.trim(), "5");
  await within(left.promise, PROMPT_MS, "The end of the download");
}, needs(["sh", "head"]));
