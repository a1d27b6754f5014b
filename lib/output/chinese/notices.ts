/**
 * What a person should know while a command runs, in Chinese, by the codes of phrases.
 *
 * @module
 */

import type { Phrasebook } from "../translate.ts";

/** Servers, and what is typed there. */
const SERVING: Phrasebook = {
  "is-here": (end) => `已接入：请输入回复，输入 ${end} 结束对话`,
  "may-still-read": (end) => `已发送完毕，可能仍在等待回复；输入 ${end} 结束对话`,
  "waits-in-line": (before) => `正在排队（前面还有 ${before} 个）`,
  "nobody-here": () => "没有客户端在线：未发送",
  "not-sent-why": (why) => `未发送：${why}`,
  "not-sent-unread": () => "未发送：对方还没有读取之前的内容",
  "input-ended": () => "输入已结束，无法再回复；按 Ctrl-C 停止服务器",
  "input-ended-chat": () => "输入已结束，无法再从这里发言；按 Ctrl-C 停止服务器",
  "input-unreadable": (why) => `无法读取输入：${why}`,
  "background": () => "在后台运行时不读取终端；要在这里输入，请依次执行：fg、Ctrl-Z、fg",
  "stdout-closed": () => "标准输出已关闭，不再显示客户端发来的内容",
  "no-line-ends": () => "发来的内容没有换行，其他客户端看不到；--frame gap:50ms 可支持这类客户端",
  "may-not": (peer) => `${peer} 不允许连接`,
  "turned-away": (peer, why) => `${peer} 被拒绝：${why}`,
  "too-many": (what, most) => `${what}过多（上限 ${most}）`,
  "too-many-from": (what, host, most) => `来自 ${host} 的${what}过多（上限 ${most}）`,
  "connections": () => "连接",
  "peers": () => "对端",
  "more-of-host": (count) => `来自该主机的还有 ${count} 次`,
  "of-others": (count) => `来自其他主机的有 ${count} 次`,
  "since": (counts) => `（此后${counts}）`,
  "limit-connection": (count) => `最多 ${count} 个连接`,
  "limit-peer": (count) => `最多 ${count} 个对端`,
  "limit-per-host": (count) => `每个主机：${count}`,
  "any-number": () => "不限",
  "limit-idle": (seconds) => `最多空闲 ${seconds} 秒`,
  "no-limit-idle": () => "空闲时间不限",
  "limit-backlog": (count) => `最多 ${count} 个等待接受`,
  "limit-drain": (seconds) => `停止时可再继续 ${seconds} 秒`,
  "limit-end": (seconds) => `停止时 ${seconds} 秒内结束`,
  "worker-served": (worker, served) => `工作线程 ${worker} ${served}`,
  "draining": (count, seconds) => `正在停止：${count} 个连接最多再保持 ${seconds} 秒；再次发送信号立即结束`,
  "file-waits": (pattern) => `正在等待：${pattern} 一次只能用于一个客户端；文件名中加上 {id} 即可同时用于多个`,
  "is-saved": (path) => `已保存为 ${path}`,
  "did-not-end": (path) => `没有正常结束：收到的内容在 ${path} 中`,
  "browsers": (url) => `浏览器访问 ${url} 加入`,
  "browsers-others": (line, urls) => `${line}；手机和其他机器访问 ${urls}`,
  "browsers-tool": (line, tool) =>
    `${line}；手机上请把 localhost 换成本机的地址，可用 \`${tool}\` 查看，或在这里加上 --allow-sys=networkInterfaces`,
};

