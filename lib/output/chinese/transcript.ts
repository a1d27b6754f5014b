/**
 * What a transcript says of connections and downloads, in Chinese, by the codes of phrases.
 *
 * @module
 */

import type { Phrasebook } from "../translate.ts";

/** Where a server listens, and connections that come and go. */
const CONNECTIONS: Phrasebook = {
  "listening": (address) => `正在监听 ${address}`,
  "listening-as": (address, what) => `正在监听 ${address} - ${what}`,
  "goes-to": (target) => `收到的数据转发到 ${target}`,
  "then": (base, stop) => `${base}；${stop}`,
  "then-reach": (base, port, stop) => `${base}；sockeye client ${port}；${stop}`,
  "stops": () => "按 Ctrl-C 停止",
  "this-machine": (address) => `仅限本机访问；${address} 可对其他机器开放`,
  "limits": (limits) => `限制：${limits}`,
  "connected": (label, shown) => `${label} 已连接${shown}`,
  "speaks": (label, shown) => `${label} 发来数据${shown}`,
  "shows": (name) => `，证书为 ${name}`,
  "left": (label, reason, traffic) => `${label} 已断开：${reason}；${traffic}`,
  "forgotten": (label, reason, traffic) => `${label} 不再保留：${reason}；${traffic}`,
  "has-finished": (label) => `${label} 已发送完毕`,
  "peer-finished": () => "对端已发送完毕",
  "finished": () => "已发送完毕",
  "connected-to": (peer, advice) => `已连接 ${peer}${advice}`,
  "speaking-to": (peer, advice) => `正在与 ${peer} 通信${advice}`,
  "q-leaves": () => "；输入 q 退出，/help 查看更多",
  "connection-ended": (reason, traffic) => `连接${reason}；${traffic}`,
  "talk-ended": (reason, traffic) => `会话${reason}；${traffic}`,
  "in-out": (received, sent, time) => `收 ${received}，发 ${sent}，用时 ${time}`,
  "up-down": (up, down, time) => `上行 ${up}，下行 ${down}，用时 ${time}`,
  "served": (served, traffic) => `结束：${served}；${traffic}`,
  "count-connection": (count) => `共 ${count} 个连接`,
  "count-conversation": (count) => `${count} 个会话`,
  "count-peer": (count) => `共 ${count} 个对端`,
  "sockeye": (message) => `sockeye: ${message}`,
  "both": (one, other) => `${one}${other}`,
  "all-of": (...words) => words.join("、"),
  "one-of": (...words) => words.join(" 或 "),
};

/** Why a connection ended, as `连接…` and as `已断开：…`. */
const REASONS: Phrasebook = {
  "closed": () => "正常关闭",
  "closed-by-peer": () => "被对端关闭",
  "closed-by-you": () => "由你关闭",
  "closed-expected": () => "正常关闭：--expect 已全部匹配",
  "closed-wait": () => "正常关闭：等待响应的时间已到",
  "closed-at-terminal": () => "在终端上关闭",
  "reset-at-terminal": () => "在终端上重置",
  "given-up": (why) => `已放弃：${why}`,
  "given-up-by": (kind) => `已放弃（${kind}）`,
  "lost": (why) => `意外断开：${why}`,
  "broken": (why) => `中断：${why}`,
  "idle-for": (seconds) => `空闲超过 ${seconds} 秒`,
  "server-stops": () => "服务器停止",
  "stopped-waiting": () => "服务器不再等待",
  "another-served": () => "已在服务另一个客户端",
  "others-wait": () => "还有客户端在等待",
  "came-else": () => "不是来通信的",
  "handshake-slow": () => "握手耗时过长",
  "reset-by-fault": () => "被故障规则重置",
  "reset-recorded": () => "按录制内容重置",
  "reset-server-recorded": () => "按录制内容被服务器重置",
  "target-unreached": () => "未能连接目标",
  "target-end": (why) => `目标端：${why}`,
  "end-ECONNRESET": () => "被对端重置",
  "end-EPIPE": () => "对端没有读完数据就断开了",
  "end-ECONNABORTED": () => "连接被中止",
  "end-ETIMEDOUT": () => "对端所在的网络没有响应",
  "end-EHOSTUNREACH": () => "已没有到对端的路由",
  "end-ENETUNREACH": () => "网络不可达",
  "end-EAFNOSUPPORT": () => "本机不支持该地址族",
  "end-EPERM": () => "系统不允许",
  "end-truncated": () => "对端断开时没有按 TLS 的要求发送结束通知",
  "end-tls": () => "对端违反了 TLS 协议",
  "capture-ends": () => "抓包到此结束",
  "closed-by-the": (side) => `由${side}关闭`,
  "reset-by-the": (side) => `被${side}重置`,
  "side-client": () => "客户端",
  "side-server": () => "服务器",
};

