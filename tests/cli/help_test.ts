import { unicodeWidth } from "@std/cli/unicode-width";
import { assert, assertEquals, assertGreater, assertLessOrEqual, assertStringIncludes } from "@std/assert";
import { columns, commandHelp, programHelp } from "../../lib/cli/help.ts";
import { COMMON_OPTIONS } from "../../lib/cli/command.ts";
import { loadCommands } from "../../lib/cli/table.ts";
import { MODES } from "../../lib/cli/modes.ts";
import type { OptionTable } from "../../lib/options.ts";

const COMMANDS = await loadCommands();

const HELPS = [
  { name: "the program", text: programHelp(COMMANDS) },
  ...COMMANDS.map((command) => ({ name: command.name, text: commandHelp(command) })),
];

/** The help of one command, with one blank between its words: a wide entry has its help on the next line. */
function wordsOf(name: string): string {
  return (HELPS.find((help) => help.name === name)?.text ?? "").replace(/\s+/g, " ");
}

/** Asserts that a help names each option of a table, with its value and what it does. */
function assertNames(name: string, table: OptionTable): void {
  for (const [option, { help, value, short }] of Object.entries(table)) {
    const form = `${short ? ` -${short},` : ""} --${option}${value === undefined ? "" : ` ${value}`}`;
    assertStringIncludes(wordsOf(name), `${form} ${help}`);
  }
}

Deno.test("programHelp() names every command with its operands and summary", () => {
  assertGreater(COMMANDS.length, 0);
  for (const { name, operands, summary } of COMMANDS) {
    assertStringIncludes(wordsOf("the program"), ` ${`${name} ${operands}`.trimEnd()} ${summary} `);
  }
});

Deno.test("commandHelp() names every option of the command, and every example", () => {
  for (const { name, options, examples } of COMMANDS) {
    assertNames(name, options);
    for (const [args, does] of examples) assertStringIncludes(wordsOf(name), ` sockeye ${args} ${does}`);
  }
});

Deno.test("commandHelp() names every mode of the server with its first options, and describes all of them", () => {
  assertGreater(MODES.length, 0);
  for (const { name, summary, options } of MODES) {
    const rows = HELPS.find((help) => help.name === "server")?.text.split("\n") ?? [];
    const row = rows.find((line) => line.startsWith(`  ${name} `)) ?? "";
    assertStringIncludes(row, summary);
    for (const option of Object.keys(options).slice(0, 3)) assertStringIncludes(row, `--${option}`);
    for (const option of Object.keys(options)) {
      assert(rows.some((line) => line.trim().replace(/^-\w, /, "").startsWith(`--${option} `)), option);
    }
  }
});

Deno.test("commandHelp() marks options that may be repeated", () => {
  assertStringIncludes(wordsOf("client"), "send this text, exactly (repeatable)");
});

for (const { name, text } of HELPS) {
  Deno.test(`the help of ${name} names every common option`, () => assertNames(name, COMMON_OPTIONS));

  Deno.test(`the help of ${name} has no line over 120 columns, one newline at its end, no blanks at line ends`, () => {
    assertEquals(text.endsWith("\n") && !text.endsWith("\n\n"), true);
    for (const line of text.split("\n")) {
      assertLessOrEqual(unicodeWidth(line), 120, line);
      assertEquals(line, line.trimEnd());
    }
  });
}

Deno.test("columns() keeps the right column straight beside wide characters", () => {
  const rows = columns([["--send 你好", "LEFT"], ["--text T", "RIGHT"], ["-e gbk", "THIRD"]]);
  assertEquals(rows.map((row) => unicodeWidth(row.slice(0, row.search(/[A-Z]+$/)))), [15, 15, 15]);
});

Deno.test("columns() puts the help of a wide entry on the next line", () => {
  assertEquals(columns([["short", "one"], ["much too long", "two"]], 6), [
    "  short  one",
    "  much too long",
    "         two",
  ]);
});

Deno.test("columns() gives nothing for nothing", () => {
  assertEquals(columns([]), []);
});