/** What is typed at a tap. */
const TAP: Phrasebook = {
  "target-insecure": () => "未检查目标端的身份（--insecure）",
  "tap-unknown": (line) => `未知命令 ${line}；可用的有 /fault RULE、/clear、/list、/close N 和 /reset N`,
  "not-done": (why) => `未执行：${why}`,
  "no-such-connection": (name) => `没有连接 ${name}；/list 可查看全部`,
  "fault-acts": (rule, seed) => `故障规则 ${rule} 已生效；种子 ${seed}`,
  "faults": (seed, rules) => `故障规则（种子 ${seed}）：${rules}`,
  "faults-cleared": (count) => `已清除 ${count} 条故障规则`,
  "no-faults": () => "没有故障规则",
  "no-faults-were": () => "原本就没有故障规则",
  "bytes-up-down": (up, down) => `上行 ${up} B，下行 ${down} B`,
};

/** Clients. */
const CLIENT: Phrasebook = {
  "ask-host": (host) => `主机（${host}）：`,
  "ask-port": () => "端口：",
  "trying-again": (message) => `${message}；正在重试`,
  "again-in": (message, ms) => `${message}；${ms} ms 后重试`,
  "insecure": () => "未检查服务器的身份（--insecure）",
  "no-subprotocol": () => "服务器没有选择子协议",
  "enc-both": (encoding) => `已用 ${encoding} 收发`,
  "enc-two": (write, read) => `已用 ${write} 发送，用 ${read} 接收`,
  "not-changed": (why) => `未更改：${why}`,
  "came-in": (path) => `收到的内容在 ${path} 中`,
  "typed-help": (typed, does) => `${typed} ${does}`,
};

/** What a person can type at a client, by what is typed. */
export const TYPED = {
  "q, /quit": "退出",
  "/enc NAME": "改用其他编码收发；/enc WRITE:READ 分别指定",
  "/hex 01 ff": "发送这些字节",
  "/file PATH": "发送该文件",
  "//text": "发送 /text",
  "/other": "发给对端；聊天室也会收到 /help 和 /enc NAME",
  "/help": "显示这些说明；文字后的 ⏎ 表示它没有换行符",
} as const;

/** Downloads. */
const FETCH: Phrasebook = {
  "already-complete": () => "文件已完整",
  "not-modified": () => "内容未修改：不保存",
  "in-parts": () => "服务器分段发送正文：正在逐段请求",
  "retry-in": (message, seconds) => `${message}；${seconds} 秒后重试`,
  "retry-anew": (message, seconds) => `${message}；${seconds} 秒后从头重试`,
  "no-last-modified": () => "服务器没有发送 Last-Modified：文件时间为当前时间",
  "charset": () => "部分字节不符合网页的字符集，已替换为 U+FFFD；用 -e NAME 指定其他编码",
  "beginning-again": (bytes, why) => `放弃已收到的 ${bytes} 字节，从头开始：${why}`,
  "warn-resume": (why) => `如果中途断开，--resume 只能从头开始：${why}`,
  "kept": (bytes, path) => `已收到的 ${bytes} 字节保存在 ${path} 中`,
  "resume-goes-on": () => "：--resume 可继续下载",
  "resume-anew": (why) => `，但 --resume 只能从头开始：${why}`,
  "not-continued": (bytes, path) => `${path} 中的 ${bytes} 字节无法续传：没有记录表明它们属于该文件`,
  "note-unsaved": () => "续传记录未能保存",
  "asked-range": () => "-H 指定了范围",
  "answer-method": (method) => `这是对 ${method} 请求的响应`,
  "no-parts": () => "服务器不支持分段发送",
  "takes-read": () => "需要 --allow-read",
  "no-version": () => "服务器没有发送强 ETag，也没有同时发送 Last-Modified 和长度",
  "decoded": () => "内容已解码，与服务器发送的不同",
  "longer-part": () => "收到的部分比 Content-Range 声明的长",
  "not-the-rest": () => "响应不是剩余的部分",
};

/** All of it. */
export const NOTICES: Phrasebook = {
  ...SERVING,
  ...TAP,
  ...CLIENT,
  ...FETCH,
  ...Object.fromEntries(Object.entries(TYPED).map(([typed, does]) => [`typed ${typed}`, () => does])),
};
