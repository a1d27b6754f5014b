/** The contract of the byte, colour and duration formatters. */

import { assertEquals, assertThrows } from "@std/assert";
import { format as formatBytes, type FormatOptions } from "@std/fmt/bytes";
import * as colors from "@std/fmt/colors";
import { format as formatDuration } from "@std/fmt/duration";

const BYTES: [number, FormatOptions, string][] = [
  [0, {}, "0 B"],
  [0.4, {}, "0.4 B"],
  [10.1, {}, "10.1 B"],
  [999, {}, "999 B"],
  [1001, {}, "1 kB"],
  [1337, {}, "1.34 kB"],
  [1e16, {}, "10 PB"],
  [1e30, {}, "1000000 YB"],
  [-0.7, {}, "-0.7 B"],
  [-1001, {}, "-1 kB"],
  [42, { signed: true }, "+42 B"],
  [-13, { signed: true }, "-13 B"],
  [0, { signed: true }, " 0 B"],
  [999, { bits: true }, "999 b"],
  [1337, { bits: true }, "1.34 kbit"],
  [1001, { binary: true }, "1000 B"],
  [1025, { binary: true }, "1 kiB"],
  [1e16, { binary: true }, "8.88 PiB"],
  [1e30, { binary: true }, "827000 YiB"],
  [1e6, { bits: true, binary: true }, "977 kibit"],
  [1911, { maximumFractionDigits: 1 }, "1.9 kB"],
  [1900, { minimumFractionDigits: 3 }, "1.900 kB"],
  [1001, { maximumFractionDigits: 3 }, "1.001 kB"],
  [1000, { minimumFractionDigits: 1, maximumFractionDigits: 3 }, "1.0 kB"],
  [18717, { maximumFractionDigits: 2, binary: true }, "18.28 kiB"],
  [1e30, { locale: "de" }, "1.000.000 YB"],
  [10.1, { locale: ["de", "en"] }, "10,1 B"],
  [1e30, { locale: "en" }, "1,000,000 YB"],
  [1e30, { locale: false }, "1000000 YB"],
];

for (const [num, options, text] of BYTES) {
  Deno.test(`bytes format(${num}, ${JSON.stringify(options)}) gives "${text}"`, () => {
    // Without a locale of its own, a limit on digits is written as the system writes numbers.
    const fixed = "locale" in options || !Object.keys(options).some((key) => key.endsWith("FractionDigits"));
    assertEquals(formatBytes(num, fixed ? options : { ...options, locale: "en" }), text);
  });
}

Deno.test("bytes format() refuses what is not a finite number", () => {
  for (const num of [NaN, Infinity, -Infinity]) assertThrows(() => formatBytes(num), TypeError);
});

Deno.test("duration format() writes narrow by default", () => {
  assertEquals(formatDuration(99674), "0d 0h 1m 39s 674ms 0µs 0ns");
  assertEquals(formatDuration(99674, { ignoreZero: true }), "1m 39s 674ms");
  assertEquals(formatDuration(16.342, { ignoreZero: true }), "16ms 342µs");
  assertEquals(formatDuration(90_061_001.000001, { ignoreZero: true }), "1d 1h 1m 1s 1ms 1ns");
  assertEquals(formatDuration(0, { ignoreZero: true }), "");
});

Deno.test("duration format() writes full names, one in the singular", () => {
  assertEquals(formatDuration(99674, { style: "full", ignoreZero: true }), "1 minute, 39 seconds, 674 milliseconds");
  assertEquals(
    formatDuration(99674, { style: "full" }),
    "0 days, 0 hours, 1 minute, 39 seconds, 674 milliseconds, 0 microseconds, 0 nanoseconds",
  );
});

Deno.test("duration format() writes digits and ignores the sign", () => {
  assertEquals(formatDuration(99674, { style: "digital" }), "00:00:01:39:674:000:000");
  assertEquals(formatDuration(-99674, { style: "digital" }), "00:00:01:39:674:000:000");
  assertEquals(formatDuration(99674, { style: "digital", ignoreZero: true }), "00:00:01:39:674");
  assertEquals(formatDuration(600_000, { style: "digital", ignoreZero: true }), "00:00:10");
});

Deno.test("duration format() refuses an unknown style", () => {
  const style = "short" as "narrow";
  assertThrows(() => formatDuration(1, { style }), TypeError);
});

/** Runs a test with styles on or off and puts the setting back. */
function withColors(on: boolean, fn: () => void): void {
  const before = colors.getColorEnabled();
  colors.setColorEnabled(on);
  try {
    fn();
  } finally {
    colors.setColorEnabled(before);
  }
}

const STYLES = [
  [colors.bold, 1, 22],
  [colors.dim, 2, 22],
  [colors.red, 31, 39],
  [colors.green, 32, 39],
  [colors.yellow, 33, 39],
  [colors.blue, 34, 39],
  [colors.magenta, 35, 39],
  [colors.cyan, 36, 39],
  [colors.gray, 90, 39],
] as const;

for (const [paint, open, close] of STYLES) {
  Deno.test({
    name: `${paint.name}() puts a text between its sequences`,
    ignore: Deno.noColor,
    fn: () => withColors(true, () => assertEquals(paint("text"), `\x1b[${open}mtext\x1b[${close}m`)),
  });
}

Deno.test({
  name: "styles start again after a style inside them",
  ignore: Deno.noColor,
  fn: () =>
    withColors(true, () => {
      assertEquals(
        colors.red(`a${colors.blue("b")}c`),
        "\x1b[31ma\x1b[34mb\x1b[31mc\x1b[39m",
      );
      assertEquals(
        colors.bold(`a${colors.red("b")}c`),
        "\x1b[1ma\x1b[31mb\x1b[39mc\x1b[22m",
      );
    }),
});

Deno.test("setColorEnabled() turns styles off", () => {
  withColors(false, () => {
    assertEquals(colors.getColorEnabled(), false);
    assertEquals(colors.bold(colors.red("text")), "text");
  });
});

Deno.test("setColorEnabled() does not turn styles on against NO_COLOR", async () => {
  const code = `import { red, setColorEnabled } from "@std/fmt/colors"; setColorEnabled(true); Deno.stdout.writeSync(
    new TextEncoder().encode(red("text")));`;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--ext=ts", code],
    cwd: new URL("../../", import.meta.url),
    env: { NO_COLOR: "1" },
  }).output();
  assertEquals(new TextDecoder().decode(stdout), "text");
});

const STRIPPED: [string, string, string][] = [
  ["plain text", "a[1m] b", "a[1m] b"],
  ["colours", "\x1b[36mголубой\x1b[39m", "голубой"],
  ["long colours", "\x1b[38;2;1;2;3mtext\x1b[0m", "text"],
  ["cursor moves", "a\x1b[2J\x1b[10;20Hb\x1b[?25l", "ab"],
  ["links", "\x1B]8;;https://deno.land\x07🦕\x1B]8;;\x07", "🦕"],
];

for (const [name, text, stripped] of STRIPPED) {
  Deno.test(`stripAnsiCode() handles ${name}`, () => assertEquals(colors.stripAnsiCode(text), stripped));
}
