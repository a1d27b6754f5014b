/** Every example that `--help` prints, run as it is written; only ports, and hosts of the internet, are others. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../lib/cli/table.ts";
import { has, needs, onFreePort, sockeyeCommand, spawnSockeye } from "../support/harness.ts";
import { Program } from "../support/program.ts";
import { certified, chatted, dialled, fetched, served, servedInGbk, shell, talked, type Trial } from "./trials.ts";

/** An example and how it is tried; each one has exactly one row. */
const TRIALS: readonly (readonly [RegExp, Trial])[] = [
  [/ server$/, onAnotherPort],
  [/ server echo :9000$/, served("hi", "hi", 143)],
  [/ reply 8088 --text 'THANK you' --then close --once$/, served("hi", "THANK you", 0)],
  [/ talk 9000 -e gbk$/, talked],
  [/ chat 8888$/, chatted("你好\n")],
  [/ discard 9000$/, served("hi", "", 143)],
  [/ reply 8088 --text 已收到 -e gbk$/, servedInGbk],
  [/ reply 9999 --greet Welcome! --text 'Hello, \{data\}!'$/, served("Tom", "Welcome!Hello, Tom!", 143)],
  [/ discard 0 --json$/, servedAsJson],
  [/ client 9000$/, dialled("hi", "hi")],
  [
    / client example\.com 80$/,
    (line, port) => dialled("hi", "hi")(line.replace("example.com 80", `localhost ${port}`), port),
  ],
  [/ client 9000 --send 你好 -e gbk$/, dialled("", "你好")],
  [/ client 9000 --send PING --crlf --expect PONG --wait 2s$/, answeredWithPong],
  [/ client 9000 --send tick --every 500ms --count 10$/, dialled("", "tick".repeat(10))],
  [/ client 9000 --retry 30 --send hi$/, dialled("", "hi")],
  [/ fetch http:\/\/www\.baidu\.com\/$/, fetchedThroughProxy],
  [/ fetch \S+big\.iso --resume --retry 5$/, fetched("big.iso")],
  [/ fetch \S+ -o page\.html --to-utf8$/, fetched("page.html")],
  [/ fetch \S+ -o - -q$/, fetchedQuietly],
  [/ fetch \S+ --head --show-request$/, fetched(undefined)],
  [/ cert$/, certified("localhost, 127.0.0.1, ::1")],
  [/ cert chat\.lan 192\.168\.1\.5$/, certified("chat.lan, 192.168.1.5")],
  [/ cert -o dev --days 365 --force$/, certified("localhost, 127.0.0.1, ::1", "dev")],
  [
    / completions bash > /,
    installed(".local/share/bash-completion/completions/sockeye", /^complete -F _sockeye sockeye$/m),
  ],
  [/ completions zsh > /, installed(".zfunc/_sockeye", /^#compdef sockeye$/m)],
  [/ completions fish > /, installed(".config/fish/completions/sockeye.fish", /^complete -c sockeye /m)],
  [/ completions powershell \| /, forPowerShell],
  [/ man \| man -l -$/, paged],
  [/ man > sockeye\.1$/, installed("sockeye.1", /^\.TH SOCKEYE 1 /m)],
];

/** The command lines in the closing part of a help. */
function examplesOf(help: string): string[] {
  const rows = (help.split("\nExamples:\n")[1] ?? "").split("\n").filter((row) => row.startsWith("  sockeye "));
  return rows.map((row) => row.trim().split(/ {2,}/, 1)[0] ?? "");
}

/** What `sockeye …` prints. */
async function printed(...args: string[]): Promise<string> {
  await using program = spawnSockeye(args);
  const { code, stdout } = await program.status();
  assertEquals(code, 0);
  return stdout;
}

const HELPS = await Promise.all(
  COMMANDS.map(async ({ name }) => [name, examplesOf(await printed(name, "--help"))] as const),
);

for (const [name, examples] of HELPS) {
  for (const line of examples) {
    const rows = TRIALS.filter(([pattern]) => pattern.test(line));
    // A reader of manual pages is not on every machine.
    Deno.test({
      name: `the help of ${name} says it right: ${line}`,
      ...needs(line.includes("| man ") ? ["man"] : []),
      fn: async () => {
        assertEquals(rows.length, 1, "an example of a help needs exactly one trial");
        await onFreePort((port) => rows[0]?.[1](line, port));
      },
    });
  }
}

Deno.test("every help has examples, and every trial is one of them", () => {
  for (const [name, examples] of HELPS) assert(examples.length > 0, name);
  const lines = HELPS.flatMap(([, examples]) => examples);
  for (const [pattern] of TRIALS) assert(lines.some((line) => pattern.test(line)), `${pattern} is in no help`);
});

Deno.test("the help of the program shows examples of its commands", async () => {
  const lines = HELPS.flatMap(([, examples]) => examples);
  const shown = examplesOf(await printed("--help"));
  assert(shown.length > 0);
  assertEquals(shown.filter((line) => !lines.includes(line)), []);
});

/** Its port is fixed, so the trial goes to another one by the same words and one more. */
async function onAnotherPort(line: string, port: number): Promise<void> {
  await served("hi", "hi", 143)(`${line} ${port}`, port);
}

async function servedAsJson(line: string, port: number): Promise<void> {
  await using server = shell(line, port);
  assert(await server.port() > 0);
  server.signal("SIGTERM");
  const { code, stdout } = await server.status();
  assertEquals([code, stdout.trimEnd().split("\n").map((text) => JSON.parse(text).event)], [143, ["listen", "done"]]);
}

async function answeredWithPong(line: string, port: number): Promise<void> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port });
  const served = listener.accept().then(async (conn) => {
    const buffer = new Uint8Array(16);
    const count = await conn.read(buffer) ?? 0;
    await conn.write(new TextEncoder().encode("+PONG\r\n"));
    conn.close();
    return new TextDecoder().decode(buffer.subarray(0, count));
  });
  await using client = shell(line, port);
  const { code, stdout } = await client.status();
  assertEquals([code, stdout, await served], [0, "+PONG\r\n", "PING\r\n"]);
}

