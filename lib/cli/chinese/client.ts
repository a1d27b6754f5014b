/**
 * The help of `client`, `probe` and `fetch` in Chinese.
 *
 * @module
 */

import { TYPED } from "../../output/chinese/notices.ts";
import type { CommandTexts } from "./texts.ts";

/** The command `client`. */
export const CLIENT: CommandTexts = {
  summary: "连接、发送并显示响应",
  about: "在终端上，你输入的每一行都会发送；管道输入原样发送。发送完最后一条消息后，发送方向保持打开以等待响应：" +
    "直到对端结束，或响应停顿 0.5 秒，或 2 秒内没有开始响应。--wait 和 --expect 可延长等待，--half-close 则立即结束发送。" +
    "--send 和 --expect 交替使用即构成对话；每个 --expect 只匹配上次匹配之后收到的内容。" +
    "ADDRESS 可以是本机端口或 HOST:PORT，前面可加 udp:// 或 tls://，也可以是 unix:/PATH 或 ws://HOST:PORT/PATH（TLS 用 wss://）；" +
    "不写地址时会询问。UDP 上每行是一个数据报，WebSocket 上每行是一条消息。",
  options: {
    "cut": "在这些字节位置把每条消息切开发送，每处停顿 50 ms",
    "send": "原样发送该文本",
    "send-hex": "发送这些字节，例如 '01 ff 0a'",
    "file": "发送该文件",
    "crlf": "行以 CRLF 结尾：输入的行、--send 和管道输入",
    "eol": "输入的行以什么结尾（lf）",
    "escapes": "输入的行和 --send 中的 \\n \\r \\t \\xNN \\u{N} 表示字节",
    "every": "每隔 D 再次发送",
    "count": "发送 N 次（有 --every 时默认不限）",
    "expect": "等待响应匹配；不匹配则退出码为 10",
    "wait": "最后一条消息之后等待响应的时间；对每个 --expect 同样（10s）",
    "half-close": "发送完最后一条消息后立即结束发送",
    "output": "把收到的内容原样保存到文件，不显示",
    "idle": "超过 D 没有收发则停止",
    "deadline": "超过 D 后停止",
    "cert": "tls：客户端自己的证书，PEM，用于要求证书的服务器",
    "header": "ws：发送该头部字段，'Name: value'；Host 等字段只能有一个",
    "join": "udp：加入组播组；%ADDRESS 选择网络接口，%NAME 需要 --allow-sys=networkInterfaces",
    "interface": "udp：从该网络接口发送组播，写地址或名称，与 --join 相同",
    "only-peer": "udp：忽略不是来自 ADDRESS 的数据报",
    "ttl": "udp：IPv4 组播数据报可经过的路由器数（1）",
  },
  typed: { "At a terminal you type": "在终端上可以输入", "TEXT": "要发送的一行文字", ...TYPED },
  examples: {
    "client 9000": "连接本机端口",
    "client example.com 80": "主机和端口分开写",
    "client 9000 --send 你好 -e gbk": "用 GBK 发送一段文本",
    "client 9000 -e gbk:utf-8 --eol none": "用 GBK 发送、UTF-8 接收，发送的行不带换行符",
    "client 9000 --send PING --crlf --expect PONG --wait 2s": "在脚本中检查服务",
    "client 9000 --expect 220 --send QUIT --crlf --expect 221": "一段对话",
    "client 9000 --send tick --every 500ms --count 10": "发送十次",
    "client 9000 --send hello --cut 3": "分两段发送：hel 和 lo",
    "client 9000 --retry 30 --send hi": "等待端口打开",
  },
};

/** The command `probe`. */
export const PROBE: CommandTexts = {
  summary: "查看主机的哪些 TCP 端口开放",
  about:
    "PORT 是一个端口，或 20-25 这样的范围。端口的状态为 open（开放）、closed（拒绝连接）或 filtered（没有响应）。" +
    "全部开放时退出码为 0，否则为 4。-v 还会显示响应的内容：先发言的服务器显示第一行，否则显示证书；" +
    "为此会向不发言的服务器发送 TLS 握手。不探测 UDP 端口：无论开放与否，它们大多没有响应。",
  options: {
    "timeout": "超过 D 没有响应即视为 filtered（3s）",
    "wait-for": "最多等待 D，直到全部开放",
  },
  examples: {
    "probe localhost 9000": "开放时退出码为 0，否则为 4",
    "probe localhost 9000 8000-8088 -v": "多个端口，并显示响应的内容",
    "probe localhost 9000 --wait-for 30s": "等待服务器启动",
  },
};

/** The command `fetch`. */
export const FETCH: CommandTexts = {
  summary: "下载网页：头部显示在终端，正文保存到文件",
  about:
    "正文以服务器给出的文件名保存，否则用地址的最后一段，再否则用网站的名称：http://www.baidu.com/ 保存为 baidu.html。" +
    "先写入 NAME.part，完整后再改名，因此失败时不会影响已有文件。",
  options: {
    "output": "正文保存到该文件；- 表示标准输出",
    "header-output": "把头部保存到该文件，不显示",
    "request": "请求方法：GET、POST、PUT……",
    "header": "发送该头部字段，'Name: value'；Host 等字段只能有一个",
    "data": "发送该正文（POST）；@FILE 发送文件，@- 发送标准输入",
    "user": "登录（Basic），只用于地址中的服务器",
    "cookie": "发送这些 cookie：'a=1; b=2'",
    "cookie-jar": "开始时从该文件读取 cookie，结束时写回",
    "head": "只请求头部",
    "no-follow": "不跟随重定向",
    "max-redirects": "最多跟随的重定向次数（20）",
    "resume": "继续上次未完成的下载",
    "retry": "重试 N 次，每次从中断处继续",
    "allow-truncated": "接受没有以 TLS close_notify 结束的正文",
    "no-clobber": "不替换已有文件",
    "output-dir": "保存到该目录",
    "remote-time": "文件时间设为 Last-Modified",
    "sha256": "期望的 SHA-256；不符时文件保留为 NAME.part",
    "max-size": "最多保存的大小：64k、10m、1g",
    "limit-rate": "每秒字节数：64k、10m",
    "raw": "压缩的正文原样保存",
    "decode": "即使文件本身是压缩包也解压：x.tar.gz",
    "to-utf8": "把任意字符集的文本转换为 UTF-8",
    "show-request": "同时显示请求",
    "timeout": "超过 D 没有收到数据则停止（30s）",
    "max-time": "单次下载超过 D 则停止",
    "ca": "同时信任该 PEM 文件中的证书",
    "insecure": "不检查证书",
    "cert": "客户端证书（PEM），需要 --key",
    "key": "客户端证书的私钥（PEM）",
    "resolve": "访问 HOST:PORT 时连接 ADDR",
    "proxy": "使用该代理：http://、socks5:// 或 socks5h://",
  },
  examples: {
    "fetch http://www.baidu.com/": "显示头部，保存 baidu.html",
    "fetch http://localhost:8000/big.iso --resume --retry 5": "从中断处继续",
    "fetch http://localhost:8000/ -o page.html --to-utf8": "把 GBK 网页存为 UTF-8",
    "fetch http://localhost:8000/ -o - -q": "正文输出到标准输出",
    "fetch http://localhost:8000/ --head --show-request": "只看双方的头部",
  },
};
