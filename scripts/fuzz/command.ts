/**
 * The command line of a fuzzer: `--count N` and `--seed S`. The exit code is 1 when an input breaks the invariant;
 * the input is printed in hex.
 *
 * @module
 */

import { parseArgs } from "node:util";
import type { FuzzOptions, FuzzResult } from "./engine.ts";

const DEFAULTS = { count: "1000000", seed: "1" };

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

function report({ inputs, parsed, refused, cutOff, bytes, seconds, finding }: FuzzResult, seed: number): string {
  const rate = Math.round(inputs / seconds);
  const found = finding && `Found with seed ${seed}: ${finding.method} ${finding.input.toHex()}\nIt ${finding.why}\n`;
  return `\r${inputs} inputs (${bytes} bytes) in ${seconds.toFixed(1)} s, ${rate} inputs/s: ` +
    `${parsed} parsed, ${refused} refused, ${cutOff} cut off\n${found ?? ""}`;
}

/** Both numbers, or nothing when they cannot be understood. */
function readNumbers(args: string[]): { count: number; seed: number } | undefined {
  const options = { count: { type: "string" }, seed: { type: "string" } } as const;
  try {
    const given = { ...DEFAULTS, ...parseArgs({ args, options }).values };
    const numbers = { count: Number(given.count), seed: Number(given.seed) };
    return Object.values(numbers).every((number) => Number.isSafeInteger(number) && number > 0) ? numbers : undefined;
  } catch {
    // Whatever is wrong with the flags, the usage line says how they are written.
    return undefined;
  }
}

/**
 * Fuzzes and reports.
 *
 * @param script its name, for the usage line
 * @param args the command line
 * @param fuzz the fuzzer of the script
 * @returns the exit code
 */
export function fuzzCommand(
  script: string,
  args: string[],
  fuzz: (options: Pick<FuzzOptions, "count" | "seed" | "progress">) => FuzzResult,
): number {
  const numbers = readNumbers(args);
  if (!numbers) {
    print(`Usage: deno run ${script} [--count N] [--seed S]\n`);
    return 2;
  }
  const result = fuzz({ ...numbers, progress: (inputs) => print(`\r${inputs} of ${numbers.count} inputs`) });
  print(report(result, numbers.seed));
  return result.finding ? 1 : 0;
}
