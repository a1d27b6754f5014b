/**
 * Judges what a server that replies makes of unusual messages: another encoding, an empty line, a long one.
 *
 * @module
 */

import { latin1 } from "../../bytes.ts";
import type { Bilingual } from "../../language.ts";
import { TextStream } from "../../text/decode.ts";
import { encodeText } from "../../text/encode.ts";
import type { CaseContext, CheckOptions } from "../case.ts";
import { pauseOf } from "../comparison/cutting.ts";
import { quiet } from "../comparison/playing.ts";
import { resetAfter } from "../comparison/uncut.ts";
import type { End, Finding } from "../finding.ts";
import { Unjudged } from "../reasons.ts";
import { OK, unknown } from "../verdict.ts";
import { answerAfter, ask, countMessages, greeted, makeMessage } from "./asking.ts";

/** Bytes of a long line with its end: asyncio refuses a single one more unless it is told otherwise. */
const LONG_BYTES = 64 * 1024;

/** What such a line is made of: what a program makes of it is seen by where it stands in the answer. */
const WORD = "check";

/** Bytes by which an answer may be longer for other reasons, such as a time in it. */
const VARIES_BYTES = 32;

/** Reason where a frame rule gives no form for a message that is made here. */
const NO_FORM = {
  en: "It is not known how such a message looks with this --frame.",
  zh: "不知道在这种 --frame 下这样的消息该是什么样子。",
};

/** Encodings that write Chinese characters as GBK does. */
const LIKE_GBK = ["gbk", "gb18030"];

/** Chinese text in GBK: a program that speaks GBK answers in it, another one survives it. */
export async function answersGbk(context: CaseContext): Promise<Finding> {
  const { encoding } = context;
  const message = makeMessage(encodeText("你好", "gbk"), context);
  if (!message) return unknown(NO_FORM);
  await using actor = await greeted(context);
  const answer = await ask(actor, message, context);
  const evidence = actor.evidence();
  const isGbk = LIKE_GBK.includes(encoding);
  if (answer.length > 0) {
    // Text in UTF-8 may be valid GBK by chance, hardly the other way round.
    const isUtf8 = isText(answer, "utf-8") && answer.some((byte) => byte >= 0x80);
    if (!isGbk || (isText(answer, encoding) && !isUtf8)) return OK;
    const en = `The question was GBK, and the answer is ${
      isUtf8 ? "UTF-8" : "not"
    }: encode with the encoding of the client.`;
    const zh = `发送的是 GBK，回复却${isUtf8 ? "是 UTF-8" : "不是有效的 GBK"}：应使用客户端的编码。`;
    return { verdict: "fail", reason: { en, zh }, evidence };
  }
  const en = "No answer came to 你好 in GBK. decode() throws UnicodeDecodeError for bytes of another encoding";
  const zh = "用 GBK 发送“你好”没有收到回复。遇到其他编码的字节，decode() 会抛出 UnicodeDecodeError";
  if (context.kind !== "one-shot" && !await isServed(context)) {
    const reason = { en: `${en}: here, it ended the whole program.`, zh: `${zh}：这里它让整个程序退出了。` };
    return { verdict: "fail", reason, evidence };
  }
  const mend = isGbk
    ? { en: `${en}: decode with the encoding of the client.`, zh: `${zh}：应使用客户端的编码来解码。` }
    : {
      en: `${en}: say errors="replace", or answer with an error.`,
      zh: `${zh}：可以用 errors="replace"，或回复一条错误信息。`,
    };
  return { verdict: isGbk ? "fail" : "weak", reason: mend, evidence };
}

/** Whether the bytes are valid in an encoding. */
function isText(bytes: Uint8Array, encoding: string): boolean {
  return new TextStream(encoding).all(bytes).invalid === 0;
}

/** Whether the next client is answered. */
async function isServed(context: CaseContext): Promise<boolean> {
  try {
    await using actor = await greeted(context);
    return (await ask(actor, context.say, context)).length > 0;
  } catch (error) {
    if (error instanceof Unjudged) return false;
    throw error;
  }
}

