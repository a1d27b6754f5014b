import { unicodeWidth } from "@std/cli/unicode-width";
import { assert, assertEquals, assertGreater, assertLessOrEqual, assertStringIncludes } from "@std/assert";
import { Help, loadHelpLanguage } from "../../lib/cli/help.ts";
import { COMMON_OPTIONS, ownOptions, type Word } from "../../lib/cli/command.ts";
import { loadCommands } from "../../lib/cli/table.ts";
import { MODES } from "../../lib/cli/modes.ts";
import type { OptionTable } from "../../lib/options.ts";

const COMMANDS = await loadCommands();
const LANGUAGES = { en: await loadHelpLanguage("en"), zh: await loadHelpLanguage("zh") };

/** Every help, by the words that ask for it. */
const HELPS: readonly { readonly name: string; readonly text: (help: Help) => string }[] = [
  { name: "", text: (help) => help.short(COMMANDS) },
  { name: "--help", text: (help) => help.program(COMMANDS) },
  ...COMMANDS.flatMap((command) => [
    { name: command.name, text: (help: Help) => help.command(command) },
    ...(command.words?.list ?? []).map((word) => ({
      name: `${command.name} ${word.name}`,
      text: (help: Help) => help.command(command, word.name),
    })),
  ]),
];

function helpOf(name: string): string {
  return HELPS.find((help) => help.name === name)?.text(new Help(LANGUAGES.en, 80)) ?? "";
}

/** A help with one blank between its words. */
function wordsOf(name: string): string {
  return helpOf(name).replace(/\s+/g, " ");
}

/** Asserts that a help names each option of a table, with its value and what it does. */
function assertNames(name: string, table: OptionTable): void {
  for (const [option, { help, value, short }] of Object.entries(table)) {
    const form = `${short ? ` -${short},` : ""} --${option}${value === undefined ? "" : ` ${value}`}`;
    assertStringIncludes(wordsOf(name), `${form} ${help}`);
  }
}

Deno.test("the short help names every command and fits into a small terminal", () => {
  for (const { name, summary } of COMMANDS) assertStringIncludes(wordsOf(""), ` ${name} ${summary} `);
  assertLessOrEqual(helpOf("").split("\n").length, 24);
});

Deno.test("the help of the program names every command with its operands and summary", () => {
  assertGreater(COMMANDS.length, 0);
  for (const { name, operands, summary } of COMMANDS) {
    assertStringIncludes(wordsOf("--help"), ` ${`${name} ${operands}`.trimEnd()} ${summary} `);
  }
});

Deno.test("the help of a command names every option of the command, and every example", () => {
  for (const { name, options, examples } of COMMANDS) {
    assertNames(name, options);
    for (const [args, does] of examples) assertStringIncludes(wordsOf(name), ` sockeye ${args} ${does}`);
  }
});

Deno.test("the help of a command lists the modes of the server, and the options of each by themselves", () => {
  assertGreater(MODES.length, 0);
  for (const { name, summary, options } of MODES) {
    assertStringIncludes(wordsOf("server"), ` ${name} ${summary} `);
    const title = `\nOptions of server ${name}:\n`;
    assertEquals(helpOf("server").includes(title), Object.keys(options).length > 0, name);
  }
});

Deno.test("the help of a mode has its options and those of every mode, and none of another mode", () => {
  const server = COMMANDS.find(({ name }) => name === "server");
  const modes: readonly Word[] = server?.words?.list ?? [];
  assertEquals(modes.map(({ name }) => name), MODES.map(({ name }) => name));
  for (const mode of modes) {
    const help = `server ${mode.name}`;
    assertNames(help, mode.options ?? {});
    assertNames(help, server ? ownOptions(server, mode).rest : {});
    assertStringIncludes(wordsOf(help), `Usage: sockeye ${help} [OPTION…] [ADDRESS]`);
    assertStringIncludes(wordsOf(help), ` sockeye ${help} `);
    for (const other of modes.filter(({ name }) => name !== mode.name)) {
      for (const option of Object.keys(other.options ?? {})) assert(!helpOf(help).includes(` --${option} `), option);
    }
    assertEquals(
      helpOf(help).includes(" --workers "),
      MODES.find(({ name }) => name === mode.name)?.stateless ?? false,
    );
  }
});

Deno.test("the help of a command tells what is typed in the chat, in a talk and at the client", () => {
  for (const row of ["/nick NAME take another name", "/kick NAME remove a client", "//TEXT send /TEXT"]) {
    assertStringIncludes(wordsOf("server chat"), ` ${row} `);
  }
  assertStringIncludes(wordsOf("server talk"), " q end this talk");
  assertStringIncludes(wordsOf("client"), " q, /quit leave ");
  assertStringIncludes(wordsOf("client"), " /hex 01 ff send these bytes ");
});

Deno.test("the help of a command marks options that may be repeated", () => {
  assertStringIncludes(wordsOf("client"), "send this text, exactly (repeatable)");
});

/** Words of the Latin script, options and addresses. */
const LATIN = /[!-~]+/g;

for (const { name, text } of HELPS) {
  if (name !== "") {
    Deno.test(`sockeye ${name} --help names every common option`, () => assertNames(name, COMMON_OPTIONS));
  }

  for (const width of [40, 80, 100]) {
    Deno.test(`sockeye ${name} --help in Chinese fits into ${width} columns, and breaks no word`, () => {
      const help = text(new Help(LANGUAGES.zh, width));
      for (const line of help.split("\n")) {
        assertLessOrEqual(unicodeWidth(line), width, line);
        assertEquals(line, line.trimEnd());
        assert(!/^\s*[，。、；：！？）》」]|[（《「]$/.test(line), line);
      }
      // Without the blanks, which stand for the ends of lines too, the text is the same at every width.
      const wide = text(new Help(LANGUAGES.zh, 100));
      assertEquals(help.replace(/\s/g, ""), wide.replace(/\s/g, ""));
      assertEquals(help.match(LATIN), wide.match(LATIN));
    });

    Deno.test(`sockeye ${name} --help breaks no word at ${width} columns`, () => {
      const help = text(new Help(LANGUAGES.en, width));
      assertEquals(help.endsWith("\n") && !help.endsWith("\n\n"), true);
      for (const line of help.split("\n")) {
        assertLessOrEqual(unicodeWidth(line), width, line);
        assertEquals(line, line.trimEnd());
      }
      assertEquals(help.split(/\s+/), text(new Help(LANGUAGES.en, 100)).split(/\s+/));
    });
  }
}
