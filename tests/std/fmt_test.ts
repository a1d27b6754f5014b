/** The contract of the color formatters. */

import { assertEquals } from "@std/assert";
import * as colors from "@std/fmt/colors";
import { ROOT } from "../../scripts/root.ts";
import { tool } from "../support/harness.ts";

/** Codes that begin a style; `bold` and `dim` end with 22, colours with 39. */
const STYLES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36 } as const;

/** The functions style nothing where NO_COLOR is set: these tests need a run without it. */
const ignore = Deno.noColor;

for (const name of ["bold", "dim", "red", "green", "yellow", "blue", "magenta", "cyan"] as const) {
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
