/** The contract of the byte, duration and color formatters. */

import { assertEquals, assertThrows } from "@std/assert";
import { format as formatBytes } from "@std/fmt/bytes";
import * as colors from "@std/fmt/colors";
import { format as formatDuration } from "@std/fmt/duration";

const BYTES: [number, string][] = [
  [0, "0 B"],
  [0.4, "0.4 B"],
  [-0.7, "-0.7 B"],
  [1001, "1000 B"],
  [1025, "1 kiB"],
  [18717, "18.3 kiB"],
  [-18717, "-18.3 kiB"],
  [1e16, "8.88 PiB"],
  [1e30, "827000 YiB"],
];

for (const [num, text] of BYTES) {
  Deno.test(`bytes format(${num}) gives "${text}"`, () => assertEquals(formatBytes(num, { binary: true }), text));
}

Deno.test("bytes format() refuses what is not a finite number", () => {
  for (const num of [NaN, Infinity, -Infinity]) assertThrows(() => formatBytes(num, { binary: true }), TypeError);
});

const DURATIONS: [number, string][] = [
  [0, ""],
  [16.342, "16ms 342µs"],
  [99674, "1m 39s 674ms"],
  [-99674, "1m 39s 674ms"],
  [90_061_001.000001, "1d 1h 1m 1s 1ms 1ns"],
];

for (const [ms, text] of DURATIONS) {
  Deno.test(`duration format(${ms}) gives "${text}"`, () => {
    assertEquals(formatDuration(ms, { ignoreZero: true }), text);
  });
}

const STYLES: [name: "bold" | "dim" | "red" | "green" | "yellow" | "cyan", open: number, close: number][] = [
  ["bold", 1, 22],
  ["dim", 2, 22],
  ["red", 31, 39],
  ["green", 32, 39],
  ["yellow", 33, 39],
  ["cyan", 36, 39],
];

/** The functions style nothing where NO_COLOR is set: these tests need a run without it. */
const ignore = Deno.noColor;

for (const [name, open, close] of STYLES) {
  Deno.test(`${name}() puts a text between its sequences, and changes nothing when styles are off`, { ignore }, () => {
    colors.setColorEnabled(false);
    assertEquals(colors[name]("text"), "text");
    colors.setColorEnabled(true);
    assertEquals(colors[name]("text"), `\x1b[${open}mtext\x1b[${close}m`);
  });
}

Deno.test("styles start again after a style inside them", { ignore }, () => {
  colors.setColorEnabled(true);
  assertEquals(colors.red(`a${colors.cyan("b")}c`), "\x1b[31ma\x1b[36mb\x1b[31mc\x1b[39m");
  assertEquals(colors.bold(`a${colors.red("b")}c`), "\x1b[1ma\x1b[31mb\x1b[39mc\x1b[22m");
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
