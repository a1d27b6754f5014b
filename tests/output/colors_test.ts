import { assertEquals } from "@std/assert";
import { type ColorMode, makePaint } from "../../lib/output/colors.ts";

const STREAMS = ["stdout", "stderr"] as const;

/** On which of the streams an error is coloured. */
function painted(
  mode: ColorMode,
  { noColor = false, stdout = false, stderr = false }: { noColor?: boolean; stdout?: boolean; stderr?: boolean } = {},
): string[] {
  const paint = makePaint(mode, { noColor, terminal: { stdout, stderr } });
  return STREAMS.filter((stream) => paint(stream, "error", "x") !== "x");
}

// The colours come from @std/fmt, which gives none where NO_COLOR is set: these need a run without it.
const ignore = Deno.noColor;

Deno.test({ name: "makePaint() colours terminals only, each stream by itself (auto)", ignore }, () => {
  assertEquals(painted("auto", { stdout: true, stderr: true }), ["stdout", "stderr"]);
  assertEquals(painted("auto", { stderr: true }), ["stderr"]);
  assertEquals(painted("auto", { stdout: true }), ["stdout"]);
  assertEquals(painted("auto"), []);
});

Deno.test("makePaint() obeys NO_COLOR (auto)", () => {
  assertEquals(painted("auto", { stdout: true, stderr: true, noColor: true }), []);
});

Deno.test({ name: "makePaint() colours pipes too (always)", ignore }, () => {
  assertEquals(painted("always"), ["stdout", "stderr"]);
});

Deno.test("makePaint() colours nothing (never)", () => {
  assertEquals(painted("never", { stdout: true, stderr: true }), []);
});

Deno.test({ name: "makePaint() leaves the text between its colours", ignore }, () => {
  const paint = makePaint("always", { noColor: false, terminal: { stdout: true, stderr: true } });
  for (const role of ["peer", "sent", "note", "warning", "error", "good", "heading"] as const) {
    // deno-lint-ignore no-control-regex -- colours are control sequences
    assertEquals(paint("stdout", role, "text").match(/^\x1b\[\d+m(.*)\x1b\[\d+m$/)?.[1], "text");
  }
});
