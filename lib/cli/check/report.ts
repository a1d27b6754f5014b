/**
 * The report of a check for people: a line for each case, and below one that did not do well what was sent, what came,
 * why that is, and how to see it again.
 *
 * @module
 */

import { concat } from "../../bytes.ts";
import type { Evidence, Step, Verdict } from "../../check/finding.ts";
import type { CaseResult } from "../../check/run.ts";
import type { Bilingual, Language } from "../../language.ts";
import type { TextRole } from "../../output/colors.ts";
import { duration } from "../../output/format.ts";
import { textWidth } from "../../text/graphemes.ts";
import { shellLine, shellWord } from "../../shell.ts";
import type { Command } from "./again.ts";
import { type BytesForm, isBinary, showBytes, windowStart } from "./bytes.ts";
import { wrapProse } from "./prose.ts";
import { REPORT_WORDS, type ReportWords } from "./words.ts";

/** How a report looks. */
export interface ReportForm {
  /** Its language. */
  readonly language: Language;
  /** The encoding of text, a canonical name. */
  readonly encoding: string;
  /** Whether bytes are always shown in hex. */
  readonly hex: boolean;
  /** Whether the time of each case is told. */
  readonly times?: boolean;
  /** Columns of a line. */
  readonly columns: number;
  /** Whether a person sees it: then commands are broken into lines, too. */
  readonly terminal: boolean;
  /** Columns of the longest id. */
  readonly idColumns: number;
  /** Colours a text. */
  readonly paint: (role: TextRole, text: string) => string;
}

/** Columns of the widest report: longer lines are hard to read. */
const MAX_COLUMNS = 100;

/** Below this width what belongs to a case begins further to the left. */
const NARROW = 60;

/** Columns of a verdict. */
const VERDICT_COLUMNS = 4;

/** Columns of one write among several. */
const PIECE_COLUMNS = 24;

/** Writes and pauses that are shown of the beginning and of the end. */
const STEPS_FIRST = 5, STEPS_LAST = 2;

const ROLES: Readonly<Record<Verdict, TextRole>> = { ok: "good", weak: "warning", fail: "error", unknown: "note" };

/**
 * The report of one case, in whole lines.
 *
 * @param again commands that show it again
 * @param before the case above it: a case that could not be judged for the same reason does not repeat that
 */
export function caseReport(
  result: CaseResult,
  form: ReportForm,
  again: readonly Command[],
  before?: CaseResult,
): string {
  const { finding: { verdict, reason, evidence } } = result;
  const { language } = form;
  const isSame = verdict === "unknown" && before?.finding.verdict === "unknown" &&
    before.finding.reason?.[language] === reason?.[language];
  const { labels } = REPORT_WORDS[language];
  const body = new Body(form);
  if (evidence && (verdict === "weak" || verdict === "fail")) body.addEvidence(evidence);
  if (reason && verdict !== "ok" && !isSame) body.add(labels.why, wrapProse(reason[language], body.room));
  if (verdict === "weak" || verdict === "fail") {
    body.add(
      labels.again,
      again.flatMap((command) => commandRows(command, form.terminal ? body.room : Infinity)),
    );
  }
  return [...headLines(result, form, isSame), ...body.lines].map((line) => `${line}\n`).join("");
}

/** Where to read more: the command stays whole. */
export function hintLines(command: Command, { language, columns, paint }: ReportForm): string {
  const { hint } = REPORT_WORDS[language];
  const line = shellLine(command);
  const lines = textWidth(hint + line) <= columns ? [hint + line] : [hint.trimEnd(), `  ${line}`];
  return lines.map((line) => `${paint("note", line)}\n`).join("");
}

/** The last line. */
export function summaryLine(counts: Readonly<Record<Verdict, number>>, ms: number, form: ReportForm): string {
  const text = REPORT_WORDS[form.language].summary(counts, duration(ms));
  const role = counts.fail > 0 ? "error" : counts.weak > 0 ? "warning" : "good";
  const lines = wrapProse(text, Math.min(form.columns, MAX_COLUMNS));
  return lines.map((line) => `${form.paint(role, line)}\n`).join("");
}

/** `  FAIL  echo/4  a message that arrives in two pieces: 18 of 18 cuts`. */
function headLines({ id, title, finding, ms }: CaseResult, form: ReportForm, isSame: boolean): string[] {
  const { language, columns, idColumns, paint } = form;
  const words = REPORT_WORDS[language];
  const { verdict, tries } = finding;
  const text = title[language] +
    (tries && (verdict !== "ok" || tries.among !== undefined)
      ? (language === "zh" ? "：" : ": ") + words.tries(tries)
      : "") +
    (isSame ? words.same : "") +
    (form.times ? ` (${duration(ms)})` : "");
  const start = 2 + VERDICT_COLUMNS + 2 + idColumns + 2;
  const rest = columns < NARROW ? 8 : start;
  const width = Math.min(columns, MAX_COLUMNS);
  const [first = "", ...others] = wrapProse(text, width - rest, width - start);
  const shown = `${paint(ROLES[verdict], pad(words.verdicts[verdict], VERDICT_COLUMNS))}  ${pad(id, idColumns)}`;
  return [`  ${shown}  ${first}`, ...others.map((line) => " ".repeat(rest) + line)];
}

/** What stands below the line of a case: rows with a label. */
class Body {
  readonly lines: string[] = [];
  /** Columns of what stands beside a label. */
  readonly room: number;
  readonly #form: ReportForm;
  readonly #words: ReportWords;
  readonly #indent: string;
  readonly #labelColumns: number;

