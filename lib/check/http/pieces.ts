/**
 * Cases of an HTTP server with requests that arrive in pieces, glued, or slowly.
 *
 * @module
 */

import { concat, latin1, sameBytes } from "../../bytes.ts";
import type { Bilingual } from "../../language.ts";
import type { CaseContext } from "../case.ts";
import type { Finding } from "../finding.ts";
import { fail, OK, unknown, weak, words } from "../verdict.ts";
import { each } from "../waiting.ts";
import { NOWHERE } from "./basics.ts";
import {
  ask,
  evidenceOf,
  type Exchange,
  readReply,
  type Reply,
  request,
  saysClose,
  statusOf,
  unanswered,
} from "./exchange.ts";

/** A program that serves one client at a time gets each so many-th cut: every one would take ten seconds. */
const CUT_STEP = 3;

/** Cuts that may fail before no more are tried: each costs the time of an answer. */
const FAILED_CUTS = 2;

/** Connections that are there at once: the queue of a learner's server may be short (5 in Python), and what does not fit waits a second. */
export const AT_ONCE = 4;

const FORM = { method: "POST", body: "name=socket" } as const;

/** What an answer must be like, as those to the uncut request were. */
interface UncutAnswer {
  readonly status: number;
  /** Undefined where it differs from answer to answer. */
  readonly body?: Uint8Array;
}

/** Asks twice without cuts; gives what both answers have in common, or why there is nothing. */
async function consult(context: CaseContext, bytes: Uint8Array): Promise<UncutAnswer | Finding> {
  const first = await ask(context, bytes);
  const second = await ask(context, bytes);
  const finding = unanswered(first) ?? unanswered(second);
  if (finding) return finding;
  const [one, other] = [first.reply, second.reply];
  if (statusOf(one) !== statusOf(other)) {
    return unknown(
      words("The same request gets different answers.", "同一个请求每次得到的响应不同。"),
      evidenceOf(second.actor),
    );
  }
  return { status: statusOf(one), ...(sameBytes(one.body, other.body) && { body: one.body }) };
}

function isAs({ status, body }: UncutAnswer, reply: Reply): boolean {
  return statusOf(reply) === status && (body === undefined || sameBytes(body, reply.body));
}

/** Whether an answer is wrong: another one than the same request gets uncut, then and still now. */
async function isWrong(context: CaseContext, bytes: Uint8Array, uncut: UncutAnswer, reply: Reply): Promise<boolean> {
  if (isAs(uncut, reply)) return false;
  if (statusOf(reply) !== uncut.status || !reply.whole) return true;
  // A page may have changed by itself, as one with a clock does.
  return isAs(uncut, (await ask(context, bytes)).reply);
}

/** http/7. */
export async function everyCut(context: CaseContext): Promise<Finding> {
  for (const bytes of [request("/"), request("/", FORM)]) {
    const uncut = await consult(context, bytes);
    if ("verdict" in uncut) return uncut;
    const finding = await cutRequest(context, bytes, uncut);
    if (finding) return finding;
  }
  return OK;
}

async function cutRequest(context: CaseContext, bytes: Uint8Array, uncut: UncutAnswer): Promise<Finding | undefined> {
  const step = context.atOnce > 1 ? 1 : CUT_STEP;
  const cuts: number[] = [];
  for (let cut = 1; cut < bytes.length; cut += step) cuts.push(cut);
  let failed = 0;
  const findings = await each(cuts, Math.min(context.atOnce, AT_ONCE), async (cut) => {
    if (failed >= FAILED_CUTS) return "untried";
    const finding = await askInPieces(context, bytes, cut, uncut);
    if (finding) failed++;
    return finding;
  });
  const tried = findings.filter((finding) => finding !== "untried");
  const first = tried.find((finding) => finding !== undefined);
  return first && { ...first, tries: { failed, of: tried.length, what: "cuts" } };
}

