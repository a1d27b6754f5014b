/**
 * One run of a case: it gets what it works with, and becomes a finding whatever happens.
 *
 * @module
 */

import { messageOf, SockeyeError } from "../errors.ts";
import { randomOf } from "../random.ts";
import { endOf } from "../transport/failure.ts";
import { settledWithin } from "../wait.ts";
import type { Actor } from "./actor.ts";
import type { Case, CaseContext, CheckOptions } from "./case.ts";
import type { Conversation } from "./conversation.ts";
import type { Evidence, Finding } from "./finding.ts";
import { type Pace, TimeOver } from "./pace.ts";
import type { Program } from "./program.ts";
import { REASONS, tooLong, Unjudged } from "./reasons.ts";
import { unknown } from "./verdict.ts";

/** Milliseconds between two pieces of a message: a program on the same machine has read the first one long before. */
const PAUSE_MS = 50;

/** Milliseconds of silence after which nothing more is expected. */
const QUIET_MS = 300;

/** Connections that a case may have at the same time where it likes to try many things at once. */
const AT_ONCE = 20;

/** Milliseconds in which a case whose connections have been ended comes to its own end. */
const LEAVING_MS = 1_000;

/** What a run of a case came to. */
export interface Attempt {
  /** What it found out. */
  readonly finding: Finding;
  /** Whether it waited for something in vain. */
  readonly lapsed: boolean;
  /** Whether anything came on a connection before we ended our half of it. */
  readonly answered: boolean;
  /** Whether nothing came on them, though it waited. */
  readonly silent: boolean;
  /** What was seen on the connection that was used last, if one was used. */
  readonly evidence: Evidence | undefined;
}

/** What runs of cases have in common. */
export interface RunContext {
  /** What the command line says about the program. */
  readonly options: CheckOptions;
  /** What random numbers depend on, besides the case. */
  readonly seed: string;
  /** The program under test. */
  readonly program: Program;
  /** The time. */
  readonly pace: Pace;
}

/** How a case is run. */
export interface AttemptOptions {
  /** Connections that it may have at the same time where it likes to try many things at once. Default: 20. */
  readonly atOnce?: number;
  /** Called before its connections are ended, even those of which the case has disposed. */
  readonly seen?: (attempt: Attempt) => Promise<void>;
}

/**
 * Runs a case once. Its connections are ended then.
 *
 * @throws {Error} what is wrong with the case itself, or the reason of the user's signal
 */
export async function attempt(one: Case, runContext: RunContext, options: AttemptOptions = {}): Promise<Attempt> {
  const actors: Conversation[] = [];
  const over = new AbortController();
  try {
    const context = contextOf(one, runContext, actors, over.signal, options);
    const finding = await limited(one, context, runContext.pace, actors);
    const lapsed = actors.some((actor) => actor.lapsed);
    runContext.pace.saw(Math.max(0, ...actors.map(({ firstAnswerMs = 0 }) => firstAnswerMs)));
    const answered = actors.some((actor) => actor.answered);
    const silent = lapsed && actors.every(({ received }) => received.length === 0);
    const result = { finding, lapsed, answered, silent, evidence: lastUsed(actors) };
    await options.seen?.(result);
    return result;
  } finally {
    over.abort(new TimeOver());
    for (const actor of actors) actor.stays = false;
    await Promise.all(actors.map((actor) => actor[Symbol.asyncDispose]()));
  }
}

function contextOf(
  one: Case,
  { options, seed, program, pace }: RunContext,
  actors: Conversation[],
  over: AbortSignal,
  { atOnce = AT_ONCE, seen }: AttemptOptions,
): CaseContext {
  const { kind } = program;
  return {
    ...options,
    kind,
    atOnce: kind === "parallel" ? atOnce : 1,
    random: randomOf(`${seed}/${one.name}`),
    get answerMs() {
      return pace.answerMs;
    },
    get pauseMs() {
      return Math.round(PAUSE_MS * pace.stretch);
    },
    get quietMs() {
      return Math.round(QUIET_MS * pace.stretch);
    },
    signal: AbortSignal.any([pace.signal, over]),
    connect: async (): Promise<Actor> => {
      over.throwIfAborted();
      if (kind === "one-shot" && actors.length > 0) throw new Unjudged(REASONS.onlyOne);
      const actor = await program.connect(actors.length === 0);
      actor.stays = seen !== undefined;
      actors.push(actor);
      // The case has been given up meanwhile.
      if (over.aborted) actor.close();
      over.throwIfAborted();
      return actor;
    },
  };
}

/** Runs it until its time is over: its connections are ended then, and it has a moment to notice. */
async function limited(one: Case, context: CaseContext, pace: Pace, actors: Conversation[]): Promise<Finding> {
  const { caseMs } = pace;
  const late = Promise.withResolvers<Finding>();
  const timer = setTimeout(() => late.resolve(unknown(tooLong(caseMs))), caseMs);
  const stop = () => late.reject(pace.signal.reason);
  pace.signal.addEventListener("abort", stop, { once: true });
  const running = one.run(context);
  try {
    pace.signal.throwIfAborted();
    return await Promise.race([running, late.promise]);
  } catch (error) {
    const { aborted, reason } = pace.signal;
    // That the user ends the run says nothing about the program.
    if (aborted && !(reason instanceof TimeOver)) throw reason;
    return findingOf(error, actors);
  } finally {
    clearTimeout(timer);
    pace.signal.removeEventListener("abort", stop);
    // Of a case that has come to its end this changes nothing.
    if (!await settledWithin(running, 0)) {
      for (const actor of actors) actor.close();
      await settledWithin(running, LEAVING_MS);
    }
  }
}

function findingOf(error: unknown, actors: readonly Conversation[]): Finding {
  if (error instanceof Unjudged) return unknown(error.reason);
  if (error instanceof TimeOver) return unknown(REASONS.timeOver);
  const isOfSockets = error instanceof SockeyeError || (error instanceof Error && "code" in error);
  if (!isOfSockets) throw error;
  const { en, zh } = { en: messageOf(error), zh: endOf(error) };
  const evidence = lastUsed(actors);
  const reason = { en: `${en}.`, zh: `连接失败：${zh}。` };
  return { verdict: "fail", reason, ...(evidence && { evidence }) };
}

function lastUsed(actors: readonly Conversation[]): Evidence | undefined {
  return actors.findLast(({ steps }) => steps.length > 0)?.evidence();
}
