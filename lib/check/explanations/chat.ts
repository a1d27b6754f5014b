/**
 * What `--explain chat/…` says.
 *
 * @module
 */

import type { Explanation } from "../case.ts";
import * as code from "./code/chat.ts";
import { END, RESET, STREAM, WINDOW } from "./rules.ts";

/** By the names of the cases. */
export const chatExplanations: Readonly<Record<string, Explanation>> = {
  "1": {
    sends: {
      en:
        "One of three clients says a line. The other two must hear it once; the sender must not (with --echo it must).",
      zh: "三个客户端中的一个说一行话。另外两个应各收到一次，说话的人自己不应收到（加了 --echo 则应收到）。",
    },
    rule: {
      en:
        "No RFC says what a group chat is. IRC servers do the same: a message goes to all others in the channel, and not back to its author.",
      zh: "群聊没有统一的标准。IRC 服务器的做法是：消息发给频道里的其他人，不发回给说话的人。",
    },
    matters: {
      en: "Always. A sender that hears itself shows each line twice, once typed and once received.",
      zh: "任何时候都会遇到。说话的人如果也收到自己的话，屏幕上每一行都会出现两次。",
    },
    ...code.HEARERS,
  },
  "2": {
    sends: {
      en:
        "A line in two pieces; between them another client says a line. Every place is tried where the first can be cut.",
      zh: "一行话分两次发送，两次之间另一个客户端也说一行；每个可以切分的位置都试一次（半包）。",
    },
    rule: STREAM,
    matters: {
      en:
        "With telnet and PuTTY, which send each key, and on slow networks: lines of different people are mixed. Collect bytes for each client, and pass on whole lines.",
      zh:
        "对方用 telnet、PuTTY 逐键发送，或网络慢时会遇到：不同人的话混在一起。要为每个客户端单独缓存，收满一行再转发。",
    },
    ...code.RECV_IS_LINE,
  },
  "3": {
    sends: {
      en: "Three clients talk at the same time. Three others must hear all lines in the same order.",
      zh: "三个客户端同时说话，另外三个听到的顺序应当相同。",
    },
    rule: {
      en:
        "TCP keeps the order on each connection (RFC 9293, section 2.2), but not between connections: which line is first is decided by your program, once for all.",
      zh: "TCP 只保证同一条连接内的顺序（RFC 9293 第 2.2 节），不同连接之间谁先谁后由程序决定，而且应当对所有人一致。",
    },
    matters: {
      en:
        "When two people answer at once: some read the answer before the question. One lock around the whole loop makes one order.",
      zh: "两个人同时说话时，有的人会先看到回答、后看到问题。把整个发送循环放进同一把锁里，顺序就一致了。",
    },
    ...code.UNORDERED,
  },
  "4": {
    sends: {
      en:
        "One client talks while others leave. The clients that stay, and one that comes later, must hear every line once.",
      zh: "一个客户端说话的同时，其他客户端陆续离开。留下的和后来加入的，每一行都应收到一次。",
    },
    rule: END,
    matters: {
      en:
        'Whenever someone leaves. A list that is changed while a loop walks it skips the next member; a set raises RuntimeError. A thread that does not check for b"" spins for ever.',
      zh:
        '有人离开时就会遇到。遍历列表时删除元素会跳过下一个成员，遍历集合时删除会抛出 RuntimeError。不判断 b""，线程就会空转。',
    },
    ...code.CHANGED_WHILE_WALKED,
  },
  "5": {
    sends: {
      en: "Some clients reset their connections (RST) while one talks. All others must hear every line.",
      zh: "一个客户端说话的同时，另外几个重置连接（RST）。其余的人每一行都应收到。",
    },
    rule: RESET,
    matters: {
      en:
        "When a laptop is closed or a program killed. The exception hits the thread of the client that talks: the rest of the list hears nothing, and the talker is thrown out.",
      zh: "有人合上笔记本或强行结束程序时会遇到。异常出现在说话者的线程里：列表后面的人收不到，说话的人反而被断开。",
    },
    ...code.DEAD_MEMBER,
  },
  "6": {
    sends: {
      en:
        "One client does not read, and others talk until its buffers are full (9 MiB). The others must go on hearing each other.",
      zh: "一个客户端一直不读数据，其他人不停地说话，直到它的缓冲区被填满（9 MiB）。其他人应当仍能互相收到。",
    },
    rule: WINDOW,
    matters: {
      en:
        "With one phone in a tunnel: the whole room stands still. Give each member a queue and a thread that sends, and drop a member whose queue is full.",
      zh: "只要有一个人的网络卡住，整个聊天室就会停下来。给每个成员一个队列和一个发送线程，队列满了就断开它。",
    },
    ...code.STUCK_READER,
  },
  "7": {
    sends: {
      en: "Two lines in one write. The second looks as if another member had said it.",
      zh: "一次写入两行（粘包），第二行伪装成别人说的话。",
    },
    rule: {
      en: STREAM.en + " So whoever can put a newline into a text can write lines of their own.",
      zh: STREAM.zh + "因此，能在文本里放进换行符，就能伪造出单独的一行。",
    },
    matters: {
      en:
        "With people who play tricks: “admin: send me your passwords”. Put the name before each line, not before each recv(), and take out control characters.",
      zh: "有人可以借此冒充：“管理员：请把密码发给我”。名字要加在每一行前面，而不是每次 recv() 前面，并去掉控制字符。",
    },
    ...code.FORGED,
  },
  "8": {
    sends: {
      en: "A client takes a name that another one has. (A chat without names is not judged.)",
      zh: "一个客户端使用别人已经用了的名字。（没有名字的聊天室不作判断。）",
    },
    rule: {
      en:
        "There is no standard for chats, but IRC has a rule that has proved itself: names are unique, and one that is taken is refused (RFC 2812, sections 1.2.1 and 3.1.2).",
      zh: "聊天室没有统一的标准，IRC 的规则可以参考：昵称唯一，已被占用的昵称会被拒绝（RFC 2812 第 1.2.1、3.1.2 节）。",
    },
    matters: {
      en: "When two people are called the same, or one pretends to be another: nobody knows which of them spoke.",
      zh: "两个人重名，或者有人冒名时，别人分不清是谁在说话。",
    },
    ...code.SAME_NAME,
  },
  "9": {
    sends: {
      en: "20 clients each say several lines at the same time. All must hear all lines of the others, whole and once.",
      zh: "20 个客户端同时各说几行。每个人都应完整地收到别人的每一行，不丢失，也不重复。",
    },
    rule: {
      en: STREAM.en + " What threads share they must change one at a time.",
      zh: STREAM.zh + "多个线程共用的数据，必须加锁修改。",
    },
    matters: {
      en:
        "In a full room: “Set changed size during iteration” ends a thread, and lines are lost. With two clients on your desk it hardly ever shows.",
      zh:
        "人一多就会遇到：抛出“Set changed size during iteration”，线程结束，消息丢失。只用两个客户端测试时几乎从不出现。",
    },
    ...code.NO_LOCK,
  },
  "10": {
    sends: {
      en:
        "Half a line without a newline, and then the client leaves. Then another client says a line, which must stand by itself.",
      zh: "发送半行（没有换行符）就离开。接着另一个客户端说一行，这一行必须是完整独立的一行。",
    },
    rule: END,
    matters: {
      en:
        "When a connection breaks while someone types: “see you at” and the next line of another person become one. Give the half its newline, or leave it out.",
      zh: "有人打字打到一半断线时，这半句会和别人的下一行连在一起。要么给它补上换行符，要么丢掉它。",
    },
    ...code.HALF_LINE,
  },
};
