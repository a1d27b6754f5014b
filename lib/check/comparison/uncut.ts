/**
 * Judges a conversation that is said as it is: only a server that answers can be compared with itself.
 *
 * @module
 */

import type { Bilingual } from "../../language.ts";
import type { CaseContext } from "../case.ts";
import type { Evidence, Finding } from "../finding.ts";
import { OK } from "../verdict.ts";
import { UNCOMPARABLE } from "./comparing.ts";
import { Oracle } from "./oracle.ts";
import { listenTo, type Played } from "./playing.ts";

/** How often it is said. */
const TIMES = 3;

/**
 * Says a conversation some times.
 *
 * @throws {Error} what the sockets say
 */
export async function judgeUncut(context: CaseContext, messages: readonly Uint8Array[]): Promise<Finding> {
  const first = await listenTo(context, messages, { stays: true });
  const oracle = new Oracle(first);
  const finding = judgeOne(first, messages.length);
  if (finding) return finding;
  for (let time = 1; time < TIMES && context.kind !== "one-shot"; time++) {
    const run = await listenTo(context, messages, { known: oracle, stays: true });
    if (oracle.judge(run)) oracle.add(run);
  }
  return oracle.tells ? OK : { verdict: "unknown", reason: UNCOMPARABLE.unstable };
}

function judgeOne({ received, said, end, closed, evidence }: Played, count: number): Finding | undefined {
  if (received.length === 0) {
    const reason = end === "open" ? UNCOMPARABLE.silent : NO_ANSWER;
    return { verdict: end === "open" ? "unknown" : "fail", reason, evidence };
  }
  if (said < count) {
    const en = `The server ended the connection after message ${said} of ${count}: the others could not be said.`;
    const zh = `服务器在第 ${said} 条消息（共 ${count} 条）之后关闭了连接，后面的消息没有机会发送。`;
    return { verdict: "unknown", reason: { en, zh }, evidence };
  }
  return closed === "reset" ? resetAfter(evidence) : undefined;
}

/** Why a connection that ended is wrong. */
export const NO_ANSWER: Bilingual = {
  en: "The server ended the connection without an answer.",
  zh: "服务器没有回复就关闭了连接。",
};

/** The connection was closed too soon for a FIN. */
export function resetAfter(evidence: Evidence): Finding {
  const en =
    "The connection ended with a reset: bytes of the client lay unread in the socket when the server closed it.";
  const zh = "连接以 RST 结束：服务器关闭套接字时，客户端发来的数据还没有读完。";
  return { verdict: "weak", reason: { en, zh }, evidence };
}
