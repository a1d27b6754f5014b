import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { brokenPipe, hex } from "../cli/helpers.ts";
import { close, datagram, failure, recv, send, view } from "./view.ts";

const CLOCK = /^\d\d:\d\d:\d\d\.\d{3} /;

Deno.test("Output of a server puts the peer before each line of a message", async () => {
  const { output, shown } = view("server");
  void output.reportTraffic?.(recv("one\r\ntwo\n", 3));
  void output.reportTraffic?.(recv("no newline", 3));
  void output.reportTraffic?.(recv("\n", 3));
  assertEquals(await shown(), { stdout: "#3 < one\n#3 < two\n#3 < no newline\n#3 < \n", stderr: "" });
});

Deno.test("Output of a server keeps the cut characters of two peers apart", async () => {
  const { output, shown } = view("server");
  void output.reportTraffic?.(recv(hex("41 e4"), 1));
  void output.reportTraffic?.(recv(hex("42 e4 bd"), 2));
  void output.reportTraffic?.(recv(hex("bf a1"), 1));
  void output.reportTraffic?.(recv(hex("a0"), 2));
  assertEquals((await shown()).stdout, "#1 < A\n#2 < B\n#1 < 信\n#2 < 你\n");
});

Deno.test("Output of a server keeps the cut characters of both directions apart", async () => {
  const { output, shown } = view("server", { verbose: true });
  void output.reportTraffic?.(recv(hex("e4 bf")));
  void output.reportTraffic?.(send(hex("e4 bd a0")));
  void output.reportTraffic?.(recv(hex("a1")));
  assertEquals(await shown(), { stdout: "#1 < 信\n", stderr: "#1 > 你\n" });
});

Deno.test("Output of a server shows half a character before the end of its peer", async () => {
  const { output, system, shown } = view("server");
  void output.reportTraffic?.(recv(hex("41 e4 bf")));
  void output.report(close());
  await shown();
  assertEquals(system.log.map(([stream, text]) => [stream, text.slice(0, 14)]), [
    ["stdout", "#1 < A\n#1 < \\x"],
    ["stderr", "#1 10.0.0.1:40"],
  ]);
  assertEquals(system.stdout.text, "#1 < A\n#1 < \\xe4\\xbf\n");
});

Deno.test("Output of a server makes a new decoder when a number is used again", async () => {
  const { output, system, shown } = view("server");
  void output.reportTraffic?.(recv(hex("e4 bf")));
  void output.report(close());
  void output.reportTraffic?.(recv(hex("a1")));
  await shown();
  assertEquals(system.stdout.lines, ["#1 < \\xe4\\xbf", "#1 < \\xa1"]);
});

Deno.test("Output of a server shows what was sent only with --verbose, and on stderr", async () => {
  const plain = view("server");
  void plain.output.reportTraffic?.(send("answer\n"));
  assertEquals(await plain.shown(), { stdout: "", stderr: "" });

  const verbose = view("server", { verbose: true });
  void verbose.output.reportTraffic?.(send("answer\n"));
  assertEquals(await verbose.shown(), { stdout: "", stderr: "#1 > answer\n" });
});

Deno.test("Output of a server escapes control characters of its peers", async () => {
  const { output, shown } = view("server");
  void output.reportTraffic?.(recv("\x1b[2J#2 < forged\r\u202e\x00"));
  assertEquals((await shown()).stdout, "#1 < \\x1b[2J#2 < forged\\r\\u202e\\x00\n");
});

Deno.test("Output of a server hints once for each peer", async () => {
  const { output, system, shown } = view("server");
  const chinese = hex("c4 e3 ba c3 ca c0 bd e7 0a"); // 你好世界 in GBK
  for (const id of [1, 1, 2]) void output.reportTraffic?.(recv(chinese, id));
  await shown();
  assertEquals(system.stderr.lines, [
    "#1 these bytes are valid gbk: try -e gbk",
    "#2 these bytes are valid gbk: try -e gbk",
  ]);
});

Deno.test("Output of a server shows details only with --verbose", async () => {
  for (const verbose of [false, true]) {
    const { output, shown } = view("server", { verbose });
    void output.report({ event: "notice", message: "detail", detail: true });
    void output.report({ event: "notice", message: "news" });
    assertEquals(await shown(), { stdout: "", stderr: verbose ? "detail\nnews\n" : "news\n" });
  }
});

