/**
 * What `--explain segments/…` says.
 *
 * @module
 */

import type { Explanation } from "../case.ts";
import * as code from "./code/reply.ts";
import { HALF_CLOSE, STREAM, WINDOW } from "./rules.ts";

/** By the names of the cases. */
export const segmentsExplanations: Readonly<Record<string, Explanation>> = {
  "1": {
    sends: {
      en:
        "Your conversation as it is, each message in one write, several times. What differs between these runs (a date, a number) is not compared later.",
      zh: "按原样进行对话，每条消息一次写入，重复几遍。几遍之间不同的地方（日期、编号等）以后不再比较。",
    },
    rule: {
      en:
        "Each connection is a stream of its own (RFC 9293, section 2.2). Whatever one client has left unfinished must not reach another.",
      zh: "每条连接都是独立的字节流（RFC 9293 第 2.2 节），一个客户端没发完的数据不能影响另一个客户端。",
    },
    matters: {
      en:
        "Always: all other cases of this suite compare with it. When the answers differ from run to run (“?”), a variable that all connections share may be the cause.",
      zh: "其他用例都以它为准。如果同样的对话每次得到的回复都不同（“?”），原因可能是所有连接共用了一个变量。",
    },
    ...code.SHARED_BUFFER,
  },
  "2": {
    sends: {
      en:
        "The same conversation, with a message cut in two and a pause between: once for every place where it can be cut.",
      zh: "同样的对话，但把消息切成两段，中间停顿一下；每个可以切分的位置都试一次（半包）。",
    },
    rule: STREAM,
    matters: {
      en:
        "On every network that is not your own machine. recv(4) may return one byte; a file made with makefile() has a read(4) that waits for all four.",
      zh:
        "离开本机环境就会遇到。recv(4) 可能只返回一个字节；用 makefile() 得到的文件对象，read(4) 会等到四个字节都到齐。",
    },
    ...code.CUT_FRAME,
  },
  "3": {
    sends: {
      en:
        "Two messages of the conversation in one write (where there is only one, the same twice). It waits for both answers.",
      zh: "把对话里相邻的两条消息一次写入（粘包；只有一条时发两遍），等待两条回复。",
    },
    rule: STREAM,
    matters: {
      en:
        "With clients that do not wait for each answer. What follows the first message in your buffer must stay there for the next round.",
      zh: "客户端不等回复就继续发送时会遇到。缓冲区里第一条消息后面的数据，必须留给下一轮处理。",
    },
    ...code.GLUED_FRAMES,
  },
  "4": {
    sends: {
      en: "The conversation byte by byte, each in a segment of its own.",
      zh: "把整个对话逐字节发送，每个字节单独一个报文段。",
    },
    rule: STREAM,
    matters: {
      en:
        "With serial converters and with terminals that send each key. A piece that is too short is no error: keep it, and wait for more.",
      zh: "数据来自串口转换器，或者对方逐键输入时会遇到。收到的数据太短并不是错误，要保留下来，等后面的数据。",
    },
    ...code.DROPPED_PIECE,
  },
  "5": {
    sends: {
      en: "Each message in two halves, with a long pause between them.",
      zh: "每条消息分成两半，中间停顿较长时间。",
    },
    rule: {
      en:
        "TCP says nothing about time: a lost segment is sent again after a second or later (RFC 6298, section 2). Silence is not the end of a message.",
      zh: "TCP 不保证时间：丢失的报文段要过一秒甚至更久才会重传（RFC 6298 第 2 节）。没有数据到来，不等于消息结束。",
    },
    matters: {
      en:
        "When a packet is lost, on Wi-Fi and mobile networks. Let a newline or a length say where a message ends; a timeout should end the connection, not the message.",
      zh:
        "Wi-Fi、移动网络丢包时就会遇到。消息的结尾要由换行符或长度决定；超时应当用来断开连接，而不是用来判断消息结束。",
    },
    ...code.PAUSE_IS_END,
  },
  "6": {
    sends: {
      en: "The conversation, but it stops reading for a moment while the longest answer comes.",
      zh: "进行同样的对话，但在最长的回复到来时，先停一会儿再读。",
    },
    rule: WINDOW,
    matters: {
      en:
        "With long answers and slow clients: the end of the answer is missing. sendall() waits until all bytes are taken, or raises when the timeout is over.",
      zh: "回复很长、客户端又读得慢时，回复的结尾会丢失。sendall() 会等到全部写入，超时则抛出异常。",
    },
    ...code.LONG_ANSWER,
  },
  "7": {
    sends: {
      en:
        "The conversation, and FIN (half-close) right after the last message. The last answer must come all the same.",
      zh: "进行同样的对话，最后一条消息之后立即发送 FIN（半关闭），最后一条回复仍应完整到达。",
    },
    rule: HALF_CLOSE,
    matters: {
      en:
        'With nc and with scripts, which close as soon as they have sent. b"" ends your reading, not your sending: answer first, then close.',
      zh: '用 nc 或脚本时，发完就会半关闭。收到 b"" 只表示读完了，还要先把回复发完，再关闭连接。',
    },
    ...code.CLOSED_AT_END,
  },
};
