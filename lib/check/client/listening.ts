/**
 * The engine of client suites: sockeye listens, and each case gets the client's next connection.
 *
 * @module
 */

import { messageOf, SockeyeError } from "../../errors.ts";
import type { Bilingual } from "../../language.ts";
import { randomOf } from "../../random.ts";
import { type Address, formatAddress } from "../../transport/address.ts";
import { listen, transportOf } from "../../transport/mod.ts";
import { unlessAborted } from "../../wait.ts";
import type { Case, CaseContext, Suite } from "../case.ts";
import type { Conversation } from "../conversation.ts";
import type { Finding } from "../finding.ts";
import { needed, tooLong, Unjudged } from "../reasons.ts";
import type { CaseResult, RunRules } from "../run.ts";
import { unknown } from "../verdict.ts";
import { ClientDoor, NoClient } from "./door.ts";

/**
 * Milliseconds that cases work with. A client may be looked at by a person, and may run on a slow machine: the pause is long
 * enough to close a connection or to send again after the first piece of an answer.
 */
const TIMES: ClientTimes = { connectMs: 30_000, answerMs: 3_000, pauseMs: 700, quietMs: 300 };

/** How long cases wait, in milliseconds. */
export interface ClientTimes extends Pick<CaseContext, "answerMs" | "pauseMs" | "quietMs"> {
  /** For the client's next connection. */
  readonly connectMs: number;
}

/** Milliseconds after which a case that hangs is given up: no case needs as long, be the client ever so slow. */
const CASE_MS = 120_000;

/**
 * Runs the cases of a client suite one after the other, and gives results in the order of the table. When no client comes, or the user stops the run, the cases that are left
 * are `unknown`.
 *
 * @param times what cases wait. Default: long enough for a slow machine
 * @throws {SockeyeError} `usage` for a transport with message boundaries, or as {@linkcode listen}; at the end the signal's reason
 */
export async function* runClientSuite(
  suite: Suite,
  cases: readonly Case[],
  address: Address,
  rules: RunRules,
  times: ClientTimes = TIMES,
): AsyncGenerator<CaseResult> {
  if (transportOf(address).messageBoundaries) {
    throw new SockeyeError(
      "usage",
      `Cannot check a client on ${formatAddress(address)}: it takes a stream, such as TCP`,
    );
  }
  const { signal, notice = () => {} } = rules;
  const door = new ClientDoor(await listen(address, { resets: true }), times.connectMs, notice, signal);
  const run = new ClientRun(suite, door, rules, times);
  const results = new Map<Case, CaseResult>();
  let told = 0;
  try {
    notice(invitation(formatAddress(door.address), cases.length));
    // A client may hang after a harsh case: what came then would not be judged.
    const order = cases.toSorted((a, b) => (a.harsh ?? 0) - (b.harsh ?? 0));
    for (const [index, one] of order.entries()) {
      results.set(one, await run.judge(one, order.length - index - 1));
      for (let next; (next = results.get(cases[told]!)); told++) yield next;
    }
    signal.throwIfAborted();
  } finally {
    door.close();
  }
}

/** A run of a suite, case by case. */
class ClientRun {
  readonly #suite: Suite;
  readonly #door: ClientDoor;
  readonly #rules: RunRules;
  readonly #times: ClientTimes;
  /** Names of the cases that failed. */
  readonly #failed = new Set<string>();
  /** Why no more case is run. */
  #stop: Bilingual | undefined;

  constructor(suite: Suite, door: ClientDoor, rules: RunRules, times: ClientTimes) {
    this.#suite = suite;
    this.#door = door;
    this.#rules = rules;
    this.#times = times;
  }

  /** Judges a case, after which so many come. */
  async judge(one: Case, left: number): Promise<CaseResult> {
    const id = `${this.#suite.name}/${one.name}`;
    const began = performance.now();
    const finding = this.#unjudged(one) ?? await this.#attempt(one, id, left);
    if (finding.verdict === "fail") this.#failed.add(one.name);
    return { id, title: one.title, finding, ms: Math.round(performance.now() - began) };
  }