/** Sends a request in two pieces; gives what is wrong with the answer. */
async function askInPieces(
  context: CaseContext,
  bytes: Uint8Array,
  cut: number,
  uncut: UncutAnswer,
): Promise<Finding | undefined> {
  const actor = await context.connect();
  const pieces = [bytes.subarray(0, cut), bytes.subarray(cut)] as const;
  const isInHead = cut < headLength(bytes);
  await actor.send(pieces[0]);
  const isEarly = await actor.bytes(1, context.pauseMs) && isInHead;
  await actor.send(pieces[1]);
  const reply = await readReply(actor, context.answerMs);
  const where = pieceWords(bytes, cut);
  if (isEarly) return fail(tooEarly(where), evidenceOf(actor));
  if (!await isWrong(context, bytes, uncut, reply)) return undefined;
  return fail(otherAnswer(where, uncut, reply), evidenceOf(actor));
}

function headLength(bytes: Uint8Array): number {
  return latin1(bytes).indexOf("\r\n\r\n") + 4;
}

function pieceWords(bytes: Uint8Array, cut: number): Bilingual {
  const method = bytes[0] === 0x47 ? "GET" : "POST";
  return {
    en: `a ${method} whose first ${cut} bytes came alone`,
    zh: `分两次到达的 ${method} 请求（先到 ${cut} 字节）`,
  };
}

function tooEarly(where: Bilingual) {
  return words(
    `To ${where.en} the answer came before the rest: one recv() is not a whole request. Read until the empty line (CRLF CRLF).`,
    `${where.zh}：后一半还没到就返回了响应。一次 recv() 不一定是完整的请求，要一直读到空行（CRLF CRLF）。`,
  );
}

function otherAnswer(where: Bilingual, { status }: UncutAnswer, reply: Reply) {
  const has = statusOf(reply);
  const [en, zh] = has === 0
    ? ["no answer came", "没有收到响应"]
    : has === status
    ? ["the answer is another one", "响应的内容不同"]
    : [`the answer was ${has}`, `响应是 ${has}`];
  return words(
    `To ${where.en}, ${en}; uncut the same request gets ${status}. recv() returns what has arrived, not a whole request: read until ` +
      "the empty line, then as many bytes as Content-Length says.",
    `${where.zh}：${zh}；不切开时是 ${status}。recv() 返回的是已到达的字节，不是完整的请求：要读到空行，再按 Content-Length 读完正文。`,
  );
}

/** http/8: two requests in one write. */
export async function pipelined(context: CaseContext): Promise<Finding> {
  const bytes = [request("/", { keep: true }), request(NOWHERE)] as const;
  const wanted = [statusOf((await ask(context, request("/"))).reply), statusOf((await ask(context, bytes[1])).reply)];
  const actor = await context.connect();
  await actor.send(concat(bytes));
  const first = await readReply(actor, context.answerMs);
  const finding = unanswered({ actor, reply: first });
  if (finding) return finding;
  if (saysClose(first)) return weak(ONE_ONLY, evidenceOf(actor));
  const second = await readReply(actor, context.answerMs, "GET", first.next);
  // That it did not say so is for http/6.
  if (actor.end !== "open" && actor.received.length === first.next) return weak(ONE_ONLY, evidenceOf(actor));
  const has = [statusOf(first), statusOf(second)];
  if (has[0] === wanted[0] && has[1] === wanted[1]) return OK;
  const text = has[1] === 0 ? SECOND_LOST : words(
    `Two requests in one write were answered by ${has.join(" and ")}, and not by ${
      wanted.join(" and ")
    } in this order.`,
    `一次发来的两个请求，响应依次是 ${has.join("、")}，应为 ${wanted.join("、")}。`,
  );
  return fail(text, evidenceOf(actor, undefined, first.next));
}

const ONE_ONLY = words(
  "The server ends the connection after the first of two requests that came at once: allowed, and the client must ask again.",
  "两个请求一次发来，服务器响应第一个后就关闭了连接：允许，但客户端要重新请求。",
);