/** The site of the example is played by a proxy. */
async function fetchedThroughProxy(line: string, port: number): Promise<void> {
  const asked: string[] = [];
  const listener = Deno.listen({ hostname: "127.0.0.1", port });
  const served = listener.accept().then(async (conn) => {
    const buffer = new Uint8Array(1024);
    asked.push(new TextDecoder().decode(buffer.subarray(0, await conn.read(buffer) ?? 0)));
    await conn.write(new TextEncoder().encode("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi"));
    conn.close();
  });
  await inFolder(async (folder) => {
    await using program = shell(`${line} --proxy http://127.0.0.1:${port}`, port, { cwd: folder });
    const { code, stdout } = await program.status();
    await served;
    listener.close();
    assertMatch(asked.join(), /^GET http:\/\/www\.baidu\.com\/ HTTP\/1\.1\r\n/);
    assertStringIncludes(stdout, "HTTP/1.1 200 OK");
    assertEquals([code, await Deno.readTextFile(`${folder}/baidu.html`)], [0, "hi"]);
  });
}

async function fetchedQuietly(line: string, port: number): Promise<void> {
  await using _web = Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, () => new Response("hi"));
  await using program = shell(line, port);
  const { code, stdout, stderr } = await program.status();
  assertEquals([code, stdout, stderr], [0, "hi", ""]);
}

/** A file below the home folder that is written. */
function installed(path: string, pattern: RegExp): Trial {
  return async (line, port) => {
    await inFolder(async (folder) => {
      await Deno.mkdir(`${folder}/${path}/..`.replace(/[^/]+\/\.\.$/, ""), { recursive: true });
      await using program = shell(line, port, { cwd: folder, env: { HOME: folder } });
      assertEquals((await program.status()).code, 0);
      assertMatch(await Deno.readTextFile(`${folder}/${path}`), pattern);
    });
  };
}

/** The words before the pipe anywhere, all of them where PowerShell is. */
async function forPowerShell(line: string): Promise<void> {
  const [words = ""] = line.split(" | ");
  assertMatch(
    await printed(...words.split(" ").slice(1)),
    /^Register-ArgumentCompleter -Native -CommandName sockeye /m,
  );
  if (!has("pwsh")) return;
  const [file = "", ...args] = sockeyeCommand([]);
  const call = [`& '${file}'`, ...args.map((word) => `'${word}'`), "@args"].join(" ");
  await using pwsh = new Program(["pwsh", "-NoProfile", "-Command", `function sockeye { ${call} }; ${line}`]);
  const { code, stderr } = await pwsh.status();
  assertEquals([code, stderr], [0, ""]);
}

async function paged(line: string, port: number): Promise<void> {
  await using program = shell(line, port, { env: { LC_ALL: "C.UTF-8", MANPAGER: "cat", PAGER: "cat" } });
  const { code, stdout, stderr } = await program.status();
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^SOCKEYE\(1\)/);
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
