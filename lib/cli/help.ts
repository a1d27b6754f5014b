/**
 * Help texts, made from the tables of commands and options, so that they cannot drift from what the program does.
 *
 * @module
 */

import { unicodeWidth } from "@std/cli/unicode-width";
import type { OptionTable } from "../options.ts";
import { type CommandSpec, COMMON_OPTIONS, type Words } from "./command.ts";
import { describeOptions, fullHelp, type OptionInfo, summarySentence, wordSummary } from "./option_info.ts";

/** Columns of the left part at most; a longer entry has its help on the next line. */
const LEFT_COLUMNS = 30;

/** The same for examples: whole command lines need more room. */
const EXAMPLE_COLUMNS = 60;

/** Options that the line about a word names. */
const WORD_OPTIONS = 3;

/** Writes the help of the whole program. */
export function programHelp(commands: readonly CommandSpec[]): string {
  return lines(
    "sockeye sees and drives sockets.",
    "",
    "Usage: sockeye COMMAND [OPTION…]",
    "",
    "Commands:",
    ...columns(commands.map(({ name, operands, summary }) => [`${name} ${operands}`.trim(), summary])),
    "",
    "Options of every command:",
    ...optionColumns(COMMON_OPTIONS),
    "",
    "Examples:",
    ...exampleColumns(commands.flatMap(({ examples }) => examples.slice(0, 2))),
    "",
    "`sockeye COMMAND --help` tells more about a command.",
  );
}

/** Writes the help of one command. */
export function commandHelp(command: CommandSpec): string {
  return lines(
    `Usage: sockeye ${command.name} [OPTION…] ${command.operands}`.trimEnd(),
    "",
    summarySentence(command),
    "",
    ...(command.words ? wordRows(command.words) : []),
    ...command.about.trimEnd().split("\n"),
    "",
    ...ownOptions(command.options),
    "Options of every command:",
    ...optionColumns(COMMON_OPTIONS),
    "",
    "Examples:",
    ...exampleColumns(command.examples),
  );
}

/**
 * Sets text in two columns.
 *
 * @param max columns of the terminal for the left text; a wide character takes two
 */
export function columns(rows: readonly (readonly [string, string])[], max = LEFT_COLUMNS): string[] {
  const longest = Math.max(...rows.map(([left]) => unicodeWidth(left)).filter((width) => width <= max), 0);
  return rows.flatMap(([left, right]) => {
    const gap = longest - unicodeWidth(left);
    if (gap < 0) return [`  ${left}`, `  ${" ".repeat(longest)}  ${right}`];
    return [`  ${left}${" ".repeat(gap)}  ${right}`];
  });
}

function optionColumns(table: OptionTable): string[] {
  return columns(describeOptions(table).map((option) => [optionForm(option), fullHelp(option)]));
}

function ownOptions(table: OptionTable): string[] {
  return Object.keys(table).length === 0 ? [] : ["Options:", ...optionColumns(table), ""];
}

function wordRows({ title, list }: Words): string[] {
  return [`${title}:`, ...columns(list.map((word) => [word.name, wordSummary(word, WORD_OPTIONS)])), ""];
}

/** The long names stand below each other, whether there is a short one or not. */
function optionForm({ flags, value }: OptionInfo): string {
  const form = flags.length === 1 ? `    ${flags[0]}` : flags.join(", ");
  return value === undefined ? form : `${form} ${value}`;
}

function exampleColumns(examples: CommandSpec["examples"]): string[] {
  return columns(examples.map(([args, does]) => [`sockeye ${args}`, does]), EXAMPLE_COLUMNS);
}

function lines(...all: string[]): string {
  return `${all.join("\n")}\n`;
}
