import { assertEquals, assertMatch } from "@std/assert";
import { brokenPipe, hex } from "../cli/helpers.ts";
import { CLOCK, close, datagram, failure, notice, recv, send, view } from "./view.ts";

Deno.test("Output of a server puts the peer before each line of a message", async () => {
  const { stdout, stderr } = await view("server").shown(recv("one\r\ntwo\n", 3), recv("no newline", 3), recv("\n", 3));
  assertEquals([stdout, stderr], ["#3 < one\n#3 < two\n#3 < no newline\n#3 < \n", ""]);
});

Deno.test("Output of a server keeps the cut characters of two peers apart", async () => {
  const parts = [recv(hex("41 e4"), 1), recv(hex("42 e4 bd"), 2), recv(hex("bf a1"), 1), recv(hex("a0"), 2)];
  assertEquals((await view("server").shown(...parts)).stdout, "#1 < A\n#2 < B\n#1 < 信\n#2 < 你\n");
});

Deno.test("Output of a server shows half a character before the end of its peer", async () => {
  const { system, shown } = view("server");
  assertEquals((await shown(recv(hex("41 e4 bf")), close())).stdout, "#1 < A\n#1 < \\xe4\\xbf\n");
  assertEquals(system.log.map(([stream, text]) => [stream, text.slice(0, 14)]), [
    ["stdout", "#1 < A\n#1 < \\x"],
    ["stderr", "#1 10.0.0.1:40"],
  ]);
});

Deno.test("Output of a server makes a new decoder when a number is used again", async () => {
  const { stdout } = await view("server").shown(recv(hex("e4 bf")), close(), recv(hex("a1")));
  assertEquals(stdout, "#1 < \\xe4\\xbf\n#1 < \\xa1\n");
});

Deno.test("Output of a server shows what was sent on a terminal or with --verbose, and on stderr", async () => {
  const shown = await view("server", { terminal: true }).shown(recv("hi"), send("answer"));
  assertEquals(shown, { stdout: "#1 < hi\n", stderr: "#1 > answer\n" });
  assertEquals(await view("server").shown(send("answer\n")), { stdout: "", stderr: "" });
  const verbose = await view("server", { verbose: true }).shown(send("answer\n"));
  assertEquals(verbose, { stdout: "", stderr: "#1 > answer\n" });
});

Deno.test("Output of a server escapes control characters of its peers", async () => {
  const { stdout } = await view("server").shown(recv("\x1b[2J#2 < forged\r\u202e\x00"));
  assertEquals(stdout, "#1 < \\x1b[2J#2 < forged\\r\\u202e\\x00\n");
});

Deno.test("Output of a server hints once for each peer", async () => {
  const chinese = hex("c4 e3 ba c3 ca c0 bd e7 0a"); // 你好世界 in GBK
  const { stderr } = await view("server").shown(...[1, 1, 2].map((id) => recv(chinese, id)));
  assertEquals(stderr, [1, 2].map((id) => `#${id} these bytes are valid gbk: try -e gbk\n`).join(""));
});

Deno.test("Output of a server shows details only with --verbose", async () => {
  for (const verbose of [false, true]) {
    const shown = await view("server", { verbose }).shown(notice("detail", { detail: true }), notice("news"));
    assertEquals(shown, { stdout: "", stderr: verbose ? "detail\nnews\n" : "news\n" });
  }
});

Deno.test("Output of a quiet server has no traffic callback and shows only errors", async () => {
  const { output, shown } = view("server", { quiet: true });
  assertEquals(output.reportTraffic, undefined);
  const stderr = "sockeye: Cannot accept\n";
  assertEquals(await shown(notice("news"), close(), failure("Cannot accept")), { stdout: "", stderr });
});

Deno.test("Output with --hex puts time, direction and length above the rows, both directions", async () => {
  const { stdout } = await view("server", { hex: true }).shown(recv("0123456789abcdef!"), send("?"), recv("!"));
  assertEquals(stdout.replace(CLOCK, "TIME ").replace(/ {2,}/g, "  ").trimEnd().split("\n"), [
    "TIME #1 < 17 bytes",
    "00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|",
    "00000010  21  |!|",
    "TIME #1 > 1 byte",
    "00000000  3f  |?|",
    "TIME #1 < 1 byte",
    "00000011  21  |!|",
  ]);
});

Deno.test("Output with --time puts the time before every line of both streams", async () => {
  const { stdout, stderr } = await view("server", { time: true }).shown(recv("one\ntwo\n"), notice("news"));
  assertEquals((stdout + stderr).replace(CLOCK, "TIME "), "TIME #1 < one\nTIME #1 < two\nTIME news\n");
});

Deno.test("Output of a server prints above the line that the operator is typing", async () => {
  const { output, system, shown } = view("server", { terminal: true });
  const calls: string[] = [];
  const note = (what: string) => () => void calls.push(`${what} after ${system.log.length} writes`);
  output.bottomLine = { hide: note("hide"), show: note("show") };
  assertEquals((await shown(recv("partial"))).stdout, "#1 < partial\n");
  // Hidden before the text is queued, shown behind it: both go through the same sink.
  assertEquals(calls, ["hide after 0 writes", "show after 0 writes"]);
});

Deno.test("Output of a server goes on when stdout is closed", async () => {
  const { stderr } = await view("server", {}, { stdout: { failure: brokenPipe() } }).shown(recv("lost\n"), close());
  assertMatch(stderr, /^#1 10\.0\.0\.1:4000 left: closed/);
});

Deno.test("Output of a server shows a character that a datagram cut, and an empty datagram", async () => {
  const datagrams = [hex("61 e4"), "ok", "", "end\r", "\n"].map((data) => datagram(data));
  const sent = datagrams.map((one) => ({ ...one, event: "send" as const }));
  const all = (mark: string) => ["a\\xe4", "ok", "", "end\\r", ""].map((line) => `#1 ${mark} ${line}\n`).join("");
  const shown = await view("server", { encoding: "gbk", verbose: true }).shown(...datagrams, ...sent);
  assertEquals(shown, { stdout: all("<"), stderr: all(">") });
});

Deno.test("Output of a server dumps datagrams apart", async () => {
  const datagrams = [hex("61 e4"), "ok", ""].map((data) => datagram(data));
  const { stdout } = await view("server", { hex: true, encoding: "gbk" }).shown(...datagrams);
  const texts = stdout.replace(CLOCK, "").replace(/ {2,}/g, "  ");
  assertEquals(
    texts,
    "#1 < 2 bytes\n00000000  61 e4  |a.|\n#1 < 2 bytes\n00000002  6f 6b  |ok|\n#1 < 0 bytes\n00000004  ||\n",
  );
});
