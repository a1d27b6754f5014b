/**
 * Cases of `echo` with one client and the stream: messages arrive cut, glued, byte by byte, or a mebibyte at once.
 *
 * @module
 */

import { encodeText } from "../../text/encode.ts";
import { settledWithin } from "../../wait.ts";
import type { Actor } from "../actor.ts";
import { clientWords } from "../again.ts";
import type { Case, CaseContext } from "../case.ts";
import type { Finding } from "../finding.ts";
import { OK } from "../verdict.ts";
import { arrived, each } from "../waiting.ts";
import { compared } from "./difference.ts";
import { withAgain, withLesson } from "./messages.ts";

/** Nineteen bytes, six of which are two Chinese characters. */
const MESSAGE = "hello world 你好\n";

/** Milliseconds between single bytes, where a program does not send each back at once. */
const BYTE_PAUSE_MS = 10;

/** Bytes of the long stream, in lines of some thousand. */
const STREAM_BYTES = 1024 * 1024;
const LINE_BYTES = 1024;

const LESSON = {
  en: 'recv() returns what has arrived, not what was sent: read on until the line end, or until b"".',
  zh: 'recv() 返回的是已到达的数据，不等于对方一次发送的内容（半包）：要一直读到换行符，或读到 b""。',
};

const INSIDE_CHARACTER = {
  en: "It fails only where a character is cut: collect bytes, and decode them when the line is whole.",
  zh: "只有切在汉字中间时才出错：应该先收集字节，收全一行再解码。",
};

/** Sends a message in two pieces on a connection of its own; the pause between them is in milliseconds. */
async function sendCut(
  context: CaseContext,
  message: Uint8Array,
  at: number,
  pauseMs = context.pauseMs,
): Promise<Finding> {
  await using client = await context.connect();
  const { answerMs } = context;
  await client.send(message.subarray(0, at));
  // Where the first piece comes back at once it has been read alone.
  await client.bytes(at, pauseMs);
  await client.send(message.subarray(at));
  await arrived(client, message.length, context);
  return compared(client, message, answerMs);
}

const EVERY_CUT: Case = {
  name: "4",
  title: { en: "a message that arrives in two pieces", zh: "一条消息分两段到达" },
  needs: ["1"],
  run: async (context) => {
    const message = encodeText(MESSAGE, "utf-8");
    const all = Array.from({ length: message.length - 1 }, (_, index) => index + 1);
    const cuts = context.kind === "one-shot" ? [9] : all;
    const findings = await each(cuts, context.atOnce, (at) => sendCut(context, message, at));
    const failed = cuts.filter((_, index) => findings[index]?.verdict === "fail");
    const first = findings.find(({ verdict }) => verdict === "fail") ??
      findings.find(({ verdict }) => verdict === "weak");
    const cut = failed[0];
    if (!first || cut === undefined) return first ?? OK;
    const lesson = failed.every((at) => isInsideCharacter(message, at)) ? INSIDE_CHARACTER : LESSON;
    return {
      ...withLesson(first, lesson),
      tries: { failed: failed.length, of: cuts.length, what: "cuts" },
      again: clientWords(message, [cut]),
    };
  },
};

const BYTE_BY_BYTE: Case = {
  name: "5",
  title: { en: "a message that arrives byte by byte", zh: "一条消息逐字节到达" },
  needs: ["1", "4"],
  run: async (context) => {
    await using client = await context.connect();
    const { answerMs } = context;
    const message = encodeText(MESSAGE, "utf-8");
    for (let at = 0; at < message.length; at++) {
      await client.send(message.subarray(at, at + 1));
      await client.bytes(at + 1, BYTE_PAUSE_MS);
    }
    await arrived(client, message.length, context);
    return withLesson(compared(client, message, answerMs), LESSON);
  },
};

const GLUED: Case = {
  name: "6",
  title: { en: "two messages that arrive at once", zh: "两条消息粘在一起到达" },
  needs: ["1"],
  run: async (context) => {
    await using client = await context.connect();
    const { answerMs } = context;
    const both = encodeText("first message\nsecond message\n", "utf-8");
    await client.send(both);
    await arrived(client, both.length, context);
    const lesson = {
      en: "One recv() may bring two messages: deal with all that it brought, and go on reading.",
      zh: "一次 recv() 可能收到两条消息（粘包）：要处理收到的全部数据，并继续读。",
    };
    return withAgain(withLesson(compared(client, both, answerMs), lesson), clientWords(both));
  },
};

