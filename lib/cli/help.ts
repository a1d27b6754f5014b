/**
 * Help texts, made from the tables so that they cannot drift from what the program does.
 *
 * @module
 */

import { unicodeWidth } from "@std/cli/unicode-width";
import type { Option, OptionTable } from "../options.ts";
import { type CommandSpec, COMMON_OPTIONS, type Example, type Words } from "./command.ts";

/** The left column grows no wider; a longer entry has its help on the next line. */
const LEFT_COLUMN = 30;

/** The same for examples. */
const EXAMPLE_COLUMN = 60;

/**
 * The help of the whole program.
 *
 * @param commands the command table
 * @returns text for stdout
 */
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

/**
 * The help of one command.
 *
 * @param command its row of the table
 * @returns text for stdout
 */
export function commandHelp(command: CommandSpec): string {
  return lines(
    `Usage: sockeye ${command.name} [OPTION…] ${command.operands}`.trimEnd(),
    "",
    `${command.summary[0]?.toUpperCase()}${command.summary.slice(1)}.`,
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
 * Two columns of text.
 *
 * @param rows left and right
 * @param width width of the left column; wide characters count two
 * @returns lines
 */
export function columns(rows: readonly (readonly [string, string])[], width = LEFT_COLUMN): string[] {
  const longest = Math.max(...rows.map(([left]) => unicodeWidth(left)).filter((w) => w <= width), 0);
  return rows.flatMap(([left, right]) => {
    const gap = longest - unicodeWidth(left);
    if (gap < 0) return [`  ${left}`, `  ${" ".repeat(longest)}  ${right}`];
    return [`  ${left}${" ".repeat(gap)}  ${right}`];
  });
}

function optionColumns(table: OptionTable): string[] {
  return columns(Object.entries(table).map(([name, option]) => [optionForm(name, option), optionHelp(option)]));
}

function ownOptions(table: OptionTable): string[] {
  return Object.keys(table).length === 0 ? [] : ["Options:", ...optionColumns(table), ""];
}

function wordRows({ title, list }: Words): string[] {
  return [`${title}:`, ...columns(list.map((word) => [word.name, word.summary + optionNames(word.options)])), ""];
}

/** Options that a line about a word names. */
const NAMED = 3;

function optionNames(options: OptionTable = {}): string {
  const names = Object.keys(options).map((name) => `--${name}`);
  if (names.length > NAMED) names.splice(NAMED, Infinity, "…");
  return names.length === 0 ? "" : ` (${names.join(", ")})`;
}

function optionForm(name: string, { short, value }: Option<unknown>): string {
  return `${short === undefined ? "    " : `-${short}, `}--${name}${value === undefined ? "" : ` ${value}`}`;
}

function optionHelp({ help, many }: Option<unknown>): string {
  return many ? `${help} (repeatable)` : help;
}

/** Examples are whole command lines and need more room; the longest have their meaning on the next line. */
function exampleColumns(examples: readonly Example[]): string[] {
  return columns(examples.map(({ args, does }) => [`sockeye ${args}`, does]), EXAMPLE_COLUMN);
}

function lines(...all: string[]): string {
  return `${all.join("\n")}\n`;
}
