/**
 * What `--explain echo/…` says.
 *
 * @module
 */

import type { Explanation } from "../case.ts";
import * as code from "./code/echo.ts";
import { CHARACTERS, END, HALF_CLOSE, MANY, RESET, STREAM, UNREAD_RESET, WINDOW } from "./rules.ts";

/** By the names of the cases. */
export const echoExplanations: Readonly<Record<string, Explanation>> = {
  "1": {
    sends: {
      en: "One line of text. It waits for the same bytes, the newline included.",
      zh: "发送一行文本，等待原样返回的字节，包括换行符。",
    },
    rule: {
      en: "An echo server sends back any data that it receives (RFC 862): every byte, and no other.",
      zh: "回显服务器把收到的数据原样发回（RFC 862）：一个字节不少，一个字节不多。",
    },
    matters: {
      en:
        "Always. A client that reads lines waits for ever when the newline is missing. A prefix or a changed letter makes the answer another message.",
      zh: "任何时候都会出问题。按行读取的客户端等不到换行符，就会一直等下去；多了前缀或改了大小写，就不再是回显。",
    },
    ...code.STRIPPED,
  },
  "2": {
    sends: {
      en: "All 256 byte values in a row and a newline, as a picture or a program file may contain them.",
      zh: "依次发送 0 到 255 的全部字节值和一个换行符，图片和可执行文件里就有这样的数据。",
    },
    rule: {
      en:
        "TCP carries octets (RFC 9293, section 2.2), and an echo sends back what it received (RFC 862). Not every sequence of bytes is text: UTF-8 forbids many (RFC 3629, section 3).",
      zh:
        "TCP 传输的是字节（RFC 9293 第 2.2 节），回显要原样发回（RFC 862）。并不是所有字节序列都是文本，许多序列不是合法的 UTF-8（RFC 3629 第 3 节）。",
    },
    matters: {
      en:
        "As soon as a client sends GBK, a picture or anything compressed: bytes vanish, or decode() raises UnicodeDecodeError.",
      zh: "客户端一发送 GBK 文本、图片或压缩数据就会出问题：字节丢失，或者 decode() 抛出 UnicodeDecodeError。",
    },
    ...code.DECODED,
  },
  "3": {
    sends: {
      en: "A message, then FIN (half-close). It waits for the answer, and then for your FIN.",
      zh: "发送一条消息，接着发送 FIN（半关闭），等待完整的回显，再等服务器关闭连接（FIN）。",
    },
    rule: {
      en: HALF_CLOSE.en + " " + UNREAD_RESET.en,
      zh: HALF_CLOSE.zh + UNREAD_RESET.zh,
    },
    matters: {
      en:
        "With nc and with scripts, which send a file and half-close. After a reset they lose the end of the answer: “Connection reset by peer”.",
      zh:
        "用 nc 或脚本发送文件时，它们发完就半关闭。收到 RST 的一方会丢掉回复的结尾，并报错“Connection reset by peer”。",
    },
    ...code.LEFT_UNREAD,
  },
  "4": {
    sends: {
      en:
        "A message of 19 bytes with Chinese in it, in two pieces with a pause between them: once for every place where it can be cut.",
      zh: "发送一条 19 字节、含中文的消息，分成两段，中间停顿一下；每个可以切分的位置都试一次（半包）。",
    },
    rule: STREAM,
    matters: {
      en:
        "On a slow or busy network, and with long messages: the answer ends in the middle. On your own machine it hardly ever shows, and so the mistake lives on.",
      zh: "网络慢、负载高或消息较长时，回复会缺后半截。在本机测试几乎从不出现，所以这个错误往往留到上线以后。",
    },
    ...code.ONE_RECV,
  },
  "5": {
    sends: {
      en: "A message byte by byte, each in a segment of its own.",
      zh: "把一条消息逐字节发送，每个字节单独一个报文段。",
    },
    rule: STREAM,
    matters: {
      en:
        "When someone types in telnet or PuTTY, which send each key at once, and on serial lines behind a converter. What is added for each recv() then stands between all characters.",
      zh:
        "对方用 telnet 或 PuTTY 逐键输入，或数据来自串口转换器时就会这样。如果每次 recv() 都附加内容，每个字符之间都会多出东西。",
    },
    ...code.RECV_IS_LINE,
  },
  "6": {
    sends: {
      en: "Two messages in one write, so that one recv() gets both. It waits for both answers.",
      zh: "一次写入两条消息，服务器一次 recv() 就会收到两条（粘包）。等待两条消息的回显。",
    },
    rule: STREAM,
    matters: {
      en:
        "When a client sends faster than you read: TCP joins small messages by itself (Nagle's algorithm, RFC 9293, section 3.7.4). The second message is lost, or taken for a part of the first.",
      zh:
        "客户端发得比服务器读得快时，TCP 会自动合并小消息（Nagle 算法，RFC 9293 第 3.7.4 节）。后一条消息会丢失，或者被当成前一条的一部分。",
    },
    ...code.FIRST_LINE_ONLY,
  },
  "7": {
    sends: {
      en: "1 MiB, and it reads the answer at the same time.",
      zh: "发送 1 MiB 数据，同时读取回显。",
    },
    rule: {
      en: STREAM.en +
        " The number in recv(1024) is only a maximum: fewer bytes do not mean that it was the last piece.",
      zh: STREAM.zh + "recv(1024) 里的数字只是上限，收到的少于它，并不说明这是最后一段。",
    },
    matters: {
      en: "With every file, picture or long text: it arrives cut off, each time at a different place.",
      zh: "传输文件、图片或长文本时，数据会被截断，而且每次截断的位置都不一样。",
    },
    ...code.SHORT_READ,
  },
  "8": {
    sends: {
      en: "1 MiB, and it reads nothing until all has been written. Then it reads the whole answer.",
      zh: "先写完 1 MiB 数据，其间什么也不读，然后一次读完全部回显。",
    },
    rule: WINDOW,
    matters: {
      en:
        "With clients that send first and read later. send() says how many bytes it took, and it may be fewer than you gave it; sendall() goes on until all are sent.",
      zh:
        "客户端先发完再读时就会遇到。send() 返回实际写入发送缓冲区的字节数，可能少于要发的数据；sendall() 会一直发到全部发完。",
    },
    ...code.SEND_COUNT,
  },
  "9": {
    sends: {
      en: "20 clients connect and send at the same time. Each waits for its own bytes.",
      zh: "20 个客户端同时连接并发送数据，各自等待自己的回显。",
    },
    rule: MANY,
    matters: {
      en:
        "As soon as a second client comes: it waits until the first one leaves. A program that is meant to serve one at a time gets “?” here, not FAIL.",
      zh:
        "第二个客户端一来就会遇到：要等第一个断开才轮到它。如果程序本来就一次只服务一个客户端，这里的结果是“?”，不算失败。",
    },
    ...code.ONE_CLIENT,
  },
  "10": {
    sends: {
      en:
        "One client connects and stays silent, another one stops in the middle of a line. A third sends a line and waits for its answer.",
      zh: "一个客户端连上以后一直不发数据，另一个只发了半行就停住。第三个客户端照常发送一行，等待回显。",
    },
    rule: MANY,
    matters: {
      en:
        "When a client sleeps, loses its network or thinks about its first word. recv() waits for it, and everyone else waits, too.",
      zh: "客户端休眠、断网或迟迟不发数据时，recv() 会一直阻塞在它身上，其他客户端只能跟着等。",
    },
    ...code.SILENT_CLIENT,
  },
  "11": {
    sends: {
      en: "Half a message, then a reset (RST). Afterwards a new client connects and must be served.",
      zh: "发送半条消息，然后重置连接（RST）。接着新的客户端连接上来，服务器必须照常服务。",
    },
    rule: RESET,
    matters: {
      en:
        "When a client crashes, is killed or leaves its network. Without try the exception ends the server, and with it all other clients.",
      zh: "客户端崩溃、被强行结束或掉线时就会发生。不用 try 捕获，这个异常会让整个服务器退出，其他客户端也一起断开。",
    },
    ...code.RESET,
  },
  "12": {
    sends: {
      en: "Hundreds of clients connect and leave at once, without a byte. Then one more must be served.",
      zh: "几百个客户端连上后立即断开，一个字节也不发；然后再来一个客户端，必须照常服务。",
    },
    rule: END,
    matters: {
      en:
        'With port scanners, monitors and impatient people. A loop that does not check for b"" takes a whole processor; sockets that are never closed end in “Too many open files”.',
      zh:
        '端口扫描、健康检查都会这样。循环里不判断 b""，就会空转并占满一个 CPU 核；不关闭套接字，最后会报“Too many open files”。',
    },
    ...code.SPINNING,
  },
  "13": {
    sends: {
      en: "The word 你好, cut inside a character: once in UTF-8, once in GBK. It waits for the same bytes.",
      zh: "发送“你好”，切断在一个汉字中间：UTF-8 一次，GBK 一次。等待原样返回的字节。",
    },
    rule: CHARACTERS,
    matters: {
      en:
        "With any text that is not English: decode() raises UnicodeDecodeError, or � stands where a character was. Decode whole lines, or use an incremental decoder.",
      zh: "收发中文时，decode() 会抛出 UnicodeDecodeError，或者出现乱码“�”。应当收完整行再解码，或者使用增量解码器。",
    },
    ...code.CUT_CHARACTER,
  },
  "14": {
    sends: {
      en: "A message with NUL bytes and with CRLF line ends. It waits for the same bytes.",
      zh: "发送含有 NUL 字节和 CRLF 换行的消息，等待原样返回的字节。",
    },
    rule: {
      en:
        "An echo sends back every byte (RFC 862). To TCP neither NUL nor CR nor LF means anything (RFC 9293, section 2.2).",
      zh: "回显要发回每一个字节（RFC 862）。对 TCP 来说，NUL、CR、LF 都只是普通字节（RFC 9293 第 2.2 节）。",
    },
    matters: {
      en:
        "With clients on Windows and with binary data. Text files turn CRLF into LF; in C, strlen() and printf() stop at the first NUL.",
      zh:
        "客户端在 Windows 上，或者收发二进制数据时就会遇到。文本模式会把 CRLF 变成 LF；在 C 里，strlen() 和 printf() 遇到 NUL 就停。",
    },
    ...code.TEXT_MODE,
  },
  "15": {
    sends: {
      en: "One client sends much and reads nothing. Meanwhile others send a line and wait for their answers.",
      zh: "一个客户端大量发送却不读取，同时其他客户端各发一行，等待回显。",
    },
    rule: WINDOW,
    matters: {
      en:
        "With a client on a bad mobile network, or one that hangs. A loop over all clients stops in sendall() for that one, and all others wait.",
      zh:
        "某个客户端网络很差或卡死时就会遇到。用一个循环轮流处理所有客户端，sendall() 会阻塞在这一个上，其他客户端全都停住。",
    },
    ...code.SLOW_READER,
  },
};