const MEBIBYTE: Case = {
  name: "7",
  title: { en: "1 MiB, read while it is written", zh: "1 MiB 数据，边写边读" },
  needs: ["1", "4", "6"],
  harsh: 2,
  run: (context) => sendStream(context),
};

const UNREAD_MEBIBYTE: Case = {
  name: "8",
  title: { en: "1 MiB, written before anything is read", zh: "1 MiB 数据，写完之后才读" },
  needs: ["1", "4", "6"],
  harsh: 2,
  run: (context) =>
    sendStream(context, async (client, sent) => {
      client.hold(true);
      // A program that stops reading while it cannot write is right: then we must read.
      await settledWithin(sent, context.answerMs / 2);
      client.hold(false);
    }),
};

async function sendStream(
  context: CaseContext,
  before?: (client: Actor, sent: Promise<void>) => Promise<void>,
): Promise<Finding> {
  await using client = await context.connect();
  const { answerMs } = context;
  const stream = streamOf(context);
  const sent = client.send(stream);
  // That the rest was not sent is seen by what did not come back.
  sent.catch(() => {});
  await before?.(client, sent);
  await arrived(client, stream.length, context);
  return compared(client, stream, answerMs);
}

/** Lines that differ, so that a part that is lost or comes twice is seen where it is. */
function streamOf({ random }: CaseContext): Uint8Array {
  const stream = new Uint8Array(STREAM_BYTES);
  for (let at = 0; at < STREAM_BYTES; at += LINE_BYTES) {
    const line = stream.subarray(at, at + LINE_BYTES);
    line.fill(0x61 + Math.floor(random() * 26));
    line.set(encodeText(`${at} `, "utf-8"));
    line[LINE_BYTES - 1] = 0x0a;
  }
  return stream;
}

const INSIDE: Case = {
  name: "13",
  title: { en: "你好, cut inside a character, in UTF-8 and in GBK", zh: "UTF-8 和 GBK 的“你好”，切在字符中间" },
  needs: ["1"],
  harsh: 1,
  run: async (context) => {
    const cutBetween = (pauseMs?: number) => sendCut(context, encodeText("你好\n", "utf-8"), 3, pauseMs);
    if ((await cutBetween()).verdict === "fail") return { verdict: "unknown", reason: CUT_ANYWAY };
    for (const [encoding, cuts] of [["utf-8", [1, 2, 4, 5]], ["gbk", [1, 3]]] as const) {
      const message = encodeText("你好\n", encoding);
      for (const at of cuts) {
        const finding = await sendCut(context, message, at);
        const again = ["client", "--send", "你好\\n", "--escapes", "-e", encoding, "--cut", `${at}`];
        if (finding.verdict !== "fail") continue;
        // A busy program may have read both pieces at once before: now it has the time for the first one. One that answers
        // nothing any more shows nothing about cuts.
        const between = await cutBetween(context.answerMs / 2).catch(() => undefined);
        const bytes = between?.evidence?.received.length ?? 0;
        if (between?.verdict === "fail" && bytes > 0) return { verdict: "unknown", reason: CUT_ANYWAY };
        return withAgain(withLesson(finding, NO_TEXT), again);
      }
    }
    return OK;
  },
};

const CUT_ANYWAY = {
  en: "A message in two pieces does not come back, wherever it is cut: see echo/4.",
  zh: "无论切在哪里，分两段到达的消息都不能完整回来：见 echo/4。",
};

const NO_TEXT = {
  en: "A piece may end inside a character, and may be in another encoding: an echo sends bytes back without decode().",
  zh: "一段数据可能断在字符中间，也可能是别的编码：回显应该直接发回字节，不要 decode()。",
};

function isInsideCharacter(message: Uint8Array, at: number): boolean {
  return ((message[at] ?? 0) & 0xc0) === 0x80;
}

/** The cases about pieces of a stream, and about long ones. */
export const STREAM_CASES: readonly Case[] = [EVERY_CUT, BYTE_BY_BYTE, GLUED, MEBIBYTE, UNREAD_MEBIBYTE, INSIDE];
