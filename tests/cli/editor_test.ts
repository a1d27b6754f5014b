import { assertEquals } from "@std/assert";
import { Editor } from "../../lib/cli/editor.ts";
import type { Output } from "../../lib/output/output.ts";
import { type CommonValues, openOutput } from "../../lib/cli/command.ts";
import type { Sink } from "../../lib/output/sink.ts";
import { FakeSystem, hex, utf8, within } from "./helpers.ts";
import { draw } from "./screen.ts";

const UP = "\x1b[A";
const LEFT = "\x1b[D";
const BACKSPACE = "\x7f";
const ENTER = "\r";
const CTRL_C = "\x03";
const CTRL_D = "\x04";

/** A person at a terminal: types, looks, and has heard what the editor handed out. */
class Desk implements Disposable {
  readonly system: FakeSystem;
  readonly sink: Sink;
  readonly editor: Editor;
  readonly #columns: number;

  constructor(options: { columns?: number; onLine?: () => void } = {}) {
    this.#columns = options.columns ?? 80;
    this.system = new FakeSystem({ terminal: true, columns: this.#columns });
    this.sink = this.system.sink();
    this.editor = new Editor(this.system, this.sink, options.onLine ? { onLine: options.onLine } : {});
  }

  type(keys: string | Uint8Array): void {
    this.system.stdin.feed(keys);
  }

  /** Waits until the screen shows just these rows. */
  async see(...rows: string[]): Promise<void> {
    const wanted = JSON.stringify(rows);
    await this.system.stdout.until((written) => JSON.stringify(draw(written, this.#columns)) === wanted);
  }

  /** What is on the screen now that everything is written. */
  async look(): Promise<string[]> {
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

/** The output of a client over the same screen. */
function outputOf(desk: Desk): Output {
  const output = openOutput("client", {} as CommonValues, { system: desk.system, sink: desk.sink, onOutput: () => {} });
  output.inputLine = desk.editor;
  return output;
}

Deno.test("Editor shows a prompt and what is typed", async () => {
  using desk = new Desk();
  await desk.see(">");
  desk.type("hel");
  await desk.see("> hel");
  desk.type("lo");
  await desk.see("> hello");
  desk.type(LEFT + LEFT + "X" + BACKSPACE + BACKSPACE);
  await desk.see("> helo");
});

Deno.test("Editor shows wide characters, cut by a read or not, and erases them whole", async () => {
  using desk = new Desk();
  desk.type("你");
  desk.type(hex("e5 a5"));
  desk.type(hex("bd"));
  await desk.see("> 你好");
  desk.type(BACKSPACE);
  await desk.see("> 你");
});

Deno.test("Editor hands out lines in order, also those typed ahead", async () => {
  using desk = new Desk();
  desk.type(`one${ENTER}${ENTER}two${ENTER}thr`);
  const lines = desk.editor.lines()[Symbol.asyncIterator]();
  assertEquals((await within(lines.next())).value, "one");
  assertEquals((await within(lines.next())).value, "");
  assertEquals((await within(lines.next())).value, "two");
  await desk.see("> one", ">", "> two", "> thr");
});

Deno.test("Editor calls onLine before it hands a line out", async () => {
  const calls: string[] = [];
  using desk = new Desk({ onLine: () => calls.push("onLine") });
  desk.type(`one${ENTER}`);
  for await (const line of desk.editor.lines()) {
    calls.push(line);
    break;
  }
  assertEquals(calls, ["onLine", "one"]);
});

Deno.test("Editor brings earlier lines back with the up key", async () => {
  using desk = new Desk();
  desk.type(`one${ENTER}two${ENTER}`);
  await desk.see("> one", "> two", ">");
  desk.type(UP + UP);
  await desk.see("> one", "> two", "> one");
});

Deno.test("Editor.hide() takes the line off the screen and show() puts it back", async () => {
  using desk = new Desk();
  desk.type("typing");
  await desk.see("> typing");
  desk.editor.hide();
  assertEquals(await desk.look(), []);
  void desk.sink.write("stdout", "news\n");
  desk.editor.show();
  assertEquals(await desk.look(), ["news", "> typing"]);
  desk.type("!");
  await desk.see("news", "> typing!");
});

Deno.test("Editor.hide() takes a line of several rows off the screen", async () => {
  using desk = new Desk({ columns: 10 });
  desk.type("0123456789abcdefghijk");
  await desk.see("> 01234567", "89abcdefgh", "ijk");
  desk.editor.hide();
  void desk.sink.write("stdout", "news\n");
  desk.editor.show();
  assertEquals(await desk.look(), ["news", "> 01234567", "89abcdefgh", "ijk"]);
});

Deno.test("Editor.lead() puts text of the peer before the line", async () => {
  using desk = new Desk();
  desk.type("me");
  await desk.see("> me");
  desk.editor.hide();
  desk.editor.lead("Name: ");
  desk.editor.show();
  assertEquals(await desk.look(), ["Name: me"]);
  desk.type(ENTER);
  await desk.see("Name: me", ">");
});

Deno.test("Editor.prompt stands before the line until it is taken back", async () => {
  using desk = new Desk();
  desk.type("hi");
  await desk.see("> hi");
  desk.editor.prompt = "#1> ";
  await desk.see("#1> hi");
  desk.editor.prompt = "";
  await desk.see("> hi");
});

Deno.test("Editor.ask() gives the answer without outer spaces", async () => {
  using desk = new Desk();
  const answer = desk.editor.ask("Host: ", new AbortController().signal);
  await desk.see("Host:");
  desk.type("  example.com ");
  await desk.see("Host:   example.com");
  desk.type(ENTER);
  assertEquals(await within(answer), "example.com");
  await desk.see("Host:   example.com", ">");
});

Deno.test("Editor.ask() gives nothing at the end of input", async () => {
  using desk = new Desk();
  const answer = desk.editor.ask("Host: ", new AbortController().signal);
  desk.type(CTRL_D);
  assertEquals(await within(answer), "");
});

Deno.test("Editor ends its lines at Ctrl-D, and not before they are taken", async () => {
  using desk = new Desk();
  desk.type(`one${ENTER}${CTRL_D}`);
  assertEquals(await desk.lines(), ["one"]);
});

Deno.test("Editor takes Ctrl-D as a key within a line", async () => {
  using desk = new Desk();
  desk.type(`ab${LEFT}${CTRL_D}c${ENTER}${CTRL_D}`);
  assertEquals(await desk.lines(), ["ac"]);
});

Deno.test("Editor ends its lines when the terminal goes away", async () => {
  using desk = new Desk();
  desk.system.stdin.end();
  assertEquals(await desk.lines(), []);
});

Deno.test("Editor calls system.interrupt() at Ctrl-C", async () => {
  using desk = new Desk();
  const interrupted = Promise.withResolvers<void>();
  desk.system.signal.addEventListener("abort", () => interrupted.resolve());
  desk.type(`half${CTRL_C}`);
  await within(interrupted.promise);
  assertEquals(desk.system.interrupts, 1);
});

Deno.test("Editor.close() leaves a clean line and the terminal as it was", async () => {
  const desk = new Desk();
  desk.type("half");
  await desk.see("> half");
  assertEquals(desk.system.stdin.raw, [true]);
  desk.editor.close();
  assertEquals(await desk.look(), []);
  assertEquals(desk.system.stdin.raw, [true, false]);
  assertEquals(await desk.lines(), []);
  desk.editor.close();
});

Deno.test("Editor keeps the typed line below what an output prints", async () => {
  using desk = new Desk();
  const output = outputOf(desk);
  desk.type("typing");
  await desk.see("> typing");
  void output.reportTraffic?.({ event: "recv", id: 1, peer: "p", data: utf8("one\nNa") });
  await desk.see("one", "Natyping");
  void output.reportTraffic?.({ event: "recv", id: 1, peer: "p", data: utf8("me: ") });
  await desk.see("one", "Name: typing");
  void output.reportTraffic?.({ event: "recv", id: 1, peer: "p", data: utf8("two\n") });
  await desk.see("one", "Name: two", "> typing");
});
