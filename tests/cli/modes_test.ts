import { assert, assertEquals, assertMatch } from "@std/assert";
import { COMMON_OPTIONS } from "../../lib/cli/command.ts";
import { MODES } from "../../lib/cli/modes.ts";
import type { OptionTable } from "../../lib/options.ts";
import { givenOf, makeContext } from "../support/modes.ts";

/** The server command's own options: its option table lays those of the modes over them. */
const SERVER_OPTIONS =
  "frame once max-connections max-per-host idle drain backlog allow deny cert key reuse-port workers"
    .split(" ");

Deno.test("MODES gives every mode a name, a summary and an example of itself", () => {
  for (const { name, summary, example } of MODES) {
    assertMatch(name, /^[a-z][a-z-]*$/);
    assertMatch(summary, /^[a-z].{10,70}[^.]$/);
    assertEquals(example.split(" ")[0], name);
  }
});

Deno.test("MODES has each name once, and echo is the default", () => {
  const names = MODES.map(({ name }) => name);
  assertEquals(new Set(names).size, names.length);
  assertEquals(names[0], "echo");
});

Deno.test("MODES uses no option name with two meanings", () => {
  const known = new Map<string, unknown>(Object.entries(COMMON_OPTIONS));
  for (const name of SERVER_OPTIONS) known.set(name, "the server command's own");
  const letters = new Set(Object.values<OptionTable[string]>(COMMON_OPTIONS).map(({ short }) => short));
  for (const { name: mode, options } of MODES) {
    for (const [name, option] of Object.entries(options)) {
      assertMatch(name, /^[a-z][a-z-]*$/);
      assert(option.help.length > 10, `${mode} --${name} has no help`);
      assert(!known.has(name) || known.get(name) === option, `${mode} --${name} means something else elsewhere`);
      assert(option.short === undefined || !letters.has(option.short), `${mode} -${option.short} is taken`);
      known.set(name, option);
      if (option.short !== undefined) letters.add(option.short);
    }
  }
});

Deno.test("MODES makes a new mode for each server, from options that fit", async () => {
  for (const { name, create, operator = false } of MODES) {
    const given = givenOf({ text: "answer" });
    const [one, two] = [await create(given, makeContext()), await create(given, makeContext())];
    assertEquals(typeof one.data, "function", name);
    assert(one !== two, name);
    assertEquals(operator, name === "talk" || name === "chat");
  }
});
