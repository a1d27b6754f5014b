/** Whatever goes wrong with `sockeye fetch`: the exit code, one line on stderr, and NAME as it was. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Folder } from "../fetch/helpers.ts";
import { eventsOf, RENAMING, runFetch, SAVING, startFetch } from "../fetch/program.ts";
import { type Script, serveRaw } from "../fetch/server.ts";
import { Certificates, hasOpenssl } from "../support/certificates.ts";
import { freePort, linux, needs, permissionsAreOurs, python } from "../support/harness.ts";
import { PROMPT_MS, within } from "../support/sockets.ts";

const OK = "HTTP/1.1 200 OK\r\n";
const hello: Script = (exchange) => exchange.answer("200 OK", [], "hello");

/** A server, and how a fetch of it ends. */
interface Failure {
  readonly code: number;
  readonly says: RegExp;
  readonly script?: Script;
  readonly url?: (authority: string) => string;
  readonly args?: readonly string[];
  readonly permissions?: readonly string[];
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
  },
  "chunks cut off": {
    code: 7,
    says: /ended before the last chunk/,
    script: (exchange) => exchange.send(`${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`),
  },
  "no HTTP": { code: 7, says: /not a status line/, script: (exchange) => exchange.send("SSH-2.0-x\r\n") },
  "a redirect loop": {
    code: 7,
    says: /lead back/,
    script: (exchange) => exchange.answer("302 Found", ["Location: /file"]),
  },
  "404": { code: 8, says: /says 404 Not Found/, script: (exchange) => exchange.answer("404 Not Found", [], "sorry") },
  "503": { code: 8, says: /says 503/, script: (exchange) => exchange.answer("503 Later") },
  "too large": { code: 9, says: /larger than 4 bytes \(--max-size\)/, script: hello, args: ["--max-size", "4"] },
  "no clobber": { code: 9, says: /--no-clobber keeps it/, script: hello, args: ["--no-clobber"] },
};

for (const [name, { code, says, script = hello, url, args = [], permissions = RENAMING }] of Object.entries(FAILURES)) {
  Deno.test(`fetch ends with ${code} and leaves NAME alone: ${name}`, async () => {
    await using folder = await Folder.make();
    await folder.put("file", "old");
    await using server = serveRaw(script);
    const address = url?.(server.authority) ?? server.url().href;
    const ending = await runFetch(folder, [address, "-o", "file", ...args], { permissions });
    assertMatch(ending.stderr, new RegExp(`^sockeye: [^\n]*(${says.source})[^\n]*\n$`));
    assertEquals([ending.code, await folder.names(), await folder.get("file")], [code, ["file"], "old"]);
    const json = await runFetch(folder, [address, "-o", "file", "--json", ...args], { permissions });
    const events = eventsOf(json.stdout);
    assertEquals([json.code, events.at(-1)?.event, events.at(-1)?.code], [code, "done", code]);
    assertEquals(events.find(({ event }) => event === "error")?.code, code);
  });
}

for (
  const [args, says] of [
    [[], /Missing address/],
    [["ftp://127.0.0.1/"], /Bad address "ftp:\/\/127.0.0.1\/"/],
    [["http://a/", "http://b/", "-o", "one"], /-o "one" names one file, but there are 2 addresses/],
    [["http://a/", "-H", "no colon"], /-H|--header.*"no colon"/],
    [["http://a/", "-H", "X: a\nEvil: b"], /line ends/],
    [["http://a/", "-X", "GET /"], /expected a method/],
    [["http://a/", "--timeout", "soon"], /--timeout "soon"/],
    [["http://a/", "--limit-rate", "0"], /--limit-rate "0"/],
    [["http://a/", "--proxy", "socks5://x"], /Bad --proxy "socks5:\/\/x": expected http/],
    [["http://a/", "--resum"], /did you mean.*--resume/i],
  ] as const
) {
  Deno.test(`fetch ${args.join(" ")} is a usage error`, async () => {
    await using folder = await Folder.make();
    const { code, stdout, stderr } = await runFetch(folder, args);
    assertMatch(stderr, says);
    assertEquals([code, stdout, stderr.split("\n").length], [2, "", 2]);
  });
}

for (
  const [missing, permissions, args, flag] of [
    ["net", ["--allow-write"], [], "--allow-net"],
    ["net for this host", ["--allow-net=127.0.0.2", "--allow-write"], [], "--allow-net"],
    ["write", ["--allow-net"], [], "--allow-write"],
    ["write here", ["--allow-net", "--allow-write=/nowhere"], ["-o", "file"], "--allow-write"],
    ["read for --ca", ["--allow-net", "--allow-write"], ["--ca", "ca.pem"], "--allow-read"],
    ["read for -d @file", ["--allow-net", "--allow-write"], ["-d", "@file"], "--allow-read"],
    ["write for --header-output", ["--allow-net"], ["--head", "--header-output", "head"], "--allow-write"],
  ] as const
) {
  Deno.test(
    `fetch without the permission ${missing} ends with 13 and names ${flag}`,
    { ignore: !permissionsAreOurs },
    async () => {
      await using folder = await Folder.make();
      await using server = serveRaw(hello);
      const { code, stderr } = await runFetch(folder, [server.url().href, ...args], { permissions });
      assertMatch(stderr, new RegExp(`^sockeye: Cannot [^\n]*: the permission is missing; add ${flag} [^\n]*\n$`));
      assertEquals([code, await folder.names()], [13, []]);
    },
  );
}

