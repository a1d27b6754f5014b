/**
 * Judges the cases of a suite: in which order and beside which others they run, what they build on, and whether the program
 * survived them.
 *
 * @module
 */

import { type Attempt, attempt, type AttemptOptions, type RunContext } from "./attempt.ts";
import type { Case, Suite } from "./case.ts";
import type { Bilingual } from "../language.ts";
import type { Finding } from "./finding.ts";
import { TimeOver } from "./pace.ts";
import { needed, REASONS, stalledSince } from "./reasons.ts";
import type { CaseResult } from "./run.ts";
import { Slots } from "./slots.ts";
import { unknown } from "./verdict.ts";

/** An attempt after which the program was looked at. */
interface Tried {
  readonly finding: Finding;
  /** Whether it should be tried once more, alone. */
  readonly again: boolean;
  /** Whether it waited, and nothing came. */
  readonly silent?: boolean;
  /** Whether it is bad, and rests on something that did not come in time. */
  readonly isLate?: boolean;
}

/** Judges cases. */
export class Judge {
  readonly #suite: Suite;
  readonly #runContext: RunContext;
  readonly #started: ((id: string) => void) | undefined;
  readonly #slots = new Slots();
  /** Why no further case can be judged. */
  hindrance: Bilingual | undefined;
  readonly #results = new Map<string, Promise<CaseResult>>();
  /** The case after which the program answered nothing any more. */
  #stalledSince: string | undefined;
  /** Whether the program has ended while several cases ran: the others that failed then are not blamed. */
  #hasEnded = false;

  /** Begins nothing yet. */
  constructor(suite: Suite, runContext: RunContext, started: ((id: string) => void) | undefined) {
    this.#suite = suite;
    this.#runContext = runContext;
    this.#started = started;
  }

  /**
   * Starts all cases, which wait for slots; their results are in the order of the cases.
   *
   * @param known results that are there already
   */
  judgeAll(cases: readonly Case[], known: readonly CaseResult[]): Promise<CaseResult>[] {
    const harsh = harshness(cases);
    for (const one of cases) {
      const level = harsh.get(one) ?? 0;
      const before = cases.filter((other) => (harsh.get(other) ?? 0) < level);
      const result = Promise.resolve(known.find(({ id }) => id === this.#idOf(one))).then((found) =>
        found ?? this.#result(one, before, level > 0)
      );
      // It is awaited later.
      result.catch(() => {});
      this.#results.set(one.name, result);
    }
    return [...this.#results.values()];
  }

  /** Makes a result of what was found out since a time; `silent`: nothing came in any attempt. */
  resultOf(one: Case, finding: Finding, start: number, silent = false): CaseResult {
    this.#runContext.pace.done(silent);
    return { id: this.#idOf(one), title: one.title, finding, ms: Math.round(performance.now() - start) };
  }

  #idOf({ name }: Case): string {
    return `${this.#suite.name}/${name}`;
  }

  /** The result; also where the time of the run is over in its midst. */
  async #result(one: Case, before: readonly Case[], isHarsh: boolean): Promise<CaseResult> {
    const start = performance.now();
    try {
      return await this.#judge(one, before, isHarsh);
    } catch (error) {
      if (error instanceof TimeOver) return this.resultOf(one, unknown(REASONS.timeOver), start);
      throw error;
    }
  }

  async #judge(one: Case, before: readonly Case[], isHarsh: boolean): Promise<CaseResult> {
    for (const name of [...before.map(({ name }) => name), ...one.needs ?? []]) await this.#results.get(name);
    const id = this.#idOf(one);
    const { program, pace } = this.#runContext;
    const isAlone = isHarsh || this.#suite.shared || program.kind !== "parallel";
    let began: number | undefined;
    const begin = () => {
      if (began === undefined) this.#started?.(id);
      began ??= performance.now();
    };
    const judge = async (alone: boolean, options?: AttemptOptions) => {
      begin();
      return await this.#try(one, alone, options);
    };
    const hindrance = await this.#hindrance(one);
    if (hindrance) return this.resultOf(one, hindrance, performance.now());
    let tried = await this.#slots.take(isAlone ? Infinity : one.clients ?? 1, () => judge(isAlone));
    if (tried.again && pace.left > 0) {
      const second = await this.#slots.take(Infinity, () => judge(true, { atOnce: 1 }));
      if (second.finding.verdict !== "unknown") tried = second;
    }
    if (tried.isLate && pace.isShort) tried = { ...tried, finding: unknown(REASONS.timeOver) };
    return this.resultOf(one, tried.finding, began ?? performance.now(), tried.silent);
  }

