import config from "../../deno.json" with { type: "json" };
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Help, loadHelpLanguage } from "../../lib/cli/help.ts";
import { main } from "../../lib/cli/mod.ts";
import { SHELLS } from "../../lib/cli/completions/mod.ts";
import { loadCommands } from "../../lib/cli/table.ts";
import { MODES } from "../../lib/cli/modes.ts";
import { FakeClock, isSettled } from "../support/clock.ts";
import { FakeSystem, noSpace } from "./helpers.ts";
import { printed, start } from "./running.ts";

const COMMANDS = await loadCommands();
const HELP = new Help(await loadHelpLanguage("en"), 80);

function eventsOf(stdout: string): Record<string, unknown>[] {
  return stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
}

/** The result of a run that prints this text on stdout. */
function given(text: string) {
  return { code: 0, stdout: text, stderr: "" };
}

Deno.test("main() gives name and version for --version", async () => {
  const version = given(`${config.name} ${config.version}\n`);
  for (const args of [["--version"], ["-V"], ["server", "--version"]]) assertEquals(await printed(...args), version);
});

Deno.test("main() gives the help of the program", async () => {
  const help = given(HELP.program(COMMANDS));
  for (const args of [["--help"], ["-h"], ["help"]]) assertEquals(await printed(...args), help);
});

Deno.test("main() gives the help of a command, for --help before or after it", async () => {
  for (const command of COMMANDS) {
    const help = given(HELP.command(command));
    const { name } = command;
    for (const args of [["help", name], [name, "--help"], [name, "-h", "9000"]]) {
      assertEquals(await printed(...args), help);
    }
  }
});

Deno.test("main() gives the short help for no word at all", async () => {
  assertEquals(await printed(), given(HELP.short(COMMANDS)));
  assertEquals(await printed("--lang", "en"), given(HELP.short(COMMANDS)));
});

Deno.test("main() gives the help of a mode, for --help behind its name", async () => {
  const server = (await import("../../lib/cli/commands/server.ts")).serverCommand;
  const help = given(HELP.command(server, "chat"));
  for (const line of ["server chat --help", "server -h chat 9000", "help server chat"]) {
    assertEquals(await printed(...line.split(" ")), help, line);
  }
});

Deno.test("main() sets help as wide as the terminal", async () => {
  const { system, code } = start(["--help"], { columns: 40 });
  assertEquals([await code, system.stdout.text], [0, new Help(await loadHelpLanguage("en"), 40).program(COMMANDS)]);
});

const names = (table: readonly { readonly name: string }[]) => table.map(({ name }) => name).join(", ");
const commands = `(commands: ${names(COMMANDS)})`;
const shells = `(shells: ${names(SHELLS)})`;
const modes = `(modes: ${names(MODES)})`;

const COMPLAINTS: [string[], string][] = [
  [["-q"], "Missing command; `sockeye --help` lists them"],
  [["servr"], `Unknown command "servr" - did you mean "server"? ${commands}`],
  [["bogus", "--help"], `Unknown command "bogus" ${commands}`],
  [["\x1b[2J"], `Unknown command "\\x1b[2J" ${commands}`],
  [["a\nb"], `Unknown command "a\\nb" ${commands}`],
  [["help", "fecth"], `Unknown command "fecth" - did you mean "fetch"? ${commands}`],
  [["completions"], "Missing shell: completions takes bash, zsh, fish, powershell"],
  [["completions", "bsh"], `Unknown shell "bsh" - did you mean "bash"? ${shells}`],
  [["completions", "csh"], `Unknown shell "csh" - did you mean "zsh"? ${shells}`],
  [["completions", "elvish"], `Unknown shell "elvish" ${shells}`],
  [["completions", "bash", "zsh"], 'Unexpected argument "zsh": completions takes one SHELL'],
  [["man", "sockeye"], 'Unexpected argument "sockeye": man takes none'],
  [["--bogus"], 'Unknown option "--bogus"'],
  [["server", "--idel", "5s"], 'Unknown option "--idel" - did you mean "--idle"?'],
  [["server", "--idle"], "Missing value: --idle D"],
  [
    ["server", "--idle", "\x1b[2J"],
    'Bad --idle "\\x1b[2J": expected a duration such as 500ms, 5s, 2m or 1h (24 days at most)',
  ],
  [["server", "--once=yes"], 'Option --once takes no value, but got "yes"'],
  [["server", "--color", "red"], 'Bad --color "red": expected auto, always or never'],
  [["server", "--color", "alwyas"], 'Bad --color "alwyas": expected auto, always or never - did you mean "always"?'],
  [["server", "reply", "--then", "clsoe"], 'Bad --then "clsoe": expected close - did you mean "close"?'],
  [
    ["server", "--frame", "lien"],
    'Bad --frame "lien": expected read, line, gap:50ms, fixed:8, until:0d0a, between:aaff,0d0a or length:u16be,at=2,adjust=4 - did you mean "line"?',
  ],
  [["server", "ehco"], `Unknown mode "ehco" - did you mean "echo"? ${modes}`],
  [["server", "echo", "9000", "more"], 'Unexpected argument "more": server takes [MODE] [ADDRESS]'],
  [["server", "talk", "--text", "x"], "Option --text is for reply, not for talk"],
  [["server", "echo", "--history", "5"], "Option --history is for chat, not for echo"],
  [["server", "talk", "--rate=5"], "Option --rate is for chat, not for talk"],
  [["server", "--rate", "5"], "Option --rate is for chat, not for echo"],
  [["server", "chat", "--greet", "x"], "Option --greet is for reply, not for chat"],
  [["server", "echo", "--log", "x"], "Option --log is for chat, not for echo"],
  [["server", "--log=x", "0"], "Option --log is for chat, not for echo"],
  [["server", "talk", "0", "--log", "x"], "Option --log is for chat, not for talk"],
  [["server", "chat", "--log"], "Missing value: --log FILE"],
  [["server", "chat", "--rate=5:"], 'Bad --rate "5:": expected messages a second such as 5, or with a burst 5:20'],
  [["server", "chat", "--history=-1"], 'Bad --history "-1": expected a whole number from 0 to 10000'],
  [["server", "chat", "--history=10001"], 'Bad --history "10001": expected a whole number from 0 to 10000'],
  [["server", "udp://:9", "--cert", "x"], "Option --cert is for tls and wss, not for udp"],
  [["server", "ws://:9", "--once", "--cert", "x"], "Option --cert is for tls and wss, not for ws"],
  [["server", "unix:/x", "--backlog", "4"], "Option --backlog is for tcp, tls, ws and wss, not for unix"],
  [["server", "unix:/x", "--allow", "::/0"], "Option --allow is for tcp, tls, udp, ws and wss, not for unix"],
  [
    ["server", "9", "--frame-max", "1k"],
    "Option --frame-max limits the messages of --frame, or of a WebSocket: add --frame",
  ],
  [["client", "ws://a:9/", "--insecure"], "Option --insecure is for tls and wss, not for ws"],
  [["client", "tls://a:9", "--binary"], "Option --binary is for ws and wss, not for tls"],
  [["client", "wss://a:9/", "--ttl", "1"], "Option --ttl is for udp, not for wss"],
  [["server", "99999"], 'Bad address "99999": the port "99999" is not a number from 0 to 65535'],
  [["client"], "Missing address: client takes ADDRESS or HOST PORT"],
  [["client", "a", "1", "more"], 'Unexpected argument "more": client takes ADDRESS or HOST PORT'],
  [["client", "9", "--count", "3"], "Option --count needs something to say: add --send, --send-hex or --file"],
  [["client", "9", "--every", "1s"], "Option --every needs something to say: add --send, --send-hex or --file"],
  [["client", "9", "--expect", "("], 'Bad --expect "(": Invalid regular expression: /(/mu: Unterminated group'],
];

