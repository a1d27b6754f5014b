/**
 * What sockeye has for options of nc and ncat, in Chinese, by the options as `lib/cli/habits.ts` lists them.
 *
 * @module
 */

import type { Phrasebook } from "../translate.ts";

const WAYS = {
  "-l --listen": "监听请用：sockeye server PORT",
  "-L": "监听请用：sockeye server PORT，它会依次服务每个客户端",
  "-k --keep-open": "服务器会依次服务每个客户端；--once 只服务一个",
  "-p --source-port": "服务器的端口直接写：sockeye server PORT；客户端自己的端口用 --source :PORT",
  "-u --udp": "UDP 的地址以 udp:// 开头，例如 udp://HOST:PORT",
  "-U --unixsock": "Unix 套接字的地址是 unix:PATH",
  "-z": "测试端口请用：sockeye probe HOST PORT",
  "-w": "时限：客户端用 --connect-timeout D、--idle D 和 --deadline D，服务器用 --idle D",
  "-n --nodns": "不需要：从不反查地址的名称",
  "-N": "不需要：管道输入结束后会自动结束发送",
  "-C": "换行用 CRLF：--crlf",
  "-c --exec --sh-exec --lua-exec": "sockeye 不启动程序（换行用 CRLF：--crlf）",
  "-i --delay": "隔一段时间再次发送：--every D",
  "-s": "从某个地址连接：--source ADDR；在某个地址监听：sockeye server ADDR:PORT",
  "-4 -6": "服务器用 0.0.0.0:PORT 监听 IPv4，用 [::]:PORT 监听 IPv6",
  "-t --telnet": "不需要：chat 和 talk 能处理 telnet",
  "-m --max-conns": "连接数上限：--max-connections N",
  "--ssl": "TLS 的地址以 tls:// 开头，例如 tls://HOST:PORT",
  "--ssl-cert --ssl-key": "证书和私钥文件用 --cert FILE 和 --key FILE",
  "--ssl-verify --ssl-trustfile": "默认就会检查证书；--ca FILE 可信任其他证书",
  "--broker --chat": "聊天室请用：sockeye server chat PORT",
  "--recv-only": "只接收请用：sockeye client HOST PORT </dev/null",
  "--send-only": "不需要：客户端发送后会读取响应，直到结束",
  "-e": "这里 -e 是 --encoding：sockeye 不启动程序",
  "-q": "这里 -q 是 --quiet，不带数字",
  "-x": "这里 -x 是 --hex，没有代理选项",
  "-k": "这里 -k 是 --insecure；sockeye server 会依次服务每个客户端",
} as const;

/** The ways of sockeye. */
export const HABITS: Phrasebook = {
  "and-hint": (hint) => `；${hint}`,
  ...Object.fromEntries(Object.entries(WAYS).map(([flags, way]) => [`habit ${flags}`, () => way])),
};
