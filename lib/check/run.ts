/**
 * Runs a suite against a program: waits for it, finds out how it serves its clients, and judges case by case.
 *
 * @module
 */

import type { Bilingual } from "../language.ts";
import type { Address } from "../transport/address.ts";
import type { DialOptions } from "../transport/transport.ts";
import { attempt, type RunContext } from "./attempt.ts";
import type { Case, CheckOptions, ProgramKind, Suite } from "./case.ts";
import { runClientSuite } from "./client/listening.ts";
import type { Finding } from "./finding.ts";
import { Judge } from "./judge.ts";
import { type Limits, Pace, TimeOver } from "./pace.ts";
import { Program } from "./program.ts";
import { REASONS } from "./reasons.ts";
import { SecondClient } from "./second_client.ts";
import { OK } from "./verdict.ts";

/** What came of a case. */
export interface CaseResult {
  /** `echo/4`. */
  readonly id: string;
  /** What was tried. */
  readonly title: Bilingual;
  /** What was found out. */
  readonly finding: Finding;
  /** How long it took, in milliseconds; all its attempts together. */
  readonly ms: number;
}

/** How to run a suite. */
export interface RunRules {
  /** What the command line says about the program. */
  readonly options: CheckOptions;
  /** What random numbers depend on. */
  readonly seed: number;
  /** Ends the run; its reason is thrown. */
  readonly signal: AbortSignal;
  /** How to connect. Default: as a client does. */
  readonly dial?: DialOptions;
  /** What the user has to know or do now: waiting for the port, start the client again… */
  readonly notice?: (text: Bilingual) => void;
  /** How long things may take. Default: {@linkcode LIMITS}. */
  readonly limits?: Partial<Limits>;
  /** Called when a case begins, with its id. */
  readonly started?: (id: string) => void;
}

/**
 * Runs the cases, in parallel where the program can; gives results in the order of the table. Ends within 75 s; a client suite, for
 * which sockeye listens, waits 30 s for each of the client's connections instead.
 *
 * @returns how the program serves its clients
 * @throws {SockeyeError} `connect` when nothing listens after 15 s; `tls` when it is the port of a TLS server; the
 * signal's reason
 */
export async function* runSuite(
  suite: Suite,
  cases: readonly Case[],
  address: Address,
  rules: RunRules,
): AsyncGenerator<CaseResult, ProgramKind> {
  if (suite.tests === "client") {
    yield* runClientSuite(suite, cases, address, rules);
    return "one-shot";
  }
  const { options, seed, signal, dial, notice, started } = rules;
  const left = new AbortController();
  using pace = new Pace(cases.length, AbortSignal.any([signal, left.signal]), rules.limits);
  const hello = suite.hello?.(options);
  await using program = new Program({ address, dial, hello, notice }, pace);
  await program.reach();
  const runContext = { options, seed: `${seed}/${suite.name}`, program, pace };
  const judge = new Judge(suite, runContext, started);
  const known = hello && program.hasConnections
    ? await recognise(suite, cases, runContext, hello, judge).catch(unlessOver)
    : [];
  const results = judge.judgeAll(cases, known);
  try {
    for (const result of results) yield await result;
  } finally {
    left.abort(signal.reason);
    await Promise.allSettled(results);
  }
  return program.kind;
}

/** Where the time of the run is over, each case says so itself. */
function unlessOver(error: unknown): CaseResult[] {
  if (error instanceof TimeOver) return [];
  throw error;
}

/** Finds out how the program serves its clients; gives what it found out about cases that are not run a second time. */
async function recognise(
  suite: Suite,
  cases: readonly Case[],
  runContext: RunContext,
  hello: Uint8Array,
  judge: Judge,
): Promise<CaseResult[]> {
  const { program, pace } = runContext;
  await using second = await SecondClient.join(program, pace, hello);
  if (program.isPlain && second.gotTlsAlert) throw program.speaksTls();
  if (second.isServed) return [];
  // As long as nothing else is known, the first connection may be the only one.
  program.kind = "one-shot";
  const single = cases.filter(({ clients = 1 }) => clients === 1);
  const telling = single.find(({ name }) => name === suite.telling) ?? single[0] ?? greeting(hello);
  let isParallel = false;
  const start = performance.now();
  const tried = await attempt(telling, runContext, {
    seen: async ({ silent, evidence }) => {
      // A program that ended the first connection by itself is free for the next one.
      isParallel = silent ? second.isServed : evidence?.end === "open" && await second.servedBeside();
    },
  });
  program.kind = isParallel ? "parallel" : await second.kind(!tried.silent);
  if (program.kind === "sequential" && second.wasLate) {
    await second[Symbol.asyncDispose]();
    if (await servesSeveral(runContext, hello)) program.kind = "parallel";
  }
  program.answers ||= tried.answered;
  const results = cases.includes(telling) ? [judge.resultOf(telling, tried.finding, start)] : [];
  if (program.kind === "one-shot") return results;
  const isStuck = program.kind === "sequential" && !tried.silent && second.isWaiting;
  if (!isStuck || await program.condition() !== "stalled") return [];
  judge.hindrance = REASONS.neverFree;
  const leaving = cases.find(({ name }) => name === suite.leaving);
  const finding = {
    verdict: "fail",
    reason: REASONS.neverFree,
    ...(tried.evidence && { evidence: tried.evidence }),
  } as const;
  return leaving ? [...results, judge.resultOf(leaving, finding, performance.now())] : results;
}

/** Asks once more whether a second client is served beside a silent one; where it is not, it gets its answer before it leaves. */
async function servesSeveral({ program, pace }: RunContext, hello: Uint8Array): Promise<boolean> {
  const first = await program.beside();
  await using second = await SecondClient.join(program, pace, hello);
  const isServed = first?.end === "open" && second.isServed;
  await first?.[Symbol.asyncDispose]();
  if (!second.isServed) await second.kind(true);
  return isServed;
}

/** For a run in which no case does with one client. */
function greeting(hello: Uint8Array): Case {
  return {
    name: "",
    title: { en: "", zh: "" },
    run: async ({ connect, answerMs }) => {
      const client = await connect();
      await client.send(hello);
      await client.bytes(1, answerMs);
      return OK;
    },
  };
}
