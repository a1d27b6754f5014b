/**
 * What the engine itself says about a case, rather than the case.
 *
 * @module
 */

import type { Bilingual } from "../language.ts";

/** Reasons why a case could not be judged, or what ended it. */
export const REASONS = {
  oneAtATime: { en: "The program serves one client at a time.", zh: "这个程序一次只服务一个客户端。" },
  onlyOne: {
    en: "The program ends after its first client, and this takes several connections.",
    zh: "程序服务完第一个客户端就退出了，而这一项需要多个连接。",
  },
  notAgain: {
    en: "The program ended after its first client. Start it in a loop to have this judged, too.",
    zh: "程序服务完第一个客户端就退出了。用循环反复启动它，就能检查这一项。",
  },
  byHand: {
    en: "Nothing is answered by itself: an operator answers by hand.",
    zh: "程序不会自动回复：回复要靠人在键盘上输入。",
  },
  neverFree: {
    en:
      'When its first client had left, the program served no other one: recv() returned b"", and it did not take that for ' +
      "the end.",
    zh: '第一个客户端离开后，程序不再服务其他客户端：recv() 返回了 b""，程序没有把它当作连接结束。',
  },
  timeOver: { en: "The time of the whole run was over.", zh: "整次检查的时间用完了。" },
  gone: { en: "The program had ended before.", zh: "在此之前程序已经退出。" },
  endedHere: {
    en: "The program ended here: its port refuses connections now.",
    zh: "程序在这一步退出了：端口现在拒绝连接。",
  },
  endedNearby: {
    en: "The program ended during this case, or during one that ran at the same time.",
    zh: "程序在这一项（或同时进行的另一项）期间退出了。",
  },
  unread: {
    en:
      "The answer is complete, but the end came as a reset (RST): unread bytes lay in the socket when it was closed, or " +
      "SO_LINGER is set to 0.",
    zh: "回复是完整的，但连接以 RST 结束：关闭套接字时，里面还有没读完的数据，或者 SO_LINGER 设成了 0。",
  },
  stalledHere: {
    en: "After this, the program answers no client any more.",
    zh: "这一步之后，程序不再回复任何客户端。",
  },
} as const satisfies Record<string, Bilingual>;

/** A case needs another one that has failed. */
export function needed(id: string): Bilingual {
  return { en: `It builds on ${id}, which failed.`, zh: `它以 ${id} 为前提，而 ${id} 没有通过。` };
}

/** The program has been silent since a case. */
export function stalledSince(id: string): Bilingual {
  return { en: `The program has answered nothing since ${id}.`, zh: `从 ${id} 起，程序就不再回复了。` };
}

/** The case took too long. */
export function tooLong(ms: number): Bilingual {
  const seconds = (ms / 1000).toFixed(ms < 10_000 ? 1 : 0);
  return { en: `It was not over after ${seconds} s.`, zh: `${seconds} 秒后仍未结束。` };
}

/** Thrown where a case cannot go on, and the program is not to blame. */
export class Unjudged extends Error {
  /** Why. */
  readonly reason: Bilingual;

  /** Says why. */
  constructor(reason: Bilingual) {
    super(reason.en);
    this.reason = reason;
  }
}
