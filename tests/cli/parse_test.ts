import { assertEquals, assertThrows } from "@std/assert";
import { parseOptions } from "../../lib/cli/parse.ts";
import { SockeyeError } from "../../lib/errors.ts";
import { asDuration, asNumber, asText, flag, many, one, type OptionTable, readOptions } from "../../lib/options.ts";

const TABLE: OptionTable = {
  idle: one("D", "", asDuration, { short: "i" }),
  count: one("N", "", asNumber(1, 9), { short: "n" }),
  text: one("T", "", asText),
  send: many("TEXT", "", asText),
  quiet: flag("", { short: "q" }),
  verbose: flag("", { short: "v" }),
};

/** What a command line gives, its values read. */
function parse(...args: string[]) {
  const { operands, given } = parseOptions(args, TABLE);
  return { values: readOptions(given, TABLE), operands };
}

/** Words, and the one line that they get. */
const COMPLAINTS: readonly (readonly [fact: string, ...(readonly [words: string, complaint: string])[]])[] = [
  [
    "names an unknown option, with a suggestion when one is near",
    ["--idel 5s", 'Unknown option "--idel" - did you mean "--idle"?'],
    ["--bogus", 'Unknown option "--bogus"'],
    ["--bogus=1", 'Unknown option "--bogus"'],
    ["-z", 'Unknown option "-z"'],
    ["-qz", 'Unknown option "-z"'],
  ],
  [
    "takes no option from what every object has",
    ...["__proto__", "constructor", "toString", "hasOwnProperty"].flatMap((name) =>
      ["", "=x"].map((rest) => [`--${name}${rest}`, `Unknown option "--${name}"`] as const)
    ),
  ],
  [
    "names an option whose value is missing",
    ["9000 --idle", "Missing value: --idle D"],
    ["-i", "Missing value: -i D"],
  ],
  [
    "takes no option of the table as a value",
    ["--text --quiet", "Missing value: --text T"],
    ["--text --idle=5s", "Missing value: --text T"],
    ["--text -q", "Missing value: --text T"],
  ],
  [
    "tells why a negative number is refused",
    ["--count -5", 'Bad --count "-5": expected a whole number from 1 to 9'],
    ["-n -5", 'Bad -n "-5": expected a whole number from 1 to 9'],
  ],
  [
    "names the spelling that was given last when the value is bad",
    ["--count 3 -n x", 'Bad -n "x": expected a whole number from 1 to 9'],
    ["--idle=", 'Bad --idle "": expected a duration such as 500ms, 5s, 2m or 1h (24 days at most)'],
  ],
  [
    "refuses a value for a flag",
    ["--quiet=yes", 'Option --quiet takes no value, but got "yes"'],
    ["--quiet=", 'Option --quiet takes no value, but got ""'],
  ],
];

for (const [fact, ...cases] of COMPLAINTS) {
  Deno.test(`parseOptions() ${fact}`, () => {
    for (const [words, complaint] of cases) {
      const { kind, message } = assertThrows(() => parse(...words.split(" ")), SockeyeError);
      assertEquals([kind, message], ["usage", complaint]);
    }
  });
}

Deno.test("parseOptions() takes a value with a dash that is no option, and anything behind an equals sign", () => {
  for (const text of ["-5", "-", "--what?"]) assertEquals(parse("--text", text).values, { text });
  for (const text of ["a=b", "--quiet", ""]) assertEquals(parse(`--text=${text}`).values, { text });
  assertEquals(parse("-n", "3", "-").operands, ["-"]);
});

Deno.test("parseOptions() gives all values of a repeatable option and the last of another", () => {
  const { values } = parse("--send", "a", "--idle", "1s", "--send=b", "--idle", "2s");
  assertEquals(values, { send: ["a", "b"], idle: 2_000 });
});