Deno.test("fetch with a list of permitted hosts keeps to them", { ignore: !permissionsAreOurs }, async () => {
  await using folder = await Folder.make();
  await using server = serveRaw(hello);
  const permissions = [`--allow-net=${server.authority}`, "--allow-write=."];
  const { code, stderr } = await runFetch(folder, [server.url().href], { permissions });
  assertEquals([code, await folder.get("file")], [0, "hello"], stderr);
});

Deno.test(
  "fetch ends with 6 for a certificate that nobody signed, and says what to do",
  { ignore: !hasOpenssl },
  async () => {
    await using folder = await Folder.make();
    await using made = await Certificates.make();
    await using server = serveRaw(hello, await made.selfSigned());
    const { code, stderr } = await runFetch(folder, [server.url("/", "https").href]);
    assertMatch(stderr, /^sockeye: Cannot speak TLS with 127\.0\.0\.1: [^\n]*--ca FILE[^\n]*--insecure[^\n]*\n$/);
    assertEquals(code, 6);
  },
);

Deno.test("fetch ends with 1 when the connection is reset", needs(["python3"]), async () => {
  await using folder = await Folder.make();
  await using server = python("http_reset", [], { stdin: "piped" });
  const [port] = await server.stdoutLine(/^\d+$/);
  await using program = startFetch(folder, [`http://127.0.0.1:${port}/file`, "-v"]);
  await program.stdoutText(/\r\n\r\n$/);
  await server.write("now\n");
  const { code, stderr } = await program.status();
  assertMatch(stderr, /^sockeye: Connection to 127\.0\.0\.1:\d+ lost: reset by the peer[^\n]*\n$/);
  assertEquals([code, await folder.names()], [1, []]);
});

for (
  const [name, path] of [["a folder", "folder"], ["a file in a folder that is not there", "no/file"]] as const
) {
  Deno.test(`fetch -o ${name} ends with 9`, async () => {
    await using folder = await Folder.make();
    await Deno.mkdir(folder.at("folder"));
    await using server = serveRaw(hello);
    for (const permissions of [RENAMING, SAVING]) {
      const { code, stderr } = await runFetch(folder, [server.url().href, "-o", path], { permissions });
      assertMatch(stderr, /^sockeye: Cannot [^\n]*\n$/);
      assertEquals([code, (await folder.names()).includes("folder")], [9, true]);
    }
  });

  Deno.test(`fetch --header-output ${name} ends with 9`, async () => {
    await using folder = await Folder.make();
    await Deno.mkdir(folder.at("folder"));
    await using server = serveRaw(hello);
    const { code, stderr } = await runFetch(folder, [server.url().href, "--header-output", path]);
    assertMatch(stderr, /sockeye: Cannot write [^\n]*\n$/);
    assertEquals(code, 9);
  });
}

Deno.test("fetch -d @file that is not there ends with 9", async () => {
  await using folder = await Folder.make();
  const { code, stderr } = await runFetch(folder, ["http://127.0.0.1/", "-d", "@no"]);
  assertEquals([code, stderr], [9, 'sockeye: Cannot read "no": there is no such file\n']);
});

Deno.test("fetch -o - onto a full disk ends with 9 and one line", needs(["sh"], linux), async () => {
  await using folder = await Folder.make();
  await using server = serveRaw(hello);
  const { code, stderr } = await runFetch(folder, [server.url().href, "-o", "-", "-q"], {
    via: `exec "$@" >/dev/full`,
  });
  assertMatch(stderr, /^sockeye: Cannot write to stdout: [^\n]+\n$/);
  assertEquals(code, 9);
});

Deno.test("fetch -o - into a pipe whose reader leaves does not read on for nobody", needs(["sh", "head"]), async () => {
  await using folder = await Folder.make();
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
});

for (const resumed of [[], ["--resume"]]) {
  Deno.test(`fetch ${resumed.join()} under the name that a redirect leads to replaces nothing, -o does`, async () => {
    await using folder = await Folder.make();
    await folder.put("mine", "old");
    await using server = serveRaw((exchange) =>
      exchange.line === "GET /asked"
        ? exchange.answer("302 Found", ["Location: /mine"])
        : exchange.answer("200 OK", [], "new")
    );
    const url = server.url("/asked").href;
    const { code, stderr } = await runFetch(folder, [url, ...resumed]);
    assertEquals([code, await folder.get("mine")], [9, "old"]);
    assertStringIncludes(stderr, "-o NAME replaces it");
    assertEquals((await runFetch(folder, [url, ...resumed, "-o", "mine"])).code, 0);
    assertEquals(await folder.get("mine"), "new");
  });
}

Deno.test("fetch under the name of the address that was typed replaces, wherever a redirect went between", async () => {
  await using folder = await Folder.make();
  await folder.put("mine", "old");
  await using server = serveRaw((exchange) =>
    exchange.line === "GET /mine"
      ? exchange.answer("302 Found", ["Location: /there/mine"])
      : exchange.answer("200 OK", [], "new")
  );
  assertEquals((await runFetch(folder, [server.url("/mine").href])).code, 0);
  assertEquals(await folder.get("mine"), "new");
});

Deno.test("fetch under a name that the server chose replaces nothing, -o does", async () => {
  await using folder = await Folder.make();
  await folder.put("mine", "old");
  await using server = serveRaw((exchange) =>
    exchange.answer("200 OK", ["Content-Disposition: attachment; filename=mine"], "new")
  );
  const { code, stderr } = await runFetch(folder, [server.url().href]);
  assertEquals([code, await folder.get("mine")], [9, "old"]);
  assertStringIncludes(stderr, "-o NAME replaces it");
  assertEquals((await runFetch(folder, [server.url().href, "-o", "mine"])).code, 0);
  assertEquals(await folder.get("mine"), "new");
});
