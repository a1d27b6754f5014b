/**
 * The words of a check's report, in both languages.
 *
 * @module
 */

import type { End, Finding, Verdict } from "../../check/finding.ts";
import type { Language } from "../../language.ts";

/** What a report says besides the texts of the cases. */
export interface ReportWords {
  /** The verdicts. */
  readonly verdicts: Readonly<Record<Verdict, string>>;
  /** The parts of a case that failed. */
  readonly labels: Readonly<Record<"sent" | "expected" | "received" | "why" | "again", string>>;
  /** What was done. */
  readonly steps: Readonly<Record<"half-close" | "close" | "reset", string>>;
  /** So many writes or pauses are not shown. */
  more(count: number): string;
  /** A write of so many bytes, which are not all shown. */
  size(bytes: number): string;
  /** No bytes came. */
  readonly nothing: string;
  /** How the connection ended then. */
  readonly ends: Readonly<Record<Exclude<End, "open">, string>>;
  /** What is wrong at a byte. */
  at(offset: number, what?: string): string;
  /** Bytes are missing: why no more came. */
  readonly missing: Readonly<Record<End, string>>;
  /** A byte is another one than expected, both in hex. */
  wrong(is: string, expected: string): string;
  /** A byte is one too many. */
  readonly surplus: string;
  /** The reason is that of the case above. */
  readonly same: string;
  /** How many ways went wrong. */
  tries(tries: NonNullable<Finding["tries"]>): string;
  /** How many cases got which verdict, and how long it took. */
  summary(counts: Readonly<Record<Verdict, number>>, time: string): string;
  /** Where to read more about a case. */
  readonly hint: string;
  /** Progress: so many are done. */
  progress(done: number, of: number, title: string): string;
  /** The parts of an explanation. */
  readonly explanation: Readonly<Record<"sends" | "rule" | "matters" | "wrong" | "right", string>>;
}

/** By language. */
export const REPORT_WORDS: Readonly<Record<Language, ReportWords>> = {
  en: {
    verdicts: { ok: "ok", weak: "weak", fail: "FAIL", unknown: "?" },
    labels: { sent: "sent", expected: "expected", received: "received", why: "why", again: "again" },
    steps: { "half-close": "FIN", close: "close", reset: "RST" },
    more: (count) => `… ${count} more …`,
    size: (bytes) => ` (${bytes.toLocaleString("en-US")} bytes)`,
    nothing: "nothing",
    ends: { fin: ", then FIN", reset: ", then RST" },
    at: (offset, what) => `byte ${offset}${what === undefined ? "" : `: ${what}`}`,
    missing: {
      open: "the rest did not come",
      fin: "the connection was closed here",
      reset: "the connection was reset here",
    },
    wrong: (is, expected) => `${is} should be ${expected}`,
    surplus: "nothing more was expected",
    same: " (as above)",
    tries: ({ failed, of, what, among }) =>
      among === undefined
        ? `${failed} of ${of} ${what}`
        : `${failed === 0 ? "tried" : `${failed} of`} ${of} of the ${among} ${what}`,
    summary: ({ ok, weak, fail, unknown }, time) =>
      [
        `${ok} ok`,
        `${fail} failed`,
        ...weak > 0 ? [`${weak} weak`] : [],
        ...unknown > 0 ? [`${unknown} could not be judged`] : [],
      ].join(", ") + ` in ${time}`,
    hint: "More about it: ",
    progress: (done, of, title) => `${done} of ${of} done; ${title}`,
    explanation: {
      sends: "What it sends",
      rule: "The rule",
      matters: "When it matters",
      wrong: "Wrong",
      right: "Right",
    },
  },
  zh: {
    verdicts: { ok: "通过", weak: "欠妥", fail: "失败", unknown: "?" },
    labels: { sent: "发送", expected: "期望", received: "收到", why: "原因", again: "重现" },
    steps: { "half-close": "FIN", close: "关闭", reset: "RST" },
    more: (count) => `… 另有 ${count} 段 …`,
    size: (bytes) => `（共 ${bytes.toLocaleString("en-US")} 字节）`,
    nothing: "什么都没有",
    ends: { fin: "，然后是 FIN", reset: "，然后是 RST" },
    at: (offset, what) => `偏移 ${offset}${what === undefined ? "" : `：${what}`}`,
    missing: { open: "后面的数据没有到", fin: "连接在这里被关闭", reset: "连接在这里被重置" },
    wrong: (is, expected) => `${is} 应为 ${expected}`,
    surplus: "这里本应结束",
    same: "（同上）",
    tries: ({ failed, of, what, among }) => {
      const chosen = among === undefined
        ? ""
        : `从 ${among} ${TRIED_ZH[what]}中抽取 ${of} ${TRIED_ZH[what].slice(0, 1)}`;
      if (failed === 0) return chosen;
      const measure = TRIED_ZH[what].slice(0, 1);
      return chosen ? `${chosen}，有 ${failed} ${measure}出错` : `${of} ${TRIED_ZH[what]}中有 ${failed} ${measure}出错`;
    },
    summary: ({ ok, weak, fail, unknown }, time) =>
      [
        `${ok} 项通过`,
        `${fail} 项失败`,
        ...weak > 0 ? [`${weak} 项欠妥`] : [],
        ...unknown > 0 ? [`${unknown} 项无法判断`] : [],
      ].join("，") + `，用时 ${time}`,
    hint: "详细说明：",
    progress: (done, of, title) => `已完成 ${done}/${of}；${title}`,
    explanation: { sends: "测试方法", rule: "规定", matters: "影响", wrong: "错误写法", right: "正确写法" },
  },
};

/** What was tried, with its measure word in front. */
const TRIED_ZH: Readonly<Record<NonNullable<Finding["tries"]>["what"], string>> = {
  cuts: "种切法",
  clients: "个客户端",
};
