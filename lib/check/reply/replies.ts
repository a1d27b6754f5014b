/**
 * Judges a server that replies to each message: that it answers at all, each time, in order, and ends with its client.
 *
 * @module
 */

import { latin1 } from "../../bytes.ts";
import { listed } from "../../wording.ts";
import type { CaseContext } from "../case.ts";
import { compare } from "../comparison/comparing.ts";
import { ANSWERS_ONCE } from "../comparison/cutting.ts";
import type { Oracle } from "../comparison/oracle.ts";
import { gluedAll, type Plan } from "../comparison/plans.ts";
import { listenTo, type Played } from "../comparison/playing.ts";
import { NO_ANSWER, resetAfter } from "../comparison/uncut.ts";
import type { Evidence, Finding } from "../finding.ts";
import { OK, unknown } from "../verdict.ts";
import { ask, greeted, looksRight, numbered } from "./asking.ts";

/** How many messages are said one after the other. */
const MESSAGES = 3;

/** Milliseconds between messages that are answered at the same time by a program that starts a thread for each. */
const SHORT_MS = 5;

/** One message, one answer. */
export async function answers(context: CaseContext): Promise<Finding> {
  const played = await listenTo(context, [context.say], { stays: true });
  const { received, marks, end, closed, evidence } = played;
  const answer = received.subarray(marks[0], marks[1]);
  if (answer.length > 0) return judgeAnswer(answer, evidence, context) ?? OK;
  if (received.length > marks[0]!) {
    const en =
      "The answer came only when the client had ended its half: a client that waits for it waits for ever. If a " +
      "message is a line, answer at its end.";
    const zh = "客户端半关闭之后才收到回复：一直等回复的客户端会永远等下去。如果一行是一条消息，读到换行就应该回复。";
    return { verdict: context.form?.frame ? "fail" : "weak", reason: { en, zh }, evidence };
  }
  if (end === "open" && closed === "open") {
    const en =
      "No answer came, and the connection stayed open. Does a person type the answers, or is the message not complete? " +
      "--say gives another one.";
    const zh = "没有收到回复，连接也一直开着。回复是由人输入的吗？还是这条消息不完整？可以用 --say 换一条消息。";
    return unknown({ en, zh });
  }
  if (end !== "open") return { verdict: "fail", reason: NO_ANSWER, evidence };
  const en =
    "No answer came, though the server noticed that the client ended: it may wait for another message (--say), or forget to send.";
  const zh = "没有收到回复，但服务器注意到了客户端的关闭：它可能在等别的消息（--say），或者忘了发送回复。";
  return { verdict: "fail", reason: { en, zh }, evidence };
}

/** An answer that is not as `--answer` says; undefined when it is. */
function judgeAnswer(answer: Uint8Array, evidence: Evidence, context: CaseContext): Finding | undefined {
  if (looksRight(answer, context)) return undefined;
  const pattern = String(context.answer);
  const reason = { en: `The answer does not match ${pattern}.`, zh: `回复与 ${pattern} 不匹配。` };
  const expected = { en: `something that matches ${pattern}`, zh: `与 ${pattern} 匹配的内容` };
  return { verdict: "fail", reason, evidence: { ...evidence, expected } };
}

/** Several messages, each of them answered. */
export async function answersEach(context: CaseContext): Promise<Finding> {
  const { say } = context;
  const played = await listenTo(context, Array.from({ length: MESSAGES }, () => say));
  const { received, marks, said, end, evidence } = played;
  const missing: number[] = [];
  for (let i = 1; i <= said; i++) {
    const answer = received.subarray(marks[i - 1], marks[i]);
    const finding = answer.length > 0 ? judgeAnswer(answer, evidence, context) : undefined;
    if (finding) return finding;
    if (answer.length === 0) missing.push(i);
  }
  if (said < MESSAGES && missing.length === 0) {
    if (end === "reset") return resetAfter(evidence);
    return unknown(ANSWERS_ONCE);
  }
  if (missing.length === 0) return OK;
  const en = `No answer came to message ${
    listed(missing.map(String), "and")
  } of ${MESSAGES}: after an answer, go back to recv().`;
  const zh = `${MESSAGES} 条消息中第 ${missing.join("、")} 条没有收到回复：发出回复后，应该回到 recv() 继续接收。`;
  return { verdict: "fail", reason: { en, zh }, evidence };
}

/** Several messages without waiting: the answers come in their order. */
export async function inOrder(context: CaseContext): Promise<Finding> {
  const { say, form, answer, pauseMs } = context;
  const same = Array.from({ length: MESSAGES }, () => say);
  const different = same.map((_, i) => numbered(context, i + 1)).filter((message) => message !== undefined);
  // What an answer to another message looks like was not said.
  const messages = answer || different.length < MESSAGES ? same : different;
  const comparison = await compare(context, messages, (messages) => {
    const apart = (pauseMs: number): Plan => [{ pieces: messages, pauseMs, said: messages.length }];
    if (messages.length < 2) return [];
    return [apart(pauseMs), apart(Math.min(pauseMs, SHORT_MS)), ...(form?.frame ? [gluedAll(messages)] : [])];
  });
  if (comparison.is === "unknown") return unknown(comparison.reason);
  if (comparison.oracle.said < 2) return unknown(ANSWERS_ONCE);
  if (comparison.is === "same") return OK;
  const { played, difference } = comparison;
  const evidence = { ...played.evidence, expected: comparison.oracle.example, at: difference.at ?? 0 };
  if (!hasAll(played, comparison.oracle)) {
    // Messages that came together are another case's affair.
    if (comparison.index > 0) return OK;
    const en =
      "Some of the answers were missing or different when the messages came without waiting: reply/5 says more.";
    const zh = "连续发送几条消息时，有的回复缺失或变了，看不出顺序：参见 reply/5。";
    return unknown({ en, zh });
  }
  const en = "The answers came in another order than the messages: answer one after the other on each connection.";
  const zh = "回复的顺序和消息的顺序不一致：同一个连接上应该按顺序逐条回复。";
  return { verdict: "fail", reason: { en, zh }, evidence };
}

/** Whether each right answer has come, in whatever order. */
function hasAll({ received }: Played, oracle: Oracle): boolean {
  const right = latin1(oracle.example);
  const sizes = Array.from({ length: oracle.said }, (_, i) => oracle.sizeOf(i + 1));
  let left = latin1(received);
  // A greeting stands before them.
  let at = right.length - sizes.reduce((sum, size) => sum + size, 0);
  for (const size of sizes) {
    const answer = right.slice(at, at += size);
    if (!left.includes(answer)) return false;
    left = left.replace(answer, () => "");
  }
  return true;
}

/** The client ends: so does the server, in order. */
export async function endsInOrder(context: CaseContext): Promise<Finding> {
  await using actor = await greeted(context);
  await ask(actor, context.say, context);
  if (actor.end === "open") {
    await actor.halfClose();
    await actor.ended(context.answerMs);
  }
  const evidence = actor.evidence();
  if (actor.end === "reset") return resetAfter(evidence);
  if (actor.end === "fin") return OK;
  const en =
    "The client sends no more, and the server keeps the connection: when recv() returns b'', close the socket.";
  const zh = "客户端已经不再发送，服务器却没有关闭连接：recv() 返回 b'' 时应该关闭套接字。";
  return { verdict: "fail", reason: { en, zh }, evidence };
}
