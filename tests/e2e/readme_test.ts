/** Every command of both READMEs, run as it is written; only the port is one that is free, so that nothing else has to stop. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { encodeText } from "../../lib/text/encode.ts";
import { Chatter } from "./chatter.ts";
import { freePort, has, sockeyeCommand } from "./harness.ts";
import { Nats } from "./nats.ts";
import { Program, type StartOptions } from "./program.ts";
import { connect, readAll, readText, writeAll } from "./sockets.ts";

const ROOT = new URL("../../", import.meta.url);

/** Ports that the READMEs use. */
const PORTS = /\b(8000|8088|8888|9000|9443|9999)\b/g;

/** How a command is tried. */
type Trial = (line: string, port: number) => Promise<void>;

/** A command of the READMEs and what it is for; each one has exactly one row. */
const TRIALS: readonly (readonly [RegExp, Trial])[] = [
  [/^npx .* main\.ts server$/, npxServer],
  [/^npx .* task test$/, thisVeryRun],
  [/ reply 8088 --text 'THANK you' --then close --once$/, served("hi", "THANK you", 0)],
  [/ reply 8088 --text 信息已收到 --then close$/, served("hi", "信息已收到", 143)],
  [/ reply 8088 --text 已收到 -e gbk$/, servedInGbk],
  [/ talk 8088$/, talked],
  [/ reply 9999 --greet Welcome! --text 'Hello, \{data\}!'$/, served("Tom", "Welcome!Hello, Tom!", 143)],
  [/ server echo 9000$/, served("hi", "hi", 143)],
  [/ server discard 9000$/, served("hi", "", 143)],
  [/ server chat 8888$/, chatted("你好\n")],
  [/ server chat :8888 +#/, chatted("你好\n")],
  [/ server chat 8888 -e gbk +#/, chatted("你好\n")],
  [/ server chat 8888 --frame gap:50ms +#/, chatted("你好")],
  [/ server chat :8888 --rate 5 --max-per-host 10 +#/, chatted("你好\n")],
  [/ server chat 8888 --history 20 --log room\.log +#/, chatted("你好\n", "room.log")],
  [/ server chat 8888 --history-file room\.db +#/, chatted("你好\n", "room.db")],
  [/ server chat :8888 --bus nats:\/\/localhost --room lobby +#/, joined],
  [/^sockeye client 9000 +#/, dialled("hi", "hi")],
  [/^sockeye client localhost 9000 /, dialled("hi", "hi")],
  [/^printf 'hello' \| sockeye client 9000 /, dialled("", "hello")],
  [/ client 9000 --send 你好 -e gbk /, dialled("", "你好")],
  [/ client 9000 --send-hex 'c4 e3 ba c3' -x /, dialled("", "c4 e3 ba c3")],
  [/ client 9000 --send PING /, dialled("", "PING\r\n")],
  [/ client 9000 --send tick /, dialled("", "tickticktick")],
  [/ client 9000 --retry 30 --send hi /, dialled("", "hi")],
  [/ fetch http:\/\/localhost:8000\/ +#/, fetched("localhost.html")],
  [/ fetch .* --to-utf8 /, fetched("page.html")],
  [/ fetch .* --resume --retry 5 /, fetched("big.bin")],
  [/ fetch .* --head --show-request /, fetched(undefined)],
  [/ fetch .* -d name=张三 -o - /, fetched(undefined)],
  [/^sockeye cert localhost 192\.168\.1\.5 +#/, certified("localhost, 192.168.1.5")],
  [
    / server echo tls:\/\/:9443 --cert sockeye\.crt --key sockeye\.key$/,
    paired("sockeye client tls://localhost:9443 -k"),
  ],
  [
    / client tls:\/\/localhost:9443 --ca sockeye-ca\.crt /,
    paired("sockeye server echo tls://9443", "--cert sockeye.crt --key sockeye.key"),
  ],
  [/ server echo tls:\/\/:9443 +#/, paired("sockeye client tls://localhost:9443 -k")],
  [/ server echo udp:\/\/:9000 +#/, paired("sockeye client udp://localhost:9000")],
  [/ client udp:\/\/localhost:9000 --send hi --wait 1s /, paired("sockeye server echo udp://9000")],
  [/ server echo unix:sockeye\.sock +#/, paired("sockeye client unix:sockeye.sock")],
  [/^sockeye client unix:sockeye\.sock$/, paired("sockeye server echo unix:sockeye.sock")],
  [/^deno run --allow-net --allow-write main\.ts fetch /, fetched("page.html")],
  [/^deno run --allow-net --allow-write --allow-read main\.ts fetch /, fetched("page.html")],
];

/** Command lines in code blocks and between backticks in tables. */
function commandsOf(file: string): string[] {
  const text = Deno.readTextFileSync(new URL(file, ROOT));
  const blocks = [...text.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block = ""]) => block.trimEnd().split("\n"));
  const cells = [...text.matchAll(/^\|.*\| `(sockeye [^`]*)` +\|$/gm)].map(([, cell = ""]) => cell);
  return [...blocks, ...cells];
}

for (const file of ["README.md", "README.zh-CN.md"]) {
  for (const line of commandsOf(file)) {
    const rows = TRIALS.filter(([pattern]) => pattern.test(line));
    Deno.test(`${file} says it right: ${line}`, async () => {
      assertEquals(rows.length, 1, "a command of a README needs exactly one trial");
      await rows[0]?.[1](line, freePort());
    });
  }
}

Deno.test("both READMEs show the same commands, and every trial is one of them", () => {
  const bare = (file: string) => commandsOf(file).map((line) => line.replace(/ +#.*/, "")).sort();
  assertEquals(bare("README.md"), bare("README.zh-CN.md"));
  const lines = commandsOf("README.md");
  for (const [pattern] of TRIALS) assert(lines.some((line) => pattern.test(line)), `${pattern} is in no README`);
});

/** Runs the line in a shell where `sockeye` is the program; `deno` is the one that runs this test. */
function shell(line: string, port: number, options: StartOptions = {}): Program {
  const quote = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;
  const sockeye = sockeyeCommand([], ["--allow-net", "--allow-write", "--allow-read"]).map(quote).join(" ");
  // The shell becomes the program, so that signals reach it.
  const script = `sockeye() { exec ${sockeye} "$@"; }; deno() { exec ${quote(Deno.execPath())} "$@"; }; `;
  const main = quote(new URL("main.ts", ROOT).pathname);
  const here = line.replace(PORTS, String(port)).replace(" main.ts", ` ${main}`).replace(/ +#.*/, "");
  return new Program(["bash", "-c", script + here], options);
}

/** A server: what one client sends and gets back, and its exit code after SIGTERM (0: it ends by itself). */
function served(send: string, expected: string, code: number): Trial {
  return async (line, port) => {
    await using server = shell(line, port);
    await server.stderrLine(/Listening on/);
    using client = await connect(port);
    if (line.includes("--greet")) await readText(client, "Welcome!");
    await writeAll(client, send);
    const rest = line.includes("--greet") ? expected.replace("Welcome!", "") : expected;
    assertEquals(await readText(client, rest), rest);
    await server.stdoutLine(new RegExp(`#1 < ${send}`));
    await client.closeWrite();
    if (code !== 0) server.signal("SIGTERM");
    assertEquals((await server.status()).code, code);
  };
}

async function servedInGbk(line: string, port: number): Promise<void> {
  await using server = shell(line, port);
  await server.stderrLine(/Listening on/);
  using client = await connect(port);
  await writeAll(client, new Uint8Array([0xc4, 0xe3, 0xba, 0xc3]));
  assertEquals((await readAll(client, 6)).toHex(), "d2d1cad5b5bd");
  await server.stdoutLine(/#1 < 你好/);
  server.signal("SIGTERM");
  await server.status();
}

async function talked(line: string, port: number): Promise<void> {
  await using server = shell(line, port, { stdin: "piped" });
  await server.stderrLine(/Listening on/);
  using client = await connect(port);
  await writeAll(client, "hello");
  await server.stdoutLine(/#1 < hello/);
  await server.write("你好\nq\n");
  assertEquals(new TextDecoder().decode(await readAll(client)), "你好");
  server.signal("SIGTERM");
  await server.status();
}

/** A chat: what the first of two clients says, and the second one hears. */
function chatted(says: string, log?: string): Trial {
  return async (line, port) => {
    const encoding = line.includes("-e gbk") ? "gbk" : "utf-8";
    const folder = await Deno.makeTempDir();
    try {
      await using server = shell(line, port, { cwd: folder });
      await server.stderrLine(/Listening on/);
      using first = await connect(port);
      await server.stdoutLine(/^\*\*\* user1 joined$/);
      using second = await connect(port);
      await server.stdoutLine(/^\*\*\* user2 joined$/);
      await writeAll(first, encodeText(says, encoding));
      await server.stdoutLine(/^<user1> 你好$/);
      server.signal("SIGTERM");
      assertMatch(new TextDecoder(encoding).decode(await readAll(second)), /^<user1> 你好\n\*\*\* .*Goodbye\n$/m);
      assertEquals((await server.status()).code, 143);
      if (log) assertMatch(await Deno.readTextFile(`${folder}/${log}`), /<user1> 你好/);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  };
}

/** A client against an echo: what is typed, and what must come back. */
function dialled(typed: string, expected: string): Trial {
  return async (line, port) => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port });
    const echoed = listener.accept().then(async (conn) => {
      await conn.readable.pipeTo(conn.writable).catch(() => {});
    });
    await using client = shell(line, port, { stdin: { content: typed } });
    const { code, stdout } = await client.status();
    await echoed;
    assertEquals(code, 0);
    assertStringIncludes(stdout, expected);
  };
}

/** Two servers of one room; without NATS the first one says that it is alone. */
async function joined(line: string, port: number): Promise<void> {
  await using bus = has("nats-server") ? await Nats.start() : undefined;
  const here = line.replace("nats://localhost", `nats://127.0.0.1:${bus?.port ?? freePort()}`);
  await using server = shell(here, port);
  await server.stderrLine(bus ? /^The room lobby is on the bus / : /^The bus .* is out of reach: /);
  await server.stderrLine(/Listening on/);
  await using ann = await Chatter.join(port);
  if (bus) {
    const other = freePort();
    await using second = shell(here, other);
    await second.stderrLine(/Listening on/);
    await using bob = await Chatter.join(other);
    await ann.say("你好");
    await bob.hears(/^<user1-\w+> 你好$/);
    second.signal("SIGTERM");
    await bob.getsEnd();
  }
  server.signal("SIGTERM");
  await ann.getsEnd();
  assertEquals((await server.status()).code, 143);
}

/** A download from a small web server: the file that it leaves. */
function fetched(file: string | undefined): Trial {
  return async (line, port) => {
    const folder = await Deno.makeTempDir();
    const page = new Uint8Array([0x3c, 0x70, 0x3e, 0xc4, 0xe3, 0xba, 0xc3]);
    await using _web = Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, () => {
      return new Response(page, { headers: { "content-type": "text/html; charset=gbk" } });
    });
    try {
      await using program = shell(line, port, { cwd: folder });
      const { code, stdout, stderr } = await program.status();
      assertEquals(code, 0, stderr);
      assertMatch(stdout + stderr, /HTTP\/1\.1 200 OK/);
      if (line.includes("--show-request")) assertStringIncludes(stderr, "> HEAD / HTTP/1.1");
      const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
      assertEquals(names, file === undefined ? [] : [file]);
      const saved = file === undefined ? undefined : await Deno.readFile(`${folder}/${file}`);
      if (saved) assertEquals(saved.toHex(), line.includes("--to-utf8") ? "3c703ee4bda0e5a5bd" : page.toHex());
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  };
}

/** A certificate: for whom it says that it is, and the files that it leaves. */
function certified(names: string): Trial {
  return async (line, port) => {
    const folder = await Deno.makeTempDir();
    try {
      await using program = shell(line, port, { cwd: folder });
      const { code, stderr } = await program.status();
      assertEquals(code, 0, stderr);
      assertStringIncludes(stderr, `A certificate for ${names}, valid until `);
      const files = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
      assertEquals(files.sort(), ["sockeye-ca.crt", "sockeye.crt", "sockeye.key"]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  };
}

/** A client or an echo server, and the one that it needs on the other side. */
function paired(other: string, more = ""): Trial {
  return async (line, port) => {
    const folder = await Deno.makeTempDir();
    const start = (words: string, options: StartOptions = {}) => shell(words, port, { cwd: folder, ...options });
    try {
      if (/--cert|--ca/.test(line)) assertEquals((await start("sockeye cert localhost").status()).code, 0);
      const [serving, dialling] = line.includes(" server ") ? [line, other] : [`${other} ${more}`, line];
      await using server = start(serving);
      await server.stderrLine(/Listening on/);
      await using client = start(dialling, { stdin: { content: "hi" } });
      assertMatch((await client.status()).stdout, /^hi/);
      server.signal("SIGTERM");
      assertEquals((await server.status()).code, 143);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  };
}

/** The first command as a new user types it. Its port is fixed, so the trial goes to another one by the same words and one more. */
async function npxServer(line: string, port: number): Promise<void> {
  const words = line.replace(/^npx -y deno@\S+ /, "deno ");
  await using server = shell(`${words} ${port}`, port);
  await server.stderrLine(/Listening on tcp:\/\/127\.0\.0\.1:/);
  using client = await connect(port);
  await writeAll(client, "hi");
  assertEquals(await readText(client, "hi"), "hi");
  server.signal("SIGTERM");
  await server.status();
}

/** The test command is the one that runs this: it must be the task of that name. */
async function thisVeryRun(line: string): Promise<void> {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const task = line.split(" ").at(-1) ?? "";
  assertStringIncludes(tasks[task].command, "deno test");
}
