import { assertEquals, assertMatch } from "@std/assert";
import { openOutput } from "../../lib/cli/command.ts";
import type { SayEvent } from "../../lib/events.ts";
import type { Colorize } from "../../lib/output/colors.ts";
import { commonValues, FakeSystem } from "../cli/helpers.ts";
import { close, failure, recv, send, view } from "./view.ts";

const CLOCK = /^\d\d:\d\d:\d\d\.\d{3} /;

/** Bytes that may wait before events are dropped. */
const EVENTS_LIMIT_BYTES = 8 * 1024 * 1024;

/** A chat line: of a client, of the operator, or of the chat itself. */
function say(text: string, from?: number | "operator"): SayEvent {
  if (from === "operator") return { event: "say", text, operator: true };
  return { event: "say", text, ...(from !== undefined && { id: from, peer: `10.0.0.${from}:4000` }) };
}

/** Bytes sent to a peer by code that does not wait until they are shown. */
function sendPosted(data: string, id = 1) {
  return { ...send(data, id), posted: true };
}

/** An input line that records calls. */
function inputLine(calls: string[] = []) {
  const note = (what: string) => () => void calls.push(what);
  return {
    hide: note("hide"),
    show: note("show"),
    setPartialLine: (text: string) => void calls.push(`partial line ${text}`),
  };
}

Deno.test("Output shows chat lines of every sender on stdout as they are", async () => {
  const { output, shown } = view("server");
  void output.report(say("*** user1 joined", 1));
  void output.report(say("<user1> hello", 1));
  void output.report(say("* user1 waves", 1));
  void output.report(say("<operator> 你好", "operator"));
  void output.report(say("*** The server stops. Goodbye"));
  const stdout = "*** user1 joined\n<user1> hello\n* user1 waves\n<operator> 你好\n*** The server stops. Goodbye\n";
  assertEquals(await shown(), { stdout, stderr: "" });
});

Deno.test("Output colours the sender of a chat line, and nothing of the text", async () => {
  const marks: Colorize = (stream, role, text) => `[${stream} ${role}:${text}]`;
  for (
    const [text, head] of [
      ["<user1> a > b <user2> c", "<user1>"],
      ["<你好> hello", "<你好>"],
      ["* user1 waves at * user2 ***", "* user1"],
      ["*** user1 joined ***", "***"],
    ] as const
  ) {
    const { output, shown } = view("server", {}, {}, marks);
    void output.report(say(text, 1));
    assertEquals((await shown()).stdout, `[stdout peer:${head}]${text.slice(head.length)}\n`);
  }
});

/** What a server shows of a chat line with these flags. */
async function coloured(...flags: string[]): Promise<string> {
  const system = new FakeSystem({ terminal: true, noColor: false });
  const sink = system.sink();
  const output = openOutput("server", commonValues(flags), { system, sink, onOutput: () => {} });
  void output.report(say("<user1> hello", 1));
  await sink.flush();
  return system.stdout.text;
}

// The colours come from @std/fmt, which gives none where NO_COLOR is set.
Deno.test({ name: "Output colours the sender of a chat line on a terminal", ignore: Deno.noColor }, async () => {
  assertEquals(await coloured(), "\x1b[36m<user1>\x1b[39m hello\n");
});

Deno.test("Output colours nothing of a chat line with --color never", async () => {
  assertEquals(await coloured("--color", "never"), "<user1> hello\n");
});

Deno.test("Output hides chat lines with --quiet", async () => {
  const { output, shown } = view("server", { quiet: true });
  void output.report(say("<user1> hello", 1));
  void output.report(say("<operator> hello", "operator"));
  void output.report(failure("Cannot accept"));
  assertEquals(await shown(), { stdout: "", stderr: "sockeye: Cannot accept\n" });
});

