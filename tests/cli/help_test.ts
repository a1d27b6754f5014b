import { unicodeWidth } from "@std/cli/unicode-width";
import { assert, assertEquals, assertGreater, assertLessOrEqual, assertStringIncludes } from "@std/assert";
import { columns, commandHelp, programHelp } from "../../lib/cli/help.ts";
import { COMMON_OPTIONS } from "../../lib/cli/command.ts";
import { loadCommands } from "../../lib/cli/table.ts";
import { MODES } from "../../lib/cli/modes.ts";

const COMMANDS = await loadCommands();

const HELPS = [
  { name: "the program", text: programHelp(COMMANDS) },
  ...COMMANDS.map((command) => ({ name: command.name, text: commandHelp(command) })),
];

/** The help of one command. */
function helpOf(name: string): string {
  return HELPS.find((help) => help.name === name)?.text ?? "";
}

/** Where the right column of a row begins, in columns of the terminal. */
function rightColumn(row: string, right: string): number {
  return unicodeWidth(row.slice(0, row.indexOf(right)));
}

Deno.test("programHelp() names every command with its operands and summary", () => {
  assertGreater(COMMANDS.length, 0);
  for (const { name, operands, summary } of COMMANDS) {
    const form = `  ${name} ${operands}`.trimEnd();
    const row = helpOf("the program").split("\n").find((line) => line.startsWith(`${form} `));
    assertStringIncludes(row ?? "", summary);
  }
});

Deno.test("commandHelp() names every option of the command", () => {
  for (const { name, options } of COMMANDS) {
    const rows = (helpOf(name).split("\nOptions:\n")[1] ?? "").split("\n");
    for (const [option, { help, value, short }] of Object.entries(options)) {
      const form = `  ${short ? `-${short},` : "   "} --${option}${value === undefined ? "" : ` ${value}`}`;
      const at = rows.findIndex((row) => row === form || row.startsWith(`${form} `));
      // A form that is wider than the column has its help on the next line.
      const row = rows[at] === form ? rows[at + 1] : rows[at];
      assertStringIncludes(row ?? "", help, `${name} --${option}`);
    }
  }
});

Deno.test("commandHelp() names every mode of the server with its first options, and describes all of them", () => {
  assertGreater(MODES.length, 0);
  for (const { name, summary, options } of MODES) {
    const rows = helpOf("server").split("\n");
    const row = rows.find((line) => line.startsWith(`  ${name} `)) ?? "";
    assertStringIncludes(row, summary);
    for (const option of Object.keys(options).slice(0, 3)) assertStringIncludes(row, `--${option}`);
    for (const option of Object.keys(options)) {
      assert(rows.some((line) => line.trim().startsWith(`--${option} `)), option);
    }
  }
});

Deno.test("commandHelp() shows every example", () => {
  for (const { name, examples } of COMMANDS) {
    for (const { args, does } of examples) {
      const lines = helpOf(name).split("\n");
      const at = lines.findIndex((line) => line === `  sockeye ${args}` || line.startsWith(`  sockeye ${args} `));
      // The meaning of a long one is on the next line.
      assertStringIncludes(lines.slice(at, at + 2).join("\n"), does);
    }
  }
});

Deno.test("commandHelp() marks options that may be repeated", () => {
  assertStringIncludes(helpOf("client"), "send this text, exactly (repeatable)");
});

for (const { name, text } of HELPS) {
  Deno.test(`the help of ${name} names every common option`, () => {
    for (
      const [option, { short, help }] of Object.entries(COMMON_OPTIONS) as [string, { short?: string; help: string }][]
    ) {
      const form = short === undefined ? `      --${option}` : `  -${short}, --${option}`;
      const row = text.split("\n").find((line) => line.startsWith(`${form} `)) ?? "";
      assertStringIncludes(row, help);
    }
  });

  Deno.test(`the help of ${name} has no line over 120 columns`, () => {
    for (const line of text.split("\n")) assertLessOrEqual(unicodeWidth(line), 120, line);
  });

  Deno.test(`the help of ${name} ends with one newline and has no blanks at line ends`, () => {
    assertEquals(text.endsWith("\n") && !text.endsWith("\n\n"), true);
    assertEquals(text.split("\n").filter((line) => line !== line.trimEnd()), []);
  });
}

Deno.test("columns() keeps the right column straight beside wide characters", () => {
  const rows = columns([["--send 你好", "LEFT"], ["--text T", "RIGHT"], ["-e gbk", "THIRD"]]);
  const starts = [["LEFT", 0], ["RIGHT", 1], ["THIRD", 2]].map(([right, i]) =>
    rightColumn(rows[Number(i)] ?? "", `${right}`)
  );
  assertEquals(starts, [15, 15, 15]);
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
