import { assertEquals } from "@std/assert";
import { type Colorize, personRole } from "../../lib/output/colors.ts";
import type { OutputOptions } from "../../lib/output/options.ts";
import { hex } from "../cli/helpers.ts";
import { CLOCK, close, datagram, failure, notice, recv, send, view } from "./view.ts";

function atTerminal(options: Partial<OutputOptions> = {}) {
  return view("client", { terminal: true, ...options }, { terminal: true });
}

/** A client with an input line, which draws itself as `{}`, and as `~` where it is taken away. */
function typing(options: Partial<OutputOptions> = {}) {
  const shown = atTerminal(options);
  const draw = (text: string) => void shown.sink.write("stdout", text);
  shown.output.bottomLine = { hide: () => draw("~"), show: () => draw("{}") };
  return shown;
}

Deno.test("Output of a raw client passes bytes on untouched", async () => {
  const { system, shown } = view("client", { raw: true });
  const bytes = hex("00 ff e4 bf 0d 0a 1b 5b 6d");
  await shown(recv(bytes), close());
  assertEquals(system.stdout.bytes, bytes);
});

Deno.test("Output of a raw client copies the buffer", async () => {
  const { show, shown } = view("client", { raw: true });
  const buffer = hex("41 42");
  void show(recv(buffer));
  buffer.fill(0);
  assertEquals((await shown()).stdout, "AB");
});

Deno.test("Output of a client decodes for a pipe and escapes nothing but invalid bytes", async () => {
  const parts = ["d0", "c5 0d 0a 1b 80", "d0"].map((digits) => recv(hex(digits)));
  assertEquals((await view("client", { encoding: "gbk" }).shown(...parts, close())).stdout, "信\r\n\x1b€\\xd0");
});

Deno.test("Output of a client shows what was sent only with --hex", async () => {
  assertEquals(await view("client", { verbose: true }).shown(send("hello")), { stdout: "", stderr: "" });
  const { stdout } = await view("client", { hex: true }).shown(send("hello"));
  assertEquals(stdout.replace(CLOCK, "").slice(0, 34), "> 5 bytes\n00000000  68 65 6c 6c 6f");
});

Deno.test("Output of a quiet client still gives what it received", async () => {
  const events = [{ event: "open", id: 1, peer: "p" } as const, recv("data"), close(), failure("Connection lost")];
  const stderr = "sockeye: Connection lost\n";
  assertEquals(await view("client", { quiet: true }).shown(...events), { stdout: "data", stderr });
});

Deno.test("Output of a quiet client gives no hint", async () => {
  const { stderr } = await view("client", { quiet: true }).shown(recv(hex("c4 e3 ba c3 ca c0 bd e7 0a")));
  assertEquals(stderr, "");
});

Deno.test("Output of a client begins a line for a note on a terminal, and only there", async () => {
  const events = [recv("Name: "), notice("news"), notice("more")];
  assertEquals(await atTerminal().written(...events), "Name: \nnews\nmore\n");
  assertEquals(await view("client").shown(...events), { stdout: "Name: ", stderr: "news\nmore\n" });
});

Deno.test("Output of a client begins no line for a note when the last one has ended", async () => {
  assertEquals(await atTerminal().written(recv("done\n"), notice("news")), "done\nnews\n");
});

Deno.test("Output of a client hides the input line, writes and shows it again", async () => {
  assertEquals(await typing().written(recv("news\n"), notice("note")), "~< news\n{}~note\n{}");
});

Deno.test("Output of a client gives each arrival lines of its own while a person types, with a sign for a missing line end", async () => {
  const cases: [pieces: (string | Uint8Array)[], lines: string[]][] = [
    [["one\nNa", "me: ", "x\n"], ["< one", "  Na⏎", "< me: ⏎", "< x"]],
    [["one\r\n\r\n"], ["< one", "  "]],
    [["50%\r", "60%\r", "\n", "\nx"], ["< 50%\\r", "< 60%\\r", "< ", "  x⏎"]],
    [[hex("41 e4"), hex("bd"), hex("a0")], ["< A⏎", "< 你⏎"]],
    [["x".repeat(16 * 1024), "y"], [`< ${"x".repeat(16 * 1024)}`, "  y⏎"]],
  ];
  for (const [pieces, lines] of cases) {
    const { stdout } = await typing().shown(...pieces.map((piece) => recv(piece)));
    assertEquals(stdout.replaceAll(/[~{}]/g, ""), lines.join("\n") + "\n");
  }
});

