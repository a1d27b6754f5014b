/**
 * `client/echo`: a client that sends something and expects it back.
 *
 * @module
 */

import type { Suite } from "../case.ts";
import { type Answers, clientCases, LONG_BYTES } from "../client/cases.ts";
import { placeInCharacter } from "../client/texts.ts";

/** An echo server says nothing by itself; many of the tutorials greet, though, and their clients wait for it. */
const GREETING = new TextEncoder().encode("Welcome!\n");

const ECHO: Answers = {
  greeting: GREETING,
  answer: (message) => message,
  long: (message) =>
    message.length >= LONG_BYTES ? message : {
      en:
        `An echo is as long as the message, and this one had ${message.length} bytes. Start the client with a message of ` +
        "64 KiB to have it judged.",
      zh: `回显和消息一样长，而这条消息只有 ${message.length} 字节。要检查这一项，请让客户端发送一条 64 KiB 的消息。`,
    },
  wide: (message) => {
    const cut = placeInCharacter(message);
    return cut !== undefined ? { answer: message, cut } : {
      en: "The message has only ASCII characters. Start the client with a message in Chinese to have it judged.",
      zh: "消息里只有 ASCII 字符。要检查这一项，请让客户端发送一条含汉字的消息。",
    };
  },
};

/** The suite. */
export const clientEcho: Suite = {
  name: "client/echo",
  title: { en: "a client that sends something and expects it back", zh: "发送数据并等待原样返回的客户端" },
  tests: "client",
  cases: clientCases(ECHO),
};
