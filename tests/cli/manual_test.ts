import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { COMMON_OPTIONS } from "../../lib/cli/command.ts";
import { manPage } from "../../lib/cli/manual.ts";
import { loadCommands } from "../../lib/cli/table.ts";
import { EXIT_CODES } from "../../lib/errors.ts";
import { Folder } from "../fetch/helpers.ts";
import { needs, tool } from "../support/harness.ts";
import type { Ending } from "../support/program.ts";

const COMMANDS = await loadCommands();
const PAGE = manPage(COMMANDS, COMMON_OPTIONS);

/** The macros of man(7) that the page may use. */
const MACROS = ["TH", "SH", "SS", "TP", "PP", "B", "BR", "br"];

async function read(name: string, ...args: string[]): Promise<Ending> {
  await using folder = await Folder.make();
  await folder.put("sockeye.1", PAGE);
  const env = { LC_ALL: "C.UTF-8", MANPAGER: "cat", MAN_KEEP_FORMATTING: undefined };
  await using program = tool(name, [...args, `${folder.path}/sockeye.1`], { env });
  return await program.status();
}

Deno.test("manPage() uses only macros that every reader knows, and ASCII", () => {
  const macros = new Set([...PAGE.matchAll(/^[.'](\S*)/gm)].map(([, macro = ""]) => macro));
  assertEquals([...macros].filter((macro) => !MACROS.includes(macro)), []);
  assertEquals(/[^\n\x20-\x7e]/.exec(PAGE), null);
});

Deno.test({
  name: "manPage() shows every command, mode, option, example and exit code as it is typed",
  ...needs(["groff"]),
  fn: async () => {
    // Wide, without hyphens at line ends and without blanks that straighten the margin.
    const flags = "-man -Tutf8 -P-cbou -rLL=500n -rHY=0 -dAD=l -ww".split(" ");
    const { stdout, stderr, code } = await read("groff", ...flags);
    assertEquals([code, stderr], [0, ""]);
    const shown = stdout.replace(/\s+/g, " ");
    const says = (text: string) => assertStringIncludes(shown, text.replace(/\s+/g, " "));
    for (const { name, operands, about, options, words, typed = [], examples } of COMMANDS) {
      says(`sockeye ${name} [OPTION…] ${operands}`.trim());
      for (const paragraph of about.split("\n\n")) says(paragraph);
      for (const { name, summary, typed: lists = [] } of [...words?.list ?? [], { name: "", summary: "", typed }]) {
        says(`${name} ${summary}`);
        for (const { title, rows } of lists) {
          says(`${title}:`);
          for (const row of rows) says(row.join(" "));
        }
      }
      for (const [option, { value, help }] of Object.entries(options)) {
        says(`--${option}${value ? ` ${value}` : ""} ${help}`);
      }
      for (const [args, does] of examples) says(`sockeye ${args} ${does}.`);
    }
    for (const [option, { help }] of Object.entries(COMMON_OPTIONS)) {
      assert(shown.includes(`--${option}`) && shown.includes(help));
    }
    for (const code of Object.values(EXIT_CODES)) assert(new RegExp(`^ +${code} +[A-Z-]`, "m").test(stdout), `${code}`);
  },
});

Deno.test({
  name: "man has no warning about manPage()",
  ...needs(["man"]),
  fn: async () => {
    const { stdout, stderr, code } = await read("man", "--warnings=w", "-E", "UTF-8", "-l");
    assertEquals([code, stderr], [0, ""]);
    assertStringIncludes(stdout, "SOCKEYE(1)");
  },
});

Deno.test({
  name: "mandoc has no warning about manPage() but that it has no date and long lines",
  ...needs(["mandoc"]),
  fn: async () => {
    const { stdout, stderr } = await read("mandoc", "-T", "lint");
    const remarks = (stdout + stderr).split("\n").filter((line) =>
      !/^$|: missing date, |: STYLE: input text line longer/.test(line)
    );
    assertEquals(remarks, []);
  },
});
