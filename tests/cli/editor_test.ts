import { assertEquals } from "@std/assert";
import { Editor } from "../../lib/cli/editor.ts";
import { type CommonValues, openOutput } from "../../lib/cli/command.ts";
import type { Sink } from "../../lib/output/sink.ts";
import { FakeSystem, hex, utf8, within } from "./helpers.ts";
import { draw } from "./screen.ts";

const UP = "\x1b[A";
const DOWN = "\x1b[B";
const LEFT = "\x1b[D";
const BACKSPACE = "\x7f";
const ENTER = "\r";
const CTRL_C = "\x03";
const CTRL_D = "\x04";

/** A terminal with an editor: types keys, reads the screen and the lines that the editor hands out. */
class Terminal implements Disposable {
  readonly system: FakeSystem;
  readonly sink: Sink;
  readonly editor: Editor;
  readonly #columns: number;

  constructor({ columns = 80 }: { columns?: number } = {}) {
    this.#columns = columns;
    this.system = new FakeSystem({ terminal: true, columns });
    this.sink = this.system.sink();
    this.editor = new Editor(this.system, this.sink, { bottomLine: undefined });
  }

  /** Types keys; waits until the screen shows just these rows, if there are any. */
  async type(keys: string | Uint8Array, ...rows: string[]): Promise<void> {
    this.system.stdin.feed(keys);
    if (rows.length > 0) await this.see(...rows);
  }

