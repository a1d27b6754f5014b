import { assertEquals } from "@std/assert";
import { type ColorMode, makeColorize } from "../../lib/output/colors.ts";

/** On which of the streams an error is coloured, when these are terminals. */
function coloredStreams(mode: ColorMode, terminals: string, noColor = false): string {
  const terminal = { stdout: terminals.includes("stdout"), stderr: terminals.includes("stderr") };
  const colorize = makeColorize(mode, { noColor, terminal });
  return (["stdout", "stderr"] as const).filter((stream) => colorize(stream, "error", "x") !== "x").join(" ");
}

// The colours come from @std/fmt, which gives none where NO_COLOR is set: these need a run without it.
const ignore = Deno.noColor;

Deno.test({ name: "makeColorize() colours terminals only, each stream by itself (auto)", ignore }, () => {
  for (const terminals of ["stdout stderr", "stderr", "stdout", ""]) {
    assertEquals(coloredStreams("auto", terminals), terminals);
  }
});

Deno.test("makeColorize() obeys NO_COLOR (auto)", () => {
  assertEquals(coloredStreams("auto", "stdout stderr", true), "");
});

Deno.test({ name: "makeColorize() colours pipes too (always)", ignore }, () => {
  assertEquals(coloredStreams("always", ""), "stdout stderr");
});

Deno.test("makeColorize() colours nothing (never)", () => {
  assertEquals(coloredStreams("never", "stdout stderr"), "");
});

Deno.test({ name: "makeColorize() leaves the text between its colours", ignore }, () => {
  const colorize = makeColorize("always", { noColor: false, terminal: { stdout: true, stderr: true } });
  for (const role of ["peer", "sent", "note", "warning", "error", "good", "heading"] as const) {
    // deno-lint-ignore no-control-regex -- colours are control sequences
    assertEquals(colorize("stdout", role, "text").match(/^\x1b\[\d+m(.*)\x1b\[\d+m$/)?.[1], "text");
  }
});
