/**
 * The options that make a network misbehave.
 *
 * @module
 */

import { asFaultRule, demandFits, FAULT_EXAMPLES, type FaultSettings } from "../modes/faults/rules.ts";
import { asNumber, many, one, type Values } from "../options.ts";
import type { Traits } from "../transport/transport.ts";

/** Seeds are drawn from this many. */
const SEEDS = 1_000_000;

/** The options. */
export const FAULT_OPTIONS = {
  "fault": many(
    "RULE",
    "disturb what passes: delay=100ms~20ms, rate=64k, drop=0.1, ...; up:, down:, chance=P: before it",
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