Deno.test("Output with --json gives chat lines with their sender, --quiet or not", async () => {
  for (const quiet of [false, true]) {
    const { output, system, shown } = view("server", { json: true, quiet });
    void output.report(say("<user7> \x1bhello", 7));
    void output.report(say("<operator> hi", "operator"));
    void output.report(say("*** The server stops. Goodbye"));
    assertEquals((await shown()).stderr, "");
    for (const { t } of system.stdout.events) assertMatch(String(t), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assertEquals(system.stdout.events.map(({ t: _t, ...fields }) => fields), [
      { event: "say", text: "<user7> \x1bhello", id: 7, peer: "10.0.0.7:4000" },
      { event: "say", text: "<operator> hi", operator: true },
      { event: "say", text: "*** The server stops. Goodbye" },
    ]);
  }
});

Deno.test("Output with --json gives the operator's chat line while there is an input line", async () => {
  const { output, system, shown } = view("server", { json: true, terminal: true });
  output.inputLine = inputLine();
  void output.report(say("<operator> hi", "operator"));
  await shown();
  assertEquals(system.stdout.events.map(({ event, text }) => [event, text]), [["say", "<operator> hi"]]);
});

Deno.test("Output does not repeat what the operator typed at an input line", async () => {
  const { output, shown } = view("server", { terminal: true });
  const calls: string[] = [];
  output.inputLine = inputLine(calls);
  void output.report(say("<operator> hi", "operator"));
  assertEquals([await shown(), calls], [{ stdout: "", stderr: "" }, []]);
  output.inputLine = undefined;
  void output.report(say("<operator> bye", "operator"));
  assertEquals((await shown()).stdout, "<operator> bye\n");
});

Deno.test("Output shows chat lines of others above the input line", async () => {
  const { output, shown } = view("server", { terminal: true });
  const calls: string[] = [];
  output.inputLine = inputLine(calls);
  void output.report(say("<user1> hello", 1));
  assertEquals([(await shown()).stdout, calls], ["<user1> hello\n", ["hide", "show"]]);
});

Deno.test("Output escapes what would drive a terminal, in the text and in the sender of a chat line", async () => {
  const { output, shown } = view("server");
  void output.report(say("<user\x1b[2J1> \x07hello\r\u202e\tworld", 1));
  assertEquals((await shown()).stdout, "<user\\x1b[2J1> \\x07hello\\r\\u202e\tworld\n");
});

Deno.test("Output with --time puts the time before chat lines", async () => {
  const { output, system, shown } = view("server", { time: true });
  void output.report(say("<user1> hello", 1));
  void output.report(say("*** user1 left", 1));
  await shown();
  assertEquals(system.stdout.lines.map((line) => line.replace(CLOCK, "TIME ")), [
    "TIME <user1> hello",
    "TIME *** user1 left",
  ]);
});

for (const json of [false, true]) {
  const name = json ? "Output with --json" : "Output";
  const texts = (stdout: string) => json ? stdout.trimEnd().split("\n").map((line) => JSON.parse(line)) : [];

  Deno.test(`${name} drops chat lines when the output is not read, and counts them`, async () => {
    const { output, system, shown } = view("server", { json });
    const release = system.stdout.stall();
    const long = `<user1> ${"x".repeat(EVENTS_LIMIT_BYTES)}`;
    void output.report(say(long, 1));
    for (const number of [1, 2, 3]) void output.report(say(`<user1> lost ${number}`, 1));
    release();
    await shown();
    void output.report(say("<user1> read again", 1));
    void output.report(say("<user1> and on", 1));
    const { stdout, stderr } = await shown();
    const notice = "3 events were not shown: the output was not read";
    if (json) {
      const events = texts(stdout).map(({ event, text, message }) => [event, text ?? message]);
      assertEquals(events, [
        ["say", long],
        ["notice", notice],
        ["say", "<user1> read again"],
        ["say", "<user1> and on"],
      ]);
    } else {
      assertEquals(stdout, `${long}\n<user1> read again\n<user1> and on\n`);
      assertEquals(stderr, `${notice}\n`);
    }
  });

  Deno.test(`${name} drops posted traffic when it is not read, and no other traffic`, async () => {
    const { output, system, shown } = view("server", { json, verbose: true });
    const release = system.stdout.stall();
    void output.report(say(`<user1> ${"x".repeat(EVENTS_LIMIT_BYTES)}`, 1));
    void output.reportTraffic?.(sendPosted("posted and lost\n"));
    void output.reportTraffic?.(send("sent\n"));
    void output.reportTraffic?.(recv("received\n"));
    release();
    await shown();
    void output.reportTraffic?.(sendPosted("posted and shown\n"));
    const { stdout, stderr } = await shown();
    const notice = "1 events were not shown: the output was not read";
    if (json) {
      const events = texts(stdout).slice(1).map(({ event, text, message }) => [event, text ?? message]);
      assertEquals(events, [
        ["send", "sent\n"],
        ["recv", "received\n"],
        ["notice", notice],
        ["send", "posted and shown\n"],
      ]);
    } else {
      assertEquals(system.stdout.lines.slice(1), ["#1 < received"]);
      assertEquals(stderr, `#1 > sent\n${notice}\n#1 > posted and shown\n`);
    }
  });
}

Deno.test("Output counts no posted traffic that it would not have shown", async () => {
  const { output, system, shown } = view("server");
  const release = system.stdout.stall();
  void output.report(say(`<user1> ${"x".repeat(EVENTS_LIMIT_BYTES)}`, 1));
  void output.reportTraffic?.(sendPosted("a detail\n"));
  release();
  await shown();
  void output.report(close());
  assertMatch((await shown()).stderr, /^#1 10\.0\.0\.1:4000 left: closed[^\n]*\n$/);
});

Deno.test("Output gives no promise for posted traffic that it drops", async () => {
  const { output, system, shown } = view("server", { verbose: true });
  const release = system.stdout.stall();
  void output.report(say(`<user1> ${"x".repeat(EVENTS_LIMIT_BYTES)}`, 1));
  assertEquals(output.reportTraffic?.(sendPosted("lost\n")), undefined);
  assertEquals(output.reportTraffic?.(send("sent\n")) instanceof Promise, true);
  release();
  await shown();
});
