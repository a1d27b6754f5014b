/** Texts of the room in Chinese, by their codes; lib/chat/events.ts has them in English. */

/** @type {Readonly<Record<string, string>>} */
const LEAVES = {
  left: "离开了聊天室",
  removed: "已被移出",
  dropped: "不接收消息，连接已断开",
  http: "已断开：对方使用的是 HTTP",
  server: "所在的服务器已断开",
};

/** @type {Readonly<Record<string, string>>} */
const HELP = {
  nick: "修改昵称",
  list: "查看在线成员",
  msg: "私聊",
  me: "描述自己的动作",
  enc: "改用其他编码收发，例如 gbk",
  quit: "退出聊天室",
  say: "发送以 / 开头的内容",
  kick: "移出成员",
  slash: "发送 /TEXT",
};

/** @type {Readonly<Record<string, string>>} */
const NOTES = {
  "hello-alone": "你的昵称是 {0}。暂时没有其他人在线。输入 /help 查看命令",
  "hello-one": "你的昵称是 {0}，另有 1 人在线。输入 /help 查看命令",
  "hello": "你的昵称是 {0}，另有 {1} 人在线。输入 /help 查看命令",
  "you": "你的昵称已改为 {0}",
  "you-yielded": "你的昵称已改为 {0}：另一台服务器上已有人叫 {1} 或相似的昵称",
  "name-taken": "昵称 {0} 已被使用",
  "name-alike": "昵称 {0} 与 {1} 过于相似，后者已有人使用",
  "name-marks": "昵称 {0} 不可用：每个字母最多带两个附加符号",
  "name-letters": "昵称 {0} 不可用：只能由文字和数字组成，首字符之后可用 _ . -",
  "name-long": "昵称 {0} 过长：最多 {1} 个字符",
  "name-mixed": "昵称 {0} 不可用：不能混用不同的字母表",
  "name-given": "昵称 {0} 不可用：由服务器保留",
  "removed": "你已被移出聊天室",
  "password": "进入聊天室需要密码",
  "password-wrong": "密码错误",
  "password-late": "密码错误次数过多，请一分钟后再试",
  "stopping": "服务器将在 {0} 秒后停止",
  "stop": "服务器已停止",
  "not-http": "这里是聊天室，不是网站服务器",
  "not-utf-16": "未发送：你写的是 UTF-16；这里按 {0} 读取",
  "unheard": "还没有人听到你：一行以换行符 \\n 结束，而它还没有来",
  "usage": "用法：{0}",
  "unknown-command": "未知命令 {0}：输入 /help 查看命令；以 // 开头可发送 / 开头的内容",
  "command-long": "未执行：命令最多 {0} 字节",
  "inner-command": "未发送：其中一个换行之后是命令；各行以 LF 或 CRLF 结尾",
  "nobody": "没有昵称为 {0} 的成员",
  "nobody-here": "本服务器上没有昵称为 {0} 的成员；暂时无法连接其他服务器",
  "elsewhere": "{0} 在另一台服务器上，只能在那里移出",
  "encoding": "编码已改为 {0}",
  "encoding-unknown": "{0}",
  "encoding-lines": "不能使用 {0}：无法区分其中的各行",
  "encoding-page": "网页只使用 utf-8",
  "hint": "你写的内容是有效的 {0}：如果确实如此，请输入 /enc {0}",
  "slow": "发送过于频繁：每秒最多 {0} 条消息",
  "bus-away": "无法连接其他服务器：只有本服务器上的成员能看到你的消息",
  "bus-back": "已恢复与其他服务器的连接",
  "bus-gone": "其他服务器曾与本服务器失去连接，并显示你们已离开",
  "bus-missed": "其他服务器上的部分消息可能已丢失",
  "bus-late-one": "下一条消息发送于另一台服务器失去连接期间",
  "bus-late": "接下来的 {0} 条消息发送于另一台服务器失去连接期间",
  "bus-alone": "只有本服务器上的成员看到了 {0}；恢复与其他服务器的连接之前都是如此",
  "not-said": "未能发送给 {0}：{1}",
};

/** Names of many that come or go at once which are shown. */
const NAMED = 3;

/** Column of the help at which the second part begins. */
const HELP_COLUMN = 16;

/**
 * What the room says, in Chinese.
 *
 * @param {import("./link.js").Message} message
 * @returns {string | undefined} undefined for a code that is not known
 */
export function inChinese({ kind, name, names = [], to, how = "", words, code = "", args = [] }) {
  if (kind === "join") return `${name} 加入了聊天室`;
  if (kind === "leave") return LEAVES[how] && `${name} ${LEAVES[how]}${words === undefined ? "" : `：${words}`}`;
  if (kind === "joined") return `${firstOf(names)} 加入了聊天室`;
  if (kind === "left") return LEAVES[how] && `${firstOf(names)} ${LEAVES[how]}`;
  if (kind === "rename") return `${name} 将昵称改为 ${to}`;
  if (code === "help") return HELP[args[1] ?? ""] && `${(args[0] ?? "").padEnd(HELP_COLUMN)} ${HELP[args[1] ?? ""]}`;
  if (code === "list") return listOf(args);
  return NOTES[code]?.replace(/\{(\d)\}/g, (_, at) => args[at] ?? "");
}

/** @param {readonly string[]} names of many that come or go at once */
function firstOf(names) {
  return `${names.slice(0, NAMED).join("、")} 等，另有 ${names.length - NAMED} 人`;
}

/** @param {readonly string[]} args how many are here, how many of them are not named, the reader's own name, the names */
function listOf([count, more, own, ...names]) {
  const shown = names.map((name) => name === own ? `${name}（我）` : name).join("、");
  return `${count} 人在线：${shown}${more === "0" ? "" : ` 等，另有 ${more} 人`}`;
}
