/**
 * `reply`: a server that replies to each message, whatever it says.
 *
 * @module
 */

import type { CaseContext, Suite } from "../case.ts";
import { compare } from "../comparison/comparing.ts";
import { cutEverywhere, glueTogether } from "../comparison/cutting.ts";
import { findingOf } from "../comparison/differing.ts";
import { halfClosing } from "../comparison/plans.ts";
import type { Finding } from "../finding.ts";
import { answers, answersEach, endsInOrder, inOrder } from "../reply/replies.ts";
import { answersGbk, bearsEmptyLine, bearsLongLine, notSaid } from "../reply/texts.ts";
import { HALF_CLOSED } from "./segments.ts";

/** What cannot be a failure as long as it was not said how a message ends. */
function unlessMeant({ form }: CaseContext, finding: Finding): Finding {
  if (form?.frame || finding.verdict !== "fail" || !finding.reason) return finding;
  return { ...finding, verdict: "weak", reason: notSaid(finding.reason) };
}

/** A message in pieces: an answer to the first one is wrong where it was said that the message goes on. */
async function cutInTwo(context: CaseContext): Promise<Finding> {
  const { say, form } = context;
  return unlessMeant(context, await cutEverywhere(context, [say], form?.frame ? "fail" : "weak"));
}

/** The suite. */
export const reply: Suite = {
  name: "reply",
  title: { en: "a server that replies to each message", zh: "每收到一条消息就回复的服务器" },
  tests: "server",
  hello: ({ say }) => say,
  telling: "1",
  cases: [
    {
      name: "1",
      title: { en: "a message is answered", zh: "消息得到回复" },
      run: answers,
    },
    {
      name: "2",
      title: { en: "each of three messages is answered", zh: "三条消息逐条得到回复" },
      needs: ["1"],
      run: answersEach,
    },
    {
      name: "3",
      title: { en: "the answers come in the order of the messages", zh: "回复的顺序与消息一致" },
      confirms: true,
      run: inOrder,
    },
    {
      name: "4",
      title: {
        en: "a message that arrives in two pieces gets one answer",
        zh: "分两段到达的消息只得到一次回复（半包）",
      },
      needs: ["1"],
      confirms: true,
      run: cutInTwo,
    },
    {
      name: "5",
      title: { en: "two messages that arrive together get two answers", zh: "一起到达的两条消息得到两次回复（粘包）" },
      confirms: true,
      run: async (context) => unlessMeant(context, await glueTogether(context, [context.say, context.say])),
    },
    {
      name: "6",
      title: { en: "a client that ends its half is still answered", zh: "客户端半关闭之后仍能收到回复" },
      confirms: true,
      run: async (context) => {
        const comparison = await compare(context, [context.say], (messages) => [halfClosing(messages)]);
        return findingOf(comparison, { why: HALF_CLOSED });
      },
    },
    {
      name: "7",
      title: { en: "the server closes when the client does, with a FIN", zh: "客户端结束后，服务器以 FIN 关闭连接" },
      run: endsInOrder,
    },
    {
      name: "8",
      title: { en: "Chinese in GBK", zh: "GBK 编码的中文" },
      needs: ["1"],
      harsh: 1,
      run: answersGbk,
    },
    {
      name: "9",
      title: { en: "an empty line", zh: "空行" },
      needs: ["1"],
      run: bearsEmptyLine,
    },
    {
      name: "10",
      title: { en: "a line of 64 KiB", zh: "64 KiB 的一行" },
      needs: ["1"],
      run: bearsLongLine,
    },
  ],
};
