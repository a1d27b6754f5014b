/**
 * Says in words what is wrong with bytes that should have come back as they were sent.
 *
 * @module
 */

import { latin1, sameBytes } from "../../bytes.ts";
import type { Bilingual } from "../../language.ts";
import type { Actor } from "../actor.ts";
import { firstDifference } from "../conversation.ts";
import type { End, Finding } from "../finding.ts";
import { REASONS } from "../reasons.ts";
import { OK } from "../verdict.ts";

/** What came instead of what was expected. */
export interface Seen {
  /** The bytes. */
  readonly received: Uint8Array;
  /** How the connection stood then. */
  readonly end: End;
}

/** A way to go wrong, by what it makes of the right bytes. */
interface Habit {
  readonly fits: (expected: string, received: string) => boolean;
  readonly says: (expected: string, received: string) => Bilingual;
}

/** Bytes that were no UTF-8, after they were decoded and encoded again. */
const REPLACED = "\xef\xbf\xbd";

/** Compared as Latin-1, where a character is a byte. The first that fits is told. */
const HABITS: readonly Habit[] = [
  {
    fits: (expected, received) => received !== expected && received === upper(expected),
    says: () => ({
      en: "It comes back in upper case: an echo sends the same bytes.",
      zh: "回来的内容变成了大写：回显应该原样发回收到的字节。",
    }),
  },
  {
    fits: (expected, received) => /^b['"]/.test(received) && !expected.startsWith("b"),
    says: () => ({
      en: "What comes back is how Python prints bytes: send data itself, not str(data).",
      zh: "发回的是 Python 打印字节串的样子（b'…'）：应该直接发送 data，而不是 str(data)。",
    }),
  },
  {
    fits: (expected, received) => received.length < expected.length && received === expected.trim(),
    says: () => ({
      en: "The line end is missing: the program strips what it reads, by strip() for example.",
      zh: "换行符丢了：程序去掉了收到内容首尾的空白，例如用了 strip()。",
    }),
  },
  {
    fits: (expected, received) => expected.includes("\r\n") && received === expected.replaceAll("\r\n", "\n"),
    says: () => ({
      en: "CRLF came back as LF: the program reads text, where line ends are changed, and not bytes.",
      zh: "CRLF 变成了 LF：程序按文本方式读取，换行符被改写了；应该按字节处理。",
    }),
  },
  {
    fits: (expected, received) => received !== expected && received === expected.replaceAll(/\r?\n/g, "\r\n"),
    says: () => ({
      en: "LF came back as CRLF: the program changes line ends.",
      zh: "LF 变成了 CRLF：程序改写了换行符。",
    }),
  },
  {
    fits: (expected, received) => received.includes(REPLACED) && !expected.includes(REPLACED),
    says: () => ({
      en:
        "Bytes came back as U+FFFD (ef bf bd): the program decodes them as text, and these were none, or not yet whole.",
      zh: "有些字节变成了 U+FFFD（ef bf bd）：程序把字节当文本解码，而它们不是文本，或者字符还没收全。",
    }),
  },
  {
    fits: (expected, received) => received === utf8OfLatin1(expected) && received !== expected,
    says: () => ({
      en: "Each byte above 7f came back as two: the program decodes Latin-1 and encodes UTF-8.",
      zh: "7f 以上的每个字节都变成了两个：程序按 Latin-1 解码，又按 UTF-8 编码。",
    }),
  },
  {
    fits: (expected, received) => expected.includes("\0") && received === expected.slice(0, expected.indexOf("\0")),
    says: () => ({
      en: "What follows the first NUL byte is missing: the program takes the bytes for a C string (strlen, printf).",
      zh: "第一个 NUL 字节之后的内容丢了：程序把收到的字节当成 C 字符串（strlen、printf）处理。",
    }),
  },
  {
    fits: (expected, received) =>
      expected.length > 0 && received.length > expected.length && received.endsWith(expected),
    says: (expected, received) => {
      const before = shown(received.slice(0, -expected.length));
      return {
        en: `${before} stands before what was sent: an echo sends the same bytes, and nothing else.`,
        zh: `回来的内容前面多了 ${before}：回显应该原样发回，不加任何内容。`,
      };
    },
  },
  {
    fits: (expected, received) =>
      expected.length > 0 && received.length > expected.length && received.startsWith(expected),
    says: (expected, received) => {
      const after = shown(received.slice(expected.length));
      return {
        en: `${after} stands after what was sent: an echo sends the same bytes, and nothing else.`,
        zh: `回来的内容后面多了 ${after}：回显应该原样发回，不加任何内容。`,
      };
    },
  },
];

/** Judges whether exactly these bytes have come back on a connection, after so many milliseconds of waiting. */
export function compared(client: Actor, expected: Uint8Array, ms: number): Finding {
  if (!sameBytes(expected, client.received)) {
    return { verdict: "fail", reason: explain(expected, client, ms), evidence: client.evidence(expected) };
  }
  if (client.end !== "reset") return OK;
  return { verdict: "weak", reason: REASONS.unread, evidence: client.evidence(expected) };
}

/**
 * Says what is wrong.
 *
 * @param ms how long was waited, in milliseconds
 */
export function explain(expected: Uint8Array, { received, end }: Seen, ms: number): Bilingual {
  // A C string that begins with its end is empty.
  if (received.length > 0 || expected[0] === 0) {
    const [right, came] = [latin1(expected), latin1(received)];
    const habit = HABITS.find(({ fits }) => fits(right, came));
    if (habit) return habit.says(right, came);
  }
  const isBeginning = firstDifference(expected, received) === received.length && received.length < expected.length;
  return isBeginning ? missing(expected.length, received.length, end, ms) : changed(expected, received);
}

function missing(wanted: number, came: number, end: End, ms: number): Bilingual {
  const isNothing = came === 0;
  const zh = isNothing ? "什么也没有发回" : `只发回了 ${wanted} 字节中的 ${came} 字节`;
  if (end === "open") {
    const seconds = (ms / 1000).toFixed(1);
    const en = isNothing ? "Nothing" : `Only ${came} of ${wanted} bytes`;
    return { en: `${en} came back within ${seconds} s.`, zh: `${seconds} 秒内${zh}。` };
  }
  const en = isNothing ? "before anything came back" : `after ${came} of ${wanted} bytes`;
  if (end === "fin") return { en: `The program closed the connection ${en}.`, zh: `程序关闭了连接，${zh}。` };
  return {
    en: `The connection was reset ${en}: the program crashed here, or closed while bytes lay unread.`,
    zh: `连接被重置（RST），${zh}：程序在这里崩溃了，或者在还有数据没读完时就关闭了连接。`,
  };
}

function changed(expected: Uint8Array, received: Uint8Array): Bilingual {
  const at = firstDifference(expected, received) ?? 0;
  return {
    en: `Other bytes came back than were sent, from byte ${at} on (counted from 0).`,
    zh: `发回的字节与发送的不同，从第 ${at} 字节开始（从 0 数起）。`,
  };
}

function upper(text: string): string {
  return text.replace(/[a-z]/g, (letter) => letter.toUpperCase());
}

function utf8OfLatin1(text: string): string {
  return latin1(new TextEncoder().encode(text));
}

/** A short text in quotation marks. */
function shown(text: string): string {
  const decoded = new TextDecoder().decode(Uint8Array.from(text, (byte) => byte.charCodeAt(0)));
  return JSON.stringify(decoded.length > 30 ? `${decoded.slice(0, 29)}…` : decoded);
}
