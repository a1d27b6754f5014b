import { assertEquals } from "@std/assert";
import type { OutputOptions } from "../../lib/output/options.ts";
import { hex } from "../cli/helpers.ts";
import { close, datagram, failure, recv, send, type View, view } from "./view.ts";

const CLOCK = /\d\d:\d\d:\d\d\.\d{3} /g;

/** A client with an input line, which draws itself as `{partial line}`, and as `~` where it is taken away. */
function typing(options: Partial<OutputOptions> = {}): View {
  const shown = view("client", { terminal: true, ...options }, { terminal: true });
  let partialLine = "";
  shown.output.inputLine = {
    hide: () => shown.draw("~"),
    show: () => shown.draw(`{${partialLine}}`),
    setPartialLine: (text) => partialLine = text,
  };
  return shown;
}

Deno.test("Output of a raw client passes bytes on untouched", async () => {
  const { output, system, shown } = view("client", { raw: true });
  const bytes = hex("00 ff e4 bf 0d 0a 1b 5b 6d");
  void output.reportTraffic?.(recv(bytes));
  void output.report(close());
  await shown();
  assertEquals(system.stdout.bytes, bytes);
});

Deno.test("Output of a raw client copies the buffer", async () => {
  const { output, system, shown } = view("client", { raw: true });
  const buffer = hex("41 42");
  void output.reportTraffic?.(recv(buffer));
  buffer.fill(0);
  await shown();
  assertEquals(system.stdout.text, "AB");
});

Deno.test("Output of a client decodes for a pipe and escapes nothing but invalid bytes", async () => {
  const { output, shown } = view("client", { encoding: "gbk" });
  void output.reportTraffic?.(recv(hex("d0")));
  void output.reportTraffic?.(recv(hex("c5 0d 0a 1b 80")));
  void output.reportTraffic?.(recv(hex("d0")));
  void output.report(close());
  assertEquals((await shown()).stdout, "信\r\n\x1b€\\xd0");
});

Deno.test("Output of a client escapes control characters on a terminal", async () => {
  const { output, shown } = view("client", { terminal: true });
  void output.reportTraffic?.(recv("\x1b[2J\r\nbell\x07\n"));
  assertEquals((await shown()).stdout, "\\x1b[2J\nbell\\x07\n");
});

Deno.test("Output of a client shows what was sent only with --hex", async () => {
  const plain = view("client", { verbose: true });
  void plain.output.reportTraffic?.(send("hello"));
  assertEquals(await plain.shown(), { stdout: "", stderr: "" });

  const dump = view("client", { hex: true });
  void dump.output.reportTraffic?.(send("hello"));
  assertEquals((await dump.shown()).stdout.replace(CLOCK, "").slice(0, 26), "> 00000000  68 65 6c 6c 6f");
});

Deno.test("Output of a quiet client still gives what it received", async () => {
  const { output, shown } = view("client", { quiet: true });
  void output.report({ event: "open", id: 1, peer: "p" });
  void output.reportTraffic?.(recv("data"));
  void output.report(close());
  void output.report(failure("Connection lost"));
  assertEquals(await shown(), { stdout: "data", stderr: "sockeye: Connection lost\n" });
});

Deno.test("Output of a quiet client gives no hint", async () => {
  const { output, shown } = view("client", { quiet: true });
  void output.reportTraffic?.(recv(hex("c4 e3 ba c3 ca c0 bd e7 0a")));
  assertEquals((await shown()).stderr, "");
});

Deno.test("Output of a client begins a line for a note on a terminal, and only there", async () => {
  const terminal = view("client", { terminal: true }, { terminal: true });
  void terminal.output.reportTraffic?.(recv("Name: "));
  void terminal.output.report({ event: "notice", message: "news" });
  void terminal.output.report({ event: "notice", message: "more" });
  await terminal.shown();
  assertEquals(terminal.system.log.map(([, text]) => text).join(""), "Name: \nnews\nmore\n");

  const pipe = view("client");
  void pipe.output.reportTraffic?.(recv("Name: "));
  void pipe.output.report({ event: "notice", message: "news" });
  assertEquals(await pipe.shown(), { stdout: "Name: ", stderr: "news\n" });
});

