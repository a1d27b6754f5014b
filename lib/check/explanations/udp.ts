/**
 * What `--explain udp/…` says.
 *
 * @module
 */

import type { Explanation } from "../case.ts";
import * as code from "./code/udp.ts";

/** By the names of the cases. */
export const udpExplanations: Readonly<Record<string, Explanation>> = {
  "1": {
    sends: {
      en: "Datagrams from three sockets in turn. Each must get the answers to its own, and no others.",
      zh: "用三个套接字轮流发送数据报，各自只应收到自己的回复。",
    },
    rule: {
      en:
        "UDP has no connections. The source port of a datagram is where an answer should go (RFC 768): recvfrom() gives it with the data, anew each time.",
      zh: "UDP 没有连接。数据报的源端口就是回复的目的端口（RFC 768）；每次 recvfrom() 都会连同数据一起返回对方的地址。",
    },
    matters: {
      en: "As soon as a second client comes: its answers go to the first one, and it waits in vain.",
      zh: "第二个客户端一来就会出问题：给它的回复发到了第一个客户端那里，它怎么也等不到。",
    },
    ...code.FIRST_SENDER,
  },
  "2": {
    sends: {
      en: "Several datagrams of different lengths, quickly. Each must be answered by itself.",
      zh: "快速发送几个长短不一的数据报，每一个都应单独得到回复。",
    },
    rule: {
      en:
        "A datagram has a length of its own (RFC 768), and one recvfrom() returns one datagram. They are never joined and never divided; they may be lost or change their order.",
      zh:
        "每个数据报都有自己的长度（RFC 768），一次 recvfrom() 恰好返回一个数据报。UDP 没有粘包和半包，但可能丢失、乱序。",
    },
    matters: {
      en:
        "With habits from TCP: a length before the data, or a buffer that waits for a newline. What is sent in two datagrams is two messages, and one of them may be lost.",
      zh:
        "把 TCP 的做法（先发长度再发数据，或者用缓冲区等换行符）搬到 UDP 上时会遇到：分两个数据报发送就是两条消息，其中一条可能丢失。",
    },
    ...code.DIVIDED,
  },
  "3": {
    sends: {
      en: "An empty datagram, and then one with text. The second must be answered.",
      zh: "先发送一个空数据报，再发送一个有内容的，后者必须得到回复。",
    },
    rule: {
      en:
        'The least length of a UDP datagram is 8, its header alone (RFC 768). So it may be empty, and b"" from recvfrom() is a message, not the end: UDP has no end.',
      zh:
        'UDP 数据报的最小长度是 8，也就是只有首部（RFC 768）。所以空数据报是合法的：recvfrom() 返回 b"" 是一条消息，不是连接结束。',
    },
    matters: {
      en:
        "With port scanners and with programs that send an empty datagram as a sign of life. A server that takes it for the end stops for everyone.",
      zh: "端口扫描器和某些心跳程序会发空数据报。把它当成结束的服务器会停下来，所有人都用不了。",
    },
    ...code.EMPTY,
  },
  "4": {
    sends: {
      en: "A datagram of 60,000 bytes. The answer must not be cut off.",
      zh: "发送一个 60000 字节的数据报，回复不应被截断。",
    },
    rule: {
      en:
        "The length field has 16 bits (RFC 768): over IPv4 at most 65,507 bytes of data. What does not fit into the buffer of recvfrom() is thrown away; the next call does not bring it.",
      zh:
        "长度字段有 16 位（RFC 768），在 IPv4 上最多 65507 字节数据。超出 recvfrom() 缓冲区的部分会被丢弃，下一次调用也拿不到。",
    },
    matters: {
      en:
        "With pictures, DNS and game data: the end is missing, on Linux without an error, on Windows with one (WinError 10040). On the internet keep below the path's MTU, say 1,200 bytes (RFC 8085, section 3.2).",
      zh:
        "传图片或游戏数据时，数据会缺尾部：Linux 上没有任何提示，Windows 上报 WinError 10040。发往外网时不要超过路径 MTU（RFC 8085 第 3.2 节），1200 字节以内比较稳妥。",
    },
    ...code.SMALL_BUFFER,
  },
  "5": {
    sends: {
      en:
        "A datagram from a socket that is closed at once, so that your answer meets a closed port (ICMP). Then another client must be served.",
      zh:
        "发送一个数据报后立即关闭套接字，服务器的回复会遇到已关闭的端口（ICMP 端口不可达）。之后另一个客户端必须照常得到服务。",
    },
    rule: {
      en:
        "UDP must pass ICMP errors on to the program (RFC 1122, section 4.1.3.3). On Windows recvfrom() raises ConnectionResetError (10054), on Linux a connected socket raises ConnectionRefusedError.",
      zh:
        "UDP 必须把 ICMP 错误报告给程序（RFC 1122 第 4.1.3.3 节）。在 Windows 上，recvfrom() 抛出 ConnectionResetError（10054）；在 Linux 上，调用过 connect() 的套接字抛出 ConnectionRefusedError。",
    },
    matters: {
      en:
        "When a client ends before its answer comes. The error belongs to that client only; a server that does not catch it ends for all.",
      zh: "客户端没等回复就退出时会遇到。这个错误只与那个客户端有关，不捕获异常的服务器却会整个退出。",
    },
    ...code.SENDER_GONE,
  },
};
