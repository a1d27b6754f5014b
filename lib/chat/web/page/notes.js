/** What the room says is English; the page translates it. */

/**
 * Somebody's words as the room quotes them.
 *
 * @param {string | undefined} first
 * @param {string | undefined} more how many lines followed
 */
const amount = (first, more) => more === undefined ? `${first}` : `${first} 及另外 ${more} 行`;

/** @type {Readonly<Record<string, string>>} */
const HOW = {
  "joined": "加入了",
  "joined from another server": "从另一台服务器加入了",
  "left": "离开了",
  "left with their server": "随所在服务器离开了",
};

/** @type {Readonly<Record<string, string>>} */
const WHY = {
  "it is too long": "太长",
  "nobody is called so any more": "已没有叫这个名字的人",
  "the bus is out of reach": "总线无法连接",
};

/** @type {Readonly<Record<string, string>>} */
const HELP = {
  "take another name": "改名",
  "who is here": "谁在场",
  "say something to one person": "只对一个人说",
  "say what you do": "说你在做什么",
  "read and write in another encoding, such as gbk": "改用其他编码读写，例如 gbk",
  "leave": "离开",
  "send /TEXT": "发送 /TEXT",
};

/** @type {readonly [RegExp, string | ((all: string, ...parts: string[]) => string)][]} */
const NOTES = [
  [
    /^(\S+) (joined|joined from another server|left|left with their server)$/,
    (_, who = "", how = "") => `${who} ${HOW[how]}`,
  ],
  [/^(\S+(?:, \S+)*) and (\d+) more (joined|joined from another server|left|left with their server)$/, (
    _,
    who = "",
    more = "",
    how = "",
  ) => `${who} 及另外 ${more} 人${HOW[how]}`],
  [/^(\S+) left: it speaks HTTP$/, "$1 离开了：它使用的是 HTTP"],
  [/^(\S+) left: (.*)$/, "$1 离开了：$2"],
  [/^(\S+) was dropped: it does not read$/, "$1 因不接收消息而被断开"],
  [/^(\S+) was removed by the operator$/, "$1 被管理者请出"],
  [/^(\S+) is at another server, and is removed there$/, "$1 在另一台服务器上，只能在那里请出"],
  [/^You were removed by the operator$/, "你被管理者请出了"],
  [/^You are (\S+); nobody else is here\..*$/, "你是 $1；这里没有别人。/help 列出命令"],
  [/^You are (\S+); (\d+) others? (?:is|are) here\..*$/, "你是 $1；另有 $2 人在场。/help 列出命令"],
  [/^You are (\S+); somebody at another server is called (\S+), too$/, "你现在是 $1；另一台服务器上也有人叫 $2"],
  [/^You are (\S+) now$/, "你现在是 $1"],
  [/^(\S+) is (\S+) now$/, "$1 改名为 $2"],
  [/^(\d+) here: (.*)$/, (_, count = "", names = "") => `${count} 人在场：${names.replace(" (you)", "（你）")}`],
  [/^The server stops\. Goodbye$/, "服务器停止了，再见"],
  [/^This is a chat, not a web server$/, "这里是聊天室，不是网页服务器"],
  [/^Nobody is called (.*)$/, "没有叫 $1 的人"],
  [/^Not (.*): somebody else has that name$/, "不能用 $1：已有人使用"],
  [
    /^Not (.*): a name is made of letters and digits, then also _ \. -$/,
    "不能用 $1：名字由字母和数字组成，其后可有 _ . -",
  ],
  [/^Not (.*): a name has (\d+) characters at most$/, "不能用 $1：名字最多 $2 个字符"],
  [/^Not (.*): a name does not mix alphabets$/, "不能用 $1：名字不能混用不同的字母表"],
  [/^Not (.*): names like that are given by the server$/, "不能用 $1：这样的名字由服务器分配"],
  [/^Not (\S+): its lines cannot be told apart$/, "不能用 $1：无法分辨它的各行"],
  [/^Usage: (.*)$/, "用法：$1"],
  [/^Slow down: (\d+) messages a second are let through$/, "请慢一点：每秒只放行 $1 条消息"],
  [/^Unknown command (.*?): \/help.*$/, "未知命令 $1：/help 列出命令，// 发送以 / 开头的一行"],
  [/^Pages read and write utf-8$/, "网页只用 utf-8 读写"],
  [/^You read and write (\S+) now$/, "你现在用 $1 读写"],
  [/^What you write is valid (\S+): type \/enc \S+ if it is that$/, "你写的像是 $1：如果是，请输入 /enc $1"],
  [
    /^The other servers are out of reach: only those at this one hear you$/,
    "无法连接其他服务器：只有本服务器上的人能看到你的话",
  ],
  [/^The other servers are in reach$/, "已恢复与其他服务器的连接"],
  [
    /^Only those at this server heard (\d+) lines of yours, from (".*") to (".*")$/,
    "你有 $1 行只有本服务器上的人看到：从 $2 到 $3",
  ],
  [
    /^Only those at this server heard (".*?")(?: and (\d+) more)?(, and only they hear you until the other servers are in reach)?$/,
    (_, first, more, goesOn) =>
      `只有本服务器上的人看到 ${amount(first, more)}${goesOn ? "；恢复与其他服务器的连接之前都是如此" : ""}`,
  ],
  [
    /^Perhaps only those at this server heard (".*?")(?: and (\d+) more)?$/,
    (_, first, more) => `也许只有本服务器上的人看到 ${amount(first, more)}`,
  ],
  [
    /^Another server was out of reach and did not hear all that was said here a moment ago$/,
    "另一台服务器曾无法连接，没有收到刚才在这里说的部分话",
  ],
  [
    /^Another server was out of reach and did not hear (".*?")(?: and (\d+) more)?$/,
    (_, first, more) => `另一台服务器曾无法连接，没有收到 ${amount(first, more)}`,
  ],
  [/^Somebody at another server is called (\S+) too$/, "另一台服务器上也有人叫 $1"],
  [/^Not said to (\S+): (.*)$/, (_, name = "", why = "") => `未能对 ${name} 说：${WHY[why] ?? why}`],
  [
    /^Not said: (".*") is too long; the bus takes messages of (\d+) bytes$/,
    "未能说出 $1：太长；总线只接受 $2 字节的消息",
  ],
  [
    /^(\/.*?\S)( {2,})(\S.*)$/,
    (all, command = "", space = "", does = "") => does in HELP ? `${command}${space}${HELP[does]}` : all,
  ],
];

/**
 * What the room says, in Chinese.
 *
 * @param {string} text
 * @returns {string | undefined} undefined for what is not known
 */
export function noteInChinese(text) {
  const [pattern, words] = NOTES.find(([pattern]) => pattern.test(text)) ?? [];
  if (pattern === undefined || words === undefined) return undefined;
  return typeof words === "string" ? text.replace(pattern, words) : text.replace(pattern, words);
}
