/**
 * Cuts a conversation in two at many places, and glues its messages.
 *
 * @module
 */

import { concat } from "../../bytes.ts";
import type { Bilingual } from "../../language.ts";
import { clientWords } from "../again.ts";
import type { CaseContext, CheckOptions } from "../case.ts";
import type { Finding, Verdict } from "../finding.ts";
import { compare } from "./comparing.ts";
import { chooseCuts, countCuts, type Cut } from "./cuts.ts";
import { findingOf } from "./differing.ts";
import { cutOnce, gluedAll, gluedAt } from "./plans.ts";

/** Bytes of one answer that are taken in all by the runs of a case: a long answer is asked for less often. */
const TAKEN_MAX = 64 * 1024 * 1024;

/** The most cuts that are tried of a server that serves many clients at once, and of others. */
const CUTS = { parallel: 64, sequential: 24 } as const;

/** Messages that all cuts of a case say together, at most; and the least cuts. */
const SAID_MAX = 600, CUTS_MIN = 8;

/** Pairs of messages that are glued, one after the other. */
const PAIRS_MAX = 8;

/** Why a message in pieces must be answered as a whole one. */
export const PIECES: Bilingual = {
  en:
    "recv() returns what has arrived, not what was sent: a message may come in pieces. Keep the bytes until the message " +
    "is complete: until its line end, or as many as it says.",
  zh:
    "recv() 返回的是已到达的数据，不是对方一次发送的内容：一条消息可能分几次到达（半包）。先把收到的字节存进缓冲区，" +
    "直到消息完整（读到换行，或读够它声明的长度）再处理。",
};

const GLUED: Bilingual = {
  en: "One recv() may bring two messages: take the first one out of the buffer, and keep the rest for the next.",
  zh: "一次 recv() 可能收到两条消息（粘包）：从缓冲区取出第一条，剩下的字节留给下一条。",
};

/** Reason of a case that needs a second message on the same connection. */
export const ANSWERS_ONCE: Bilingual = {
  en: "The server ends the connection after one answer, so there is no second message.",
  zh: "服务器回复一次就关闭连接，没有第二条消息。",
};

/**
 * Tries every cut of a conversation, or as many as there is time for.
 *
 * @param early what an answer to a first piece is
 * @throws {Error} what the sockets say
 */
export async function cutEverywhere(
  context: CaseContext,
  conversation: readonly Uint8Array[],
  early: Verdict = "weak",
): Promise<Finding> {
  const { atOnce, random, pauseMs } = context;
  let cuts: Cut[] = [];
  let all = 0;
  const comparison = await compare(context, conversation, (messages, { example }) => {
    const most = Math.min(
      atOnce > 1 ? CUTS.parallel : CUTS.sequential,
      Math.ceil(SAID_MAX / messages.length),
      Math.ceil(TAKEN_MAX / example.length),
    );
    all = countCuts(messages);
    cuts = chooseCuts(messages, Math.max(CUTS_MIN, most), random);
    return cuts.map((cut) => cutOnce(messages, cut, pauseOf(context, pauseMs)));
  });
  const [only, ...others] = conversation;
  const again = (index: number) => others.length === 0 ? clientWords(only!, [cuts[index]!.at]) : undefined;
  const finding = findingOf(comparison, { why: PIECES, tried: "cuts", inPieces: true, early, again });
  if (comparison.is === "unknown" || cuts.length === all) return finding;
  return { ...finding, tries: { failed: 0, ...finding.tries, of: cuts.length, what: "cuts", among: all } };
}

/** A pause that does not end a message where a pause ends messages. */
export function pauseOf({ form }: CheckOptions, ms: number): number {
  return form?.frame?.by === "gap" ? Math.min(ms, form.frame.ms / 4) : ms;
}

/**
 * Sends two messages together, pair by pair, and then all.
 *
 * @throws {Error} what the sockets say
 */
export async function glueTogether(context: CaseContext, conversation: readonly Uint8Array[]): Promise<Finding> {
  let isAlone = false;
  const comparison = await compare(context, conversation, (messages) => {
    isAlone = messages.length < 2;
    const pairs = messages.slice(1, 1 + PAIRS_MAX).map((_, i) => gluedAt(messages, i));
    return messages.length > 2 ? [...pairs, gluedAll(messages)] : pairs;
  });
  if (isAlone) return { verdict: "unknown", reason: ANSWERS_ONCE };
  const again = () => conversation.length === 2 ? clientWords(concat(conversation)) : undefined;
  return findingOf(comparison, { why: GLUED, again });
}