Deno.test("Output of a client shows half a character at the end while a person types", async () => {
  const { stdout, stderr } = await typing().shown(recv(hex("41 e4 bf")), close());
  assertEquals(stdout.replaceAll(/[~{}]/g, ""), "< A⏎\n  \\xe4\\xbf\n");
  assertEquals(stderr.startsWith("Connection closed"), true);
});

Deno.test("Output of a client offers the switch of the encoding while a person types, and makes it", async () => {
  const chinese = hex("c4 e3 ba c3 ca c0 bd e7 0a"); // 你好世界 in GBK
  const { output, shown } = typing();
  const { stderr } = await shown(recv(chinese));
  assertEquals(stderr, "these bytes are valid gbk: /enc gbk switches to it\n");
  output.switchEncodings("gbk", "gbk");
  assertEquals((await shown(recv(chinese))).stdout.split("\n")[1]?.slice(-6), "< 你好世界");
});

Deno.test("Output of a client colours each person of a chat, and indents what does not fit", async () => {
  const colorize: Colorize = (_stream, role, text) => `<${role}:${text}>`;
  const { shown } = view("client", { terminal: true, typed: true, columns: () => 24 }, {}, colorize);
  const greeting = "*** You are bob; nobody else is here. /help\n";
  const { stdout } = await shown(recv(greeting), recv("<ann> 你好\n* ann waves\n"));
  const rows = stdout.replace(/\d\d:\d\d /g, "@").split("\n");
  assertEquals(
    rows.filter((row) => row.startsWith("<note:@>")).slice(1),
    [
      `<note:@><${personRole("ann")}:<ann>> 你好`,
      `<note:@><${personRole("ann")}:* ann> waves`,
    ].map((row) => row.slice(0, 24)),
  );
});

Deno.test("Output of a client colours what stands for bytes that are no text, unlike text that looks like it", async () => {
  const colorize: Colorize = (_stream, role, text) => role === "byte" ? `{${text}}` : text;
  const { shown } = view("client", { terminal: true }, {}, colorize);
  const { stdout } = await shown(recv(hex("41 ff fe 5c 78 34 31 1b e4 bd")), close());
  assertEquals(stdout, "A{\\xff\\xfe}\\x41{\\x1b}{\\xe4\\xbd}\n");
});

Deno.test("Output of a client begins a line after ^C", async () => {
  const { output, written } = atTerminal();
  await written(recv("abc"));
  output.interrupted();
  assertEquals(await written(notice("news")), "abc\nnews\n");
});

Deno.test("Output of a client shows a carriage return that waited at the end", async () => {
  const { stdout } = await view("client", { terminal: true, quiet: true }).shown(recv("50%\r"), close());
  assertEquals(stdout, "50%\\r");
});

Deno.test("Output with --time stamps each line that a client receives where it begins", async () => {
  const { stdout } = await view("client", { time: true }).shown(recv("one\ntw"), recv("o\n"), recv("three\n"));
  assertEquals(stdout.replace(CLOCK, "@"), "@one\n@two\n@three\n");
});

Deno.test("Output with --time stamps lines above the input line", async () => {
  const { stdout } = await typing({ time: true }).shown(recv("one\ntwo\nth"));
  assertEquals(stdout.replace(CLOCK, "@"), "~@< one\n               two\n               th⏎\n{}");
});

Deno.test("Output of a client shows a character that a datagram cut, and reports an empty datagram", async () => {
  for (const [transport, what] of [["udp", "datagram"], ["ws", "message"]] as const) {
    const messages = [hex("61 e4"), "ok\n", ""].map((data) => ({ ...datagram(data), transport }));
    for (const terminal of [false, true]) {
      const { stdout, stderr } = await view("client", { encoding: "gbk", terminal }).shown(...messages, close());
      assertEquals([stdout, stderr.split("\n")[0]], ["a\\xe4ok\n", `An empty ${what} came from 10.0.0.1:4000`]);
    }
  }
});

Deno.test("Output of a client with --quiet reports no empty datagram", async () => {
  assertEquals(await view("client", { quiet: true }).shown(datagram("")), { stdout: "", stderr: "" });
});

Deno.test("Output of a client names the sender of datagrams where it is another one, and when it is the peer again", async () => {
  const peer = datagram("a\n");
  const other = { ...datagram("b\n"), peer: "10.0.0.9:69", other: true } as const;
  const lines = ["a", "From 10.0.0.9:69, another sender:", "b", "b", "From 10.0.0.1:4000 again:", "a", ""].join("\n");
  assertEquals(await view("client").written(peer, other, other, peer), lines);
  assertEquals((await view("client", { quiet: true }).shown(other)).stderr, "");
});
