/**
 * Every command of the READMEs, of `docs` and of the examples in `--help`, run as it is written except for its port and
 * for hosts of the internet. A command that stands in several places is run once.
 */

import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import config from "../../deno.json" with { type: "json" };
import { loadCommands } from "../../lib/cli/table.ts";
import { readOptions } from "../../scripts/compile.ts";
import { hostTarget, type Target, TARGETS } from "../../scripts/compile/targets.ts";
import { ROOT } from "../../scripts/root.ts";
import { needs, onFreePort, spawnSockeye } from "../support/harness.ts";
import { commandsOf, linksOf, PAGES, READMES } from "../support/pages.ts";
import { shown } from "./capture_trials.ts";
import {
  browsed,
  certified,
  chatted,
  dialled,
  fetched,
  fetchedQuietly,
  fetchedThroughProxy,
  forPowerShell,
  givesFile,
  greeted,
  guarded,
  installed,
  joined,
  keepsFile,
  paged,
  paired,
  probed,
  served,
  servedAsJson,
  talked,
  type Trial,
} from "./trials.ts";
import { checked, checkedClient, told } from "./check_trial.ts";
import { replayed } from "./replay_trial.ts";
import { tapped } from "./tap_trial.ts";

const OWN = "--cert sockeye.crt --key sockeye.key";