const SECOND_LOST = words(
  "Two requests came in one write, and the second was not answered: it lay behind the first in what recv() returned. Keep what is left for the next request.",
  "两个请求一次到达（粘包），第二个没有得到响应：它和第一个在同一次 recv() 的结果里。剩下的字节要留给下一个请求。",
);

/** http/9: a body that arrives in parts, and a request behind it. */
export async function postInParts(context: CaseContext): Promise<Finding> {
  const whole = request("/", FORM);
  const uncut = await consult(context, whole);
  if ("verdict" in uncut) return uncut;
  const next = statusOf((await ask(context, request("/"))).reply);
  const bytes = request("/", { ...FORM, keep: true });
  const head = headLength(bytes);
  const actor = await context.connect();
  await actor.send([bytes.subarray(0, head), bytes.subarray(head, head + 4)], context.pauseMs);
  const isEarly = await actor.bytes(1, context.pauseMs * 2);
  await actor.send(bytes.subarray(head + 4));
  const reply = await readReply(actor, context.answerMs);
  const finding = unanswered({ actor, reply });
  if (finding) return finding;
  const status = statusOf(reply);
  if (isEarly && status < 400) return fail(EARLY_POST, evidenceOf(actor));
  if (await isWrong(context, whole, uncut, reply)) return fail(PARTS(uncut.status, status), evidenceOf(actor));
  return await asksBehind(context, { actor, reply }, next);
}

const EARLY_POST = words(
  "A POST was answered before all of its body had come. Read as many bytes as Content-Length says, with recv() in a loop.",
  "POST 的正文还没收完就返回了响应。要循环调用 recv()，直到收满 Content-Length 指明的字节数。",
);

const PARTS = (wanted: number, has: number) =>
  words(
    `A POST whose body came in parts gets ${
      has === wanted ? "another answer" : has
    }; in one piece it gets ${wanted}. Read as many bytes as Content-Length says.`,
    `正文分几次到达的 POST 得到的${
      has === wanted ? "响应内容不同" : `响应是 ${has}`
    }；一次到达时是 ${wanted}。要读满 Content-Length 指明的字节数。`,
  );

/** Where the connection is kept, a next request on it must be understood. */
async function asksBehind(context: CaseContext, { actor, reply }: Exchange, wanted: number): Promise<Finding> {
  if (saysClose(reply) || reply.head?.framing.by === "close" || actor.end !== "open") return OK;
  await actor.send(request("/"));
  const next = await readReply(actor, context.answerMs, "GET", reply.next);
  if (statusOf(next) === wanted) return OK;
  // That it did not say so is for http/6.
  if (statusOf(next) === 0 && actor.end !== "open" && actor.received.length === reply.next) return OK;
  const text = words(
    `The request behind a POST gets ${
      statusOf(next) || "no answer"
    } instead of ${wanted}: the body of the POST was taken for a request. Read it, even if it is not used.`,
    `POST 之后的请求得到 ${
      statusOf(next) || "不到响应"
    }，应为 ${wanted}：POST 的正文被当成了下一个请求。正文即使不用，也要读完。`,
  );
  return fail(text, evidenceOf(actor, undefined, reply.next));
}

/** http/13: one client sends half a request and waits; others are served beside it. */
export async function slowBesideFast(context: CaseContext): Promise<Finding> {
  const bytes = request("/");
  const slow = await context.connect();
  await slow.send(bytes.subarray(0, 20));
  for (let round = 0; round < 3; round++) {
    const fast = await ask(context, bytes);
    if (!unanswered(fast)) continue;
    const text = words(
      "While one client has sent half a request, others are not served. Serve each connection in a thread, a process or a task of its own.",
      "一个客户端只发来半个请求时，别的客户端就得不到服务。每个连接要有自己的线程、进程或协程。",
    );
    return fail(text, evidenceOf(fast.actor));
  }
  await slow.send(bytes.subarray(20));
  return unanswered({ actor: slow, reply: await readReply(slow, context.answerMs) }) ?? OK;
}
