/**
 * The help of the other commands in Chinese.
 *
 * @module
 */

import type { CommandTexts } from "./texts.ts";

/** The command `show`. */
export const SHOW: CommandTexts = {
  summary: "显示抓包文件（pcapng、pcap）中的会话",
  about: "FILE 是录制文件，或 tcpdump、Wireshark 的抓包文件；- 表示标准输入。" +
    "#1 > 是客户端发给服务器的内容，#1 < 是服务器的响应。数据包会重新排序，重传的内容只显示一次，没有抓到的字节会说明。",
  options: {
    "list": "每个会话一行：编号、两端、字节数、消息数和结束方式",
    "stream": "只显示这一个会话，编号见 --list",
    "grep": "只显示匹配的消息；hex:0d0a 查找字节",
  },
  examples: {
    "show talk.pcapng": "按文件中的顺序显示所有会话",
    "show talk.pcapng --list": "列出有哪些会话",
    "show talk.pcapng --stream 2 -x": "以十六进制显示第二个会话",
    "show talk.pcapng --frame line --grep '^ERR'": "以 ERR 开头的行",
  },
};

/** The command `replay`. */
export const REPLAY: CommandTexts = {
  summary: "重放抓包文件，充当客户端或服务器",
  about: "FILE 是录制文件，或 tcpdump、Wireshark 的抓包文件；- 表示标准输入。" +
    "--to 发送客户端当时发送的内容，每次都等到服务器当时的响应到齐，并进行比较：遇到第一处不同时指出位置，退出码为 10。" +
    "--listen 充当服务器，可服务任意多个客户端：在录制中查找客户端发来的内容，并按当时的响应回复。" +
    "没有 --frame 时只比较字节，不管如何分段。",
  options: {
    "to": "充当客户端连接该服务器，并比较响应",
    "listen": "在该地址充当服务器",
    "stream": "只重放这一个会话，编号见 show --list",
    "speed": "max 表示不停顿，1 表示原速，2 表示两倍速（max）",
    "ignore": "可以不同的字节；字节写作 hex:01??ff，?? 表示任意一个",
    "count": "--to：重放 N 次（1）",
    "wait": "--to：超过 D 没有响应即视为缺失（1s；结尾 5s）",
    "unmatched": "--listen：遇到没有录制的内容时，按下一条消息回复，或结束连接（next）",
    "copy": "--listen：把请求中的这些字节复制到响应中，例如会变化的 id",
  },
  examples: {
    "replay talk.pcapng --to 9000": "新版本的响应是否与旧版本一致？",
    "replay talk.pcapng --to tls://localhost:9443 --stream 2": "第二个会话，使用 TLS",
    "replay talk.pcapng --listen 9000": "充当录制的服务器",
    "replay http.pcapng --to 8080 --ignore 'Date: .*'": "除日期外必须完全一致",
    "replay dns.pcapng --listen udp://:5353 --copy 0..2": "每个响应使用请求中的 id",
  },
};

/** The command `cert`. */
export const CERT: CommandTexts = {
  summary: "为自己的 TLS 服务器生成证书",
  about: "NAME 是主机名、*.example.com 或 IP 地址；不写则用于本机。PREFIX.crt 和 PREFIX.key 供服务器使用，" +
    "PREFIX-ca.crt 供客户端信任。签发机构的私钥会被丢弃，因此不能再用它签发别的证书。",
  options: {
    "output": "文件名的前缀（sockeye）",
    "days": "有效天数（90）",
    "force": "替换已有文件；还需要 --allow-read",
  },
  examples: {
    "cert": "为本机生成 sockeye.crt、sockeye.key 和 sockeye-ca.crt",
    "cert chat.lan 192.168.1.5": "用于以这些名称访问的服务器",
    "cert -o dev --days 365 --force": "重新生成 dev.crt、dev.key 和 dev-ca.crt，有效期一年",
  },
};

/** The command `completions`. */
export const COMPLETIONS: CommandTexts = {
  summary: "生成 shell 的命令行补全脚本",
  about: "脚本输出到标准输出，其中包含全部可补全的内容：命令、模式、选项和选项的值。升级后请重新生成。" +
    "在 zsh 中，该目录要先加入 $fpath 再运行 compinit；在 PowerShell 中，把示例中的命令写入 $PROFILE。",
  title: "可用的 shell",
  words: {
    bash: { summary: "bash 3.2 及以上" },
    zsh: { summary: "zsh 5 及以上" },
    fish: { summary: "fish 3 及以上" },
    powershell: { summary: "PowerShell 5 及以上" },
  },
  examples: {
    "completions bash > ~/.sockeye.bash": "bash：在 ~/.bashrc 中加入 `. ~/.sockeye.bash`",
    "completions zsh > ~/.zfunc/_sockeye": "zsh：$fpath 中的任一目录",
    "completions fish | source": "fish：写入 ~/.config/fish/config.fish",
    "completions powershell | Out-String | Invoke-Expression": "PowerShell",
  },
};

/** The command `man`. */
export const MAN: CommandTexts = {
  summary: "输出手册页，供 man 阅读或存入文件",
  about: "手册页以 man(7) 格式输出到标准输出，内容为英文。",
  examples: { "man | man -l -": "直接阅读", "man > sockeye.1": "存入 MANPATH 中的 man1 目录" },
};
