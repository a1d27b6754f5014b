/** The help in Chinese has a text for everything that the English one has, and none for what there is not. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { COMMAND_TEXTS, inChinese, optionsInChinese } from "../../../lib/cli/chinese/mod.ts";
import { COMMON, SHARED } from "../../../lib/cli/chinese/shared.ts";
import { type CommandSpec, COMMON_OPTIONS, type Word } from "../../../lib/cli/command.ts";
import { loadCommands } from "../../../lib/cli/table.ts";
import type { HelpList, OptionTable } from "../../../lib/options.ts";

const COMMANDS = await loadCommands();

/** What is the same in every language: the names of shells. */
const SAME = /^PowerShell$|^(?:bash|zsh|fish|PowerShell) \S+ 及以上$/;

type TextsByName = Readonly<Record<string, string>>;

const helpOf = (table: OptionTable): TextsByName =>
  Object.fromEntries(Object.entries(table).map(([name, { help }]) => [`--${name}`, help]));
const rowsOf = (lists: readonly HelpList[] = []): TextsByName =>
  Object.fromEntries(lists.flatMap(({ title, rows }, at) => [[`list ${at}`, title], ...rows]));

/** Every text of a command or a word, by what it is about. */
function textsOf(spec: CommandSpec | Word): TextsByName {
  const about = "about" in spec ? { about: spec.about } : {};
  const examples = "examples" in spec ? Object.fromEntries(spec.examples) : {};
  const words = "words" in spec && spec.words ? { title: spec.words.title } : {};
  return {
    summary: spec.summary,
    ...about,
    ...words,
    ...helpOf(spec.options ?? {}),
    ...rowsOf(spec.typed),
    ...examples,
  };
}

/** Asserts that the texts of one language are all there in the other one. */
function assertTranslated(name: string, english: TextsByName, chinese: TextsByName): void {
  assertEquals(Object.keys(chinese), Object.keys(english), name);
  for (const [about, text] of Object.entries(chinese)) {
    if (!SAME.test(text)) assertMatch(text, /\p{Script=Han}/u, `${name}: ${about}`);
    assert(!text.includes("\n"), `${name}: ${about}`);
  }
}

for (const command of COMMANDS) {
  Deno.test(`the help of ${command.name} lacks nothing in Chinese`, () => {
    const chinese = inChinese(command);
    assertTranslated(command.name, textsOf(command), textsOf(chinese));
    const words = chinese.words?.list ?? [];
    assertEquals(words.map(({ name }) => name), command.words?.list.map(({ name }) => name) ?? []);
    for (const [at, word] of command.words?.list.entries() ?? []) {
      assertTranslated(`${command.name} ${word.name}`, textsOf(word), textsOf(words[at] ?? word));
    }
  });

  Deno.test(`the Chinese texts of ${command.name} are about what it has`, () => {
    const { options = {}, typed = {}, words = {}, examples } = COMMAND_TEXTS[command.name]!;
    const has = (name: string) => assert(name in command.options, `${command.name} --${name}`);
    for (const word of [{ options }, ...Object.values(words)]) Object.keys(word.options ?? {}).forEach(has);
    const list = command.words?.list ?? [];
    assertEquals(Object.keys(words), list.map(({ name }) => name));
    assertEquals(Object.keys(examples), command.examples.map(([args]) => args));
    const known = (lists: readonly HelpList[] = []) =>
      lists.flatMap(({ title, rows }) => [title, ...rows.map(([row]) => row)]);
    assertEquals(Object.keys(typed).filter((name) => !known(command.typed).includes(name)), []);
    for (const [name, { typed = {} }] of Object.entries(words)) {
      const own = known(list.find((word) => word.name === name)?.typed);
      assertEquals(Object.keys(typed).filter((one) => !own.includes(one)), [], name);
    }
  });
}

Deno.test("the options of every command lack nothing in Chinese, and those that are shared exist", () => {
  assertTranslated("all", helpOf(COMMON_OPTIONS), helpOf(optionsInChinese(COMMON_OPTIONS)));
  assertEquals(Object.keys(COMMON), Object.keys(COMMON_OPTIONS));
  for (const name of Object.keys(SHARED)) assert(COMMANDS.some(({ options }) => name in options), name);
});
