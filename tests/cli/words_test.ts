import { assertEquals } from "@std/assert";
import { parseArgs } from "node:util";
import { randomFrom } from "../text/random.ts";
import { type Shape, splitWords, type Token } from "../../lib/cli/parse.ts";

const TABLE: Record<string, Shape> = {
  text: { value: "T", short: "t" },
  number: { value: "N", short: "n" },
  quiet: { short: "q" },
  verbose: { short: "v" },
  json: {},
};

/** The same words as the platform splits them. */
function expected(words: readonly string[]): Token[] {
  const options = Object.fromEntries(
    Object.entries(TABLE).map(([name, { value, short }]) => [
      name,
      { type: value === undefined ? "boolean" as const : "string" as const, ...(short !== undefined && { short }) },
    ]),
  );
  const { tokens } = parseArgs({ args: [...words], options, strict: false, allowPositionals: true, tokens: true });
  return tokens.flatMap((token): Token[] => {
    if (token.kind === "option-terminator") return [];
    if (token.kind === "positional") return [{ kind: "operand", text: token.value }];
    const { name, rawName: flag, value, inlineValue } = token;
    return [{ kind: "option", name, flag, value, inline: inlineValue ?? false }];
  });
}

Deno.test("splitWords() reads each way to write an option", () => {
  const cases: [string[], string[]][] = [
    [["--text", "a"], ["--text a"]],
    [["--text=a=b"], ["--text a=b"]],
    [["--text="], ["--text "]],
    [["--text", ""], ["--text "]],
    [["-t", "a"], ["-t a"]],
    [["-ta"], ["-t a"]],
    [["-qvt", "a"], ["-q", "-v", "-t a"]],
    [["-qtv"], ["-q", "-t v"]],
    [["--text", "--", "a"], ["--text --", "a"]],
    [["--quiet", "--", "--json", "-"], ["--quiet", "--json", "-"]],
    [["-"], ["-"]],
    [["-t你好"], ["-t 你好"]],
  ];
  for (const [words, told] of cases) {
    const tokens = splitWords(words, TABLE).map((token) =>
      token.kind === "operand" ? token.text : [token.flag, token.value].filter((part) => part !== undefined).join(" ")
    );
    assertEquals(tokens, told, words.join(" "));
  }
});

Deno.test("splitWords() splits as the platform does, whatever comes", () => {
  const words =
    ("--text --text=a --text= --number --quiet --quiet=1 --json --bogus --bogus=1 --__proto__ -- - -t -ta -t=a -tn -n -n5 -q -v " +
      "-qv -qvt -qtv -z -qz -1 --- --= -= a 9000").split(" ").concat("");
  const random = randomFrom(1);
  for (let round = 0; round < 20_000; round++) {
    const line = Array.from({ length: random(6) }, () => words[random(words.length)]!);
    assertEquals(splitWords(line, TABLE), expected(line), JSON.stringify(line));
  }
});
