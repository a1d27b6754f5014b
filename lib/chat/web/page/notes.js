/** Texts of the room in Chinese, by their codes; lib/chat/events.ts has them in English. */

/** @type {Readonly<Record<string, string>>} */
const LEAVES = {
  left: "离开了",
  removed: "被管理者请出",
  dropped: "因不接收消息而被断开",
  http: "离开了：它使用的是 HTTP",
  server: "随所在服务器离开了",
};

/** @type {Readonly<Record<string, string>>} */
const HELP = {
  nick: "改名",
  list: "谁在场",
  msg: "只对一个人说",
  me: "说你在做什么",
  enc: "改用其他编码读写，例如 gbk",
  quit: "离开",
  say: "说以 / 开头的内容",
  kick: "请某人离开",
  slash: "发送 /TEXT",
};

/** @type {Readonly<Record<string, string>>} */
const NOTES = {
  "hello-alone": "你是 {0}；这里没有别人。/help 列出命令",
  "hello-one": "你是 {0}；另有 1 人在场。/help 列出命令",
  "hello": "你是 {0}；另有 {1} 人在场。/help 列出命令",
  "you": "你现在是 {0}",
  "you-yielded": "你是 {0}；另一台服务器上已有人叫 {1} 或看起来一样的名字",
  "name-taken": "不能用 {0}：已有人使用",
  "name-alike": "不能用 {0}：与 {1} 看起来一样，那是别人的名字",
  "name-marks": "不能用 {0}：名字中每个字母最多带两个附加符号",
  "name-letters": "不能用 {0}：名字由字母和数字组成，其后可有 _ . -",
  "name-long": "不能用 {0}：名字最多 {1} 个字符",
  "name-mixed": "不能用 {0}：名字不能混用不同的字母表",
  "name-given": "不能用 {0}：这样的名字由服务器分配",
  "removed": "你被管理者请出了",
  "stop": "服务器停止了，再见",
  "not-http": "这里是聊天室，不是网站服务器",
  "not-utf-16": "未发送：你写的是 UTF-16；这里按 {0} 读取",
  "unheard": "还没有人听到你：一行以换行符 \\n 结束，而它还没有来",
  "usage": "用法：{0}",
  "unknown-command": "未知命令 {0}：/help 列出命令，// 发送以 / 开头的一行",
  "command-long": "未执行：命令最多 {0} 字节",
  "inner-command": "未发送：其中一个换行之后是命令；各行以 LF 或 CRLF 结尾",
  "nobody": "没有叫 {0} 的人",
  "nobody-here": "本服务器上没有叫 {0} 的人；现在连不上其他服务器",
  "elsewhere": "{0} 在另一台服务器上，只能在那里请出",
  "encoding": "你现在用 {0} 读写",
  "encoding-unknown": "{0}",
  "encoding-lines": "不能用 {0}：无法区分它的各行",
  "encoding-page": "网页只用 utf-8 读写",
  "hint": "你写的内容是有效的 {0}：如果确实如此，请输入 /enc {0}",
  "slow": "请慢一点：每秒只放行 {0} 条消息",
  "bus-away": "无法连接其他服务器：只有本服务器上的人能看到你的话",
  "bus-back": "已恢复与其他服务器的连接",
  "bus-gone": "其他服务器曾与本服务器失去联系：在它们看来你们已经离开",
  "bus-missed": "其他服务器上的部分消息可能已丢失",
  "bus-late-one": "下一句是另一台服务器失去联系期间说的",
  "bus-late": "接下来的 {0} 句是另一台服务器失去联系期间说的",
  "bus-alone": "只有本服务器上的人看到 {0}；恢复与其他服务器的连接之前都是如此",
  "not-said": "未能对 {0} 说：{1}",
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
  if (kind === "join") return `${name} 加入了`;
  if (kind === "leave") return LEAVES[how] && `${name} ${LEAVES[how]}${words === undefined ? "" : `：${words}`}`;
  if (kind === "joined") return `${firstOf(names)} 加入了`;
  if (kind === "left") return `${firstOf(names)} ${LEAVES[how]}`;
  if (kind === "rename") return `${name} 改名为 ${to}`;
  if (code === "help") return HELP[args[1] ?? ""] && `${(args[0] ?? "").padEnd(HELP_COLUMN)} ${HELP[args[1] ?? ""]}`;
  if (code === "list") return listOf(args);
  return NOTES[code]?.replace(/\{(\d)\}/g, (_, at) => args[at] ?? "");
}

/** @param {readonly string[]} names of many that come or go at once */
function firstOf(names) {
  return `${names.slice(0, NAMED).join("、")} 及另外 ${names.length - NAMED} 人`;
}

/** @param {readonly string[]} args how many are here, how many of them are not named, the reader's own name, the names */
function listOf([count, more, own, ...names]) {
  const shown = names.map((name) => name === own ? `${name}（你）` : name).join("、");
  return `${count} 人在场：${shown}${more === "0" ? "" : ` 等，另有 ${more} 人`}`;
}
