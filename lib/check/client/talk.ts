/**
 * How a case meets a client and answers it in pieces. All that is known of a client is what it does on the wire: when it
 * sends, and when it ends the connection.
 *
 * @module
 */

import { concat } from "../../bytes.ts";
import { wait } from "../../wait.ts";
import type { Actor } from "../actor.ts";
import type { CaseContext } from "../case.ts";
import type { Evidence, Finding } from "../finding.ts";
import { Unjudged } from "../reasons.ts";
import { unknown } from "../verdict.ts";

/** Connections that may end without a word before a case gives up: port checks come and go. */
const SILENT_MAX = 3;

/** Milliseconds of a client's silence after which a person at its keyboard is asked to type. */
const TYPE_NOTICE_MS = 2_000;

/** Bytes of the longest message of a client, and the longest time that it may take, in times for an answer. */
const MESSAGE_MAX = 16 * 1024 * 1024;
const TALK = 4;

/** Milliseconds between two pieces, but for the first and the last: enough for a read of its own. */
const GAP_MS = 3;

/** Pieces of an answer that go out one by one; the rest of a long one goes out at once. */
const PIECES_MAX = 256;

/** A client that has connected and said something. */
export interface Meeting {
  /** Its connection. */
  readonly actor: Actor;
  /** What it said before it fell silent; empty where it waits for the server's first words. */
  readonly message: Uint8Array;
  /** Whether it may be a person that decides when the client goes on: then what it does need not be an answer to us. */
  readonly slow: boolean;
}

/** What a client does: ends its direction of the connection, sends, or neither. */
export type Reaction = "left" | "talked" | "none";

/** What a client did about an answer that came in pieces. */
export type Course =
  /** It closed the connection, or sent its next message, when so many bytes had been sent and more were to come; what was seen then. */
  | { readonly went: "early"; readonly did: "left" | "talked"; readonly sent: number; readonly evidence: Evidence }
  /** It had closed the connection before anything was sent. */
  | { readonly went: "unheard" }
  /** It sends whatever we do. */
  | { readonly went: "unasked" }
  /** It went on by itself when it had all of it; `prompt`: at once. */
  | { readonly went: "after"; readonly did: "left" | "talked"; readonly prompt: boolean }
  /** It ended when we had said that no more comes, or had ended its direction before; `prompt`: at once. */
  | { readonly went: "end"; readonly prompt: boolean }
  /** It did nothing, even then. */
  | { readonly went: "nowhere" };

/**
 * What follows the last piece: the client has all it needs and may go on (`wait`), or only a FIN tells it that nothing more
 * comes (`fin`).
 */
export type Ending = "wait" | "fin";

/** How a client is met. */
export interface MeetOptions {
  /** What is sent to a client that waits for a greeting. Default: nothing; the meeting then has no message. */
  readonly greeting?: Uint8Array;
}

/**
 * Waits for the client and for its first message, which ends when the client falls silent.
 *
 * @returns a finding where there is nothing to judge
 */
export async function meet(context: CaseContext, { greeting }: MeetOptions = {}): Promise<Meeting | Finding> {
  for (let silent = 0; silent < SILENT_MAX; silent++) {
    const actor = await context.connect();
    let spoke = await firstWords(actor, context);
    if (!spoke && actor.end !== "open") continue;
    if (!spoke && !greeting) return { actor, message: actor.received, slow: false };
    let slow = false;
    if (!spoke && greeting) {
      await actor.send(greeting);
      const greeted = performance.now();
      spoke = await actor.bytes(1, context.answerMs);
      slow = performance.now() - greeted > context.pauseMs;
      if (spoke && !slow) learn(context, true);
      if (!spoke) return unknown(SAID_NOTHING);
    } else {
      learn(context, false);
    }
    return { actor, message: await untilSilent(actor, context), slow };
  }
  return unknown(LEFT_AT_ONCE);
}

function learn({ reception }: CaseContext, waitsForGreeting: boolean): void {
  if (reception) reception.waitsForGreeting ??= waitsForGreeting;
}

const SAID_NOTHING = {
  en: "The client connected and sent nothing, not even after a greeting.",
  zh: "客户端连上之后什么也没发，收到问候后也没发。",
};

const LEFT_AT_ONCE = {
  en: "The client connected and ended the connection without sending anything.",
  zh: "客户端连上之后什么也没发就断开了连接。",
};

/** Waits for the first bytes: long for a client that has spoken first before, shortly for one that is known to wait for us. */
async function firstWords(actor: Actor, { reception, quietMs, answerMs }: CaseContext): Promise<boolean> {
  const { waitsForGreeting } = reception ?? {};
  if (waitsForGreeting) return await actor.bytes(1, quietMs);
  const patience = answerMs * (waitsForGreeting === undefined ? 2 : 10);
  if (await actor.bytes(1, Math.min(TYPE_NOTICE_MS, patience))) return true;
  if (actor.end !== "open" || patience <= TYPE_NOTICE_MS) return false;
  reception?.notice({
    en: "The client is connected and silent. If it waits for you to type, type its message now.",
    zh: "客户端已连上，但还没发数据。如果它在等键盘输入，请现在输入一条消息。",
  });
  return await actor.bytes(1, patience - TYPE_NOTICE_MS);
}

/**
 * All that has come, once nothing more comes for a while.
 *
 * @throws {Unjudged} when the client never falls silent
 */
export async function untilSilent(
  actor: Actor,
  { quietMs, answerMs }: Pick<CaseContext, "quietMs" | "answerMs">,
): Promise<Uint8Array> {
  const due = performance.now() + TALK * answerMs;
  while (await actor.bytes(actor.received.length + 1, quietMs)) {
    if (actor.received.length < MESSAGE_MAX && performance.now() < due) continue;
    actor.reset();
    throw new Unjudged(ENDLESS);
  }
  return actor.received;
}

