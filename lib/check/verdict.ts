/**
 * Short forms of findings, for the tables of cases.
 *
 * @module
 */

import type { Bilingual } from "../language.ts";
import type { Evidence, Finding } from "./finding.ts";

/** The program did what it should. */
export const OK: Finding = { verdict: "ok" };

/** A text in both languages. */
export function words(en: string, zh: string): Bilingual {
  return { en, zh };
}

/** The program is wrong. */
export function fail(reason: Bilingual, evidence?: Evidence, more: Partial<Finding> = {}): Finding {
  return { verdict: "fail", reason, ...(evidence && { evidence }), ...more };
}

/** What the program does is allowed, and bites later. */
export function weak(reason: Bilingual, evidence?: Evidence, more: Partial<Finding> = {}): Finding {
  return { verdict: "weak", reason, ...(evidence && { evidence }), ...more };
}

/** What the program does cannot be judged. */
export function unknown(reason: Bilingual, evidence?: Evidence): Finding {
  return { verdict: "unknown", reason, ...(evidence && { evidence }) };
}

/** What was seen, with at most so many bytes of each send. */
export function shortened(evidence: Evidence, most: number): Evidence {
  const steps = evidence.steps.map((step) =>
    step.does === "send" ? { ...step, bytes: step.bytes.slice(0, most) } : step
  );
  return { ...evidence, steps };
}
