/**
 * `client/reply`: a client that says something and expects an answer; a client that only listens is one, too.
 *
 * @module
 */

import { concat } from "../../bytes.ts";
import type { Bilingual } from "../../language.ts";
import { encodeText } from "../../text/encode.ts";
import { tailLength } from "../../text/frame_parts.ts";
import { seal } from "../../text/message_form.ts";
import type { CaseContext, Suite } from "../case.ts";
import { type Answers, clientCases, LONG_BYTES } from "../client/cases.ts";
import { encodingOf, placeInCharacter } from "../client/texts.ts";

const REPLY: Answers = {
  answer: (_message, context) => sealed(context.say, context),
  long: (_message, context) => {
    const end = endOf(context);
    return end ? sealed(concat([new Uint8Array(LONG_BYTES - end.length).fill(0x78), end]), context) : FRAMED;
  },
  wide: (message, context) => {
    const end = endOf(context);
    const answer = hasWide(context.say) || !end ? context.say : concat([greeting(message, context), end]);
    const cut = placeInCharacter(answer);
    return cut === undefined ? end ? NARROW : FRAMED : { answer: sealed(answer, context), cut };
  },
  unbounded: ({ say, form }) => {
    const bounded = form?.frame ? form.frame.by !== "gap" : tailLength({ by: "line" }, say) > 0;
    return bounded ? undefined : UNBOUNDED;
  },
};

function sealed(answer: Uint8Array, { form }: CaseContext): Uint8Array {
  return seal(form ?? {}, answer);
}

/** How an answer of any text ends; undefined where its frame does not allow one of any length. */
function endOf({ say, form }: CaseContext): Uint8Array | undefined {
  const frame = form?.frame ?? { by: "line" };
  if (frame.by === "until") return frame.tail;
  if (frame.by !== "line" && frame.by !== "gap") return undefined;
  return say.subarray(say.length - tailLength({ by: "line" }, say));
}

function hasWide(text: Uint8Array): boolean {
  return placeInCharacter(text) !== undefined;
}

/** 你好 as the client would write it; ASCII where its encoding has no Chinese. */
function greeting(message: Uint8Array, { encoding }: CaseContext): Uint8Array {
  try {
    return encodeText("你好", encodingOf(message, encoding));
  } catch {
    return encodeText("hello", encoding);
  }
}

const FRAMED: Bilingual = {
  en: "Only --say tells what an answer looks like with this --frame, and it does not have what this needs.",
  zh: "用了这种 --frame，回复的样子只能由 --say 给出，而它不满足这一项的需要。",
};

const NARROW: Bilingual = {
  en: "The encoding has no Chinese character to cut. Give one that has with -e, or an answer with --say.",
  zh: "这种编码里没有汉字可拆。请用 -e 换一种编码，或用 --say 给出回复。",
};

const UNBOUNDED: Bilingual = {
  en: "The answer has no line end, and no --frame says where one ends: a client cannot tell two of them apart.",
  zh: "回复末尾没有换行符，也没有用 --frame 说明消息边界：客户端无法区分两条回复。",
};

/** The suite. */
export const clientReply: Suite = {
  name: "client/reply",
  title: { en: "a client that says something and expects an answer", zh: "发送数据并等待回复的客户端" },
  tests: "client",
  cases: clientCases(REPLY),
};
