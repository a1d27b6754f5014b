/**
 * `segments`: whatever the protocol is, the same conversation must bring the same answers however its bytes are cut. An uncut run
 * says what is right.
 *
 * @module
 */

import { concat } from "../../bytes.ts";
import type { Bilingual } from "../../language.ts";
import { clientWords } from "../again.ts";
import type { Case, CaseContext, CheckOptions, Suite } from "../case.ts";
import { compare } from "../comparing.ts";
import { chooseCuts, countCuts, type Cut } from "../cuts.ts";
import { findingOf } from "../differing.ts";
import type { Finding } from "../finding.ts";
import type { Oracle } from "../oracle.ts";
import { bytewise, cutOnce, gluedAll, gluedAt, halfClosing, heldAt, inHalves, type Plan } from "../plans.ts";
import { judgeUncut } from "../uncut.ts";

/** Bytes of one answer that are taken in all by the runs of a case: a long answer is asked for less often. */
const TAKEN_MAX = 64 * 1024 * 1024;

/** The most cuts that are tried of a server that serves many clients at once, and of others. */
const CUTS = { parallel: 64, sequential: 24 } as const;

/** Messages that all cuts of a case say together, at most; and the least cuts. */
const SAID_MAX = 600, CUTS_MIN = 8;

/** Pairs of messages that are glued, one after the other. */
const PAIRS_MAX = 8;

/** Milliseconds of all pauses between single bytes, and the longest one. */
const BYTES_MS = { total: 1_000, pause: 10 } as const;

/** Milliseconds of all pauses between halves, and the longest one: a slow network delays a segment that long. */
const HALVES_MS = { total: 1_500, pause: 1_000 } as const;

/** Milliseconds in which an answer is not read. */
const HELD_MS = 700;

/** Why a message in pieces must be answered as a whole one. */
const PIECES: Bilingual = {
  en:
    "recv() returns what has arrived, not what was sent: a message may come in pieces. Keep the bytes until the message is " +
    "complete - its line end has come, or the length that it says.",
  zh:
    "recv() 返回的是已到达的数据，不是对方一次发送的内容：一条消息可能分几次到达（半包）。先把收到的字节存进缓冲区，" +
    "直到消息完整（读到换行，或读够它声明的长度）再处理。",
};

const GLUED: Bilingual = {
  en: "One recv() may bring two messages: take the first one out of the buffer, and keep the rest for the next.",
  zh: "一次 recv() 可能收到两条消息（粘包）：从缓冲区取出第一条，剩下的字节留给下一条。",
};

const SLOW: Bilingual = {
  en: "A pause within a message is not its end: read on until the message is complete.",
  zh: "消息中间的停顿不代表消息结束：要一直读到消息完整为止。",
};

const HELD: Bilingual = {
  en:
    "The client did not read for a moment. send() may take a part only, or has to wait: use sendall(), and do not give up.",
  zh: "客户端有一小会儿没有接收。send() 可能只发出一部分，也可能要等待：请用 sendall()，不要放弃发送。",
};

const HALF_CLOSED: Bilingual = {
  en:
    "A client that sends no more still reads: b'' from recv() means only that nothing more comes. Answer first, then close.",
  zh: "客户端不再发送，但仍在接收：recv() 返回 b'' 只表示不会再有数据到来。应先把回复发完，再关闭连接。",
};

function said({ conversation, say }: CheckOptions): readonly Uint8Array[] {
  return conversation && conversation.length > 0 ? conversation : [say];
}

/** A case that says the conversation in other ways. */
function variant(
  name: string,
  title: Bilingual,
  why: Bilingual,
  plansOf: (messages: readonly Uint8Array[], context: CaseContext, oracle: Oracle) => Plan[],
  cutsOf?: (message: Uint8Array) => number[],
): Case {
  return {
    name,
    title,
    needs: ["1"],
    confirms: true,
    run: async (context) => {
      const messages = said(context);
      const comparison = await compare(context, messages, (messages, oracle) => plansOf(messages, context, oracle));
      const again = () => messages.length === 1 ? clientWords(messages[0]!, cutsOf?.(messages[0]!)) : undefined;
      return findingOf(comparison, { why, inPieces: cutsOf !== undefined, again });
    },
  };
}