Deno.test("Output of a quiet server has no traffic callback and shows only errors", async () => {
  const { output, shown } = view("server", { quiet: true });
  assertEquals(output.reportTraffic, undefined);
  void output.report({ event: "notice", message: "news" });
  void output.report(close());
  void output.report(failure("Cannot accept"));
  assertEquals(await shown(), { stdout: "", stderr: "sockeye: Cannot accept\n" });
});

Deno.test("Output with --hex shows rows with time, direction and offset, both directions", async () => {
  const { output, system, shown } = view("server", { hex: true });
  void output.reportTraffic?.(recv("0123456789abcdef!"));
  void output.reportTraffic?.(send("?"));
  void output.reportTraffic?.(recv("!"));
  await shown();
  const rows = system.stdout.lines.map((line) => line.replace(CLOCK, "TIME "));
  assertEquals(rows.map((row) => row.replace(/ {2,}/g, "  ")), [
    "TIME #1 < 00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|",
    "TIME #1 < 00000010  21  |!|",
    "TIME #1 > 00000000  3f  |?|",
    "TIME #1 < 00000011  21  |!|",
  ]);
});

Deno.test("Output with --time puts the time before every line of both streams", async () => {
  const { output, system, shown } = view("server", { time: true });
  void output.reportTraffic?.(recv("one\ntwo\n"));
  void output.report({ event: "notice", message: "news" });
  await shown();
  const lines = [...system.stdout.lines, ...system.stderr.lines];
  assertEquals(lines.map((line) => line.replace(CLOCK, "TIME ")), ["TIME #1 < one", "TIME #1 < two", "TIME news"]);
});

Deno.test("Output of a server prints above the line that the operator is typing", async () => {
  const { output, system, shown } = view("server", { terminal: true });
  const calls: string[] = [];
  const note = (what: string) => () => void calls.push(`${what} after ${system.log.length} writes`);
  output.inputLine = {
    hide: note("hide"),
    show: note("show"),
    setPartialLine: (text) => void calls.push(`partial line ${text}`),
  };
  void output.reportTraffic?.(recv("partial"));
  await shown();
  // Hidden before the text is queued, shown behind it: both go through the same sink.
  assertEquals(calls, ["hide after 0 writes", "show after 0 writes"]);
  assertEquals(system.stdout.text, "#1 < partial\n");
});

Deno.test("Output of a server goes on when stdout is closed", async () => {
  const { output, shown } = view("server", {}, { stdout: { failure: brokenPipe() } });
  void output.reportTraffic?.(recv("lost\n"));
  void output.report(close());
  assertMatch((await shown()).stderr, /^#1 10\.0\.0\.1:4000 left: closed/);
});

Deno.test("Output.report() gives a promise when the terminal is behind", async () => {
  const { output, system, shown } = view("server");
  const release = system.stdout.stall();
  const waits = output.reportTraffic?.(recv("x".repeat(300 * 1024)));
  assertEquals(waits instanceof Promise, true);
  release();
  await waits;
  assertStringIncludes((await shown()).stdout, "xxx\n");
});

Deno.test("Output of a server shows a character that a datagram cut, and an empty datagram", async () => {
  const { output, shown } = view("server", { encoding: "gbk", verbose: true });
  for (const data of [hex("61 e4"), "ok", "", "end\r", "\n"]) {
    void output.reportTraffic?.(datagram(data));
    void output.reportTraffic?.({ ...datagram(data), event: "send" });
  }
  const lines = ["a\\xe4", "ok", "", "end\\r", ""];
  const all = (mark: string) => lines.map((line) => `#1 ${mark} ${line}\n`).join("");
  assertEquals(await shown(), { stdout: all("<"), stderr: all(">") });
});

Deno.test("Output of a server dumps datagrams apart", async () => {
  const { output, system, shown } = view("server", { hex: true, encoding: "gbk" });
  for (const data of [hex("61 e4"), "ok", ""]) void output.reportTraffic?.(datagram(data));
  await shown();
  const texts = system.stdout.lines.map((line) => line.replace(CLOCK, "").replace(/ {2,}/g, "  "));
  assertEquals(texts, ["#1 < 00000000  61 e4  |a.|", "#1 < 00000002  6f 6b  |ok|", "#1 < 00000004  ||"]);
});
