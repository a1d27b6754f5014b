/**
 * The rules of `--fault`: their kinds, their syntax, and which ones apply to a connection.
 *
 * @module
 */

import { SockeyeError } from "../../errors.ts";
import type { Dir } from "../../events.ts";
import { ALL_TRANSPORTS } from "../../transport/mod.ts";
import type { Traits } from "../../transport/transport.ts";
import { didYouMean, listed } from "../../wording.ts";
import { asChance, corrupt, drop, duplicate, reorder } from "./damage.ts";
import { cut, reset, stall } from "./ends.ts";
import type { Fault, FaultKind, FaultRule } from "./fault.ts";
import { randomOf } from "../../random.ts";
import { delay, rate, split } from "./timing.ts";

/** All kinds, by the word before `=`. */
export const FAULT_KINDS: Readonly<Record<string, FaultKind>> = {
  delay,
  rate,
  split,
  cut,
  reset,
  stall,
  corrupt,
  drop,
  duplicate,
  reorder,
};

/** Rules that completions offer. */
export const FAULT_EXAMPLES: readonly string[] = Object.entries(FAULT_KINDS).map(([kind, { example }]) =>
  `${kind}=${example}`
);

/**
 * Parses a rule: `delay=100ms~20ms`, with `up:` or `down:` and `chance=0.3:` before it, in any order.
 *
 * @throws {Error} with what was expected
 */
export function asFaultRule(text: string): FaultRule {
  const parts = text.split(":");
  const rule = parts.pop() ?? "";
  let dir: Dir | undefined;
  let chance: number | undefined;
  for (const part of parts) {
    if ((part === "up" || part === "down") && dir === undefined) dir = part;
    else if (part.startsWith("chance=") && chance === undefined) chance = asChance(part.slice("chance=".length));
    else throw new Error(`expected up:, down: or chance=0.3: before ${rule || "the rule"}, each once`);
  }
  const [, kind = "", value = ""] = /^([^=]*)=(.*)$/.exec(rule) ?? [];
  if (!Object.hasOwn(FAULT_KINDS, kind)) {
    const words = Object.keys(FAULT_KINDS);
    const like = didYouMean(kind || rule, words);
    throw new Error(`expected a rule such as delay=100ms: ${listed(words, "or")}, "=" and a value${like}`);
  }
  return { text, kind, dir, chance: chance ?? 1, make: FAULT_KINDS[kind]!.read(value) };
}

/** The faults that are set. */
export interface FaultSettings {
  /** The rules, in their order. */
  rules: readonly FaultRule[];
  /** Repeats a run. */
  readonly seed: number;
  /** That of the clients. */
  readonly transport: Traits;
}

/**
 * Checks that a fault is for a transport.
 *
 * @throws {SockeyeError} `usage`, naming those that it is for
 */
export function demandFits({ kind }: FaultRule, transport: Traits): void {
  const fits = FAULT_KINDS[kind]!.fits;
  if (fits(transport)) return;
  const names = ALL_TRANSPORTS.filter(fits).map(({ name }) => name);
  throw new SockeyeError("usage", `--fault ${kind} is for ${listed(names, "and")}, not for ${transport.name}`);
}

/**
 * The faults that act on one direction of a connection, in their order, from the rule at an index on. What is hit depends on
 * these arguments alone.
 */
export function faultsFor(
  { rules, seed }: Pick<FaultSettings, "rules" | "seed">,
  connection: number,
  dir: Dir,
  from = 0,
): Fault[] {
  return rules.flatMap((rule, index) => {
    if (index < from) return [];
    if (rule.dir !== undefined && rule.dir !== dir) return [];
    const key = `${seed}/${connection}/${index}`;
    // Both directions of a connection are in the same part.
    if (rule.chance < 1 && randomOf(key)() >= rule.chance) return [];
    return [rule.make(randomOf(`${key}/${dir}`))];
  });
}
