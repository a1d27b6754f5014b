/**
 * What is said of a server that answers otherwise when its client writes otherwise.
 *
 * @module
 */

import type { Bilingual } from "../../language.ts";
import type { Evidence, Finding, Verdict } from "../finding.ts";
import { OK } from "../verdict.ts";
import type { Comparison, Differing } from "./comparing.ts";
import type { DifferenceKind } from "./oracle.ts";

/** What differs, in a sentence. */
const SEEN: Readonly<Record<DifferenceKind, Bilingual>> = {
  missing: { en: "Bytes of the answer are missing.", zh: "回复缺了一部分。" },
  more: { en: "More came than the answer.", zh: "收到的比完整的回复还多。" },
  other: { en: "The answer is another one.", zh: "回复的内容变了。" },
  ended: {
    en: "The server ended the connection, which it keeps open otherwise.",
    zh: "服务器关闭了连接，而平时它会保持连接。",
  },
  stays: {
    en: "The server keeps the connection open, which it ends otherwise.",
    zh: "服务器没有关闭连接，而平时它会关闭。",
  },
  early: {
    en: "The answer came before all of the message had been sent: the server took its first piece for the whole.",
    zh: "消息还没有发完，回复就来了：服务器把第一段当成了整条消息。",
  },
  reset: {
    en:
      "The answer is right, but the connection ended with a reset: bytes lay unread in the socket when it was closed.",
    zh: "回复是对的，但连接以 RST 结束：关闭套接字时，里面还有没读完的数据。",
  },
};

/** The same for a message in pieces, where what differs shows what the server did. */
const SEEN_OF_PIECES: Partial<Record<DifferenceKind, Bilingual>> = {
  more: {
    en: "Each piece of the message was answered as if it were a message.",
    zh: "每收到一段就回复一次，把半条消息当成了一条。",
  },
};

/** How a case tells what it found out. */
export interface FindingOptions {
  /** What the learner should know, and do. */
  readonly why: Bilingual;
  /** What failed and was tried, where it is counted. */
  readonly tried?: NonNullable<Finding["tries"]>["what"];
  /** Whether a message was sent in pieces. */
  readonly inPieces?: boolean;
  /** What an answer to a first piece is. Default: `weak`, for the bytes are right. */
  readonly early?: Verdict;
  /** The words that show a plan by hand. */
  readonly again?: (index: number) => readonly string[] | undefined;
}

/** Makes a finding of a comparison. */
export function findingOf(comparison: Comparison, options: FindingOptions): Finding {
  if (comparison.is === "unknown") return { verdict: "unknown", reason: comparison.reason };
  if (comparison.is === "same") return OK;
  const { difference: { kind }, failed, of, index } = comparison;
  const { why, tried, inPieces, early = "weak", again } = options;
  const seen = (inPieces && SEEN_OF_PIECES[kind]) || SEEN[kind];
  const words = again?.(index);
  return {
    verdict: kind === "reset" ? "weak" : kind === "early" ? early : "fail",
    reason: kind === "reset" ? seen : { en: `${seen.en} ${why.en}`, zh: `${seen.zh}${why.zh}` },
    evidence: evidenceOf(comparison),
    ...(tried && { tries: { failed, of, what: tried } }),
    ...(words && { again: words }),
  };
}

function evidenceOf({ played, oracle, difference: { at } }: Differing): Evidence {
  return { ...played.evidence, expected: oracle.example, ...(at !== undefined && { at }) };
}
