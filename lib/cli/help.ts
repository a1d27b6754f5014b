/**
 * Help texts, made from the tables of commands and options, so that they cannot drift from what the program does.
 *
 * @module
 */

import type { Language } from "../language.ts";
import type { OptionTable } from "../options.ts";
import { loadTranslate, type Translate } from "../output/translate.ts";
import { Phrase, type Phrased, say } from "../phrase.ts";
import { type CommandSpec, COMMON_OPTIONS, ownOptions, type Word } from "./command.ts";
import { columns, wrap } from "./layout.ts";
import { describeOptions, type OptionInfo, summarySentence } from "./option_info.ts";

/** Columns of the left part for examples at most: whole command lines need more room than options. */
const EXAMPLE_COLUMNS = 40;

/** Columns of the widest text: longer lines are hard to read. */
const MAX_WIDTH = 100;

/** The texts of the help in a language. */
export interface HelpLanguage {
  /** What the help itself says. */
  readonly translate: Translate;
  /** A command with its texts. */
  readonly command: (command: CommandSpec) => CommandSpec;
  /** Options that every command has, with their texts. */
  readonly options: (table: OptionTable) => OptionTable;
}

/** Loads a language. */
export async function loadHelpLanguage(language: Language): Promise<HelpLanguage> {
  const translate = await loadTranslate(language);
  if (language === "en") return { translate, command: (command) => command, options: (table) => table };
  const { inChinese, optionsInChinese } = await import("./chinese/mod.ts");
  // Those of a command are translated with it.
  const options = (table: OptionTable) => table === COMMON_OPTIONS ? optionsInChinese(table) : table;
  return { translate, command: inChinese, options };
}

/** What a person does first, for the short help: the command line, and what it does by its code. */
const FIRST_STEPS: readonly (readonly [args: string, does: Phrase])[] = [
  ["server", say("first-server")`echo on port 9000 of this machine`],
  ["client 9000", say("first-client")`talk to it`],
  ["server chat :8888", say("first-chat")`a group chat for your network`],
  ["fetch http://example.com/", say("first-fetch")`download a page`],
];

const WHAT_IT_IS = say("what-it-is")`sockeye sees and drives sockets.`;
const EXAMPLES = say("help-examples")`Examples`;
const COMMAND_LIST = say("help-commands")`Commands`;
const COMMON = say("help-common")`Options of every command`;

/** Writes the help of the program and of its commands. */
export class Help {
  readonly #language: HelpLanguage;
  readonly #width: number;

  /** `width` is that of the terminal, in columns. */
  constructor(language: HelpLanguage, width: number) {
    this.#language = language;
    this.#width = Math.min(width, MAX_WIDTH);
  }

  /** The help for `sockeye` alone. */
  short(commands: readonly CommandSpec[]): string {
    return page([
      [this.#say(WHAT_IT_IS)],
      this.#section(say("help-start")`Start with`, this.#examples(FIRST_STEPS)),
      this.#section(COMMAND_LIST, this.#summaries(commands.map(this.#language.command))),
      this.#wrap(say("help-more")`\`sockeye --help\` tells more, \`sockeye COMMAND --help\` all about one of them.`),
    ]);
  }

  /** The help of the whole program. */
  program(commands: readonly CommandSpec[]): string {
    const translated = commands.map(this.#language.command);
    const forms = translated.map(({ name, operands, summary }) => [`${name} ${operands}`.trim(), summary] as const);
    return page([
      [this.#say(WHAT_IT_IS)],
      [this.#say(say("help-usage")`Usage: ${"sockeye COMMAND [OPTION…]"}`)],
      this.#section(COMMAND_LIST, columns(forms, this.#width)),
      this.#section(COMMON, this.#options(COMMON_OPTIONS)),
      this.#section(EXAMPLES, this.#examples(translated.flatMap((command) => command.examples.slice(0, 2)))),
      this.#wrap(say("help-command-more")`\`sockeye COMMAND --help\` tells more about a command.`),
    ]);
  }

  /** The help of one command; of its word of this name, only what goes with it is told. */
  command(spec: CommandSpec, wordName?: string): string {
    const command = this.#language.command(spec);
    const { name, about, words, typed = [] } = command;
    const word = words?.list.find((one) => one.name === wordName);
    const own = ownOptions(command, word);
    const listed = word ? [] : words?.list ?? [];
    const optionsOf = (path: string) => say("help-options")`Options of ${path}`;
    return page([
      this.#wrap(say("help-usage")`Usage: ${`sockeye ${usage(command, word)}`}`),
      this.#wrap(new Phrase("help-sentence", summarySentence(word ?? command), [(word ?? command).summary])),
      listed.length > 0 ? this.#section(words?.title ?? "", this.#summaries(listed)) : [],
      this.#wrap(about),
      ...(word ? word.typed ?? [] : typed).map(({ title, rows }) => this.#section(title, columns(rows, this.#width))),
      ...(word ? [this.#section(optionsOf(`${name} ${word.name}`), this.#options(own.word))] : []),
      this.#section(optionsOf(name), this.#options(own.rest)),
      ...listed.map((one) => this.#section(optionsOf(`${name} ${one.name}`), this.#options(one.options ?? {}))),
      this.#section(COMMON, this.#options(COMMON_OPTIONS)),
      this.#section(EXAMPLES, this.#examples(examplesOf(command, word))),
      listed.some(({ options }) => options)
        ? this.#wrap(
          say("help-mode")`\`sockeye ${name} ${listed[0]?.name ?? ""} --help\` shows only the options of that mode.`,
        )
        : [],
    ]);
  }

  #say(text: Phrased): string {
    return this.#language.translate(text);
  }

  #wrap(text: Phrased): string[] {
    return wrap(this.#say(text), this.#width);
  }

  #section(title: Phrased, rows: readonly string[]): string[] {
    return rows.length === 0 ? [] : [this.#say(say("help-title")`${title}:`), ...rows];
  }

  #summaries(words: readonly Word[]): string[] {
    return columns(words.map(({ name, summary }) => [name, summary]), this.#width);
  }

  #options(table: OptionTable): string[] {
    const options = describeOptions(this.#language.options(table));
    const helpOf = ({ help, many }: OptionInfo) => many ? this.#say(say("help-many")`${help} (repeatable)`) : help;
    return columns(options.map((option) => [optionForm(option), helpOf(option)]), this.#width);
  }

  #examples(examples: readonly (readonly [args: string, does: Phrased])[]): string[] {
    const rows = examples.map(([args, does]) => [`sockeye ${args}`, this.#say(does)] as const);
    return columns(rows, this.#width, EXAMPLE_COLUMNS);
  }
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
function page(parts: readonly (readonly string[])[]): string {
  const filled = parts.filter((lines) => lines.length > 0);
  return `${filled.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

/** The long names stand below each other, whether there is a short one or not. */
function optionForm({ flags, value }: OptionInfo): string {
  const form = flags.length === 1 ? `    ${flags[0]}` : flags.join(", ");
  return value === undefined ? form : `${form} ${value}`;
}
