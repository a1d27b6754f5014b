/**
 * Says a conversation to a server, and keeps what comes.
 *
 * @module
 */

import { makeFramer } from "../../text/framer.ts";
import type { MessageForm } from "../../text/message_form.ts";
import type { Actor } from "../actor.ts";
import type { CaseContext } from "../case.ts";
import type { End, Evidence } from "../finding.ts";
import type { Plan } from "./plans.ts";

/** Milliseconds in which a server that ends with its client does so, for the answers to be over sooner than by silence. */
const LEAVING_MS = 500;

/** What came of a conversation. */
export interface Played {
  /** All that came. */
  readonly received: Uint8Array;
  /** How many of these bytes had come when each turn was over; the first is before the first message. */
  readonly marks: readonly number[];
  /** Messages that were said; fewer than there are when the server ended the connection. */
  readonly said: number;
  /** How the connection stood before our half ended. */
  readonly end: End;
  /** How it stood in the end. */
  readonly closed: End;
  /** Whether a message was answered in full before its last piece was sent. */
  readonly early: boolean;
  /** Bytes that came unasked, while it was listened on after the last answer. */
  readonly unasked: number;
  /** Milliseconds of the longest wait for the first byte of an answer that came. */
  readonly slowest: number;
  /** What was seen. */
  readonly evidence: Evidence;
}

/** What is known of the right answers. */
export interface Known {
  /** Whether all answers to so many messages have come, and nothing else. */
  isAnswered(said: number, received: Uint8Array): boolean;
  /** Whether more bytes may make that of it. */
  mayBe(said: number, received: Uint8Array): boolean;
  /** Whether so many messages are answered by anything at all beyond the answers to those before. */
  isSilent(said: number): boolean;
  /** Messages after which the server ends the connection by itself, if it does. */
  readonly ending: number | undefined;
  /** Whether something differs from run to run, so that the end of an answer in the middle may not be known. */
  readonly varies: boolean;
  /** Whether it ends the connection after our half has ended. */
  readonly leaves: boolean;
}

/** How to listen. */
export interface Listening {
  /** What is known of the answers: they are over sooner. */
  readonly known?: Known;
  /** Milliseconds in which to listen for what comes unasked after the last answer. Default: not at all. */
  readonly lingerMs?: number;
  /** Whether our half stays open unless nothing has come. Default false. */
  readonly stays?: boolean;
}

/**
 * Says each message in one write when the answer to the one before has come. An answer is over when its frame is, else when
 * nothing has come for a while.
 *
 * @throws {Error} what connecting says
 */
export async function listenTo(
  context: CaseContext,
  messages: readonly Uint8Array[],
  { known, lingerMs = 0, stays = false }: Listening = {},
): Promise<Played> {
  const { answerMs, quietMs, form } = context;
  await using actor = await context.connect();
  while (!known?.isAnswered(0, actor.received)) if (!await more(actor, quietMs)) break;
  const marks = [actor.received.length];
  let [said, slowest] = [0, 0];
  for (; said < messages.length && actor.end === "open"; said++) {
    context.signal.throwIfAborted();
    const before = actor.received.length;
    const start = performance.now();
    await actor.send(messages[said]!);
    const isSilent = known?.isSilent(said + 1) ?? false;
    if (await actor.bytes(before + 1, isSilent ? quietMs : answerMs)) {
      slowest = Math.max(slowest, performance.now() - start);
      const isOver = (received: Uint8Array) =>
        known?.isAnswered(said + 1, received) || isFramed(form, received.subarray(before));
      while (!isOver(actor.received)) if (!await more(actor, quietMs)) break;
    }
    marks.push(actor.received.length);
  }
  const answered = actor.received.length;
  if (lingerMs > 0 && actor.end === "open") await actor.ended(lingerMs);
  const unasked = actor.received.length - answered;
  const { end } = actor;
  if (end === "open" && !(stays && answered > 0)) {
    await actor.halfClose();
    await actor.ended(known && !known.leaves ? quietMs : Math.max(quietMs, LEAVING_MS));
  }
  return { ...outcome(actor, marks, said, end), early: false, unasked, slowest };
}

/**
 * Says a conversation in the writes of a plan; stops at the first answer that is not right.
 *
 * @param patienceMs after so long an answer is missing
 */
export async function play(context: CaseContext, plan: Plan, known: Known, patienceMs: number): Promise<Played> {
  const { quietMs } = context;
  await using actor = await context.connect();
  let said = 0;
  const answer = async (before: number) => {
    const isRight = (received: Uint8Array) => known.isAnswered(said, received);
    const isDecided = (received: Uint8Array) => isRight(received) || !known.mayBe(said, received);
    // Where nothing was said to a message, the next one still comes by itself.
    if (known.isSilent(said)) await more(actor, context.pauseMs);
    await actor.until(isDecided, patienceMs);
    const { received } = actor;
    return isRight(received) || (known.varies && received.length > before && known.mayBe(said, received));
  };
  const marks: number[] = [];
  let isRight = known.isSilent(0) || await answer(0);
  marks.push(actor.received.length);
  let [isHalf, early] = [false, false];
  let end: End = actor.end;
  for (const { pieces, pauseMs, said: until, heldMs, halfCloses } of plan) {
    if (!isRight || actor.end !== "open") break;
    context.signal.throwIfAborted();
    const before = actor.received.length;
    if (heldMs !== undefined) actor.hold(true);
    await actor.send(pieces.slice(0, -1), pauseMs);
    if (pauseMs > 0 && pieces.length > 1) {
      await actor.ended(pauseMs);
      early ||= known.isAnswered(until, actor.received) && !known.isSilent(until) && !isLineEnd(pieces.at(-1)!);
    }
    await actor.send(pieces.slice(-1));
    said = until;
    if (halfCloses) {
      end = actor.end;
      await actor.halfClose();
      isHalf = true;
    }
    if (heldMs !== undefined) {
      await actor.ended(heldMs);
      actor.hold(false);
    }
    // What has answered already may answer the last piece as well, if that is read alone.
    if (pieces.length > 1 && known.isAnswered(said, actor.received)) await more(actor, context.pauseMs);
    isRight = await answer(before);
    marks.push(actor.received.length);
  }
  if (!isRight) await quiet(actor, quietMs);
  else if (said === known.ending) await actor.ended(patienceMs);
  if (!isHalf) end = actor.end;
  if (actor.end === "open") {
    if (!isHalf) await actor.halfClose();
    await actor.ended(known.leaves && isRight ? patienceMs : quietMs);
  }
  return { ...outcome(actor, marks, said, end), early, unasked: 0, slowest: 0 };
}

function outcome(actor: Actor, marks: number[], said: number, end: End) {
  return { received: actor.received, marks, said, end, closed: actor.end, evidence: actor.evidence() };
}

/** Whether there is nothing but a line end, which some servers need not wait for. */
function isLineEnd(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x0a || byte === 0x0d);
}

/** Waits until nothing has come for so long, or the connection has ended. */
export async function quiet(actor: Actor, ms: number): Promise<void> {
  while (await more(actor, ms));
}

/** Waits for more; false when nothing came. */
async function more(actor: Actor, ms: number): Promise<boolean> {
  return await actor.bytes(actor.received.length + 1, ms);
}

/** Whether bytes are whole messages, so that nothing is missing; a pause alone tells nothing. */
export function isFramed(form: MessageForm | undefined, bytes: Uint8Array): boolean {
  if (!form?.frame || form.frame.by === "gap") return false;
  const framer = makeFramer(form.frame, { max: form.max });
  const messages = framer.push(bytes);
  return messages.length > 0 && framer.end().length === 0;
}
