/** When the line editor takes the terminal; at a real one: `tests/e2e/job_control_test.ts`. */

import { assertEquals } from "@std/assert";
import { openTerminalInput, type TerminalInput } from "../../lib/cli/terminal_input.ts";
import { FakeSystem, within } from "./helpers.ts";
import { draw } from "./screen.ts";

/** The input of a fake terminal, and what was reported about it. */
async function open(foreground: boolean | undefined) {
  const system = new FakeSystem({ terminal: true });
  system.foreground = foreground;
  const reported: string[] = [];
  const report = (event: object) => void reported.push("message" in event ? String(event.message) : "");
  const output = { bottomLine: undefined, lineTyped: () => {}, report };
  const input = await openTerminalInput({ system, sink: system.sink(), output });
  return { system, input, reported };
}

async function firstLine(input: TerminalInput): Promise<string | undefined> {
  for await (const line of input.lines()) return line;
  return undefined;
}

for (const foreground of [true, undefined]) {
  Deno.test(`TerminalInput takes the terminal at the first line where the foreground is ${foreground}`, async () => {
    const { system, input, reported } = await open(foreground);
    input.prompt = "#1> ";
    assertEquals(system.stdin.raw, []);
    const line = firstLine(input);
    await system.stdout.until((text) => draw(text).at(-1) === "#1>");
    system.stdin.feed("hello\r");
    assertEquals(await within(line), "hello");
    input[Symbol.dispose]();
    assertEquals([system.stdin.raw, reported, system.listensForContinue], [[true, false], [], false]);
  });
}

Deno.test("TerminalInput leaves the terminal alone in the background, until it goes on in the foreground", async () => {
  const { system, input, reported } = await open(false);
  const line = firstLine(input);
  await Promise.resolve();
  assertEquals(reported, [
    "In the background the terminal is not read; to type here: fg, Ctrl-Z, fg",
  ]);
  system.continue();
  await Promise.resolve();
  assertEquals(system.stdin.raw, []);
  system.foreground = true;
  system.continue();
  await system.stdout.until((text) => draw(text).at(-1) === ">");
  system.stdin.feed("hello\r");
  assertEquals(await within(line), "hello");
  input[Symbol.dispose]();
  assertEquals(system.stdin.raw, [true, false]);
});

Deno.test("TerminalInput draws the typed line again in raw mode after a stop", async () => {
  const { system, input } = await open(true);
  const line = firstLine(input);
  system.stdin.feed("hel");
  await system.stdout.until((text) => draw(text).at(-1) === "> hel");
  const before = system.stdout.text.length;
  system.continue();
  await system.stdout.until((text) => draw(text.slice(before)).at(-1) === "> hel");
  assertEquals(system.stdin.raw, [true, true]);
  system.stdin.feed("lo\r");
  assertEquals(await within(line), "hello");
  input[Symbol.dispose]();
});

Deno.test("TerminalInput ends without a line when it is given back in the background", async () => {
  const { system, input } = await open(false);
  const line = firstLine(input);
  input[Symbol.dispose]();
  assertEquals([await within(line), system.stdin.raw], [undefined, []]);
});
