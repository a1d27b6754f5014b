import { assertEquals } from "@std/assert";
import { type ColorMode, makeColorize } from "../../lib/output/colors.ts";

const STREAMS = ["stdout", "stderr"] as const;

/** On which of the streams an error is coloured. */
function coloredStreams(
  mode: ColorMode,
  { noColor = false, stdout = false, stderr = false }: { noColor?: boolean; stdout?: boolean; stderr?: boolean } = {},
): string[] {
  const colorize = makeColorize(mode, { noColor, terminal: { stdout, stderr } });
  return STREAMS.filter((stream) => colorize(stream, "error", "x") !== "x");
}

// The colours come from @std/fmt, which gives none where NO_COLOR is set: these need a run without it.
const ignore = Deno.noColor;

Deno.test({ name: "makeColorize() colours terminals only, each stream by itself (auto)", ignore }, () => {
  assertEquals(coloredStreams("auto", { stdout: true, stderr: true }), ["stdout", "stderr"]);
  assertEquals(coloredStreams("auto", { stderr: true }), ["stderr"]);
  assertEquals(coloredStreams("auto", { stdout: true }), ["stdout"]);
  assertEquals(coloredStreams("auto"), []);
});

Deno.test("makeColorize() obeys NO_COLOR (auto)", () => {
  assertEquals(coloredStreams("auto", { stdout: true, stderr: true, noColor: true }), []);
});

Deno.test({ name: "makeColorize() colours pipes too (always)", ignore }, () => {
  assertEquals(coloredStreams("always"), ["stdout", "stderr"]);
});

Deno.test("makeColorize() colours nothing (never)", () => {
  assertEquals(coloredStreams("never", { stdout: true, stderr: true }), []);
});

Deno.test({ name: "makeColorize() leaves the text between its colours", ignore }, () => {
  const colorize = makeColorize("always", { noColor: false, terminal: { stdout: true, stderr: true } });
  for (const role of ["peer", "sent", "note", "warning", "error", "good", "heading"] as const) {
    // deno-lint-ignore no-control-regex -- colours are control sequences
    assertEquals(colorize("stdout", role, "text").match(/^\x1b\[\d+m(.*)\x1b\[\d+m$/)?.[1], "text");
  }
});
