/**
 * A case as programs read it: the event of `--json`.
 *
 * @module
 */

import { encodeBase64 } from "@std/encoding/base64";
import type { Evidence, Step } from "../../check/finding.ts";
import type { CaseResult } from "../../check/run.ts";
import type { CaseBytes, CaseEvent, CaseStep } from "../../case_event.ts";
import type { Language } from "../../language.ts";
import { shellLine } from "../../shell.ts";
import { TextStream } from "../../text/decode.ts";
import type { Command } from "./again.ts";
import type { BytesForm } from "./bytes.ts";

/** Bytes of one value at most, and how many of them stand before a wrong one. */
const VALUE_MAX = 4_096, VALUE_BEFORE = 1_024;

/** Steps of one case at most: of more, the first are given. */
const STEPS_MAX = 200;

/** Makes the event; `again` are commands that show the case again. */
export function caseEvent(
  { id, title, finding, ms }: CaseResult,
  form: BytesForm & { readonly language: Language },
  again: readonly Command[],
): CaseEvent {
  const { language } = form;
  const { verdict, reason, tries, evidence } = finding;
  return {
    event: "case",
    id,
    title: title[language],
    verdict,
    ...reason && { reason: reason[language] },
    ...tries && { tries },
    ...evidence && evidenceFields(evidence, form),
    ...(verdict === "weak" || verdict === "fail") && { again: again.map(shellLine) },
    ms: Math.round(ms),
  };
}

function evidenceFields(
  { steps, expected, received, at, end }: Evidence,
  form: BytesForm & { readonly language: Language },
): Partial<CaseEvent> {
  return {
    sent: steps.slice(0, STEPS_MAX).map((step) => stepField(step, form)),
    ...expected && {
      expected: expected instanceof Uint8Array ? bytesField(expected, form, at) : expected[form.language],
    },
    received: bytesField(received, form, at),
    ...at !== undefined && { at },
    end,
  };
}

function stepField(step: Step, form: BytesForm): CaseStep {
  if (step.does === "pause") return { pause: step.ms };
  return step.does === "send" ? bytesField(step.bytes, form) : { does: step.does };
}

function bytesField(bytes: Uint8Array, { encoding, hex }: BytesForm, at = 0): CaseBytes {
  const from = bytes.length > VALUE_MAX ? Math.max(0, at - VALUE_BEFORE) : 0;
  const part = bytes.subarray(from, from + VALUE_MAX);
  const head = { bytes: bytes.length, ...part.length < bytes.length && { from } };
  if (hex) return { ...head, hex: part.toHex() };
  const { text, invalid } = new TextStream(encoding).all(part);
  return invalid === 0 ? { ...head, text } : { ...head, base64: encodeBase64(part) };
}
