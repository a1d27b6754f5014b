/**
 * The engine of client suites: sockeye listens, and each case gets the client's next connection.
 *
 * @module
 */

import { messageOf, SockeyeError } from "../errors.ts";
import type { Bilingual } from "../language.ts";
import { randomOf } from "../random.ts";
import { type Address, formatAddress } from "../transport/address.ts";
import { listen, transportOf } from "../transport/mod.ts";
import { unlessAborted } from "../wait.ts";
import type { Case, CaseContext, Suite } from "./case.ts";
import { ClientDoor, NoClient } from "./client_door.ts";
import type { Conversation } from "./conversation.ts";
import type { Finding } from "./finding.ts";
import { needed, tooLong, Unjudged, unknown } from "./reasons.ts";
import type { CaseResult, RunRules } from "./run.ts";

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
 * Runs the cases of a client suite one after the other. When no client comes, or the user stops the run, the cases that are left
 * are `unknown`.
 *
 * @param times what cases wait. Default: long enough for a slow machine
 * @throws {SockeyeError} `usage` for a transport with message boundaries, or as {@linkcode listen}
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
  const failed = new Set<string>();
  let stop: Bilingual | undefined;
  try {
    notice(invitation(formatAddress(door.address).replace(/^tcp:\/\//, ""), cases.length));
    for (const [index, one] of cases.entries()) {
      const id = `${suite.name}/${one.name}`;
      const lacking = one.needs?.find((name) => failed.has(name));
      if (signal.aborted) stop ??= STOPPED;
      const began = performance.now();
      let finding = stop && unknown(stop);
      if (!finding && lacking !== undefined) finding = unknown(needed(`${suite.name}/${lacking}`));
      if (!finding) {
        rules.started?.(id);
        door.expect(id, cases.length - index - 1);
        finding = await attempt(one, id, door, rules, times);
        if (door.missed) stop = noClient(times, door.stuck);
      }
      if (finding.verdict === "fail") failed.add(one.name);
      yield { id, title: one.title, finding, ms: Math.round(performance.now() - began) };
    }
  } finally {
    door.close();
  }
}

function invitation(place: string, count: number): Bilingual {
  return {
    en:
      `Listening on ${place}. Start the client now; ${count} case${count > 1 ? "s" : ""} need${count > 1 ? "" : "s"} ` +
      "a connection each, so start it in a loop, or again whenever you are told to.",
    zh: `正在监听 ${place}。请启动客户端；共 ${count} 个用例，每个需要一次连接，请循环启动，或按提示反复启动。`,
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

/** Runs a case once; its connections are ended then. */
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
    if (error instanceof NoClient) return unknown(noClient(times, door.stuck));
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
  if (!(error instanceof SockeyeError) && !(error instanceof Error && "code" in error)) throw error;
  const evidence = actors.at(-1)?.evidence();
  const reason = { en: `${messageOf(error)}.`, zh: `连接失败：${messageOf(error)}。` };
  return { verdict: "fail", reason, ...(evidence && { evidence }) };
}
