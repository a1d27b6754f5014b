/**
 * `segments`: whatever the protocol is, the same conversation must bring the same answers however its bytes are cut. An uncut run
 * says what is right.
 *
 * @module
 */

import type { Bilingual } from "../../language.ts";
import { clientWords } from "../again.ts";
import type { Case, CaseContext, CheckOptions, Suite } from "../case.ts";
import { compare } from "../comparison/comparing.ts";
import { cutEverywhere, glueTogether, pauseOf, PIECES } from "../comparison/cutting.ts";
import { findingOf } from "../comparison/differing.ts";
import type { Oracle } from "../comparison/oracle.ts";
import { bytewise, halfClosing, heldAt, inHalves, type Plan } from "../comparison/plans.ts";
import { judgeUncut } from "../comparison/uncut.ts";

/** Milliseconds of all pauses between single bytes, and the longest one. */
const BYTES_MS = { total: 1_000, pause: 10 } as const;

/** Milliseconds of all pauses between halves, and the longest one: a slow network delays a segment that long. */
const HALVES_MS = { total: 1_500, pause: 1_000 } as const;

/** Milliseconds in which an answer is not read. */
const HELD_MS = 700;

const SLOW: Bilingual = {
  en: "A pause within a message is not its end: read on until the message is complete.",
  zh: "消息中间的停顿不代表消息结束：要一直读到消息完整为止。",
};

const HELD: Bilingual = {
  en:
    "The client did not read for a moment. send() may take a part only, or has to wait: use sendall(), and do not give up.",
  zh: "客户端有一小会儿没有接收。send() 可能只发出一部分，也可能要等待：请用 sendall()，不要放弃发送。",
};

/** Why a client that ends its half must be answered. */
export const HALF_CLOSED: Bilingual = {
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

/** Two messages at least: the same twice where there is one. */
function several(options: CheckOptions): readonly Uint8Array[] {
  const messages = said(options);
  return messages.length > 1 ? messages : [...messages, ...messages];
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
      run: (context) => cutEverywhere(context, said(context)),
    },
    {
      name: "3",
      title: { en: "two messages that arrive together", zh: "两条消息一起到达（粘包）" },
      needs: ["1"],
      confirms: true,
      run: (context) => glueTogether(context, several(context)),
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