/** Relayed and captured conversations. */
const CONVERSATIONS: Phrasebook = {
  "client-finished": (id) => `${id} 客户端已发送完毕`,
  "server-finished": (id) => `${id} 服务器已发送完毕`,
  "side-finished": (label, side) => `${label} ${side}已发送完毕`,
  "the-client": () => "客户端",
  "the-target": () => "目标端",
  "side-how": (side, how) => `${side}${how}`,
  "how-fin": () => "先关闭（FIN）",
  "how-reset": () => "重置了连接",
  "how-lost": () => "异常断开",
  "how-unreachable": () => "未能连接",
  "relay-closed": (label, side, counts) => `${label} 已关闭：${side}；${counts}`,
  "conversation-ended": (id, reason, counts) => `${id} ${reason}；${counts}`,
  "peer-connected-to": (label, target) => `${label} 已连接 ${target}`,
  "speaks-to": (label, target) => `${label} 向 ${target} 发送数据`,
  "began-before": (text) => `${text}（抓包开始之前）`,
  "not-captured": (count) => `有 ${count} 字节没有抓到`,
  "upwards": (what) => `${what}，方向：客户端到服务器`,
  "downwards": (what) => `${what}，方向：服务器到客户端`,
  "comment": (text) => `注释：${text}`,
  "times": (count) => `，共 ${count} 次`,
  "file-cut": (at) => `文件在第 ${at} 字节处的块中被截断：已读取此前的内容`,
  "as-recorded": (what, times) => `${what} 的响应与录制的一致${times}`,
};

/** What stands beside messages. */
const REMARKS: Phrasebook = {
  "encoding-hint": (label, encoding, advice) => `${label}这些字节是有效的 ${encoding}：${advice}`,
  "enc-switches": (encoding) => `输入 /enc ${encoding} 可切换`,
  "try-e": (encoding) => `请试试 -e ${encoding}`,
  "count-byte": (count) => `${count} 字节`,
  "not-shown": (count) => `有 ${count} 条消息未显示`,
  "remarks": (...all) => all.join("，"),
  "checksum-ok": () => "校验和正确",
  "checksum-bad": (has, want) => `校验和错误：是 ${has}，应为 ${want}`,
  "none": () => "空",
  "stray": () => "帧以外的多余字节",
  "cut": () => "消息的一部分：整条消息超过了 --frame-max",
  "unfinished": () => "不完整",
  "empty-datagram": (peer) => `收到来自 ${peer} 的空数据报`,
  "empty-message": (peer) => `收到来自 ${peer} 的空消息`,
  "from-other": (peer) => `来自另一个发送方 ${peer}：`,
  "from-again": (peer) => `再次来自 ${peer}：`,
};

/** Downloads and certificates. */
const RESULTS: Phrasebook = {
  "fetched": () => "完成",
  "saved": (file) => `已保存 ${file}`,
  "fetched-in": (result, size, time, rate, digest) => `${result}：${size}，用时 ${time}${rate}${digest}`,
  "time-left": (time) => `剩余 ${time}`,
  "of-total": (done, total) => `${done} / ${total}`,
  "at-rate": (rate) => `，${rate}/s`,
  "certified": (names, day, cert, key, ca, print) =>
    `证书适用于 ${names}，有效期至 ${day}
服务器：sockeye server echo tls://:9443 --cert ${cert} --key ${key}
客户端：sockeye client tls://HOST:9443 --ca ${ca}
  或者：sockeye client tls://HOST:9443 --pin ${print}`,
};

/** All of it. */
export const TRANSCRIPT: Phrasebook = { ...CONNECTIONS, ...REASONS, ...CONVERSATIONS, ...REMARKS, ...RESULTS };