/** An empty message: answered or not, it ends nothing. */
export async function bearsEmptyLine(context: CaseContext): Promise<Finding> {
  const { say, quietMs, form } = context;
  const message = form?.frame?.by === "between" ? makeMessage(new Uint8Array(), context) : lineOf("", context);
  if (!message) return unknown(NO_FORM);
  await using actor = await greeted(context);
  const before = actor.received.length;
  await actor.send(message);
  await actor.bytes(before + 1, quietMs);
  const empty = await answerAfter(actor, before, context);
  if (empty.length > 0) return OK;
  if (actor.end === "open" && (await ask(actor, say, context)).length > 0) return OK;
  const evidence = actor.evidence();
  if (actor.end !== "open") {
    const en =
      "An empty line was taken for the end of the connection. Only b'' from recv() is that: test what was received before " +
      "it is stripped.";
    const zh = "空行被当成了连接结束。只有 recv() 返回 b'' 才表示结束：应该在 strip() 之前判断收到的数据。";
    return { verdict: "fail", reason: { en, zh }, evidence };
  }
  const en = "After an empty line no message was answered any more.";
  const zh = "收到空行之后，服务器就不再回复了。";
  return { verdict: "fail", reason: { en, zh }, evidence };
}

/** A message that no single recv() brings. */
export async function bearsLongLine(context: CaseContext): Promise<Finding> {
  const short = lineOf(WORD, context);
  const content = WORD.repeat((LONG_BYTES - (short?.length ?? 0)) / WORD.length + 1);
  const long = lineOf(content, context);
  if (!short || !long) return unknown(NO_FORM);
  // Two halves: a server that takes a part for the whole does so each time, however much one recv() brings.
  const half = long.length >> 1;
  const { answer, evidence, end } = await askedOnce([long.subarray(0, half), long.subarray(half)], context);
  if (answer.length === 0) return { verdict: "fail", reason: unanswered(end), evidence };
  if (end === "reset") return resetAfter(evidence);
  const usual = await askedOnce([short], context);
  const mistake = misread(answer, usual.answer, content, context);
  if (!mistake) return OK;
  if (context.form?.frame) return { verdict: "fail", reason: mistake, evidence };
  return { verdict: "weak", reason: notSaid(mistake), evidence };
}

/** Asks on a connection of its own, and takes all that comes. */
async function askedOnce(pieces: readonly Uint8Array[], context: CaseContext) {
  const { pauseMs, answerMs, quietMs } = context;
  await using actor = await greeted(context);
  const before = actor.received.length;
  await actor.send(pieces, pauseOf(context, pauseMs));
  await actor.bytes(before + 1, answerMs);
  await quiet(actor, quietMs);
  return { answer: actor.received.subarray(before), evidence: actor.evidence(), end: actor.end };
}

/** What is wrong with the answer to a long line, measured by the one to a short line. */
function misread(answer: Uint8Array, usual: Uint8Array, content: string, context: CaseContext): Bilingual | undefined {
  if (usual.length === 0) return undefined;
  const [count, usually] = [countMessages(answer, context), countMessages(usual, context)];
  const isRepeated = answer.length % usual.length === 0 && answer.every((byte, i) => byte === usual[i % usual.length]);
  const times = isRepeated ? answer.length / usual.length : count && usually ? Math.floor(count / usually) : 1;
  if (times > 1) {
    return {
      en: `A line of 64 KiB was answered ${times} times: recv() returns a part of it, and the line goes on.`,
      zh: `64 KiB 的一行被回复了 ${times} 次：recv() 每次只返回一部分，这一行还没有结束。`,
    };
  }
  // Where the answer repeats what was said, more than that shows that the line was taken for several; less may be meant.
  if (latin1(usual).split(WORD).length !== 2 || !latin1(answer).includes(WORD)) return undefined;
  const more = answer.length - (usual.length - WORD.length + content.length);
  if (more <= VARIES_BYTES) return undefined;
  return {
    en:
      `The answer to a line of 64 KiB is ${more} bytes too long: the line came in parts, and each was answered by itself.`,
    zh: `64 KiB 的一行得到的回复多了 ${more} 字节：这一行分几次到达，每一段都被单独回复了。`,
  };
}

function unanswered(end: End): Bilingual {
  const en = end === "open"
    ? "No answer came to a line of 64 KiB: keep what recv() brings until the line end has come."
    : "The connection ended at a line of 64 KiB, without an answer: answer with an error where there is a limit.";
  const zh = end === "open"
    ? "64 KiB 的一行没有收到回复：应该把 recv() 收到的数据存起来，直到读到换行。"
    : "收到 64 KiB 的一行时，连接没有回复就结束了：如果长度有限制，应该回复一条错误信息。";
  return { en, zh };
}

/** ASCII text as a message. */
function lineOf(text: string, options: CheckOptions): Uint8Array | undefined {
  return makeMessage(encodeText(text, options.encoding), options);
}

/** What is seen, where it may be meant: it was not said how a message ends. */
export function notSaid({ en, zh }: Bilingual): Bilingual {
  return {
    en: `How a message ends was not said: with --frame line this is a mistake. ${en}`,
    zh: `没有说明消息怎样结束：如果一行是一条消息（--frame line），这就是错误。${zh}`,
  };
}
