/** The contract of the byte, duration and color formatters. */

import { assertEquals, assertThrows } from "@std/assert";
import { format as formatBytes } from "@std/fmt/bytes";
import * as colors from "@std/fmt/colors";
import { format as formatDuration } from "@std/fmt/duration";
import { ROOT } from "../../scripts/root.ts";
import { tool } from "../support/harness.ts";

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

/** Codes that begin a style; `bold` and `dim` end with 22, colours with 39. */
const STYLES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

/** The functions style nothing where NO_COLOR is set: these tests need a run without it. */
const ignore = Deno.noColor;

for (const name of ["bold", "dim", "red", "green", "yellow", "cyan"] as const) {
  const [open, close] = [STYLES[name], STYLES[name] < 30 ? 22 : 39];
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
  const options = { cwd: ROOT, env: { NO_COLOR: "1" } };
  assertEquals((await tool(Deno.execPath(), ["eval", "--ext=ts", code], options).ends(0)).stdout, "text");
});
