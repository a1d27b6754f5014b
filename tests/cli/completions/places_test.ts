import { assertEquals } from "@std/assert";
import { COMMON_OPTIONS } from "../../../lib/cli/command.ts";
import { SHELLS } from "../../../lib/cli/completions/mod.ts";
import type { Place } from "../../../lib/cli/completions/places.ts";
import { MODES } from "../../../lib/cli/modes.ts";
import { COMMANDS, PLACES } from "./shells.ts";

/** The options that may follow some words. */
function optionsAt(path: string): Place["options"] {
  return PLACES.find((place) => place.path.join(" ") === path)?.options ?? [];
}

Deno.test("placesOf() has a place for the program, each command, each of its words, and help", () => {
  const expected = [
    "",
    ...COMMANDS.flatMap(({ name, words }) => [name, ...(words?.list ?? []).map((word) => `${name} ${word.name}`)]),
    "help",
  ];
  assertEquals(PLACES.map(({ path }) => path.join(" ")), expected);
});

Deno.test("placesOf() offers every option of a command, and the common ones", () => {
  for (const { name, options } of COMMANDS) {
    const expected = [...Object.keys(options), ...Object.keys(COMMON_OPTIONS)].map((option) => `--${option}`);
    assertEquals(optionsAt(name).map(({ flags }) => flags.at(-1)), expected);
  }
});

Deno.test("placesOf() offers a mode its own options and none of another mode", () => {
  const own = new Set(MODES.flatMap(({ options }) => Object.keys(options)));
  for (const { name, options, stateless = false } of MODES) {
    const offered = optionsAt(`server ${name}`).map(({ flags }) => flags.at(-1)?.slice(2) ?? "");
    assertEquals(offered.filter((option) => own.has(option)), Object.keys(options));
    assertEquals(offered.includes("idle") && offered.includes("color"), true);
    assertEquals(offered.includes("workers"), stateless, name);
  }
});

Deno.test("placesOf() knows which values are files", () => {
  const files = PLACES.flatMap(({ options }) => options.filter((option) => option.files).flatMap(({ flags }) => flags));
  const long = [...new Set(files)].filter((flag) => flag.startsWith("--")).sort();
  const expected =
    "--bus-ca --ca --cert --client-ca --cookie-jar --file --from --header-output --history-file --junit --key --log --output --output-dir " +
    "--record --target-cert --target-key";
  assertEquals(long.join(" "), expected);
});

Deno.test("placesOf() knows the values that an option takes, and each of them is one", () => {
  const pairs = { "--color": "auto", "-e": "gbk", "--then": "close", "-X": "POST", "--frame": "line" };
  for (const [flag, word] of Object.entries(pairs)) {
    const named = PLACES.flatMap(({ options }) => options.filter(({ flags }) => flags.includes(flag)));
    assertEquals(named.length > 0 && named.every(({ choices }) => choices.includes(word)), true, flag);
  }
  for (const options of [COMMON_OPTIONS, ...COMMANDS.map((command) => command.options)]) {
    for (const [name, { choices, read }] of Object.entries(options)) {
      for (const word of (choices as string[] | undefined) ?? []) read([word], `--${name}`);
    }
  }
});

Deno.test("nothing in a script for a shell is left undefined", () => {
  for (const { name, script } of SHELLS) assertEquals(/undefined|\[object/.exec(script(PLACES)), null, name);
});
