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
  return { values: readOptions(given, TABLE), operands, given };
}

/** The one line that a wrong command line gets. */
function complaint(...args: string[]): string {
  const error = assertThrows(() => parse(...args), SockeyeError);
  assertEquals(error.kind, "usage");
  return error.message;
}

Deno.test("parseOptions() gives nothing for nothing", () => {
  assertEquals(parse(), { values: {}, operands: [], given: [] });
});

Deno.test("parseOptions() reads flags, values and operands in any order", () => {
  const { values, operands } = parse("reply", "--idle", "5s", "--quiet", "9000");
  assertEquals(values, { idle: 5_000, quiet: true });
  assertEquals(operands, ["reply", "9000"]);
});

Deno.test("parseOptions() names an unknown option, with a suggestion when one is near", () => {
  assertEquals(complaint("--idel", "5s"), 'Unknown option "--idel" - did you mean "--idle"?');
  assertEquals(complaint("--bogus"), 'Unknown option "--bogus"');
  assertEquals(complaint("--bogus=1"), 'Unknown option "--bogus"');
  assertEquals(complaint("-z"), 'Unknown option "-z"');
});

Deno.test("parseOptions() takes no option from what every object has", () => {
  for (const name of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
    assertEquals(complaint(`--${name}`), `Unknown option "--${name}"`);
    assertEquals(complaint(`--${name}=x`), `Unknown option "--${name}"`);
  }
});

Deno.test("parseOptions() names an option whose value is missing", () => {
  assertEquals(complaint("9000", "--idle"), "Missing value: --idle D");
  assertEquals(complaint("-i"), "Missing value: -i D");
});

Deno.test("parseOptions() takes no option of the table as a value", () => {
  assertEquals(complaint("--text", "--quiet"), "Missing value: --text T");
  assertEquals(complaint("--text", "--idle=5s"), "Missing value: --text T");
  assertEquals(complaint("--text", "-q"), "Missing value: --text T");
});

Deno.test("parseOptions() takes values that begin with a dash but are no option", () => {
  assertEquals(parse("--text", "-5").values, { text: "-5" });
  assertEquals(parse("--text", "-").values, { text: "-" });
  assertEquals(parse("--text", "--what?").values, { text: "--what?" });
  assertEquals(parse("-n", "3", "-").operands, ["-"]);
});

Deno.test("parseOptions() tells why a negative number is refused", () => {
  assertEquals(complaint("--count", "-5"), 'Bad --count "-5": expected a whole number from 1 to 9');
  assertEquals(complaint("-n", "-5"), 'Bad -n "-5": expected a whole number from 1 to 9');
});

Deno.test("parseOptions() takes anything behind an equals sign", () => {
  assertEquals(parse("--text=a=b").values, { text: "a=b" });
  assertEquals(parse("--text=--quiet").values, { text: "--quiet" });
  assertEquals(parse("--text=").values, { text: "" });
  assertEquals(
    complaint("--idle="),
    'Bad --idle "": expected a duration such as 500ms, 5s, 2m or 1h (24 days at most)',
  );
});

Deno.test("parseOptions() refuses a value for a flag", () => {
  assertEquals(complaint("--quiet=yes"), 'Option --quiet takes no value, but got "yes"');
  assertEquals(complaint("--quiet="), 'Option --quiet takes no value, but got ""');
});

Deno.test("parseOptions() takes everything after -- as operands", () => {
  const { values, operands, given } = parse("-q", "--", "--idle", "-v", "--");
  assertEquals(values, { quiet: true });
  assertEquals(operands, ["--idle", "-v", "--"]);
  assertEquals(given.length, 1);
});

Deno.test("parseOptions() reads short options, alone, together and with a value", () => {
  assertEquals(parse("-q", "-v").values, { quiet: true, verbose: true });
  assertEquals(parse("-qv").values, { quiet: true, verbose: true });
  assertEquals(parse("-i", "5s").values, { idle: 5_000 });
  assertEquals(parse("-i5s").values, { idle: 5_000 });
  assertEquals(parse("-qi5s").values, { quiet: true, idle: 5_000 });
  assertEquals(complaint("-qz"), 'Unknown option "-z"');
});

Deno.test("parseOptions() gives all values of a repeatable option and the last of another", () => {
  const { values } = parse("--send", "a", "--idle", "1s", "--send=b", "--idle", "2s");
  assertEquals(values, { send: ["a", "b"], idle: 2_000 });
});

Deno.test("parseOptions() keeps the order and the spelling in given", () => {
  assertEquals(parse("--send", "a", "-q", "x", "--text=", "-i5s", "--send=b").given, [
    { name: "send", flag: "--send", text: "a" },
    { name: "quiet", flag: "-q", text: "" },
    { name: "text", flag: "--text", text: "" },
    { name: "idle", flag: "-i", text: "5s" },
    { name: "send", flag: "--send", text: "b" },
  ]);
});

Deno.test("parseOptions() names the spelling that was given last when the value is bad", () => {
  assertEquals(complaint("--count", "3", "-n", "x"), 'Bad -n "x": expected a whole number from 1 to 9');
});
