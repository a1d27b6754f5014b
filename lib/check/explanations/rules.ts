/**
 * Rules of the protocols that several explanations state.
 *
 * @module
 */

import type { Bilingual } from "../../language.ts";

/** TCP knows no messages. */
export const STREAM: Bilingual = {
  en:
    "TCP carries a stream of bytes, not messages. It keeps their order, but one send() may arrive in several recv(), and several send() in one (RFC 9293, sections 2.2 and 3.7).",
  zh:
    "TCP 传输的是字节流，不是消息。字节的顺序不变，但一次 send() 的数据可能要几次 recv() 才能收完（半包），几次 send() 的数据也可能一次 recv() 就收到（粘包）。见 RFC 9293 第 2.2、3.7 节。",
};

/** Each direction ends by itself. */
export const HALF_CLOSE: Bilingual = {
  en:
    "The two directions of a connection end separately. FIN means “I send no more”; the other side may go on sending until it has said everything (RFC 9293, sections 3.6 and 3.6.1).",
  zh:
    "连接的两个方向各自关闭，这就是半关闭。FIN 的意思是“我不再发送了”，另一方仍然可以把该发的数据发完（RFC 9293 第 3.6、3.6.1 节）。",
};

/** To close with unread bytes is to reset. */
export const UNREAD_RESET: Bilingual = {
  en:
    "A program that closes a socket with received bytes still unread makes TCP send RST instead of FIN, “to show that data was lost” (RFC 9293, section 3.6.1).",
  zh:
    "关闭套接字时，如果接收缓冲区里还有没读的数据，TCP 会发送 RST 而不是 FIN，表示有数据丢失（RFC 9293 第 3.6.1 节）。",
};

/** A reset concerns one connection. */
export const RESET: Bilingual = {
  en:
    "RST aborts the connection, and TCP tells the program so (RFC 9293, section 3.5.3): in Python the next recv() or send() raises ConnectionResetError or BrokenPipeError. No other connection is concerned.",
  zh:
    "RST 会立即中止连接，TCP 会通知程序（RFC 9293 第 3.5.3 节）：在 Python 里，下一次 recv() 或 send() 抛出 ConnectionResetError 或 BrokenPipeError。其他连接不受影响。",
};

/** FIN is the end of the stream. */
export const END: Bilingual = {
  en:
    'FIN is the end of the stream (RFC 9293, section 3.6). From then on recv() returns b"", at once and every time; it never means “nothing yet”.',
  zh:
    'FIN 表示数据流结束（RFC 9293 第 3.6 节）。此后 recv() 每次都立即返回空字节串 b""；它表示对方不再发送，而不是“暂时没有数据”。',
};

/** A receiver that does not read makes the sender wait. */
export const WINDOW: Bilingual = {
  en:
    "A receiver that does not read closes its window, and the sender has to keep its bytes until it opens again (RFC 9293, section 3.8.6). Then send() waits, or takes only a part.",
  zh:
    "接收方不读数据，接收窗口就会关闭，发送方必须等窗口重新打开（RFC 9293 第 3.8.6 节）。这时 send() 会阻塞，或者只发出一部分数据。",
};

/** A character may have several bytes. */
export const CHARACTERS: Bilingual = {
  en:
    "A Chinese character has three bytes in UTF-8 (RFC 3629, section 3) and two in GBK. TCP knows only bytes, so a recv() may end inside a character (RFC 9293, section 3.7).",
  zh:
    "一个汉字在 UTF-8 里一般占三个字节（RFC 3629 第 3 节），在 GBK 里占两个。TCP 只认字节，一次 recv() 的数据可能恰好断在一个汉字中间（RFC 9293 第 3.7 节）。",
};

/** A server has to expect slow and silent clients. */
export const MANY: Bilingual = {
  en:
    "A listening socket makes a connection for each client, and connections know nothing of each other (RFC 9293, section 2.2: ports “multiplex distinct flows”). How many are served at once is up to the program.",
  zh:
    "监听套接字为每个客户端建立一条独立的连接（RFC 9293 第 2.2 节）。同时服务几个客户端，由程序自己决定：accept() 之后马上在同一个线程里 recv()，就只能服务一个。",
};
