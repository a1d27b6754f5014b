/**
 * Help texts, made from the tables of commands and options, so that they cannot drift from what the program does.
 *
 * @module
 */

import type { HelpList, OptionTable } from "../options.ts";
import { type CommandSpec, COMMON_OPTIONS, ownOptions, type Word } from "./command.ts";
import { columns, wrap } from "./layout.ts";
import { describeOptions, fullHelp, type OptionInfo, summarySentence } from "./option_info.ts";

/** Columns of the left part for examples at most: whole command lines need more room than options. */
const EXAMPLE_COLUMNS = 40;

/** Columns of the widest text: longer lines are hard to read. */
const MAX_WIDTH = 100;

/** What a person does first, for the short help. */
const FIRST_STEPS: CommandSpec["examples"] = [
  ["server", "echo on port 9000 of this machine"],
  ["client 9000", "talk to it"],
  ["server chat :8888", "a group chat for your network"],
  ["fetch http://example.com/", "download a page"],
];

/** Writes the help for `sockeye` alone. */
export function shortHelp(commands: readonly CommandSpec[], width: number): string {
  return page(width, (columns) => [
    ["sockeye sees and drives sockets."],
    section("Start with", exampleRows(FIRST_STEPS, columns)),
    section("Commands", summaries(commands, columns)),
    wrap("`sockeye --help` tells more, `sockeye COMMAND --help` all about one of them.", columns),
  ]);
}

/** Writes the help of the whole program. */
export function programHelp(commands: readonly CommandSpec[], width: number): string {
  const forms = commands.map(({ name, operands, summary }) => [`${name} ${operands}`.trim(), summary] as const);
  const examples = commands.flatMap((command) => command.examples.slice(0, 2));
  return page(width, (width) => [
    ["sockeye sees and drives sockets."],
    ["Usage: sockeye COMMAND [OPTION…]"],
    section("Commands", columns(forms, width)),
    section("Options of every command", optionRows(COMMON_OPTIONS, width)),
    section("Examples", exampleRows(examples, width)),
    wrap("`sockeye COMMAND --help` tells more about a command.", width),
  ]);
}

/**
 * Writes the help of one command.
 *
 * @param width columns of the terminal
 * @param word one of its words: then only what goes with it is told
 */
export function commandHelp(command: CommandSpec, width: number, word?: Word): string {
  const { name, about, words, typed = [] } = command;
  const path = word ? `${name} ${word.name}` : name;
  const own = ownOptions(command, word);
  const listed = word ? [] : words?.list ?? [];
  return page(width, (width) => [
    wrap(`Usage: sockeye ${usage(command, word)}`, width),
    wrap(summarySentence(word ?? command), width),
    listed.length > 0 ? section(words?.title ?? "", summaries(listed, width)) : [],
    wrap(about, width),
    ...(word ? word.typed ?? [] : typed).map((list) => listSection(list, width)),
    ...(word ? [section(`Options of ${path}`, optionRows(own.word, width))] : []),
    section(`Options of ${name}`, optionRows(own.rest, width)),
    ...listed.map((one) => section(`Options of ${name} ${one.name}`, optionRows(one.options ?? {}, width))),
    section("Options of every command", optionRows(COMMON_OPTIONS, width)),
    section("Examples", exampleRows(examplesOf(command, word), width)),
    listed.some(({ options }) => options)
      ? wrap(`\`sockeye ${name} ${listed[0]?.name} --help\` shows only the options of that mode.`, width)
      : [],
  ]);
}

function usage({ name, operands }: CommandSpec, word: Word | undefined): string {
  // The word takes the place of the first operand.
  if (word) return `${name} ${word.name} [OPTION…] ${operands.replace(/^\S+\s*/, "")}`.trimEnd();
  return `${name} [OPTION…] ${operands}`.trimEnd();
}

function examplesOf({ name, examples }: CommandSpec, word: Word | undefined): CommandSpec["examples"] {
  return word ? examples.filter(([args]) => `${args} `.startsWith(`${name} ${word.name} `)) : examples;
}

/** Joins the parts that are not empty by empty lines. */
function page(width: number, parts: (width: number) => readonly (readonly string[])[]): string {
  const filled = parts(Math.min(width, MAX_WIDTH)).filter((lines) => lines.length > 0);
  return `${filled.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function section(title: string, rows: readonly string[]): string[] {
  return rows.length === 0 ? [] : [`${title}:`, ...rows];
}

function listSection({ title, rows }: HelpList, width: number): string[] {
  return section(title, columns(rows, width));
}

function summaries(words: readonly Word[], width: number): string[] {
  return columns(words.map(({ name, summary }) => [name, summary]), width);
}

function optionRows(table: OptionTable, width: number): string[] {
  return columns(describeOptions(table).map((option) => [optionForm(option), fullHelp(option)]), width);
}

/** The long names stand below each other, whether there is a short one or not. */
function optionForm({ flags, value }: OptionInfo): string {
  const form = flags.length === 1 ? `    ${flags[0]}` : flags.join(", ");
  return value === undefined ? form : `${form} ${value}`;
}

function exampleRows(examples: CommandSpec["examples"], width: number): string[] {
  return columns(examples.map(([args, does]) => [`sockeye ${args}`, does]), width, EXAMPLE_COLUMNS);
}