for (const [args, complaint] of COMPLAINTS) {
  Deno.test(`main(${JSON.stringify(args)}) exits 2 and says why in one line`, async () => {
    assertEquals(await printed(...args), { code: 2, stdout: "", stderr: `sockeye: ${complaint}\n` });
  });
}

Deno.test("main() names flag, value and encodings for an unknown encoding, and one that is like it", async () => {
  const { code, stderr } = await printed("client", "-e", "utf-9", "9000");
  assertEquals(code, 2);
  const words = /^sockeye: -e: Unknown encoding "utf-9": use one of utf-8, gbk, [^\n]* - did you mean "utf-8"\?\n$/;
  assertMatch(stderr, words);
  const near = await printed("client", "--encoding=gkb", "9000");
  assertMatch(near.stderr, /"gkb": use one of .* - did you mean "gbk"\?\n$/);
  assertMatch((await printed("client", "-e", "klingon", "9000")).stderr, /"klingon": use one of [^?]*\n$/);
});

Deno.test("main() gives done with the exit code for --json", async () => {
  const { code, stdout, stderr } = await printed("client", "--json");
  assertEquals([code, stderr], [2, "sockeye: Missing address: client takes ADDRESS or HOST PORT\n"]);
  assertEquals(eventsOf(stdout).map(({ event, code }) => [event, code]), [["error", 2], ["done", 2]]);
});

Deno.test("main() exits 9 for a file that is not there, before anything is connected", async () => {
  const stderr = 'sockeye: Cannot read "/no/such/file": there is no such file\n';
  assertEquals(await printed("client", "9", "--file", "/no/such/file"), { code: 9, stdout: "", stderr });
});

Deno.test("main() exits 9 for a log that cannot be written, before anything listens", async () => {
  const path = "/no/such/folder/room.log";
  const message = `Cannot write "${path}": No such file or directory`;
  const args = ["server", "chat", "0", "--log", path];
  assertEquals(await printed(...args), { code: 9, stdout: "", stderr: `sockeye: ${message}\n` });
  const { stdout } = await printed(...args, "--json");
  assertEquals(eventsOf(stdout).map(({ event, kind, message, code }) => [event, kind, message, code]), [
    ["error", "file", message, 9],
    ["done", undefined, undefined, 9],
  ]);
});

Deno.test({
  name: "main() exits 13 for a log without the permission to write it",
  permissions: { net: true },
  fn: async () => {
    const stderr =
      'sockeye: Cannot write "room.log": the permission is missing; add --allow-write to deno run, before main.ts\n';
    assertEquals(await printed("server", "chat", "0", "--log", "room.log"), { code: 13, stdout: "", stderr });
  },
});

Deno.test("main() settles when nothing can be written", async () => {
  const system = new FakeSystem({ stdout: { failure: noSpace() }, stderr: { failure: noSpace() } });
  await main(["--help"], system);
  assertEquals(system.log, []);
});

Deno.test("main() ends at the first signal, though nobody reads what is left to write", async () => {
  using clock = new FakeClock();
  const system = new FakeSystem();
  system.stdout.stall();
  const code = main(["--version"], system);
  await clock.advance(60_000);
  assertEquals(await isSettled(code), false);
  system.stop("interrupt");
  await clock.advance(1_000);
  assertEquals(await code, 130);
});

Deno.test("main() writes everything before it settles, however slow the stream", async () => {
  const system = new FakeSystem({ stdout: { most: 7 } });
  assertEquals(await main(["help", "server"], system), 0);
  assertStringIncludes(system.stdout.text, "any free port, events as JSON");
});