const ENDLESS = {
  en: "The client sends without a pause, and so never waits for an answer.",
  zh: "客户端不停地发送数据，从不停下来等回复。",
};

/** Waits until the client does something. */
export async function reaction(actor: Actor, ms: number): Promise<Reaction> {
  const wasOpen = actor.end === "open";
  if (await actor.bytes(actor.received.length + 1, ms)) return "talked";
  return wasOpen && actor.end !== "open" ? "left" : "none";
}

/**
 * Sends an answer piece by piece and watches. The first pause is long: a client that takes the first read for the whole answer
 * shows it then. So is the last one, for a client that reads until a buffer is full.
 */
export async function play(
  meeting: Meeting,
  pieces: readonly Uint8Array[],
  context: CaseContext,
  ending: Ending = "wait",
): Promise<Course> {
  const course = await send(meeting.actor, pieces, context, ending);
  const reacted = course.went === "early" || (course.went === "after" && course.prompt);
  if (reacted && meeting.message.length === 0) learn(context, true);
  return course;
}

async function send(
  actor: Actor,
  pieces: readonly Uint8Array[],
  context: CaseContext,
  ending: Ending,
): Promise<Course> {
  const whole = gather(pieces);
  const wasOpen = actor.end === "open";
  for (let index = 0, sent = 0; index < whole.length; index++) {
    const piece = whole[index]!;
    await actor.send(piece);
    sent += piece.length;
    const isLast = index === whole.length - 1;
    if (isLast && ending === "wait") break;
    const longPause = index === 0 || index >= whole.length - 2;
    const did = await watch(actor, longPause ? context.pauseMs : GAP_MS, context.signal);
    if (did === "talked") return await early(actor, sent, context);
    if (actor.end === "open") continue;
    const evidence = actor.evidence();
    if (isLast) return did === "left" ? { went: "early", did, sent, evidence } : { went: "end", prompt: true };
    // A FIN says only that the client sends no more. Bytes for a socket that is closed are refused.
    const refused = actor.end === "reset" || await isRefused(actor, concat(whole.slice(index + 1)), context);
    if (refused === "at once" && !wasOpen) return { went: "unheard" };
    return refused ? { went: "early", did: "left", sent, evidence } : { went: "end", prompt: true };
  }
  return await finish(actor, context, ending);
}

/** The pieces that are sent one by one: of a long answer in very small ones, those at the beginning and the last ones. */
function gather(pieces: readonly Uint8Array[]): readonly Uint8Array[] {
  if (pieces.length <= PIECES_MAX) return pieces;
  return [...pieces.slice(0, PIECES_MAX), concat(pieces.slice(PIECES_MAX, -2)), ...pieces.slice(-2)];
}

/** A client that has ended its direction shows nothing any more. */
async function watch(actor: Actor, ms: number, signal: AbortSignal): Promise<Reaction> {
  if (actor.end === "open") return await reaction(actor, ms);
  await wait(ms, signal);
  return "none";
}

/** Sends the rest in two writes: the first is answered by a reset where the socket is closed, which the second finds. */
async function isRefused(
  actor: Actor,
  rest: Uint8Array,
  { pauseMs, signal }: CaseContext,
): Promise<"at once" | "then" | false> {
  await actor.send(rest.subarray(0, 1));
  if (actor.refused) return "at once";
  await wait(pauseMs, signal);
  await actor.send(rest.subarray(1));
  if (!actor.refused) await wait(GAP_MS, signal);
  return actor.refused && "then";
}

/** A message before the whole answer was sent: does the client send without waiting for anything? */
async function early(actor: Actor, sent: number, context: CaseContext): Promise<Course> {
  await untilSilent(actor, { ...context, quietMs: 10 * GAP_MS });
  const more = await actor.bytes(actor.received.length + 1, context.pauseMs);
  return more ? { went: "unasked" } : { went: "early", did: "talked", sent, evidence: actor.evidence() };
}

/** Watches a client that has been sent everything. */
async function finish(actor: Actor, context: CaseContext, ending: Ending): Promise<Course> {
  if (actor.end !== "open") return { went: "end", prompt: true };
  const from = performance.now();
  const did = ending === "fin" ? "none" : await reaction(actor, context.answerMs);
  if (did !== "none") return { went: "after", did, prompt: performance.now() - from < context.pauseMs };
  await actor.halfClose();
  const closed = performance.now();
  if (!await actor.ended(endMs(context))) return { went: "nowhere" };
  return { went: "end", prompt: performance.now() - closed < context.pauseMs };
}

/** Milliseconds in which a client must end after a FIN. */
export function endMs({ answerMs }: CaseContext): number {
  return 2 * answerMs;
}

/** Milliseconds in which a client that gets no answer should give up. */
export function silenceMs({ answerMs }: CaseContext): number {
  return 10 * answerMs;
}

/** Whether meeting the client came to nothing. */
export function isFinding(met: Meeting | Finding): met is Finding {
  return "verdict" in met;
}

/** Cuts an answer at these places, counted from its beginning. */
export function cutAt(answer: Uint8Array, ...places: readonly number[]): Uint8Array[] {
  return [...places, answer.length].map((to, index) => answer.subarray(places[index - 1] ?? 0, to));
}

/** An answer byte by byte, the last two together: it takes two bytes to find out that a client has closed the connection. */
export function singly(answer: Uint8Array): Uint8Array[] {
  return cutAt(answer, ...Array.from({ length: Math.max(0, answer.length - 2) }, (_, at) => at + 1));
}
