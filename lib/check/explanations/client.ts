/**
 * What is the same for `--explain client/echo/…` and `--explain client/reply/…`: all but the words for the answer.
 *
 * @module
 */

import type { Bilingual } from "../../language.ts";
import type { Explanation } from "../case.ts";
import * as code from "./code/client.ts";
import { CHARACTERS, END, RESET, STREAM } from "./rules.ts";

/** The explanations of a client suite, where sockeye is the server: what its answer is, and one of 64 KiB. */
export function explainClient({ en, zh }: Bilingual, long: Bilingual): Readonly<Record<string, Explanation>> {
  return {
    "1": {
      sends: {
        en:
          `It sends ${en} in two pieces with a pause between them, and checks whether your client waits for the second.`,
        zh: `分两段发送${zh}，中间停顿一下，看客户端是否等到第二段（半包）。`,
      },
      rule: STREAM,
      matters: {
        en:
          "On every real network: a client that takes the first recv() for the whole answer shows half of it, and finds the rest in front of the next answer.",
        zh: "真实网络上随时会遇到。把第一次 recv() 当成完整回复的客户端只显示前半截，后半截会混进下一条回复。",
      },
      ...code.ONE_RECV,
    },
    "2": {
      sends: {
        en: `It sends ${en} byte by byte, each in a segment of its own.`,
        zh: `逐字节发送${zh}，每个字节单独一个报文段。`,
      },
      rule: STREAM,
      matters: {
        en:
          "Behind serial converters and with simple servers that write letter by letter. The first recv() returns one byte.",
        zh: "服务器在串口转换器后面，或者逐个字符发送时会遇到。第一次 recv() 只返回一个字节。",
      },
      ...code.ONE_RECV,
    },
    "3": {
      sends: {
        en: `It sends ${en} and the answer to the next message in one write, where it can know what that will be.`,
        zh: `能预知下一条回复时，把${zh}和下一条回复一次写入，客户端会一次收到两条（粘包）。`,
      },
      rule: STREAM,
      matters: {
        en:
          "When a server answers quickly or speaks unasked. Keep one buffer for the whole connection: a new one for each answer throws away what follows.",
        zh: "服务器回复快或主动推送时会遇到。整条连接要共用一个缓冲区，每次回复都新建缓冲区，会丢掉后面的数据。",
      },
      ...code.LOST_BUFFER,
    },
    "4": {
      sends: long,
      rule: {
        en: STREAM.en + " The number in recv(65536) is only a maximum.",
        zh: STREAM.zh + "recv(65536) 里的数字只是上限。",
      },
      matters: {
        en:
          "With files, lists and long texts. A larger number in recv() does not help: read until the newline, or until as many bytes as you were told.",
        zh: "接收文件、列表或长文本时会遇到。把 recv() 的数字改大没有用，要一直读到换行符，或者读够约定的长度。",
      },
      ...code.LARGE_RECV,
    },
    "5": {
      sends: {
        en: `It sends half of ${en}, and then FIN. It waits until your client closes, too.`,
        zh: `只发送${zh}的一半就发送 FIN，等待客户端也关闭连接。`,
      },
      rule: END,
      matters: {
        en:
          'Whenever the server stops or closes the connection. A loop that does not check for b"" prints empty lines without end and takes a whole processor.',
        zh: '服务器退出或断开连接时会遇到。循环里不判断 b""，就会不停地打印空行，占满一个 CPU 核。',
      },
      ...code.SPINNING,
    },
    "6": {
      sends: {
        en: `It sends half of ${en}, and then resets the connection (RST).`,
        zh: `只发送${zh}的一半，然后重置连接（RST）。`,
      },
      rule: RESET,
      matters: {
        en:
          "When the server crashes or a router forgets the connection. Users should read that the connection broke, not a traceback, and not half an answer.",
        zh: "服务器崩溃，或者路由器丢弃连接时会遇到。应当告诉用户连接断开了，而不是显示一串异常信息或半条回复。",
      },
      ...code.RESET,
    },
    "7": {
      sends: {
        en: "Nothing. It keeps the connection open, and waits until your client gives up.",
        zh: "什么也不发，保持连接不断，看客户端何时放弃等待。",
      },
      rule: {
        en:
          "TCP does not notice by itself that the other side is gone (RFC 9293, section 2.2), and keep-alives are off by default (section 3.8.4). How long to wait is up to the program.",
        zh:
          "对方死机或掉线时，TCP 自己发现不了（RFC 9293 第 2.2 节），keep-alive 默认也是关闭的（第 3.8.4 节）。等多久要由程序决定。",
      },
      matters: {
        en: "When the server hangs, or its cable is pulled out: without a timeout recv() waits for days.",
        zh: "服务器卡死或网线被拔掉时，没有超时的 recv() 会一直等下去。",
      },
      ...code.NO_TIMEOUT,
    },
    "8": {
      sends: {
        en: `It sends ${en} in two pieces, cut inside a Chinese character.`,
        zh: `分两段发送${zh}，断在一个汉字中间。`,
      },
      rule: CHARACTERS,
      matters: {
        en:
          "With any Chinese text: decode() raises, or � stands where a character was. Read a whole line first, then decode it.",
        zh: "收中文时会遇到：decode() 抛出异常，或者出现乱码“�”。应当先收完整行，再解码。",
      },
      ...code.CUT_CHARACTER,
    },
  };
}
