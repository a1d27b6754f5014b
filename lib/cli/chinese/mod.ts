/**
 * The help in Chinese: commands with Chinese texts in place of the English ones. It is loaded only where the help is
 * shown in Chinese; the manual page and the completions are English.
 *
 * @module
 */

import type { HelpList, OptionTable } from "../../options.ts";
import type { CommandSpec, Word } from "../command.ts";
import { CHECK } from "./check.ts";
import { CLIENT, FETCH, PROBE } from "./client.ts";
import { CERT, COMPLETIONS, MAN, REPLAY, SHOW } from "./others.ts";
import { SERVER, TAP } from "./server.ts";
import { COMMON, SHARED } from "./shared.ts";
import type { CommandTexts, Texts } from "./texts.ts";

/** The texts of all commands, by name. */
export const COMMAND_TEXTS: Readonly<Record<string, CommandTexts>> = {
  server: SERVER,
  client: CLIENT,
  tap: TAP,
  probe: PROBE,
  fetch: FETCH,
  show: SHOW,
  replay: REPLAY,
  check: CHECK,
  cert: CERT,
  completions: COMPLETIONS,
  man: MAN,
};

/** Options with Chinese help; those that lack it keep the English one. */
export function optionsInChinese(table: OptionTable, own: Texts = {}): OptionTable {
  const texts: Texts = { ...COMMON, ...SHARED, ...own };
  return Object.fromEntries(
    Object.entries(table).map(([name, option]) => [name, { ...option, help: texts[name] ?? option.help }]),
  );
}

/** A command with Chinese texts; what lacks one keeps the English. */
export function inChinese(command: CommandSpec): CommandSpec {
  const texts = COMMAND_TEXTS[command.name];
  if (!texts) return command;
  const { words } = command;
  const ownOfWords = Object.assign({}, ...Object.values(texts.words ?? {}).map(({ options }) => options));
  return {
    ...command,
    summary: texts.summary,
    about: texts.about,
    options: optionsInChinese(command.options, { ...ownOfWords, ...texts.options }),
    ...(words && { words: { ...words, title: texts.title ?? words.title, list: words.list.map(wordIn(texts)) } }),
    ...(command.typed && { typed: typedInChinese(command.typed, texts.typed) }),
    examples: command.examples.map(([args, does]) => [args, texts.examples[args] ?? does]),
  };
}

function wordIn({ words = {} }: CommandTexts): (word: Word) => Word {
  return (word) => {
    const texts = words[word.name];
    return {
      ...word,
      summary: texts?.summary ?? word.summary,
      ...(word.options && { options: optionsInChinese(word.options, texts?.options) }),
      ...(word.typed && { typed: typedInChinese(word.typed, texts?.typed) }),
    };
  };
}

function typedInChinese(lists: readonly HelpList[], texts: Texts = {}): HelpList[] {
  return lists.map(({ title, rows }) => ({
    title: texts[title] ?? title,
    rows: rows.map(([typed, does]) => [typed, texts[typed] ?? does]),
  }));
}
