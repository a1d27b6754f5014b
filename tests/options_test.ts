import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { SockeyeError } from "../lib/errors.ts";
import { asDuration, asHostName, asNumber, asRate, asSize, asText, asTimeLimit } from "../lib/options.ts";
import { choice, flag, many, one } from "../lib/options.ts";

Deno.test("asDuration() reads units, and seconds without one", () => {
  const short = { "500ms": 500, "5s": 5000, "5": 5000, "0": 0, "1.5": 1500, "0.25s": 250 };
  const long = { "2m": 120_000, "1h": 3_600_000, "2147483647ms": 2 ** 31 - 1 };
  for (const [text, ms] of Object.entries({ ...short, ...long })) assertEquals(asDuration(text), ms, text);
});

Deno.test("asDuration() refuses what is no duration, or longer than a timer can be", () => {
  const bad = ["", "ms", "-1s", "+1", "1 s", " 1", "1d", "5S", "1e3", ".5", "5.", "1s500ms", "٣s"];
  for (const text of [...bad, "Infinity", "2147483648ms", "25000h", "9".repeat(400)]) {
    assertThrows(() => asDuration(text), Error, "expected a duration such as 500ms, 5s, 2m or 1h (24 days at most)");
  }
});

Deno.test("asSize() reads powers of 1024", () => {
  const small = {
    "0": 0,
    "1500": 1500,
    "64k": 65536,
    "64K": 65536,
    "1.5k": 1536,
    "64kB": 65536,
    "64KiB": 65536,
    "7b": 7,
  };
  const large = { "10m": 10 * 1024 ** 2, "1g": 1024 ** 3, "2t": 2 * 1024 ** 4 };
  for (const [text, bytes] of Object.entries({ ...small, ...large })) assertEquals(asSize(text), bytes, text);
});

Deno.test("asSize() refuses what is no size", () => {
  for (const text of ["", "k", "-1", "1 k", "1x", "1kk", "1e3", "0x10", "9000000t"]) {
    assertThrows(() => asSize(text), Error, "expected a size such as 64k, 10m or 1g");
  }
});

Deno.test("asNumber() reads whole numbers within its bounds", () => {
  const read = asNumber(1, 1024);
  for (const [text, number] of [["1", 1], ["1024", 1024], ["007", 7]] as const) assertEquals(read(text), number);
  for (const text of ["", "0", "1025", "-1", "1.5", "1e2", "0x10", " 1", "many", "9".repeat(400)]) {
    assertThrows(() => read(text), Error, "expected a whole number from 1 to 1024");
  }
});

Deno.test("one() takes the last value given and names the option and the value when it is bad", () => {
  const option = one("N", "how many", asNumber(1, 9), { short: "n" });
  assertEquals(option.read(["x", "3"], "--number"), 3);
  assertEquals([option.value, option.help, option.short, option.many], ["N", "how many", "n", undefined]);
  const error = assertThrows(() => option.read(["3", "x"], "--number"), SockeyeError);
  assertEquals([error.kind, error.message], ["usage", 'Bad --number "x": expected a whole number from 1 to 9']);
});

Deno.test("one() keeps the kind of an error that has one, and puts the option before it", () => {
  const cause = new SockeyeError("file", "Cannot read x");
  const option = one("FILE", "a file", () => {
    throw cause;
  });
  const error = assertThrows(() => option.read(["x"], "--file"), SockeyeError);
  assertEquals([error.kind, error.message], ["file", "--file: Cannot read x"]);
  assertStrictEquals(error.cause, cause);
});

Deno.test("many() reads every value and names the bad one", () => {
  const option = many("N", "numbers", asNumber(1, 9));
  assertEquals([option.read(["3", "1", "3"], "--n"), option.many], [[3, 1, 3], true]);
  assertThrows(() => option.read(["3", "10"], "--n"), SockeyeError, 'Bad --n "10": ');
});

Deno.test("choice() takes one of its words and offers them", () => {
  const option = choice(["auto", "always", "never"], "colour");
  assertEquals(option.read(["never", "auto"], "--color"), "auto");
  assertEquals([option.value, option.choices], ["auto|always|never", ["auto", "always", "never"]]);
  const hints = [["", ""], ["Auto", ' - did you mean "auto"?'], ["red", ""], ["auto|always", ""]] as const;
  for (const [text, hint] of hints) {
    const message = `Bad --color "${text}": expected auto, always or never${hint}`;
    assertEquals(assertThrows(() => option.read([text], "--color"), SockeyeError).message, message);
  }
  assertThrows(() => choice(["close"], "x").read(["x"], "--then"), SockeyeError, "expected close");
  const near = 'Bad --then "clos": expected close - did you mean "close"?';
  assertThrows(() => choice(["close"], "x").read(["clos"], "--then"), SockeyeError, near);
});

Deno.test("flag() is true when it is given, and takes no value", () => {
  const option = flag("print more", { short: "v" });
  assertEquals([option.read([""], "--verbose"), option.value, option.short], [true, undefined, "v"]);
});

Deno.test("asText() takes a value as it is", () => {
  assertEquals(asText(" -a\n"), " -a\n");
});

Deno.test("asTimeLimit() and asRate() refuse nothing at all", () => {
  for (const read of [asTimeLimit, asRate]) assertThrows(() => read("0"), Error, "above 0");
  assertEquals([asTimeLimit("500ms"), asRate("64k")], [500, 65536]);
});

Deno.test("asHostName() takes a name without anything around it", () => {
  for (const text of ["localhost", "Chat.Example.ORG", "a-b.c", "x"]) {
    assertEquals(asHostName(text), text.toLowerCase());
  }
  for (const text of ["", "a:80", "http://a", "a/b", "-a", "a.", "*.a", "a b", "ä.example", "a,b"]) {
    assertThrows(() => asHostName(text), Error, "expected a host name");
  }
});
