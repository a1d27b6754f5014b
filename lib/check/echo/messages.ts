/**
 * Cases of `echo` with one client and one message: which bytes come back, and how the conversation ends.
 *
 * @module
 */

import { sameBytes } from "../../bytes.ts";
import type { Bilingual } from "../../language.ts";
import type { Random } from "../../random.ts";
import { encodeText } from "../../text/encode.ts";
import type { Actor } from "../actor.ts";
import type { Case, CaseContext } from "../case.ts";
import type { Finding } from "../finding.ts";
import { arrived } from "../waiting.ts";
import { compared } from "./difference.ts";

/** A line that no program can know before. */
export function lineOf(random: Random, word = "hello"): Uint8Array {
  return encodeText(`${word} ${Math.floor(random() * 1e6)}\n`, "utf-8");
}

/** Sends a message on a connection of its own and judges what comes back. */
export async function sendAndCompare(context: CaseContext, message: Uint8Array): Promise<Finding> {
  await using client = await context.connect();
  const { answerMs } = context;
  await client.send(message);
  await arrived(client, message.length, context);
  return compared(client, message, answerMs);
}

const ONE_LINE: Case = {
  name: "1",
  title: { en: "one line comes back", zh: "发一行，收到同样的一行" },
  run: async (context) => {
    await using client = await context.connect();
    const { answerMs } = context;
    const line = lineOf(context.random);
    await client.send(line);
    await arrived(client, line.length, context);
    if (client.received.length === 0 && await client.bytes(1, 2 * answerMs)) return late(client, answerMs);
    if (client.received.length === 0 && client.end === "open") {
      await client.halfClose();
      await arrived(client, line.length, { ...context, answerMs: 2 * context.quietMs });
      if (sameBytes(line, client.received)) return onlyAtTheEnd(client.evidence(line));
    } // Something may follow that was not sent.
    else await client.until(({ length }) => length > line.length, context.pauseMs);
    const again = ["client", "--send", `hello\\n`, "--escapes"];
    return withAgain(compared(client, line, answerMs), again);
  },
};

function late(client: Actor, ms: number): Finding {
  const seconds = (ms / 1000).toFixed(1);
  const reason = {
    en: `It came back after more than ${seconds} s: an echo answers at once. Is there a sleep(), or a busy machine?`,
    zh: `超过 ${seconds} 秒才有回复：回显应该立即发回。程序里有 sleep() 吗，还是机器太忙？`,
  };
  return { verdict: "fail", reason, evidence: client.evidence() };
}

function onlyAtTheEnd(evidence: NonNullable<Finding["evidence"]>): Finding {
  const reason = {
    en: "It comes back only when the client says that it sends no more (FIN): the program reads until recv() returns " +
      'b"" before it answers. Send back what each recv() brings.',
    zh: '客户端结束发送（FIN）之后才有回复：程序一直读到 recv() 返回 b"" 才发送。应该每次 recv() 收到多少就发回多少。',
  };
  return { verdict: "fail", reason, evidence };
}

const ALL_BYTES: Case = {
  name: "2",
  title: { en: "all 256 byte values", zh: "全部 256 种字节值" },
  needs: ["1"],
  harsh: 1,
  // A program may collect lines.
  run: (context) => sendAndCompare(context, Uint8Array.from({ length: 257 }, (_, at) => at < 256 ? at : 0x0a)),
};

const HALF_CLOSE: Case = {
  name: "3",
  title: { en: "an answer after the client's half-close, then the end", zh: "客户端半关闭后仍收到回复，然后连接结束" },
  harsh: 1,
  run: async (context) => {
    await using client = await context.connect();
    const { answerMs } = context;
    const line = lineOf(context.random);
    await client.send(line);
    await client.halfClose();
    await arrived(client, line.length, context);
    const again = ["client", "--send", `hello\\n`, "--escapes", "--half-close"];
    const isComplete = sameBytes(line, client.received);
    if (!isComplete && client.end !== "open") {
      return withAgain(withLesson(compared(client, line, answerMs), STILL_OWED), again);
    }
    if (!isComplete || await client.ended(answerMs / 2)) return withAgain(compared(client, line, answerMs), again);
    const reason = {
      en:
        'The client has ended its half, and the program leaves the connection open: recv() returned b"", which means that ' +
        'nothing more will come. Close the connection then; a loop that goes on reads b"" for ever.',
      zh: '客户端已经结束发送，程序却一直不关闭连接：recv() 返回 b"" 表示对方不会再发数据，这时应该关闭；' +
        '否则循环会不停地读到 b""。',
    };
    return { verdict: "fail", reason, evidence: client.evidence(line), again };
  },
};

const STILL_OWED = {
  en: "The client only said that it sends no more: send first what it is owed, then close.",
  zh: "客户端只是不再发送了：应该先发完欠它的回复，再关闭。",
};

const NUL_AND_CRLF: Case = {
  name: "14",
  title: { en: "NUL and CRLF are kept", zh: "NUL 和 CRLF 原样保留" },
  needs: ["1"],
  harsh: 1,
  run: async (context) => {
    const crlf = await sendAndCompare(context, encodeText("one\r\ntwo\r\n", "utf-8"));
    return crlf.verdict === "fail" ? crlf : await sendAndCompare(context, encodeText("a\0b\0\n", "utf-8"));
  },
};

/** Adds how it is shown by hand. */
export function withAgain(finding: Finding, again: Finding["again"]): Finding {
  return finding.verdict === "ok" ? finding : { ...finding, again };
}

/** Adds to the reason of a failure what the learner should know, or what other clients did before. */
export function withLesson(finding: Finding, { en, zh }: Bilingual): Finding {
  const { reason, verdict } = finding;
  if (verdict !== "fail" || !reason) return finding;
  return { ...finding, reason: { en: `${reason.en} ${en}`, zh: `${reason.zh}${zh}` } };
}

/** The cases about which bytes come back, and about the end of a conversation. */
export const MESSAGE_CASES: readonly Case[] = [ONE_LINE, ALL_BYTES, HALF_CLOSE, NUL_AND_CRLF];