  constructor(form: ReportForm) {
    this.#form = form;
    this.#words = REPORT_WORDS[form.language];
    this.#indent = " ".repeat(form.columns < NARROW ? 2 : 8);
    this.#labelColumns = Math.max(...Object.values(this.#words.labels).map(textWidth)) + 2;
    this.room = Math.min(form.columns, MAX_COLUMNS) - this.#indent.length - this.#labelColumns;
  }

  /** Adds a row, perhaps of several lines. */
  add(label: string, rows: readonly string[]): void {
    for (const [i, row] of rows.entries()) {
      const start = i === 0 ? this.#form.paint("note", pad(label, this.#labelColumns)) : " ".repeat(this.#labelColumns);
      this.lines.push(`${this.#indent}${start}${row}`);
    }
  }

  addEvidence(evidence: Evidence): void {
    const { steps, expected, received, at, end } = evidence;
    const { labels, nothing, ends } = this.#words;
    const { encoding, language } = this.#form;
    const sent = concat(steps.flatMap((step) => step.does === "send" ? [step.bytes] : []));
    const wanted = expected instanceof Uint8Array ? expected : undefined;
    const formOf = (...values: Uint8Array[]) => ({
      encoding,
      hex: this.#form.hex || values.some((bytes) => isBinary(bytes, encoding)),
    });
    // What came stands below what was expected, so that both look alike.
    const form = wanted ? formOf(received, wanted) : formOf(received);
    const from = at === undefined ? 0 : windowStart(received, form, this.room, at);
    if (steps.length > 0) this.add(labels.sent, this.#stepRows(steps, formOf(sent)));
    if (wanted) this.add(labels.expected, this.#byteRows(wanted, form, from));
    else if (isText(expected)) this.add(labels.expected, wrapProse(expected[language], this.room));
    const tail = end === "open" ? "" : ends[end];
    if (received.length === 0) return this.add(labels.received, [nothing + tail]);
    this.add(labels.received, this.#byteRows(received, form, from, tail));
    if (at !== undefined) this.#addCaret(evidence, form, from);
  }

  #byteRows(bytes: Uint8Array, form: BytesForm, from: number, tail = ""): string[] {
    const { text, shortened } = showBytes(bytes, form, this.room, { from });
    const remark = `${shortened ? this.#words.size(bytes.length) : ""}${tail}`;
    if (textWidth(text + remark) <= this.room) return [text + remark];
    return [text, ...wrapProse(remark.replace(/^[\s,，]+/, ""), this.room)];
  }

  /** Points at the first byte that is wrong. */
  #addCaret({ received, at = 0, end, expected }: Evidence, form: BytesForm, from: number): void {
    const { column } = showBytes(received, form, this.room, { from, at });
    const words = this.#words;
    const what = at >= received.length
      ? words.missing[end]
      : !(expected instanceof Uint8Array)
      ? undefined
      : at >= expected.length
      ? words.surplus
      : words.wrong(hexOf(received, at), hexOf(expected, at));
    const note = words.at(at, what);
    const { paint } = this.#form;
    // What does not fit behind the caret stands below it.
    const beside = column + 2 + textWidth(note) <= this.room;
    const caret = `${" ".repeat(column)}${paint("error", beside ? `^ ${note}` : "^")}`;
    this.add("", [caret, ...beside ? [] : wrapProse(note, this.room).map((line) => paint("error", line))]);
  }

  /** `"hello wor" | 50 ms | "ld\n"`. */
  #stepRows(steps: readonly Step[], form: BytesForm): string[] {
    const { steps: names, more, size } = this.#words;
    const isOne = steps.filter(({ does }) => does === "send").length === 1;
    const columns = Math.min(this.room, isOne ? this.room : PIECE_COLUMNS);
    const itemOf = (step: Step) => {
      if (step.does === "pause") return `${step.ms} ms`;
      if (step.does !== "send") return names[step.does];
      const whole = showBytes(step.bytes, form, columns);
      if (!whole.shortened) return whole.text;
      const remark = size(step.bytes.length);
      return showBytes(step.bytes, form, Math.max(columns - textWidth(remark), PIECE_COLUMNS / 2)).text + remark;
    };
    const left = steps.length - STEPS_FIRST - STEPS_LAST;
    const items = left <= 1
      ? steps.map(itemOf)
      : [...steps.slice(0, STEPS_FIRST).map(itemOf), more(left), ...steps.slice(-STEPS_LAST).map(itemOf)];
    const rows: string[] = [];
    for (const [i, item] of items.entries()) {
      const longer = i === 0 ? item : `${rows.at(-1)} | ${item}`;
      if (i > 0 && textWidth(longer) > this.room - 2) {
        rows[rows.length - 1] += " |";
        rows.push(item);
      } else rows.splice(-1, 1, longer);
    }
    return rows;
  }
}

/** A command, in lines that a shell reads as one. */
function commandRows(command: Command, columns: number): string[] {
  const rows: string[] = [];
  let row = "";
  for (const word of command.map(shellWord)) {
    const longer = row === "" ? word : `${row} ${word}`;
    // There must be room for the backslash.
    if (row.trim() === "" || textWidth(longer) <= columns - 2) row = longer;
    else {
      rows.push(`${row} \\`);
      row = `  ${word}`;
    }
  }
  return [...rows, row];
}

function isText(expected: Evidence["expected"]): expected is Bilingual {
  return expected !== undefined && !(expected instanceof Uint8Array);
}

/** A byte as two digits. */
function hexOf(bytes: Uint8Array, at: number): string {
  return bytes.subarray(at, at + 1).toHex();
}

function pad(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - textWidth(text)));
}
