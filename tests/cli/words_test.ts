import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { parseArgs } from "node:util";
import { randomFrom } from "../text/random.ts";
import { parseOptions } from "../../lib/cli/parse.ts";
import { SockeyeError } from "../../lib/errors.ts";
import { asText, flag, type Given, one, type OptionTable } from "../../lib/options.ts";

const TABLE: OptionTable = {
  text: one("T", "", asText, { short: "t" }),
  number: one("N", "", asText, { short: "n" }),
  quiet: flag("", { short: "q" }),
  verbose: flag("", { short: "v" }),
  json: flag(""),
};

/** The words that are options of the table, not values. */
const OPTIONS = /^(-[tnqv]|--(text|number|quiet|verbose|json)(=.*)?)$/;

/** The same words as the platform splits them, up to the first option that is wrong: the flag of that one. */
function expected(words: readonly string[]): { operands: string[]; given: Given[]; wrong: string | undefined } {
  const options = Object.fromEntries(
    Object.entries(TABLE).map(([name, { value, short }]) => [
      name,
      { type: value === undefined ? "boolean" as const : "string" as const, ...(short !== undefined && { short }) },
    ]),
  );
  const { tokens } = parseArgs({ args: [...words], options, strict: false, allowPositionals: true, tokens: true });
  const operands = tokens.flatMap((token) => token.kind === "positional" ? [token.value] : []);
  const given: Given[] = [];
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const { name, rawName: flag, value, inlineValue } = token;
    const known = Object.hasOwn(TABLE, name) ? TABLE[name] : undefined;
    const isWrong = known?.value === undefined
      ? !known || value !== undefined
      : !inlineValue && OPTIONS.test(value ?? "-t");
    if (isWrong) return { operands, given, wrong: flag };
    given.push({ name, flag, text: value ?? "" });
  }
  return { operands, given, wrong: undefined };
}

Deno.test("parseOptions() reads each way to write an option", () => {
  const cases: [string[], string[]][] = [
    [["--text", "a"], ["--text a"]],
    [["--text=a=b"], ["--text a=b"]],
    [["--text="], ["--text "]],
    [["--text", ""], ["--text "]],
    [["-t", "a"], ["-t a"]],
    [["-ta"], ["-t a"]],
    [["-qvt", "a"], ["-q ", "-v ", "-t a"]],
    [["-qtv"], ["-q ", "-t v"]],
    [["--text", "--", "a"], ["--text --", "a"]],
    [["--quiet", "--", "--json", "-"], ["--quiet ", "--json", "-"]],
    [["-"], ["-"]],
    [["-t你好"], ["-t 你好"]],
  ];
  for (const [words, told] of cases) {
    const { given, operands } = parseOptions(words, TABLE);
    assertEquals([...given.map(({ flag, text }) => `${flag} ${text}`), ...operands], told, words.join(" "));
  }
});

Deno.test("parseOptions() splits as the platform does, whatever comes", () => {
  const words =
    ("--text --text=a --text= --number --quiet --quiet=1 --json --bogus --bogus=1 --__proto__ -- - -t -ta -t=a -tn -n -n5 -q -v " +
      "-qv -qvt -qtv -z -qz -1 --- --= -= a 9000").split(" ").concat("");
  const random = randomFrom(1);
  let right = 0;
  for (let round = 0; round < 40_000; round++) {
    const line = Array.from({ length: random(6) }, () => words[random(words.length)]!);
    const { wrong, ...parsed } = expected(line);
    if (wrong === undefined) {
      right++;
      assertEquals(parseOptions(line, TABLE), parsed, JSON.stringify(line));
    } else {
      const { message } = assertThrows(() => parseOptions(line, TABLE), SockeyeError, undefined, JSON.stringify(line));
      assertStringIncludes(message, wrong, JSON.stringify(line));
    }
  }
  assertEquals(right > 10_000, true);
});
