/**
 * Judges the cases of a suite: in which order and beside which others they run, what they build on, and whether the program
 * survived them.
 *
 * @module
 */

import { type Attempt, attempt, type Grounds } from "./attempt.ts";
import type { Case, Suite } from "./case.ts";
import type { Finding } from "./finding.ts";
import { needed, REASONS, stalledSince, unknown } from "./reasons.ts";
import type { CaseResult } from "./run.ts";
import { Turns } from "./turns.ts";

/** An attempt after which the program was looked at. */
interface Tried {
  readonly finding: Finding;
  /** Whether it should be tried once more, alone. */
  readonly again: boolean;
  /** Whether it waited, and nothing came. */
  readonly silent?: boolean;
}

/** Judges cases. */
export class Judge {
  readonly #suite: Suite;
  readonly #grounds: Grounds;
  readonly #started: ((id: string) => void) | undefined;
  readonly #turns = new Turns();
  readonly #results = new Map<string, Promise<CaseResult>>();
  /** The case after which the program answered nothing any more. */
  #stalledSince: string | undefined;
  /** Whether the program has ended while several cases ran: the others that failed then are not blamed. */
  #hasEnded = false;

  /** Begins nothing yet. */
  constructor(suite: Suite, grounds: Grounds, started: ((id: string) => void) | undefined) {
    this.#suite = suite;
    this.#grounds = grounds;
    this.#started = started;
  }

  /**
   * Starts all cases, which take turns; their results are in the order of the cases.
   *
   * @param known a result that is there already
   */
  judgeAll(cases: readonly Case[], known?: CaseResult): Promise<CaseResult>[] {
    const late = lastOnes(cases);
    for (const one of cases) {
      const before = late.has(one) ? cases.filter((other) => !late.has(other)) : [];
      const result = known?.id === this.#idOf(one)
        ? Promise.resolve(known)
        : Promise.resolve().then(() => this.#result(one, before, late.has(one)));
      // It is awaited later.
      result.catch(() => {});
      this.#results.set(one.name, result);
    }
    return [...this.#results.values()];
  }

  /** Makes a result of what was found out since a time; `silent`: nothing came in any attempt. */
  resultOf(one: Case, finding: Finding, start: number, silent = false): CaseResult {
    this.#grounds.pace.done(silent);
    return { id: this.#idOf(one), title: one.title, finding, ms: Math.round(performance.now() - start) };
  }

  #idOf({ name }: Case): string {
    return `${this.#suite.name}/${name}`;
  }

  async #result(one: Case, before: readonly Case[], isLate: boolean): Promise<CaseResult> {
    for (const name of [...before.map(({ name }) => name), ...one.needs ?? []]) await this.#results.get(name);
    const id = this.#idOf(one);
    const { program, pace } = this.#grounds;
    const isAlone = isLate || this.#suite.shared || program.kind !== "parallel";
    let began: number | undefined;
    const begin = () => {
      if (began === undefined) this.#started?.(id);
      began ??= performance.now();
    };
    const judge = async (alone: boolean) => {
      begin();
      return await this.#try(one, alone);
    };
    const hindrance = await this.#hindrance(one);
    if (hindrance) return this.resultOf(one, hindrance, performance.now());
    let tried = await this.#turns.take(isAlone ? Infinity : one.clients ?? 1, () => judge(isAlone));
    if (tried.again && pace.left > 0) {
      const second = await this.#turns.take(Infinity, () => judge(true));
      if (second.finding.verdict !== "unknown") tried = second;
    }
    return this.resultOf(one, tried.finding, began ?? performance.now(), tried.silent);
  }

  /** Why a case cannot be judged, before anything is tried. */
  async #hindrance({ needs = [], clients = 1 }: Case): Promise<Finding | undefined> {
    const { kind } = this.#grounds.program;
    if (kind === "by-hand" && !this.#suite.answersItself) return unknown(REASONS.byHand);
    if (clients > 1 && kind !== "parallel") return unknown(REASONS.oneAtATime);
    for (const name of needs) {
      const result = await this.#results.get(name);
      if (result?.finding.verdict === "fail") return unknown(needed(result.id));
    }
    return undefined;
  }

  async #try(one: Case, isAlone: boolean): Promise<Tried> {
    if (this.#stalledSince !== undefined) return { finding: unknown(stalledSince(this.#stalledSince)), again: false };
    const tried = await attempt(one, this.#grounds);
    const { verdict } = tried.finding;
    const isBad = verdict === "fail" || verdict === "weak";
    const mayHaveHurt = isBad || (one.harsh && verdict === "ok");
    if (mayHaveHurt && this.#grounds.program.kind !== "one-shot") {
      const condition = await this.#grounds.program.condition();
      if (condition === "ended") return this.#ended(tried, isAlone);
      if (condition === "stalled") return this.#stalled(one, tried, isAlone);
    }
    return { finding: tried.finding, again: isBad && tried.lapsed && !one.confirms, silent: tried.silent };
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

/** The cases that run after all others: those that may hurt the program, and what builds on them. */
function lastOnes(cases: readonly Case[]): Set<Case> {
  const late = new Set(cases.filter(({ harsh }) => harsh));
  for (let size = -1; size !== late.size;) {
    size = late.size;
    const names = new Set([...late].map(({ name }) => name));
    for (const one of cases) if (one.needs?.some((name) => names.has(name))) late.add(one);
  }
  return late;
}
