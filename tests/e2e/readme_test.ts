/** Every command of both READMEs, run as it is written; only the port is one that is free, so that nothing else has to stop. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { readOptions } from "../../scripts/compile.ts";
import { hostTarget, type Target, TARGETS } from "../../scripts/compile/targets.ts";
import { onFreePort } from "../support/harness.ts";
import { connect, readText, writeAll } from "../support/sockets.ts";
import {
  browsed,
  certified,
  chatted,
  dialled,
  fetched,
  joined,
  paired,
  served,
  servedInGbk,
  shell,
  talked,
  type Trial,
} from "./trials.ts";

const ROOT = new URL("../../", import.meta.url);

/** A command of the READMEs and what it is for; each one has exactly one row. */
const TRIALS: readonly (readonly [RegExp, Trial])[] = [
  [/^npx .* main\.ts server$/, npxServer],
  [/^npx .* task test$/, thisVeryRun],
  [/^deno run -P=server main\.ts server 9000 +#/, served("hi", "hi", 143)],
  [/ reply 8088 --text 'THANK you' --then close --once$/, served("hi", "THANK you", 0)],
  [/ reply 8088 --text 信息已收到 --then close$/, served("hi", "信息已收到", 143)],
  [/ reply 8088 --text 已收到 -e gbk$/, servedInGbk],
  [/ talk 8088$/, talked],
  [/ reply 9999 --greet Welcome! --text 'Hello, \{data\}!'$/, served("Tom", "Welcome!Hello, Tom!", 143)],
  [/ server echo 9000$/, served("hi", "hi", 143)],
  [/ server echo 9000 --workers 2 +#/, served("hi", "hi", 143)],
  [/ server discard 9000$/, served("hi", "", 143)],
  [/ server chat 8888$/, chatted("你好\n")],
  [/ server chat :8888 +#/, chatted("你好\n")],
  [/ server chat 8888 -e gbk +#/, chatted("你好\n")],
  [/ server chat 8888 --frame gap:50ms +#/, chatted("你好")],
  [/ server chat :8888 --rate 5 --max-per-host 10 +#/, chatted("你好\n")],
  [/ server chat 8888 --history 20 --log room\.log +#/, chatted("你好\n", "room.log")],
  [/ server chat :8888 --web +#/, browsed],
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
  [/^deno task compile +#/, compiles([hostTarget()])],
  [/^deno task compile --all +#/, compiles(TARGETS)],
  [/^deno task compile --js +#/, compiles([hostTarget()])],
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

/** A command without what is said of it. */
const bare = (line: string) => line.replace(/ +#.*/, "");

// The other README shows the same commands, see below: nothing is learned from running them once more.
for (const line of commandsOf("README.md")) {
  const rows = TRIALS.filter(([pattern]) => pattern.test(line));
  Deno.test(`the READMEs say it right: ${line}`, async () => {
    assertEquals(rows.length, 1, "a command of a README needs exactly one trial");
    await onFreePort((port) => rows[0]?.[1](line, port));
  });
}

Deno.test("both READMEs show the same commands, and every trial is one of them", () => {
  const lines = commandsOf("README.md");
  assertEquals(commandsOf("README.zh-CN.md").map(bare), lines.map(bare));
  for (const [pattern] of TRIALS) assert(lines.some((line) => pattern.test(line)), `${pattern} is in no README`);
});

Deno.test("both READMEs link the same files, and they are there", () => {
  const linked = (file: string) =>
    [...Deno.readTextFileSync(new URL(file, ROOT)).matchAll(/\]\(([^):]+)\)/g)].map(([, path = ""]) => path)
      .filter((path) => !path.startsWith("README")).sort();
  assertEquals(linked("README.md"), linked("README.zh-CN.md"));
  assert(linked("README.md").includes("docs/scale.md"));
  for (const path of [...linked("README.md"), "README.md", "README.zh-CN.md"]) {
    assert(Deno.statSync(new URL(path, ROOT)).isFile, `${path} is no file`);
  }
});

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

/** Compiling takes a runtime that not every machine can fetch, and has tests of its own: here, that the words mean this. */
function compiles(targets: readonly Target[]): Trial {
  return async (line) => {
    const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
    assertMatch(tasks.compile.command, / scripts\/compile\.ts$/);
    const words = bare(line).split(" ").slice(3);
    assertEquals(readOptions(words)?.targets, [...targets]);
  };
}
