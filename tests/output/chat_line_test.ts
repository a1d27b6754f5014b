import { assertEquals, assertMatch } from "@std/assert";
import type { SayEvent } from "../../lib/events.ts";
import { type Colorize, personRole } from "../../lib/output/colors.ts";
import { ChatLines } from "../../lib/output/chat_lines.ts";
import { CLOCK, failure, view } from "./view.ts";

/** A chat line: of a client, of the operator, or of the chat itself. */
function say(text: string, from?: number | "operator"): SayEvent {
  if (from === "operator") return { event: "say", text, operator: true };
  return { event: "say", text, ...(from !== undefined && { id: from, peer: `10.0.0.${from}:4000` }) };
}

/** An input line that records calls. */
function inputLine(calls: string[] = []) {
  const note = (what: string) => () => void calls.push(what);
  return { hide: note("hide"), show: note("show") };
}

Deno.test("Output shows chat lines of every sender on stdout as they are", async () => {
  const lines = [
    say("*** user1 joined", 1),
    say("<user1> hello", 1),
    say("* user1 waves", 1),
    say("<operator> 你好", "operator"),
    say("*** The server stops. Goodbye"),
  ];
  assertEquals(await view("server").shown(...lines), {
    stdout: lines.map(({ text }) => `${text}\n`).join(""),
    stderr: "",
  });
});

Deno.test("Output colours the sender of a chat line, and nothing of the text", async () => {
  const marks: Colorize = (stream, role, text) => `[${stream} ${role}:${text}]`;
  for (
    const [text, head, name] of [
      ["<user1> a > b <user2> c", "<user1>", "user1"],
      ["<你好> hello", "<你好>", "你好"],
      ["* user1 waves at * user2 ***", "* user1", "user1"],
      ["[user1] in private", "[user1]", "user1"],
    ] as const
  ) {
    const { stdout } = await view("server", {}, {}, marks).shown(say(text, 1));
    assertEquals(stdout, `[stdout ${personRole(name)}:${head}]${text.slice(head.length)}\n`);
  }
  const { stdout } = await view("server", {}, {}, marks).shown(say("*** user1 joined", 1));
  assertEquals(stdout, "[stdout note:*** user1 joined]\n");
});

Deno.test("Output hides chat lines with --quiet", async () => {
  const events = [say("<user1> hello", 1), say("<operator> hello", "operator"), failure("Cannot accept")];
  const stderr = "sockeye: Cannot accept\n";
  assertEquals(await view("server", { quiet: true }).shown(...events), { stdout: "", stderr });
});

Deno.test("Output with --json gives chat lines with their sender, --quiet or not", async () => {
  const lines = [say("<user7> \x1bhello", 7), say("<operator> hi", "operator"), say("*** The server stops. Goodbye")];
  for (const quiet of [false, true]) {
    const { system, shown } = view("server", { json: true, quiet });
    assertEquals((await shown(...lines)).stderr, "");
    for (const { t } of system.stdout.events) assertMatch(String(t), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assertEquals(system.stdout.events.map(({ t: _t, ...fields }) => fields), [
      { event: "say", text: "<user7> \x1bhello", id: 7, peer: "10.0.0.7:4000" },
      { event: "say", text: "<operator> hi", operator: true },
      { event: "say", text: "*** The server stops. Goodbye" },
    ]);
  }
});

Deno.test("Output with --json gives the operator's chat line while there is an input line", async () => {
  const { output, told } = view("server", { json: true, terminal: true });
  output.bottomLine = inputLine();
  assertEquals(await told(["event", "text"], say("<operator> hi", "operator")), [["say", "<operator> hi"]]);
});

Deno.test("Output does not repeat what the operator typed at an input line", async () => {
  const { output, shown } = view("server", { terminal: true });
  const calls: string[] = [];
  output.bottomLine = inputLine(calls);
  assertEquals([await shown(say("<operator> hi", "operator")), calls], [{ stdout: "", stderr: "" }, []]);
  output.bottomLine = undefined;
  assertMatch((await shown(say("<operator> bye", "operator"))).stdout, /^\d\d:\d\d <operator> bye\n$/);
});

Deno.test("Output shows chat lines of others above the input line", async () => {
  const { output, shown } = view("server", { terminal: true });
  const calls: string[] = [];
  output.bottomLine = inputLine(calls);
  assertMatch((await shown(say("<user1> hello", 1))).stdout, /^\d\d:\d\d <user1> hello\n$/);
  assertEquals(calls, ["hide", "show"]);
});

Deno.test("Output escapes what would drive a terminal, in the text and in the sender of a chat line", async () => {
  const { stdout } = await view("server").shown(say("<user\x1b[2J1> \x07hello\r\u202e\tworld", 1));
  assertEquals(stdout, "<user\\x1b[2J1> \\x07hello\\r\\u202e\tworld\n");
});

Deno.test("Output with --time puts the time before chat lines", async () => {
  const { stdout } = await view("server", { time: true }).shown(say("<user1> hello", 1), say("*** user1 left", 1));
  assertEquals(stdout.replace(CLOCK, "TIME "), "TIME <user1> hello\nTIME *** user1 left\n");
});

Deno.test("Output on a terminal ties a number to a name in one line, and uses the name from then on", async () => {
  const { shown } = view("server", { terminal: true, chat: true });
  const who = { id: 2, peer: "10.0.0.2:4000" };
  const { stdout, stderr } = await shown(
    { event: "open", ...who },
    { ...say("*** user2 joined", 2), kind: "join", name: "user2" },
    { ...say("*** user2 is bob now", 2), kind: "rename", name: "bob" },
    { event: "notice", ...who, message: "is slow" },
    { ...say("*** bob left", 2), kind: "leave", name: "bob" },
  );
  assertEquals(
    stdout.replace(/^\d\d:\d\d /gm, ""),
    "*** user2 joined (#2 10.0.0.2:4000)\n*** user2 is bob now (#2)\n*** bob left (#2)\n",
  );
  assertEquals(stderr, "#2 bob 10.0.0.2:4000 is slow\n");
});

Deno.test("Output with --json keeps private lines to itself unless asked for details", async () => {
  for (const verbose of [false, true]) {
    const { told } = view("server", { json: true, verbose });
    const events = await told(["text"], { ...say("[bob] psst"), kind: "private", name: "bob" });
    assertEquals(events.length, verbose ? 1 : 0);
  }
});

Deno.test("ChatLines gives the date when the day has changed, and goes on below the text", () => {
  const options = { encoding: "utf-8", terminal: true, raw: false, columns: () => 30 };
  const lines = new ChatLines({ options, colorize: (_stream, _role, text) => text });
  assertEquals(lines.rows("<ann> hi", "", new Date(2026, 0, 1, 23, 59)), "23:59 <ann> hi\n");
  const late = new Date(2026, 0, 2, 0, 1);
  const rows = ["--- 2026-01-02 ---", "00:01 <ann> 你好你好你好你好你", "          好 and more words", ""];
  assertEquals(lines.rows("<ann> 你好你好你好你好你好 and more words", "", late).split("\n"), rows);
});