Deno.test("Output of a client begins no line for a note when the last one has ended", async () => {
  const { output, system, shown } = view("client", { terminal: true }, { terminal: true });
  void output.reportTraffic?.(recv("done\n"));
  void output.report({ event: "notice", message: "news" });
  await shown();
  assertEquals(system.log.map(([, text]) => text).join(""), "done\nnews\n");
});

Deno.test("Output of a client hides the input line, writes and shows it again", async () => {
  const { output, system, shown } = typing();
  void output.reportTraffic?.(recv("news\n"));
  void output.report({ event: "notice", message: "note" });
  await shown();
  assertEquals(system.log.map(([, text]) => text).join(""), "~news\n{}~note\n{}");
});

Deno.test("Output of a client puts a partial line before the input line", async () => {
  const { output, system, shown } = typing();
  void output.reportTraffic?.(recv("one\nNa"));
  void output.reportTraffic?.(recv("me: "));
  void output.reportTraffic?.(recv("x\n"));
  await shown();
  assertEquals(system.stdout.text, "~one\n{Na}~{Name: }~Name: x\n{}");
});

Deno.test("Output of a client prints the partial line at the end", async () => {
  const { output, system, shown } = typing();
  void output.reportTraffic?.(recv(hex("41 e4 bf")));
  void output.report(close());
  await shown();
  assertEquals(system.stdout.text, "~{A}~{A\\xe4\\xbf}~A\\xe4\\xbf\n{}~{}");
  assertEquals(system.stderr.text.startsWith("Connection closed"), true);
});

Deno.test("Output of a client shows a carriage return that waited at the end", async () => {
  const { output, shown } = view("client", { terminal: true, quiet: true });
  void output.reportTraffic?.(recv("50%\r"));
  void output.report(close());
  assertEquals((await shown()).stdout, "50%\\r");
});

Deno.test("Output.lineTyped() forgets the partial line", async () => {
  const { output, system, shown } = typing();
  void output.reportTraffic?.(recv("Name: "));
  output.lineTyped();
  void output.reportTraffic?.(recv("Hello\n"));
  await shown();
  assertEquals(system.stdout.text, "~{Name: }~Hello\n{}");
});

Deno.test("Output with --time stamps each line that a client receives where it begins", async () => {
  const { output, shown } = view("client", { time: true });
  void output.reportTraffic?.(recv("one\ntw"));
  void output.reportTraffic?.(recv("o\n"));
  void output.reportTraffic?.(recv("three\n"));
  assertEquals((await shown()).stdout.replace(CLOCK, "@"), "@one\n@two\n@three\n");
});

Deno.test("Output with --time stamps lines above the input line", async () => {
  const { output, system, shown } = typing({ time: true });
  void output.reportTraffic?.(recv("one\ntwo\nth"));
  await shown();
  assertEquals(system.stdout.text.replace(CLOCK, "@"), "~@one\n@two\n{th}");
});

Deno.test("Output of a client shows a character that a datagram cut, and reports an empty datagram", async () => {
  for (const terminal of [false, true]) {
    const { output, shown } = view("client", { encoding: "gbk", terminal });
    for (const data of [hex("61 e4"), "ok\n", ""]) void output.reportTraffic?.(datagram(data));
    void output.report(close());
    const { stdout, stderr } = await shown();
    assertEquals([stdout, stderr.split("\n")[0]], ["a\\xe4ok\n", "An empty datagram came from 10.0.0.1:4000"]);
  }
});

Deno.test("Output of a client with --quiet reports no empty datagram", async () => {
  const { output, shown } = view("client", { quiet: true });
  void output.reportTraffic?.(datagram(""));
  assertEquals(await shown(), { stdout: "", stderr: "" });
});
