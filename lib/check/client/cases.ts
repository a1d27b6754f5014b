/**
 * The eight cases of `client/echo` and `client/reply`: the same ways to answer, whatever the answer is.
 *
 * @module
 */

import { concat, sameBytes } from "../../bytes.ts";
import type { Bilingual } from "../../language.ts";
import type { Case, CaseContext } from "../case.ts";
import type { Finding } from "../finding.ts";
import { OK, unknown } from "../verdict.ts";
import { breaksOff, endsAtFin, findsTheRest, gaveUp, wholeAnswer } from "./findings.ts";
import { cutAt, endMs, isFinding, meet, play, reaction, silenceMs, singly, untilSilent } from "./talk.ts";
import type { Meeting, MeetOptions } from "./talk.ts";

/** What the server of a suite says. */
export interface Answers extends MeetOptions {
  /** The answer to a message. */
  answer(message: Uint8Array, context: CaseContext): Uint8Array;
  /** An answer of 64 KiB, or why there is none. */
  long(message: Uint8Array, context: CaseContext): Uint8Array | Bilingual;
  /** An answer with a character that has several bytes, and the place of its second byte; or why there is none. */
  wide(message: Uint8Array, context: CaseContext): { readonly answer: Uint8Array; readonly cut: number } | Bilingual;
  /** Why a client could not tell two answers apart that come together. Default: it can. */
  unbounded?(context: CaseContext): Bilingual | undefined;
}

/** Bytes of the shortest answer that can be cut: what follows the cut must be two bytes. */
const SHORTEST = 3;

/** Bytes of a long answer: more than one read of most programs brings. */
export const LONG_BYTES: number = 64 * 1024;

const TOO_SHORT: Bilingual = {
  en: `The answer is too short to be cut: it takes ${SHORTEST} bytes. Let the client send a longer message.`,
  zh: `回复太短，没法拆：至少要 ${SHORTEST} 个字节。请让客户端发一条长一点的消息。`,
};

/** Makes the cases of a suite. */
export function clientCases(answers: Answers): readonly Case[] {
  /** A case that answers the first message in pieces. */
  const inPieces = (cut: (answer: Uint8Array) => readonly Uint8Array[]): Case["run"] => async (context) => {
    const met = await meet(context, answers);
    if (isFinding(met)) return met;
    const answer = answers.answer(met.message, context);
    if (answer.length < SHORTEST) return unknown(TOO_SHORT);
    return await judged(answers, met, cut(answer), context);
  };
  return [
    {
      name: "1",
      title: { en: "an answer that arrives in two pieces", zh: "回复分两段到达（分包）" },
      run: inPieces((answer) => cutAt(answer, Math.floor(answer.length / 2))),
    },
    {
      name: "2",
      title: { en: "an answer that arrives byte by byte", zh: "回复逐字节到达" },
      needs: ["1"],
      run: inPieces(singly),
    },
    {
      name: "3",
      title: { en: "two answers that arrive together", zh: "两条回复一起到达（粘包）" },
      run: (context) => glued(answers, context),
    },
    {
      name: "4",
      title: { en: "an answer of 64 KiB", zh: "64 KiB 的回复" },
      run: (context) => long(answers, context),
    },
    {
      name: "5",
      title: { en: "the server closes in the middle of its answer", zh: "回复发到一半时服务器关闭连接" },
      harsh: 1,
      run: (context) => thenFin(answers, context),
    },
    {
      name: "6",
      title: { en: "a reset in the middle of an answer", zh: "回复发到一半时连接被重置（RST）" },
      run: (context) => thenReset(answers, context),
    },
    {
      name: "7",
      title: { en: "a server that never answers", zh: "服务器一直不回复" },
      run: silence,
    },
    {
      name: "8",
      title: { en: "a Chinese character that is cut in two", zh: "一个汉字被拆成两段" },
      needs: ["1"],
      run: (context) => cutCharacter(answers, context),
    },
  ];
}

/** Plays an answer, says what it shows, and then goes on in order, so that the client is not broken off. */
async function judged(
  answers: Answers,
  met: Meeting,
  pieces: readonly Uint8Array[],
  context: CaseContext,
): Promise<Finding> {
  const finding = wholeAnswer(met, await play(met, pieces, context), concat(pieces).length);
  await goOn(answers, met, context);
  return finding;
}

/** Rounds that a client gets after the case is judged: its program should end by itself. */
const ROUNDS_MAX = 20;

/** Answers what the client still says, as long as it does so without a person. */
async function goOn(answers: Answers, { actor, message }: Meeting, context: CaseContext): Promise<void> {
  let from = message.length;
  for (let round = 0; round < ROUNDS_MAX && actor.end === "open"; round++) {
    if (actor.received.length === from && !await actor.bytes(from + 1, context.quietMs)) return;
    const said = actor.received.slice(from);
    from += said.length;
    await actor.send(answers.answer(said, context));
  }
}

/**
 * A client that waits for each answer never has two of them to come. So the first connection shows what it says second, and the
 * second connection gets both answers at once.
 */
async function glued(answers: Answers, context: CaseContext): Promise<Finding> {
  const first = await meet(context, answers);
  if (isFinding(first)) return first;
  const unbounded = answers.unbounded?.(context);
  const second = await secondMessage(answers, first, context);
  if (unbounded) return unknown(unbounded);
  if (!(second instanceof Uint8Array)) return second;
  await first.actor[Symbol.asyncDispose]();
  const met = await meet(context, answers);
  if (isFinding(met)) return met;
  const finding = await together(answers, met, { first: first.message, second }, context);
  const heard = met.actor.received.subarray(0, met.message.length + second.length);
  await goOn(answers, { ...met, message: heard }, context);
  return finding;
}