  /** Waits until the screen shows just these rows. */
  async see(...rows: string[]): Promise<void> {
    const wanted = JSON.stringify(rows);
    await this.system.stdout.until((written) => JSON.stringify(draw(written, this.#columns)) === wanted);
  }

  /** What is on the screen now that everything is written. */
  async screen(): Promise<string[]> {
    await this.sink.flush();
    return draw(this.system.stdout.text, this.#columns);
  }

  /** All lines, when the editor has ended. */
  async lines(): Promise<string[]> {
    return await within(Array.fromAsync(this.editor.lines()), () => this.system.stdout.text);
  }

  [Symbol.dispose](): void {
    this.editor.close();
  }
}

Deno.test("Editor shows a prompt and what is typed", async () => {
  using terminal = new Terminal();
  await terminal.see(">");
  await terminal.type("hel", "> hel");
  await terminal.type("lo", "> hello");
  await terminal.type(LEFT + LEFT + "X" + BACKSPACE + BACKSPACE, "> helo");
});

Deno.test("Editor shows wide characters, cut by a read or not, and erases them whole", async () => {
  using terminal = new Terminal();
  void terminal.type("你");
  void terminal.type(hex("e5 a5"));
  await terminal.type(hex("bd"), "> 你好");
  await terminal.type(BACKSPACE, "> 你");
});

Deno.test("Editor hands out lines in order, also those typed ahead", async () => {
  using terminal = new Terminal();
  void terminal.type(`one${ENTER}${ENTER}two${ENTER}thr`);
  const lines = terminal.editor.lines()[Symbol.asyncIterator]();
  for (const line of ["one", "", "two"]) assertEquals((await within(lines.next())).value, line);
  await terminal.see("> one", ">", "> two", "> thr");
});

Deno.test("Editor brings earlier lines back with the up key", async () => {
  using terminal = new Terminal();
  await terminal.type(`one${ENTER}two${ENTER}`, "> one", "> two", ">");
  await terminal.type(UP + UP, "> one", "> two", "> one");
});

Deno.test("Editor.hide() takes the line off the screen, all its rows, and show() puts it back", async () => {
  for (const [typed, ...rows] of [["typing", "> typing"], ["0123456789abc", "> 01234567", "89abc"]] as const) {
    using terminal = new Terminal({ columns: 10 });
    await terminal.type(typed, ...rows);
    terminal.editor.hide();
    assertEquals(await terminal.screen(), []);
    void terminal.sink.write("stdout", "news\n");
    terminal.editor.show();
    assertEquals(await terminal.screen(), ["news", ...rows]);
    await terminal.type("!", "news", ...rows.slice(0, -1), `${rows.at(-1)}!`);
  }
});

Deno.test("Editor.prompt stands before the line until it is taken back", async () => {
  using terminal = new Terminal();
  await terminal.type("hi", "> hi");
  terminal.editor.prompt = "#1> ";
  await terminal.see("#1> hi");
  terminal.editor.prompt = "";
  await terminal.see("> hi");
});

Deno.test("Editor.ask() gives the answer without outer spaces, and nothing at the end of input", async () => {
  using terminal = new Terminal();
  const { signal } = new AbortController();
  const answer = terminal.editor.ask("Host: ", signal);
  await terminal.see("Host:");
  await terminal.type("  example.com ", "Host:   example.com");
  void terminal.type(ENTER);
  assertEquals(await within(answer), "example.com");
  await terminal.see("Host:   example.com", ">");
  const none = terminal.editor.ask("Port: ", signal);
  void terminal.type(CTRL_D);
  assertEquals(await within(none), "");
});

Deno.test("Editor ends its lines at Ctrl-D, and not before they are taken; within a line it is a key", async () => {
  for (
    const [keys, line] of [[`one${ENTER}${CTRL_D}`, "one"], [`ab${LEFT}${CTRL_D}c${ENTER}${CTRL_D}`, "ac"]] as const
  ) {
    using terminal = new Terminal();
    void terminal.type(keys);
    assertEquals(await terminal.lines(), [line]);
  }
});

Deno.test("Editor ends its lines when the terminal goes away", async () => {
  using terminal = new Terminal();
  terminal.system.stdin.end();
  assertEquals(await terminal.lines(), []);
});

Deno.test("Editor calls system.interrupt() at Ctrl-C", async () => {
  using terminal = new Terminal();
  const interrupted = Promise.withResolvers<void>();
  terminal.system.signal.addEventListener("abort", () => interrupted.resolve());
  void terminal.type(`half${CTRL_C}`);
  await within(interrupted.promise);
  assertEquals(terminal.system.interrupts, 1);
});

Deno.test("Editor.close() leaves a clean line and the terminal as it was", async () => {
  const terminal = new Terminal();
  await terminal.type("half", "> half");
  assertEquals(terminal.system.stdin.raw, [true]);
  terminal.editor.close();
  assertEquals(await terminal.screen(), []);
  assertEquals(terminal.system.stdin.raw, [true, false]);
  assertEquals(await terminal.lines(), []);
  terminal.editor.close();
});

Deno.test("Editor keeps the typed line below what an output prints", async () => {
  using terminal = new Terminal();
  const { system, sink, editor } = terminal;
  const output = await openOutput("client", {} as CommonValues, { system, sink, onOutput: () => {} });
  output.bottomLine = editor;
  await terminal.type("typing", "> typing");
  for (
    const [text, ...rows] of [
      ["one\nNa", "< one", "  Na⏎", "> typing"],
      ["me: ", "< one", "  Na⏎", "< me: ⏎", "> typing"],
      ["two\n", "< one", "  Na⏎", "< me: ⏎", "< two", "> typing"],
    ] as const
  ) {
    void output.reportTraffic?.({ event: "recv", id: 1, peer: "p", data: utf8(text) });
    await terminal.see(...rows);
  }
});

Deno.test("Editor erases a whole emoji, a flag and a letter with its marks at once", async () => {
  using terminal = new Terminal();
  await terminal.type("a👨‍👩‍👧🇨🇳e\u0301", "> a👨‍👩‍👧🇨🇳e\u0301");
  await terminal.type(BACKSPACE, "> a👨‍👩‍👧🇨🇳");
  await terminal.type(BACKSPACE, "> a👨‍👩‍👧");
  await terminal.type(`${LEFT}${LEFT}b${ENTER}`, "> ba👨‍👩‍👧", ">");
});

Deno.test("Editor leaves no ghost of a line that wraps: pasted, recalled, replaced by a shorter one", async () => {
  using terminal = new Terminal({ columns: 10 });
  const long = "0123456789abcdefghij你好";
  const rows = ["> 01234567", "89abcdefgh", "ij你好"];
  await terminal.type(long, ...rows);
  await terminal.type(`${ENTER}x${ENTER}`, ...rows, "> x", ">");
  await terminal.type(UP + UP, ...rows, "> x", ...rows);
  await terminal.type(DOWN, ...rows, "> x", "> x");
});

Deno.test("Editor shows the rows around the cursor of a line that is longer than half of the terminal", async () => {
  using terminal = new Terminal({ columns: 10 });
  const rows = Array.from({ length: 2000 }, (_, i) => String(i).padStart(10, "."));
  await terminal.type(`01234567${rows.join("")}`, ...rows.slice(-11));
  terminal.editor.hide();
  assertEquals(await terminal.screen(), []);
});

Deno.test("Editor takes a paste of many lines, with any line ends, and of emoji", async () => {
  using terminal = new Terminal();
  const lines = Array.from({ length: 400 }, (_, i) => `${i} 😀`);
  for (const line of lines) void terminal.type(`${line}${["\r", "\n", "\r\n"][Number(line.split(" ")[0]) % 3]}`);
  void terminal.type(CTRL_D);
  assertEquals(await terminal.lines(), lines);
});

Deno.test("Editor knows the keys of Readline", async () => {
  const cases: [keys: string, line: string][] = [
    ["one two\x17x", "one x"],
    ["one two\x01\x0b\x19\x19", "one twoone two"],
    ["ab\x1b[H\x1b[3~c\x1b[Fd", "cbd"],
    ["one two\x1bb\x15", "two"],
    ["one two\x1b[1;5D\x1bd", "one "],
    ["ab\x1b[15~\x1b[200~c", "abc"],
  ];
  for (const [keys, line] of cases) {
    using terminal = new Terminal();
    void terminal.type(`${keys}${ENTER}${CTRL_D}`);
    assertEquals(await terminal.lines(), line === "" ? [] : [line], JSON.stringify(keys));
  }
});
