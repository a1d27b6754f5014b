/**
 * What a chat says to the person at the server, in Chinese, by the codes of phrases. The page for browsers has the same
 * words in `lib/chat/web/page/notes.js`; what goes over the wire to text clients is English.
 *
 * @module
 */

import type { Phrasebook } from "../translate.ts";

/** What commands of the room do. */
export const ROOM_COMMANDS = {
  nick: "修改昵称",
  list: "查看在线成员",
  msg: "私聊",
  me: "描述自己的动作",
  enc: "改用其他编码收发，例如 gbk",
  quit: "退出聊天室",
  say: "发送以 / 开头的内容",
  kick: "移出成员",
  slash: "发送 /TEXT",
} as const;

/** The room. */
export const ROOM: Phrasebook = {
  "room": (text) => `*** ${text}`,
  "room-join": (name) => `${name} 加入了聊天室`,
  "room-joined": (names, more) => `${names} 等加入了聊天室，另有 ${more} 人`,
  "room-leave": (name, how, words) => `${name} ${how}${words === "" ? "" : `：${words}`}`,
  "room-left": (names, more, how) => `${names} 等，另有 ${more} 人${how}`,
  "leave-left": () => "离开了聊天室",
  "leave-removed": () => "已被移出",
  "leave-dropped": () => "不接收消息，连接已断开",
  "leave-http": () => "已断开：对方使用的是 HTTP",
  "leave-server": () => "所在的服务器已断开",
  "room-rename": (name, to) => `${name} 将昵称改为 ${to}`,
  "room-help": (command, does) => `${command} ${does}`,
  "room-list": (count, more, own, ...names) => {
    const shown = names.map((name) => name === own ? `${name}（我）` : name).join("、");
    return `${count} 人在线：${shown}${more === "0" ? "" : ` 等，另有 ${more} 人`}`;
  },
  "room-usage": (usage) => `用法：${usage}`,
  "room-unknown-command": (command) => `未知命令 ${command}：输入 /help 查看命令；以 // 开头可发送 / 开头的内容`,
  "room-command-long": (most) => `未执行：命令最多 ${most} 字节`,
  "room-nobody": (name) => `没有昵称为 ${name} 的成员`,
  "room-nobody-here": (name) => `本服务器上没有昵称为 ${name} 的成员；暂时无法连接其他服务器`,
  "room-elsewhere": (name) => `${name} 在另一台服务器上，只能在那里移出`,
  "room-not-said": (name, why) => `未能发送给 ${name}：${why}`,
  "room-stopping": (seconds) => `服务器将在 ${seconds} 秒后停止`,
  "room-stop": () => "服务器已停止",
  "room-bus-away": () => "无法连接其他服务器：只有本服务器上的成员能看到你的消息",
  "room-bus-back": () => "已恢复与其他服务器的连接",
  "room-bus-gone": () => "其他服务器曾与本服务器失去连接，并显示你们已离开",
  "room-bus-missed": () => "其他服务器上的部分消息可能已丢失",
  "room-bus-alone": (text) => `只有本服务器上的成员看到了 ${text}；恢复与其他服务器的连接之前都是如此`,
  "room-bus-late-one": () => "下一条消息发送于另一台服务器失去连接期间",
  "room-bus-late": (count) => `接下来的 ${count} 条消息发送于另一台服务器失去连接期间`,
  ...Object.fromEntries(Object.entries(ROOM_COMMANDS).map(([name, does]) => [`room-command-${name}`, () => does])),
};