  /** A finding for a case that is not run. */
  #unjudged({ needs = [] }: Case): Finding | undefined {
    if (this.#rules.signal.aborted) this.#stop ??= STOPPED;
    if (this.#stop) return unknown(this.#stop);
    const lacking = needs.find((name) => this.#failed.has(name));
    return lacking === undefined ? undefined : unknown(needed(`${this.#suite.name}/${lacking}`));
  }

  async #attempt(one: Case, id: string, left: number): Promise<Finding> {
    this.#rules.started?.(id);
    this.#door.expect(id, left);
    try {
      return await attempt(one, id, this.#door, this.#rules, this.#times);
    } catch (error) {
      if (!(error instanceof NoClient)) throw error;
      this.#stop = noClient(this.#times, this.#door.stuck);
      return unknown(this.#stop);
    }
  }
}

function invitation(place: string, count: number): Bilingual {
  return {
    en: `Listening on ${place}. Start the client now; ${
      count > 1
        ? `${count} cases need a connection each, so start it in a loop, or again whenever you are told to.`
        : "the case needs a connection or two."
    }`,
    zh: `正在监听 ${place}。请启动客户端；${
      count > 1 ? `共 ${count} 个用例，每个需要一次连接，请循环启动，或按提示反复启动。` : "这个用例需要一到两次连接。"
    }`,
  };
}

const STOPPED: Bilingual = { en: "The run was stopped before.", zh: "检查在此之前被中止。" };

function noClient({ connectMs }: ClientTimes, stuck: string | undefined): Bilingual {
  const seconds = connectMs / 1000;
  if (stuck === undefined) {
    return { en: `No client connected within ${seconds} s.`, zh: `${seconds} 秒内没有客户端连接。` };
  }
  return {
    en: `No client connected within ${seconds} s: the one of ${stuck} had not ended when its connection was closed.`,
    zh: `${seconds} 秒内没有客户端连接：${stuck} 中的客户端在连接关闭后没有退出。`,
  };
}

/**
 * Runs a case once; its connections are ended then.
 *
 * @throws {NoClient} when none came
 */
async function attempt(
  one: Case,
  id: string,
  door: ClientDoor,
  { options, seed, signal }: RunRules,
  times: ClientTimes,
): Promise<Finding> {
  const actors: Conversation[] = [];
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const timer = setTimeout(() => over.abort(new Unjudged(tooLong(CASE_MS))), CASE_MS);
  const context: CaseContext = {
    ...options,
    ...times,
    kind: "sequential",
    atOnce: 1,
    random: randomOf(`${seed}/${id}`),
    signal: either,
    reception: door,
    connect: async () => {
      either.throwIfAborted();
      const actor = await door.take(either);
      actors.push(actor);
      return actor;
    },
  };
  const running = one.run(context);
  try {
    return await unlessAborted(running, either);
  } catch (error) {
    return findingOf(error, signal, actors);
  } finally {
    clearTimeout(timer);
    over.abort(new Unjudged(STOPPED));
    await Promise.all(actors.map((actor) => actor[Symbol.asyncDispose]()));
    if (actors.at(-1)?.end === "open") door.stuck = id;
    await running.catch(() => {});
  }
}

function findingOf(error: unknown, signal: AbortSignal, actors: readonly Conversation[]): Finding {
  if (signal.aborted) return unknown(STOPPED);
  if (error instanceof Unjudged) return unknown(error.reason);
  if (error instanceof NoClient) throw error;
  if (!(error instanceof SockeyeError) && !(error instanceof Error && "code" in error)) throw error;
  const evidence = actors.at(-1)?.evidence();
  const reason = { en: `${messageOf(error)}.`, zh: `连接失败：${messageOf(error)}。` };
  return { verdict: "fail", reason, ...(evidence && { evidence }) };
}
