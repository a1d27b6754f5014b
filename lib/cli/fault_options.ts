/**
 * The options that make a network misbehave.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import type { Dir } from "../events.ts";
import { asFaultRule, demandFits, FAULT_EXAMPLES, type FaultSettings } from "../modes/faults/rules.ts";
import { asNumber, many, one, type Values } from "../options.ts";
import type { Output } from "../output/output.ts";
import type { Traits } from "../transport/transport.ts";

/** Seeds are drawn from this many. */
const SEEDS = 1_000_000;

/** The options. */
export const FAULT_OPTIONS = {
  "fault": many(
    "RULE",
    "disturb what passes, or what a server or client sends: delay=100ms~20ms, rate=64k, drop=0.1, ...; up:, down:, chance=P: before it",
    asFaultRule,
    {
      choices: FAULT_EXAMPLES,
    },
  ),
  "seed": one("N", "repeat what the faults hit (a new one each run)", asNumber(0, 2 ** 32 - 1)),
} as const;

/**
 * The faults that are set at the start.
 *
 * @throws {SockeyeError} `usage` for a fault that is not for this transport
 */
export function readFaults(
  { fault: rules = [], seed }: Values<typeof FAULT_OPTIONS>,
  transport: Traits,
): FaultSettings {
  for (const rule of rules) demandFits(rule, transport);
  return { rules, seed: seed ?? Math.floor(Math.random() * SEEDS), transport };
}

/**
 * The faults of a program that is one end itself: a server disturbs its replies (`down`), a client its messages (`up`).
 *
 * @throws {SockeyeError} `usage` also for a fault of the other direction
 */
export function readOwnFaults(values: Values<typeof FAULT_OPTIONS>, transport: Traits, dir: Dir): FaultSettings {
  const wrong = values.fault?.find((rule) => rule.dir !== undefined && rule.dir !== dir);
  if (wrong) {
    const [what, prefix] = dir === "down"
      ? ["a server disturbs its answers", "up:"]
      : ["a client disturbs what it sends", "down:"];
    throw new SockeyeError("usage", `--fault ${wrong.text}: ${what} only; use tap for ${prefix}`);
  }
  return readFaults(values, transport);
}

/** Says which seed repeats the run, where none was given. Threads have a seed each. */
export function announceSeed(
  { seed, workers = 1 }: Values<typeof FAULT_OPTIONS> & { readonly workers?: number | undefined },
  faults: FaultSettings,
  { report }: Pick<Output, "report">,
): void {
  if (faults.rules.length === 0 || seed !== undefined || workers > 1) return;
  void report({ event: "notice", message: `What the faults hit is repeated by --seed ${faults.seed}` });
}
