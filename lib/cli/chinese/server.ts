/**
 * The help of `server` and `tap` in Chinese.
 *
 * @module
 */

import { ROOM_COMMANDS } from "../../output/chinese/room.ts";
import type { CommandTexts } from "./texts.ts";

const { nick, list, msg, me, enc, quit, say, kick, slash } = ROOM_COMMANDS;

/** The command `server`. */
export const SERVER: CommandTexts = {
  summary: "以某种模式同时服务多个客户端",
  about: "ADDRESS 可以是端口（仅限本机）、:PORT（所有网络接口）或 HOST:PORT；端口 0 表示任一空闲端口。" +
    "默认为 127.0.0.1:9000。前面可加 udp://、tls://、ws:// 或 wss://；unix:/PATH 是 Unix 套接字。",
  title: "模式（默认 echo）",
  words: {
    echo: { summary: "原样发回收到的每个字节" },
    reply: {
      summary: "对每条消息回复一段文本或一个文件",
      options: {
        "text": "回复该文本；{addr} {n} {time} {data} 会被替换",
        "text-hex": "回复这些字节，例如 '01 ff 0a'",
        "file": "回复该文件，大小不限",
        "greet": "客户端连接时发送的问候，同样会替换",
        "escapes": "--text 和 --greet 中的 \\n \\r \\t \\xNN \\u{N} 表示字节",
        "delay": "每次回复前等待 D",
        "then": "第一次回复后关闭连接",
      },
    },
    talk: {
      summary: "由你输入回复，一次一个客户端；输入 q 结束对话",
      typed: { "You type": "可以输入", "TEXT": "回复的内容", "q": "结束当前对话，转到下一个客户端" },
    },
    chat: {
      summary: "群聊：每行发给其他所有人",
      options: {
        "rate": "每个连接每秒的消息数，一次最多 M 条（不限；M 为 3N）",
        "log": "把公开的消息追加到文件",
        "history": "新成员可看到最近 N 行（0；有历史文件时为 20）",
        "web": "浏览器也可以从同一端口加入",
        "password": "要求每个客户端输入密码；@FILE 从文件读取",
        "web-host": "除地址和 localhost 之外，浏览器可用的主机名",
        "history-file": "用 SQLite 文件保存消息，重启后仍在",
        "history-max": "文件（100000）或总线（10000）保留的行数",
        "history-age": "总线保留消息的时间（168h）",
        "bus": "用 NATS 连接多台服务器：nats://HOST 或 tls://HOST，也可写 user:password@HOST:PORT,HOST2…",
        "room": "网页和总线上的聊天室名称（chat）",
        "bus-ca": "tls:// 总线的签发机构，PEM",
        "bus-replicas": "NATS 集群中保存聊天室的服务器数（1）",
      },
      typed: {
        "Clients type": "客户端可以输入",
        "You type at the server's terminal": "你在服务器终端上可以输入",
        "TEXT": "发言",
        "/nick NAME": nick,
        "/list": list,
        "/msg NAME TEXT": msg,
        "/me TEXT": me,
        "/enc NAME": enc,
        "/quit [TEXT]": quit,
        "/say TEXT": say,
        "/kick NAME": kick,
        "/help": "显示这些说明",
        "//TEXT": slash,
      },
    },
    discard: {
      summary: "只读取和计数，不发送",
      options: { "output": "保存客户端发来的内容；{id} 是客户端编号，用于多个客户端" },
    },
  },
  examples: {
    "server": "在 127.0.0.1:9000 上回显",
    "server echo :9000": "原样发回收到的每个字节",
    "server reply 8088 --text 'THANK you' --then close --once": "回复一个客户端，然后退出",
    "server talk 9000 -e gbk": "由你用 GBK 输入回复",
    "server chat 8888": "群聊：每行发给其他所有人",
    "server discard 9000": "只读取和计数，不发送",
    "server reply 8088 --text 已收到 -e gbk": "用 GBK 回复每条消息",
    "server reply 9999 --greet Welcome! --text 'Hello, {data}!'": "先问候，再按名字回复",
    "server discard 0 --json": "任一空闲端口，事件输出为 JSON",
  },
};

/** The command `tap`. */
export const TAP: CommandTexts = {
  summary: "查看两个程序之间的通信",
  about: "让客户端连接 LISTEN：它发送的一切转发到 TARGET，响应再转发回来。" +
    "#1 > 表示客户端 1 发给目标端，#1 < 表示目标端发给它。" +
    "两个地址的写法与 server 和 client 相同：端口（仅限本机）、:PORT、HOST:PORT，" +
    "前面可加 tls://、udp://、ws://、wss://，或写 unix:/PATH。",
  options: {
    "server-name": "tls：向目标端请求的主机名（默认为客户端请求的名称，否则为目标主机）",
    "alpn": "tls：双方协商的协议，两侧使用同一个：h2,http/1.1（无）",
    "target-cert": "tls：向目标端出示的证书，PEM",
    "target-key": "tls：该证书的私钥，PEM",
  },
  typed: {
    "You type, at a terminal": "在终端上可以输入",
    "/fault RULE": "添加故障规则，与 --fault 相同，对已有连接也生效",
    "/clear": "清除所有故障规则",
    "/list": "查看故障规则和连接",
    "/close N": "正常关闭连接 N",
    "/reset N": "重置连接 N 的两端",
  },
  examples: {
    "tap 9100 9000": "监听 9100 端口，转发到 9000 端口",
    "tap 8443 tls://example.com:443": "这边明文，那边 TLS",
    "tap tls://:8443 8080": "这边 TLS，那边明文",
    "tap udp://:5353 udp://9.9.9.9:53": "每个数据报发送方是一路会话",
    "tap 9100 9000 --fault delay=100ms~20ms": "模拟慢速网络",
    "tap :9000 unix:/run/app.sock -x": "让网络可访问 Unix 套接字，并显示十六进制",
  },
};
