/**
 * What `--explain reply/…` says.
 *
 * @module
 */

import type { Explanation } from "../case.ts";
import * as code from "./code/reply.ts";
import { CHARACTERS, END, HALF_CLOSE, STREAM, UNREAD_RESET } from "./rules.ts";

/** By the names of the cases. */
export const replyExplanations: Readonly<Record<string, Explanation>> = {
  "1": {
    sends: {
      en:
        "What --say says (by default hello and a newline), and keeps the connection open. It waits for an answer that fits --answer.",
      zh: "发送 --say 指定的内容（默认是 hello 加换行符），保持连接不断，等待与 --answer 相符的回复。",
    },
    rule: END,
    matters: {
      en:
        'With every client that waits for the answer. If you read until b"" before you answer, both sides wait for each other, for ever.',
      zh: '客户端发完后会等回复，并不关闭连接。如果一直读到 b"" 才回复，双方就会互相等待，谁也不动。',
    },
    ...code.WAITS_FOR_END,
  },
  "2": {
    sends: {
      en: "Three messages on one connection, each when the answer to the one before has come.",
      zh: "在同一条连接上发送三条消息，收到上一条的回复后再发下一条。",
    },
    rule: {
      en:
        "A connection carries data in both directions until both sides have closed it (RFC 9293, sections 2.2 and 3.6). How many messages that is, the two programs agree on.",
      zh: "连接可以一直双向传输数据，直到双方都关闭（RFC 9293 第 2.2、3.6 节）。传几条消息，由双方的程序约定。",
    },
    matters: {
      en:
        "When a client says more than one thing: the second message gets no answer, or an error. One recv() and one send() need a loop around them.",
      zh: "客户端不止说一句话时，第二条消息得不到回复，或者直接报错。recv() 和 send() 外面要有循环。",
    },
    ...code.ONE_ANSWER,
  },
  "3": {
    sends: {
      en: "Several messages, one after the other. It checks whether the answers come in the same order.",
      zh: "接连发送几条消息，看回复的顺序是否与消息的顺序一致。",
    },
    rule: {
      en:
        "TCP keeps the order of bytes within a connection (RFC 9293, section 2.2). The order of answers is what your program makes it: nothing in an answer says to which message it belongs.",
      zh:
        "TCP 保证同一条连接里字节的顺序（RFC 9293 第 2.2 节），而回复的顺序由程序决定。回复本身并不说明它对应哪条消息，只能靠顺序。",
    },
    matters: {
      en: "When you give each message a thread or a task: on a busy machine the second may be ready before the first.",
      zh: "为每条消息开一个线程或任务时就可能乱序：机器一忙，后一条可能先处理完。",
    },
    ...code.UNORDERED,
  },
  "4": {
    sends: {
      en:
        "One message in two pieces with a pause between them, once for every cut (--frame says where a message ends). It waits for exactly one answer.",
      zh:
        "把一条消息分两段发送，中间停顿一下，每个位置都切一次（消息在哪里结束由 --frame 指定）。应当只收到一条回复（半包）。",
    },
    rule: STREAM,
    matters: {
      en:
        "On slow networks and with long messages: half a message gets an answer, and its other half a second one. From then on all answers are one too early.",
      zh: "网络慢或消息长时，半条消息就得到一条回复，剩下半条又得到一条，此后所有的回复都对不上。",
    },
    ...code.RECV_IS_MESSAGE,
  },
  "5": {
    sends: {
      en: "Two messages in one write (--frame says where a message ends). It waits for two answers.",
      zh: "一次写入两条消息（消息在哪里结束由 --frame 指定），应当收到两条回复（粘包）。",
    },
    rule: STREAM,
    matters: {
      en:
        "When a client sends faster than you read. Two messages come out of one recv(), get one answer, and the client waits for the other.",
      zh: "客户端发得比服务器读得快时，一次 recv() 收到两条消息，却只回复一条，客户端会一直等另一条。",
    },
    ...code.RECV_IS_MESSAGE,
  },
  "6": {
    sends: {
      en: "A message, and FIN (half-close) at once. It waits for the answer.",
      zh: "发送一条消息，紧接着发送 FIN（半关闭），等待回复。",
    },
    rule: HALF_CLOSE,
    matters: {
      en:
        "With printf 'hello' | nc, and with scripts. b\"\" says that the client sends no more, not that it has left: send what you still owe it, also to a last line without a newline, and then close.",
      zh:
        "用 printf 'hello' | nc 或脚本发送时就会这样。b\"\" 只表示客户端不再发送，并不表示它已离开：先把该发的回复发完（最后一行不一定有换行符），再关闭连接。",
    },
    ...code.CLOSED_AT_END,
  },
  "7": {
    sends: {
      en: "A message. After the answer it half-closes, and waits for your FIN.",
      zh: "发送一条消息，收到回复后半关闭，等待服务器关闭连接（FIN）。",
    },
    rule: UNREAD_RESET,
    matters: {
      en:
        "When a message is longer than your recv(): the client may get “Connection reset by peer” in place of the answer. If you never close, sockets pile up in CLOSE-WAIT.",
      zh:
        "消息比 recv() 的长度还长时，客户端可能收不到回复，只得到“Connection reset by peer”。如果一直不关闭，就会堆积大量 CLOSE_WAIT 状态的连接。",
    },
    ...code.CLOSED_EARLY,
  },
  "8": {
    sends: {
      en: "A Chinese message in GBK. It waits for an answer that is valid GBK.",
      zh: "发送一条 GBK 编码的中文消息，回复也应当是合法的 GBK。",
    },
    rule: CHARACTERS,
    matters: {
      en:
        "With old Windows programs, instruments and serial tools in China. As UTF-8 such bytes raise UnicodeDecodeError, or become ����.",
      zh: "老的 Windows 程序、仪器和串口工具常用 GBK。按 UTF-8 解码会抛出 UnicodeDecodeError，或者显示乱码。",
    },
    ...code.ENCODING,
  },
  "9": {
    sends: {
      en: "An empty line, and then a message. The message must get its answer.",
      zh: "先发送一个空行，再发送一条消息，这条消息必须得到回复。",
    },
    rule: {
      en: 'An empty line is a message of one byte, b"\\n". ' + END.en,
      zh: '空行也是消息，它有一个字节 b"\\n"。' + END.zh,
    },
    matters: {
      en:
        'When a user only presses Enter. Without its newline an empty line looks like the end: test for b"" first, strip afterwards.',
      zh: '用户只按回车时就会遇到。去掉换行符后，空行与连接结束看上去一样：要先判断 b""，再 strip()。',
    },
    ...code.EMPTY_LINE,
  },
  "10": {
    sends: {
      en: "A line of 64 KiB. It waits for one answer.",
      zh: "发送一行 64 KiB 的数据，应当只收到一条回复。",
    },
    rule: {
      en: STREAM.en + " The number in recv(1024) is only a maximum.",
      zh: STREAM.zh + "recv(1024) 里的数字只是上限。",
    },
    matters: {
      en:
        "With long texts, JSON or pictures in Base64: many answers to one message, or half of it is lost. For strangers set a limit: readline(1_000_000).",
      zh:
        "收发长文本、JSON 或 Base64 图片时，一条消息会得到许多条回复，或者丢掉一半。面向外网时要设上限，例如 readline(1_000_000)。",
    },
    ...code.LONG_LINE,
  },
};