/** A command and how it is tried; each one has exactly one row. */
const TRIALS: readonly (readonly [RegExp, Trial])[] = [
  [/^npx .* main\.ts server$/, onAnotherPort],
  [/^npx .* task test$/, isTask],
  [/^deno task (?:ok|test)$/, isTask],
  [/^deno run -P=server main\.ts server 9000$/, served("hi", "hi")],
  [/^deno run --allow-net --allow-write main\.ts fetch /, fetched("page.html")],
  [/^deno run --allow-net --allow-write --allow-read main\.ts fetch /, fetched("page.html")],
  [/^deno task compile$/, compiles([hostTarget()])],
  [/^deno task compile --all$/, compiles(TARGETS)],
  [/^deno task compile --js$/, compiles([hostTarget()])],
  [/^deno task compile --npm$/, compiles([hostTarget()])],

  [/^sockeye server$/, onAnotherPort],
  [/ server echo :?9000$/, served("hi", "hi")],
  [/ server echo :9000 --reuse-port --drain 30s$/, served("hi", "hi")],
  [/ server echo 9000 --workers 2$/, served("hi", "hi")],
  [/ server discard 9000$/, served("hi", "")],
  [/ server discard 0 --json$/, servedAsJson],
  [/ reply 8088 --text 'THANK you' --then close --once$/, served("hi", "THANK you", { code: 0 })],
  [/ reply 8088 --text 信息已收到 --then close$/, served("hi", "信息已收到")],
  [/ reply 8088 --text 已收到 -e gbk$/, served("你好", "已收到", { encoding: "gbk" })],
  [/ reply 9999 --greet Welcome! --text 'Hello, \{data\}!'$/, served("Tom", "Welcome!Hello, Tom!")],
  [/ reply 9000 --file page\.html --then close$/, givesFile],
  [/ discard 9000 --output 'got-\{id\}'$/, keepsFile],
  [/ reply 9000 --text 'OK\\r\\n' --escapes --delay 200ms$/, served("hi", "OK\r\n")],
  [/ talk (?:8088|9000 -e gbk)$/, talked],
  [/ chat :?8888(?: -e gbk| --rate 5 --max-per-host 10)?$/, chatted("你好\n")],
  [/ chat 8888 --frame gap:50ms$/, chatted("你好")],
  [/ chat 8888 --history 20 --log room\.log$/, chatted("你好\n", "room.log")],
  [/ chat 8888 --history-file room\.db$/, chatted("你好\n", "room.db")],
  [/ chat :8888 --web$/, browsed],
  [/ chat :8888 --password 'open sesame'$/, guarded],
  [/ chat :8888 --bus nats:\/\/localhost --room lobby$/, joined],
  [/ echo tls:\/\/:9443 --cert sockeye\.crt --key sockeye\.key$/, paired("sockeye client tls://localhost:9443 -k")],
  [
    / echo tls:\/\/:9443 --cert sockeye\.crt --key sockeye\.key --client-ca sockeye-ca\.crt$/,
    paired(`sockeye client tls://localhost:9443 -k ${OWN}`),
  ],
  [/ echo tls:\/\/:9443$/, paired("sockeye client tls://localhost:9443 -k")],
  [/ echo udp:\/\/:9000$/, paired("sockeye client udp://localhost:9000")],
  [/ echo ws:\/\/:9000\/talk$/, paired("sockeye client ws://localhost:9000/talk")],
  [/ echo unix:sockeye\.sock$/, paired("sockeye client unix:sockeye.sock")],

  [/^sockeye client 9000$/, dialled("hi", "hi")],
  [/^sockeye client (?:localhost 9000|example\.com 80)$/, dialled("hi", "hi")],
  [/^printf 'hello' \| sockeye client 9000$/, dialled("", "hello")],
  [/ client 9000 --send 你好 -e gbk$/, dialled("", "你好")],
  [/ client 9000 -e gbk:utf-8 --eol none$/, dialled("hi", "hi")],
  [/ client 9000 --send-hex 'c4 e3 ba c3' -x$/, dialled("", "c4 e3 ba c3")],
  [/ client 9000 --send PING --crlf --expect PING --wait 2s$/, dialled("", "PING\r\n")],
  [/ client 9000 --send PING --crlf --expect PONG --wait 2s$/, dialled("", "+PONG\r\n", "+PONG\r\n")],
  [/ client 9000 --expect 220 --send QUIT --crlf --expect 221$/, greeted("QUIT\r\n")],
  [/ client 9000 --send tick --every 100ms --count 3$/, dialled("", "tick".repeat(3))],
  [/ client 9000 --send tick --every 500ms --count 10$/, dialled("", "tick".repeat(10))],
  [/ client 9000 --send hello --cut 3$/, dialled("", "hello")],
  [/ client 9000 --retry 30 --send hi$/, dialled("", "hi")],
  [/ client tls:\/\/localhost:9443 --ca sockeye-ca\.crt$/, paired(`sockeye server echo tls://9443 ${OWN}`)],
  [/ client udp:\/\/localhost:9000 --send hi --wait 1s$/, paired("sockeye server echo udp://9000")],
  [/ client ws:\/\/localhost:9000\/talk --send hi$/, paired("sockeye server echo ws://:9000/talk")],
  [/^sockeye client unix:sockeye\.sock$/, paired("sockeye server echo unix:sockeye.sock")],

  [/^sockeye tap /, tapped],
  [/ probe localhost 9000(?: 8000-8088)?(?: -v| --wait-for 30s)?$/, probed],

  [/^sockeye check --list$/, told(/^ {2}echo\/4 {3}a message that arrives in two pieces$/m)],
  [/^sockeye check --explain echo\/4$/, told(/^echo\/4: a message that arrives in two pieces$/m)],
  [/^sockeye check client\/echo\/1 9000$/, checkedClient],
  [/^sockeye check (?!-|client)/, checked],

  [/ fetch http:\/\/localhost:8000\/$/, fetched("localhost.html")],
  [/ fetch http:\/\/www\.baidu\.com\/$/, fetchedThroughProxy],
  [/^sockeye fetch \S+ -o page\.html --to-utf8$/, fetched("page.html")],
  [/ fetch \S+big\.bin --resume --retry 5$/, fetched("big.bin")],
  [/ fetch \S+big\.iso --resume --retry 5$/, fetched("big.iso")],
  [/ fetch \S+ --head --show-request$/, fetched(undefined)],
  [/ fetch \S+ -d name=张三 -o -$/, fetched(undefined)],
  [/ fetch \S+ -u me:secret --cookie-jar jar$/, fetched("localhost.html", "jar")],
  [/ fetch \S+ -o - -q$/, fetchedQuietly],

  [/ show talk\.pcapng$/, shown(/^#1 > hello$/m)],
  [/ show talk\.pcapng --list$/, shown(/^#1 .* closed by the client$/m)],
  [/ show talk\.pcapng --stream 2 -x$/, shown(/ #2 > 4 bytes\n00000000 {2}45 52 52 0a /)],
  [/ show talk\.pcapng --frame line --grep '\^ERR'$/, shown(/^#2 > ERR$/)],
  [/^sockeye replay /, replayed],

  [/^sockeye cert$/, certified("localhost, 127.0.0.1, ::1")],
  [/^sockeye cert localhost 192\.168\.1\.5$/, certified("localhost, 192.168.1.5")],
  [/^sockeye cert chat\.lan 192\.168\.1\.5$/, certified("chat.lan, 192.168.1.5")],
  [/^sockeye cert -o dev --days 365 --force$/, certified("localhost, 127.0.0.1, ::1", "dev")],

  [/ completions bash > /, installed(".sockeye.bash", /^complete -F _sockeye /m)],
  [/ completions zsh > /, installed(".zfunc/_sockeye", /^#compdef sockeye$/m)],
  [/ completions fish \| source$/, forFish],
  [/ completions powershell \| /, forPowerShell],
  [/ man \| man -l -$/, paged],
  [/ man > sockeye\.1$/, installed("sockeye.1", /^\.TH SOCKEYE 1 /m)],
];

/** These have tests of their own: tests/e2e/framing_test.ts and tests/slow/scripts/scale_test.ts. */
const TRIED_ELSEWHERE = ["docs/framing.md", "docs/scale.md"];

const README = commandsOf("README.md");
const TRIED_HERE = PAGES.filter((page) => !TRIED_ELSEWHERE.includes(page)).flatMap(commandsOf);
const EXAMPLES = (await loadCommands()).flatMap(({ examples }) => examples.map(([args]) => `sockeye ${args}`));
const LINES = new Set([...README, ...TRIED_HERE, ...EXAMPLES]);

for (const line of LINES) {
  const rows = TRIALS.filter(([pattern]) => pattern.test(line));
  // A reader of manual pages is not on every machine.
  Deno.test(`documented: ${line}`, needs(line.includes("| man ") ? ["man"] : []), async () => {
    assertEquals(rows.length, 1, "a command needs exactly one trial");
    await onFreePort((port) => rows[0]?.[1](line, port));
  });
}

Deno.test("both READMEs show the same commands, and every trial is one of them", () => {
  assertEquals(commandsOf("README.zh-CN.md"), README);
  for (const [pattern] of TRIALS) assert([...LINES].some((line) => pattern.test(line)), `${pattern} stands nowhere`);
});

Deno.test("both READMEs link the same files, among them every page of docs", () => {
  const [english, chinese] = READMES.map((file) => linksOf(file).filter((path) => !READMES.includes(path)));
  assertEquals(chinese, english);
  assertEquals(PAGES.filter((page) => !english?.includes(page)), []);
});

Deno.test("every file that a page links to exists", () => {
  for (const page of [...READMES, ...PAGES]) {
    const missing = linksOf(page).filter((link) => {
      const path = link.replace(/#.*/, "");
      return path !== "" && !existsSync(join(ROOT, dirname(page), path));
    });
    assertEquals(missing, [], page);
  }
});

Deno.test("the READMEs have at most 150 lines", () => {
  for (const file of READMES) assertLess(Deno.readTextFileSync(`${ROOT}/${file}`).split("\n").length, 152, file);
});

/** Its port is fixed, so the trial goes to another one by the same words and one more. */
async function onAnotherPort(line: string, port: number): Promise<void> {
  await served("hi", "hi")(`${line.replace(/^npx -y deno@\S+ /, "deno ")} ${port}`, port);
}

/** The words before the pipe: `source` is a word of fish. */
async function forFish(line: string): Promise<void> {
  const { stdout } = await spawnSockeye((line.split(" | ")[0] ?? "").split(" ").slice(1)).ends(0);
  assertMatch(stdout, /^complete -c sockeye /m);
}

/** The test task runs this very file, so it is not started: `deno.json` must have a task of that name. */
function isTask(line: string): Promise<void> {
  const [word, task = ""] = line.split(" ").slice(-2);
  assertEquals([word, Object.keys(config.tasks).includes(task)], ["task", true]);
  return Promise.resolve();
}

/** Compiling takes a runtime that not every machine can fetch, and has tests of its own: here, that the words mean this. */
function compiles(targets: readonly Target[]): Trial {
  return (line) => {
    assertMatch(config.tasks.compile.command, / scripts\/compile\.ts$/);
    assertEquals(readOptions(line.split(" ").slice(3))?.targets, [...targets]);
    return Promise.resolve();
  };
}
