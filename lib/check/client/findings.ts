/**
 * What the course of a conversation says about a client, in words.
 *
 * @module
 */

import type { Bilingual } from "../../language.ts";
import type { Finding } from "../finding.ts";
import { OK, unknown } from "../verdict.ts";
import type { Course, Meeting } from "./talk.ts";

/**
 * Judges a client that got an answer in pieces: it must not close the connection, nor go on, before it has all of it.
 *
 * @param length bytes of the whole answer
 * @param advice how to find its end. Default: a line end
 */
export function wholeAnswer(met: Meeting, course: Course, length: number, advice: Bilingual = LOOP): Finding {
  switch (course.went) {
    case "early":
      // A person may have acted just then.
      return met.slow ? unknown(SLOW) : tooEarly(course, length, advice);
    case "unheard":
      return unknown(UNHEARD);
    case "unasked":
      return unknown(UNASKED);
    case "nowhere":
      return unknown(SHOWS_NOTHING);
    case "after":
    case "end":
      return course.prompt ? OK : unknown(SHOWS_NOTHING);
  }
}

function tooEarly(
  { did, sent, evidence }: Course & { went: "early" },
  length: number,
  advice: Bilingual,
): Finding {
  const fact: Bilingual = sent === length
    ? {
      en: `The client closed the connection after ${sent} bytes, before the server had ended the answer.`,
      zh: `客户端收到 ${sent} 字节后就关闭了连接，而服务器还没有结束这次回复。`,
    }
    : did === "left"
    ? {
      en: `The client closed the connection when ${sent} of ${length} bytes had come.`,
      zh: `回复共 ${length} 字节，客户端只收到 ${sent} 字节就关闭了连接。`,
    }
    : {
      en:
        `The client went on to its next message when ${sent} of ${length} bytes had come; the rest will be taken for the ` +
        "next answer.",
      zh: `回复共 ${length} 字节，客户端只收到 ${sent} 字节就发了下一条消息，剩下的部分会被当成下一条回复。`,
    };
  const reason = { en: `${fact.en} ${advice.en}`, zh: fact.zh + advice.zh };
  return { verdict: "fail", reason, evidence: { ...evidence, expected: WAITS } };
}

const LOOP: Bilingual = {
  en:
    "recv() returns what has arrived, not what was sent: read in a loop until the end of the answer, a line end for " +
    'instance, or until b"".',
  zh: 'recv() 返回的是已经到达的数据，不等于对方一次发送的数据：要循环接收，直到回复结束（例如遇到换行符）或收到 b""。',
};

const WAITS: Bilingual = {
  en: "nothing before the whole answer has been sent",
  zh: "整条回复发完之前不应有任何动作",
};

const SLOW: Bilingual = {
  en: "The client first spoke some time after the greeting, so what it did may not be due to the answer.",
  zh: "客户端在收到问候后过了一会儿才发数据，它之后的动作不一定是因为收到了回复。",
};

const UNHEARD: Bilingual = {
  en: "The client closed the connection before any of the answer was sent: it does not wait for one.",
  zh: "回复还没开始发，客户端就关闭了连接：它没有等待回复。",
};

const UNASKED: Bilingual = {
  en: "The client sends without waiting for answers, so the wire does not show when it has read one.",
  zh: "客户端不等回复就继续发送，从网络上看不出它何时读完一条回复。",
};

const SHOWS_NOTHING: Bilingual = {
  en:
    "The client did not go on or end at once when it had the whole answer, as one does that waits for its keyboard: the wire " +
    "does not show what it took for the answer.",
  zh: "客户端收到完整回复后没有马上继续或结束（例如在等键盘输入），从网络上看不出它把什么当成了回复。",
};

/** Judges a client that was sent an answer and the end of the stream. */
export function endsAtFin({ actor }: Meeting, wasOpen: boolean, ended: boolean): Finding {
  if (!wasOpen) return unknown(ENDED_BEFORE);
  if (ended) return OK;
  return { verdict: "fail", reason: IGNORES_FIN, evidence: actor.evidence(CLOSES) };
}

const ENDED_BEFORE: Bilingual = {
  en: "The client ended its direction of the connection before the answer, so its end could not be seen.",
  zh: "客户端在收到回复前就结束了自己这个方向的发送，看不出它何时关闭连接。",
};

const IGNORES_FIN: Bilingual = {
  en:
    "The client stayed connected after the server had closed: it loops on empty reads, or does not notice, as a client " +
    'does that waits for its keyboard. recv() returns b"" when the server sends no more: leave the loop and close then.',
  zh: "服务器已经关闭，客户端却一直不断开：要么在空读里死循环，要么根本没察觉（例如卡在等键盘输入）。" +
    'recv() 返回 b"" 表示对方不再发送：这时应跳出循环并关闭连接。',
};

/** What is expected of a client once the server has closed. */
export const CLOSES: Bilingual = { en: "the client closes the connection", zh: "客户端关闭连接" };

/** Judges what a client did after a reset: nothing of it is seen but that it comes again. */
export function breaksOff(cameAgain: boolean): Finding {
  return cameAgain ? OK : unknown({
    en:
      "After a reset nothing of the client is seen on the wire, and it has not connected again. Start it in a loop: its " +
      "next connection then shows that it ended.",
    zh: "连接被重置后，从网络上看不到客户端的情况，它也没有再次连接。请循环启动客户端：再次连接就说明它正常结束了。",
  });
}

/** Judges a client that got no answer. */
export function gaveUp(ended: boolean, ms: number): Finding {
  const seconds = Math.round(ms / 1000);
  return ended ? OK : unknown({
    en:
      `The client still waited after ${seconds} s. That may be meant; a client that must not hang needs a timeout, in ` +
      "Python settimeout(10).",
    zh:
      `过了 ${seconds} 秒客户端还在等。这可能是有意的；如果不希望它一直卡住，应设置超时，例如 Python 的 settimeout(10)。`,
  });
}

/** The finding about a client that took two answers for one, and so waited for an answer that it had. */
export function findsTheRest({ actor }: Meeting, at: number): Finding {
  return {
    verdict: "fail",
    reason: {
      en:
        "Two answers arrived together, and the client took both for one: it then waited for the second, which it had read " +
        "already. What one recv() returns may hold more than one answer: keep what stands behind the line end.",
      zh: "两条回复粘在一起到达，客户端把它们当成了一条，之后又去等早已读到的第二条（粘包）。" +
        "一次 recv() 可能读到不止一条回复：换行符后面的数据要留给下一次用。",
    },
    evidence: { ...actor.evidence(GOES_ON), at },
  };
}

const GOES_ON: Bilingual = {
  en: "after its second message the client goes on, since it has the answer",
  zh: "发出第二条消息后，客户端应继续往下走，因为回复已经到了",
};
