/**
 * What options do that several commands have, in Chinese, by their long names. A command that means something else by a
 * name has its own text.
 *
 * @module
 */

import type { Texts } from "./texts.ts";

/** The options of every command. */
export const COMMON: Texts = {
  "encoding": "收发文本的编码：utf-8（默认）、gbk、big5、shift_jis……",
  "hex": "在文本旁显示十六进制，收发都显示",
  "json": "在标准输出上逐行输出 JSON 事件，供程序读取",
  "time": "每行前显示时间",
  "quiet": "只显示错误",
  "verbose": "显示更多信息",
  "color": "颜色：仅在终端上（auto）、总是、从不",
  "lang": "帮助和消息的语言（默认跟随系统）",
  "help": "显示帮助",
  "version": "显示版本",
};

/** What listens, what is recorded, and how a connection is made. */
export const SHARED: Texts = {
  "frame": "消息的结束规则：line、gap:D、fixed:N、until:HEX、between:HEX,HEX、length:u16be",
  "frame-max": "--frame 或 ws 的最长消息（1m）",
  "checksum": "发送的消息附加校验和，收到的消息检查校验和：NAME[:le|:be][@FROM..TO]",
  "no-data": "只显示连接，不显示内容",
  "once": "只服务一个连接，然后退出",
  "max-connections": "同时的连接数上限（1024）",
  "max-per-host": "每个主机同时的连接数上限（不限）",
  "idle": "断开超过 D 没有发送数据的客户端（不断开；udp 为 60s）",
  "drain": "停止时，允许未空闲的客户端再继续 D（立即结束）",
  "backlog": "等待接受的连接数上限（4096）",
  "allow": "只允许这些网段连接",
  "deny": "禁止这些网段连接，优先于 --allow",
  "genuine": "udp：这些网段的地址不会伪造，不限流量，也不要求令牌",
  "cert": "tls:// 服务器的证书，PEM（默认为本次运行生成一个）",
  "key": "证书的私钥，PEM",
  "client-ca": "tls：只接受由该 PEM 文件中的证书签发的客户端证书",
  "reuse-port": "允许多个服务器共用端口",
  "workers": "分担客户端的线程数，用于多核（1）",
  "record": "把经过的数据录制为 pcapng，供 show 和 Wireshark 使用；TLS 录制为明文",
  "record-max": "超过这个大小后换用新文件，F.pcapng 之后是 F.1.pcapng",
  "fault":
    "干扰经过的数据，对服务器则只干扰响应：delay=100ms~20ms、rate=64k、drop=0.1 等；前面可加 up:、down:、chance=P:",
  "seed": "重复同样的干扰（默认每次运行不同）",
  "connect-timeout": "连接的时限（10s）",
  "retry": "连接失败时重试 N 次，例如等待服务器启动",
  "source": "从本机的这个地址发起连接：ADDR、:PORT 或 ADDR:PORT",
  "ipv4": "只用 IPv4",
  "ipv6": "只用 IPv6",
  "ca": "tls：同时信任该 PEM 文件中的证书",
  "pin": "tls：只信任具有该指纹的证书",
  "insecure": "tls：不检查证书",
  "server-name": "tls：证书必须属于的主机名（默认为所连主机）",
  "header": "发送该头部字段，'Name: value'；Host 等字段只能有一个",
  "subprotocol": "ws：请求使用该子协议",
  "binary": "ws：发送二进制消息，而不是文本消息",
  "text-hex": "用这些字节回复，例如 '01 ff 0a'",
  "stream": "只处理这一个会话，编号见 --list",
};