  /** Why a case cannot be judged, before anything is tried. */
  async #hindrance({ needs = [], clients = 1 }: Case): Promise<Finding | undefined> {
    const { kind } = this.#runContext.program;
    if (this.hindrance) return unknown(this.hindrance);
    if (kind === "by-hand" && !this.#suite.answersItself) return unknown(REASONS.byHand);
    for (const name of needs) {
      const result = await this.#results.get(name);
      if (result?.finding.verdict === "fail") return unknown(needed(result.id));
    }
    if (clients > 1 && kind !== "parallel") return unknown(REASONS.oneAtATime);
    return undefined;
  }

  async #try(one: Case, isAlone: boolean, options?: AttemptOptions): Promise<Tried> {
    if (this.#stalledSince !== undefined) return { finding: unknown(stalledSince(this.#stalledSince)), again: false };
    const tried = await attempt(one, this.#runContext, options);
    const { verdict, reason } = tried.finding;
    // It was there when the case began, and had ended when the case connected once more.
    if (reason === REASONS.gone && isAlone && tried.evidence) return this.#ended(tried, isAlone);
    const isBad = verdict === "fail" || verdict === "weak";
    const mayHaveHurt = isBad || (one.harsh && verdict === "ok");
    if (mayHaveHurt && this.#runContext.program.kind !== "one-shot") {
      const condition = await this.#runContext.program.condition();
      if (condition === "ended") return this.#ended(tried, isAlone);
      if (condition === "stalled" && this.#runContext.pace.isShort) {
        return { finding: unknown(REASONS.timeOver), again: false };
      }
      if (condition === "stalled") return this.#stalled(one, tried, isAlone);
    }
    const { kind } = this.#runContext.program;
    // What a busy machine or other clients may have to do with does not count before it happens alone.
    const again = isBad && !one.confirms && kind !== "one-shot" && (tried.lapsed || kind === "parallel");
    return { finding: tried.finding, again, silent: tried.silent, isLate: isBad && tried.lapsed };
  }

  /** The program has ended: in this case if it ran alone, else in one of those that ran. */
  #ended({ evidence }: Attempt, isAlone: boolean): Tried {
    const isFirst = !this.#hasEnded;
    this.#hasEnded = true;
    if (!isAlone && !isFirst) return { finding: unknown(REASONS.gone), again: true };
    const reason = isAlone ? REASONS.endedHere : REASONS.endedNearby;
    return { finding: { verdict: "fail", reason, ...(evidence && { evidence }) }, again: !isAlone };
  }

  /** The program answers no new client any more. */
  #stalled(one: Case, { finding, evidence }: Attempt, isAlone: boolean): Tried {
    if (!isAlone) return { finding, again: true };
    this.#stalledSince = this.#idOf(one);
    if (finding.verdict === "fail") return { finding, again: false };
    return {
      finding: { verdict: "fail", reason: REASONS.stalledHere, ...(evidence && { evidence }) },
      again: false,
    };
  }
}

/** How harsh each case is, or the harshest that it builds on: the harsher ones run later. */
function harshness(cases: readonly Case[]): Map<Case, number> {
  const found = new Map(cases.map((one) => [one, one.harsh ?? 0]));
  // A case may build on one that builds on another.
  for (let i = 0; i < cases.length; i++) {
    for (const one of cases) {
      const most = cases.filter(({ name }) => one.needs?.includes(name)).map((other) => found.get(other) ?? 0);
      found.set(one, Math.max(found.get(one) ?? 0, ...most));
    }
  }
  return found;
}