async function everyCut(context: CaseContext): Promise<Finding> {
  const { atOnce, random, pauseMs } = context;
  const messages = said(context);
  let cuts: Cut[] = [];
  let all = 0;
  const comparison = await compare(context, messages, (messages, { example }) => {
    const most = Math.min(
      atOnce > 1 ? CUTS.parallel : CUTS.sequential,
      Math.ceil(SAID_MAX / messages.length),
      Math.ceil(TAKEN_MAX / example.length),
    );
    all = countCuts(messages);
    cuts = chooseCuts(messages, Math.max(CUTS_MIN, most), random);
    return cuts.map((cut) => cutOnce(messages, cut, pauseOf(context, pauseMs)));
  });
  const again = (index: number) => messages.length === 1 ? clientWords(messages[0]!, [cuts[index]!.at]) : undefined;
  const finding = findingOf(comparison, { why: PIECES, tried: "cuts", inPieces: true, again });
  if (comparison.is === "unknown" || cuts.length === all) return finding;
  const tries = { failed: 0, ...finding.tries, of: cuts.length, what: "cuts", among: all } as const;
  return { ...finding, tries };
}

/** A pause that does not end a message where a pause ends messages. */
function pauseOf({ form }: CheckOptions, ms: number): number {
  return form?.frame?.by === "gap" ? Math.min(ms, form.frame.ms / 4) : ms;
}

async function glued(context: CaseContext): Promise<Finding> {
  const given = said(context);
  const messages = given.length > 1 ? given : [...given, ...given];
  let isAlone = false;
  const comparison = await compare(context, messages, (messages) => {
    isAlone = messages.length === 1;
    const pairs = messages.slice(1, 1 + PAIRS_MAX).map((_, i) => gluedAt(messages, i));
    return messages.length > 2 ? [...pairs, gluedAll(messages)] : pairs;
  });
  if (isAlone) {
    const en = "The server ends the connection after one answer: there is no second message to glue to the first.";
    const zh = "服务器回复一次就关闭连接：没有第二条消息可以粘在第一条后面。";
    return { verdict: "unknown", reason: { en, zh } };
  }
  const again = () => messages.length === 2 ? clientWords(concat(messages)) : undefined;
  return findingOf(comparison, { why: GLUED, again });
}

/** The message with the longest answer. */
function largest(messages: readonly Uint8Array[], oracle: Oracle): number {
  return messages.reduce((best, _, i) => oracle.sizeOf(i + 1) > oracle.sizeOf(best + 1) ? i : best, 0);
}

/** The suite. */
export const segments: Suite = {
  name: "segments",
  title: {
    en: "a server of any protocol: the same bytes, cut in other places",
    zh: "任何协议的服务器：同样的字节，换个地方拆开",
  },
  tests: "server",
  hello: (options) => said(options)[0]!,
  cases: [
    {
      name: "1",
      title: { en: "the conversation uncut, three times", zh: "完整的对话，重复三次" },
      run: (context) => judgeUncut(context, said(context)),
    },
    {
      name: "2",
      title: { en: "a message that arrives in two pieces, every cut", zh: "消息分两段到达，每个位置都拆一次" },
      needs: ["1"],
      confirms: true,
      run: everyCut,
    },
    {
      name: "3",
      title: { en: "two messages that arrive together", zh: "两条消息一起到达（粘包）" },
      needs: ["1"],
      confirms: true,
      run: glued,
    },
    variant(
      "4",
      { en: "byte by byte", zh: "逐字节到达" },
      PIECES,
      (messages, context) => [bytewise(messages, BYTES_MS.total, pauseOf(context, BYTES_MS.pause))],
      ({ length }) => Array.from({ length: length - 1 }, (_, i) => i + 1),
    ),
    variant(
      "5",
      { en: "a long pause in the middle of each message", zh: "每条消息中间停顿很久" },
      SLOW,
      (messages, context) => [inHalves(messages, HALVES_MS.total, pauseOf(context, HALVES_MS.pause))],
      ({ length }) => [Math.ceil(length / 2)],
    ),
    variant(
      "6",
      { en: "a client that reads slowly", zh: "接收很慢的客户端" },
      HELD,
      (messages, _, oracle) => [heldAt(messages, largest(messages, oracle), HELD_MS)],
    ),
    variant(
      "7",
      { en: "a client that ends its half right after the last message", zh: "客户端发完最后一条消息就半关闭" },
      HALF_CLOSED,
      (messages) => [halfClosing(messages)],
    ),
  ],
};
