/**
 * The help of `check` in Chinese.
 *
 * @module
 */

import type { CommandTexts } from "./texts.ts";

const ESCAPES = "上述文本中的 \\n \\r \\t \\xNN \\u{N} 表示字节";

/** The command `check`. */
export const CHECK: CommandTexts = {
  summary: "测试你编写的服务器或客户端",
  about: "ADDRESS 是你的服务器的地址：本机端口或 HOST:PORT，前面可加 tls://，也可以是 unix:/PATH。" +
    "check 最多等待它 15 秒，不会替你启动它。在客户端套件中，check 充当服务器：ADDRESS 是它监听的地址，" +
    "每个用例需要启动一次你的客户端。ID 是用例编号，例如 echo/4；chat/* 表示 chat 的全部用例。" +
    "结果为 ok（通过）、weak（长期运行会有问题）、FAIL（失败）或 ?（无法判断）。有用例失败时退出码为 10，否则为 0。",
  title: "套件",
  options: {
    "list": "列出用例，不做测试",
    "explain": "说明某个用例：发送什么、依据什么规则、错误和正确的代码",
    "strict": "weak 也算失败",
    "seed": "重复某次运行的随机选择（默认每次不同）",
    "junit": "同时把结果以 JUnit XML 写入该文件",
    "cert": "tls：客户端自己的证书，PEM，用于要求证书的服务器",
  },
  words: {
    "echo": { summary: "回显服务器" },
    "reply": {
      summary: "对每条消息都回复的服务器",
      options: {
        "say": "客户端原样发送的内容（hello 和换行）",
        "answer": "响应应匹配的格式（任意）",
        "escapes": ESCAPES,
      },
    },
    "chat": {
      summary: "群聊：一个客户端的发言，其他所有人都收到",
      options: { "echo": "客户端也会收到自己的发言" },
    },
    "http": { summary: "HTTP 服务器" },
    "udp": { summary: "对每个数据报都回复的 UDP 服务器" },
    "segments": {
      summary: "任意协议的服务器：同样的字节，在不同位置分包",
      options: {
        "send": "收到上一条的响应后，客户端原样发送该文本",
        "send-hex": "客户端发送这些字节，例如 '01 ff 0a'",
        "file": "客户端发送该文件",
        "escapes": ESCAPES,
        "from": "客户端发送录制或抓包文件（pcapng、pcap）中的内容",
        "stream": "--from 中的会话，编号见 show --list（第一个）",
      },
    },
    "client/echo": { summary: "发送内容并期待原样返回的客户端" },
    "client/reply": {
      summary: "发送内容并期待响应的客户端",
      options: { "say": "服务器原样发送的响应（hello 和换行）", "escapes": ESCAPES },
    },
    "client/http": { summary: "通过 HTTP/1.1 请求网页的客户端" },
  },
  examples: {
    "check echo 9000": "我的回显服务器是否正确？",
    "check echo/4 echo/5 9000 --seed 7": "其中两个用例，使用同样的随机选择",
    "check --list": "列出全部用例",
    "check --explain echo/4": "某个用例的说明，以及错误和正确的代码",
  },
};
