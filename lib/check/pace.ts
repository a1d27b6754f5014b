/**
 * The time of a run: how long a case waits for an answer, and when all has to end.
 *
 * @module
 */

/** How long things may take, in milliseconds. */
export interface Limits {
  /** A whole run, whatever the program under test does. */
  readonly runMs: number;
  /** An answer: on one's own machine it comes within one millisecond; a program may think a little. */
  readonly answerMs: number;
  /** A program until it listens: it may be started after us, or compiled first. */
  readonly portMs: number;
  /** A program that has ended until it is started again, in a loop. */
  readonly returnMs: number;
}

/** The limits of a run for which no others were chosen. */
export const LIMITS: Limits = { runMs: 75_000, answerMs: 2_000, portMs: 15_000, returnMs: 3_000 };

/** Milliseconds that are kept back to end all connections and to report. */
const RESERVE_MS = 2_000;

/** How much of the time for an answer a program gets that has shown twice that it does not answer. */
const SILENT_SHARE = 0.3;

/** The shortest of them, when time gets short. */
const SHORTEST_ANSWER_MS = 300;

/** Milliseconds of the longest case. */
const CASE_MS = 20_000;

/** Milliseconds between two looks at how late this process is. */
const LOOK_MS = 50;

/** Milliseconds of lateness that double the time for an answer, and the most that the time is multiplied by. */
const STRETCH = { per: 25, most: 4 } as const;

/** The stretch above which other programs are taken to compete for the processor. */
const BUSY_STRETCH = 1.5;

/** Cases without any answer after which the program counts as silent. */
const SILENT_CASES = 2;

/** Divides the time of a run between its cases. */
export class Pace implements Disposable {
  /** Aborts when the time is over, or the outer signal does. */
  readonly signal: AbortSignal;
  /** How long things may take. */
  readonly limits: Limits;
  readonly #over = new AbortController();
  readonly #end: number;
  readonly #timers: readonly ReturnType<typeof setTimeout>[];
  /** How late the process was lately, in milliseconds; it fades. */
  #late = 0;
  /** The longest that an answer has taken so far, in milliseconds. */
  #slowest = 0;
  #casesLeft: number;
  #silent = 0;

  /** Begins the time of a run of so many cases. */
  constructor(cases: number, signal: AbortSignal, limits: Partial<Limits> = {}) {
    this.limits = { ...LIMITS, ...limits };
    const { runMs } = this.limits;
    this.#casesLeft = cases;
    this.#end = performance.now() + runMs - Math.min(RESERVE_MS, runMs / 10);
    this.signal = AbortSignal.any([signal, this.#over.signal]);
    let due = performance.now() + LOOK_MS;
    const look = () => {
      const now = performance.now();
      this.#late = Math.max(now - due, this.#late * 0.9);
      due = now + LOOK_MS;
    };
    this.#timers = [setInterval(look, LOOK_MS), setTimeout(() => this.#over.abort(new TimeOver()), this.left)];
  }

  /** Milliseconds that are left for cases. */
  get left(): number {
    return Math.max(0, this.#end - performance.now());
  }

  /** By how much waits are longer than on an idle machine. */
  get stretch(): number {
    return Math.min(STRETCH.most, 1 + this.#late / STRETCH.per);
  }

  /** Whether the machine is so busy that a program may be late for that alone. */
  get isBusy(): boolean {
    return this.stretch > BUSY_STRETCH;
  }

  /** Milliseconds after which an answer is missing. */
  get answerMs(): number {
    const patience = this.limits.answerMs * (this.#silent >= SILENT_CASES ? SILENT_SHARE : 1);
    const share = this.left / (this.#casesLeft + 1) / 2;
    return Math.round(Math.max(SHORTEST_ANSWER_MS, Math.min(patience * this.stretch, share)));
  }

  /** Whether so little time is left for an answer that a missing one says nothing: the program has taken as long before. */
  get isShort(): boolean {
    const { answerMs } = this.limits;
    const needed = Math.max(answerMs * SILENT_SHARE, 2 * this.#slowest);
    return this.left / (this.#casesLeft + 1) / 2 < Math.min(needed, answerMs);
  }

  /** An answer took so long. */
  saw(ms: number): void {
    this.#slowest = Math.max(this.#slowest, ms);
  }

  /** Milliseconds that a case may take in all: three times its share, for most need no more than a moment. */
  get caseMs(): number {
    return Math.min(CASE_MS, this.left, Math.max(1_000, this.left * 3 / (this.#casesLeft + 2)));
  }

  /** A case has been judged. */
  done(wasSilent: boolean): void {
    this.#casesLeft = Math.max(0, this.#casesLeft - 1);
    this.#silent = wasSilent ? this.#silent + 1 : 0;
  }

  /** Stops the clocks. */
  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}

/** The reason of {@linkcode Pace.signal} when the time of the run is over. */
export class TimeOver extends Error {}
