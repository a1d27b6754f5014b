/**
 * Says a conversation in other ways than uncut, and compares what comes. A difference counts only when it comes again, while
 * fresh uncut runs still bring what the first one did.
 *
 * @module
 */

import type { Bilingual } from "../../language.ts";
import type { CaseContext } from "../case.ts";
import { type Difference, isHarmless, Oracle } from "./oracle.ts";
import type { Plan } from "./plans.ts";
import { listenTo, play, type Played } from "./playing.ts";

/** How much longer than the slowest uncut answer a first look waits, and at least how many milliseconds. */
const PATIENCE = { times: 8, least: 400 } as const;

/** Attempts at learning what varies, before nothing can be said. */
const ROUNDS = 3;

/**
 * Times that a difference must come, with an uncut run in between that brings what the first one did. Where something varies,
 * an order of three lines is the same by chance in one run of three.
 */
const CONFIRMING = { steady: 1, varying: 4 } as const;

/** Milliseconds in which a program that sends unasked shows it: as long as what differed took, within these limits. */
const LINGER_MS = { least: 1_200, most: 3_000 } as const;

/** What comparing found out. */
export type Comparison =
  | { readonly is: "same"; readonly oracle: Oracle }
  | Uncomparable
  | Differing;

/** Nothing can be said. */
export interface Uncomparable {
  /** What it is. */
  readonly is: "unknown";
  /** Why. */
  readonly reason: Bilingual;
}

/** A difference that counts. */
export interface Differing {
  /** What it is. */
  readonly is: "different";
  /** Index of the first plan with it. */
  readonly index: number;
  /** How many plans have one. */
  readonly failed: number;
  /** How many were tried. */
  readonly of: number;
  /** The difference. */
  readonly difference: Difference;
  /** What came of the plan. */
  readonly played: Played;
  /** What should have come. */
  readonly oracle: Oracle;
}

/** Reasons why nothing can be said. */
export const UNCOMPARABLE = {
  silent: {
    en: "Nothing was answered to the whole messages, so there is nothing to compare with.",
    zh: "完整的消息没有得到任何回复，无从比较。",
  },
  unstable: {
    en: "The answers differ from run to run even when nothing is cut.",
    zh: "消息不拆分时，每次得到的回复也不一样，无法比较。",
  },
  unasked: {
    en: "The program sends by itself, too: what it sends cannot be told from an answer.",
    zh: "程序会主动发送数据，无法把它们和回复区分开。",
  },
} as const satisfies Record<string, Bilingual>;

/** An outcome that is not right. */
interface Suspect {
  readonly index: number;
  readonly played: Played;
}

/**
 * Compares.
 *
 * @param plansOf makes the plans from the messages that the server lets be said
 * @throws {Error} what the sockets say
 */
export async function compare(
  context: CaseContext,
  messages: readonly Uint8Array[],
  plansOf: (messages: readonly Uint8Array[], oracle: Oracle) => readonly Plan[],
): Promise<Comparison> {
  const first = await listenTo(context, messages);
  if (first.received.length === 0) return { is: "unknown", reason: UNCOMPARABLE.silent };
  const oracle = new Oracle(first);
  const said = messages.slice(0, oracle.said);
  const plans = plansOf(said, oracle);
  return await new Comparer(context, said, plans, oracle).compare();
}

class Comparer {
  readonly #context: CaseContext;
  readonly #messages: readonly Uint8Array[];
  readonly #plans: readonly Plan[];
  readonly #oracle: Oracle;

  constructor(context: CaseContext, messages: readonly Uint8Array[], plans: readonly Plan[], oracle: Oracle) {
    this.#context = context;
    this.#messages = messages;
    this.#plans = plans;
    this.#oracle = oracle;
  }

  async compare(): Promise<Comparison> {
    const oracle = this.#oracle;
    let suspects = await this.#tryAll([...this.#plans.keys()]);
    for (let round = 0; suspects.length > 0 && round < ROUNDS; round++) {
      const control = await listenTo(this.#context, this.#messages, { known: oracle });
      if (!oracle.judge(control)) break;
      // What varies by itself is known better now.
      oracle.add(control);
      if (!oracle.tells) return { is: "unknown", reason: UNCOMPARABLE.unstable };
      suspects = await this.#tryAll(suspects.filter(({ played }) => oracle.judge(played)).map(({ index }) => index));
    }
    // Wrong answers come first.
    const isMild = ({ played }: Suspect) => isHarmless(oracle.judge(played)!.kind);
    const ordered = [...suspects.filter((one) => !isMild(one)), ...suspects.filter(isMild)];
    for (const [done, { index }] of ordered.entries()) {
      const confirmed = await this.#confirm(index);
      if (!confirmed) continue;
      if ("is" in confirmed) return confirmed;
      const failed = ordered.length - done;
      return { is: "different", index, failed, of: this.#plans.length, oracle, ...confirmed };
    }
    return { is: "same", oracle };
  }

  /** Tries plans, as many at once as the program serves; gives those that differ, in their order. */
  async #tryAll(indexes: readonly number[]): Promise<Suspect[]> {
    const { atOnce, answerMs } = this.#context;
    const patience = Math.min(answerMs, Math.max(PATIENCE.least, PATIENCE.times * this.#oracle.slowest));
    const suspects: Suspect[] = [];
    const left = indexes.values();
    const work = async () => {
      for (const index of left) {
        const played = await play(this.#context, this.#plans[index]!, this.#oracle, patience);
        if (this.#oracle.judge(played)) suspects.push({ index, played });
      }
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, indexes.length) }, work));
    return suspects.sort((one, other) => one.index - other.index);
  }

  /** Tries a plan once more, alone and with time; undefined when it is right now. */
  async #confirm(index: number): Promise<Pick<Differing, "played" | "difference"> | Uncomparable | undefined> {
    const oracle = this.#oracle;
    for (let learnt = 0, agreed = 0; learnt < ROUNDS;) {
      const start = performance.now();
      const played = await play(this.#context, this.#plans[index]!, oracle, this.#context.answerMs);
      const took = performance.now() - start;
      const lingerMs = agreed > 0 ? 0 : Math.min(LINGER_MS.most, Math.max(LINGER_MS.least, took));
      const difference = oracle.judge(played);
      if (!difference) return undefined;
      const control = await listenTo(this.#context, this.#messages, { known: oracle, lingerMs });
      if (control.unasked > 0) return { is: "unknown", reason: UNCOMPARABLE.unasked };
      if (oracle.judge(control)) {
        oracle.add(control);
        if (!oracle.tells) break;
        learnt++;
        agreed = 0;
      } else if (++agreed >= CONFIRMING[oracle.varies ? "varying" : "steady"]) return { played, difference };
    }
    return { is: "unknown", reason: UNCOMPARABLE.unstable };
  }
}