/** Sends the answers to two messages, of which the client has sent the first, and watches whether it waits for the second. */
async function together(
  answers: Answers,
  met: Meeting,
  { first, second }: { readonly first: Uint8Array; readonly second: Uint8Array },
  context: CaseContext,
): Promise<Finding> {
  const { actor, message } = met;
  const answer = answers.answer(second, context);
  await actor.send(concat([answers.answer(message, context), answer]));
  await actor.bytes(message.length + 1, context.answerMs);
  const said = (await untilSilent(actor, context)).subarray(message.length);
  if (said.length > second.length && sameBytes(said.subarray(0, second.length), second)) return OK;
  if (!sameBytes(message, first) || !sameBytes(said, second)) return unknown(VARIES);
  // It has the answer to its second message: it ends, or says a third one.
  if (actor.end !== "open" || await reaction(actor, context.answerMs) !== "none") return OK;
  await actor.send(answer);
  return await reaction(actor, context.pauseMs) === "none"
    ? unknown(NOT_SEEN)
    : findsTheRest(met, actor.received.length);
}

/** What a client says once its first message has been answered, where it does so at once and not when a person types. */
async function secondMessage(answers: Answers, met: Meeting, context: CaseContext): Promise<Uint8Array | Finding> {
  const { actor, message } = met;
  await actor.send(answers.answer(message, context));
  const began = performance.now();
  const did = await reaction(actor, context.answerMs);
  if (did !== "talked") return unknown(did === "left" ? ASKS_ONCE : NOT_SEEN);
  if (performance.now() - began > context.pauseMs) return unknown(NOT_SEEN);
  const second = (await untilSilent(actor, context)).slice(message.length);
  await goOn(answers, { ...met, message }, context);
  return second;
}

const VARIES: Bilingual = {
  en:
    "The client says something else on each connection, so nothing tells whether it went on without the second answer.",
  zh: "客户端每次连接发送的内容都不同，看不出它是否没等第二条回复就继续往下走。",
};

const ASKS_ONCE: Bilingual = {
  en: "The client asks once and ends: it never waits for a second answer.",
  zh: "客户端只问一次就结束，不会等第二条回复。",
};

const NOT_SEEN: Bilingual = {
  en: "The client shows nothing on the wire by which this could be judged.",
  zh: "客户端在网络上的行为不足以判断这一点。",
};

/** A client that reads once leaves the rest unread; the last bytes come later, so that it is seen to have left before them. */
async function long(answers: Answers, context: CaseContext): Promise<Finding> {
  const met = await meet(context, answers);
  if (isFinding(met)) return met;
  const answer = answers.long(met.message, context);
  if (!(answer instanceof Uint8Array)) {
    await met.actor.send(answers.answer(met.message, context));
    await goOn(answers, met, context);
    return unknown(answer);
  }
  return await judged(answers, met, cutAt(answer, answer.length - SHORTEST), context);
}

/** Of an answer that is complete most clients do not see what follows: they have closed by then. */
async function thenFin(answers: Answers, context: CaseContext): Promise<Finding> {
  const met = await meet(context, answers);
  if (isFinding(met)) return met;
  const { actor } = met;
  const wasOpen = actor.end === "open";
  await actor.send(halfOf(answers.answer(met.message, context)));
  await actor.halfClose();
  return endsAtFin(met, wasOpen, await actor.ended(endMs(context)));
}

function halfOf(answer: Uint8Array): Uint8Array {
  return answer.subarray(0, Math.floor(answer.length / 2));
}

async function thenReset(answers: Answers, context: CaseContext): Promise<Finding> {
  const met = await meet(context, answers);
  if (isFinding(met)) return met;
  const answer = answers.answer(met.message, context);
  if (answer.length < SHORTEST) return unknown(TOO_SHORT);
  await met.actor.send(halfOf(answer));
  if (met.actor.end === "open" && await reaction(met.actor, context.pauseMs) === "left") return unknown(ENDED_EARLY);
  met.actor.reset();
  return breaksOff(await context.reception?.arrival(endMs(context)) ?? false);
}

const ENDED_EARLY: Bilingual = {
  en: "The client ended after the first half of the answer, before the reset (see case 1).",
  zh: "客户端收到前一半回复就结束了，没等到连接重置（见用例 1）。",
};

async function silence(context: CaseContext): Promise<Finding> {
  const met = await meet(context);
  if (isFinding(met)) return met;
  const { actor } = met;
  if (actor.end !== "open") return unknown(NOT_SEEN);
  const ended = await actor.ended(silenceMs(context));
  // A FIN could lead a client that waits without end into a loop without end.
  if (!ended) actor.reset();
  return gaveUp(ended, silenceMs(context));
}

async function cutCharacter(answers: Answers, context: CaseContext): Promise<Finding> {
  const met = await meet(context, answers);
  if (isFinding(met)) return met;
  const wide = answers.wide(met.message, context);
  if ("answer" in wide) return await judged(answers, met, cutAt(wide.answer, wide.cut), context);
  await met.actor.send(answers.answer(met.message, context));
  await goOn(answers, met, context);
  return unknown(wide);
}
