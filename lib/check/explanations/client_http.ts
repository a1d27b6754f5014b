/**
 * What `--explain client/http/…` says.
 *
 * @module
 */

import type { Explanation } from "../case.ts";
import * as code from "./code/client_http.ts";
import { STREAM } from "./rules.ts";

/** By the names of the cases. */
export const clientHttpExplanations: Readonly<Record<string, Explanation>> = {
  "1": {
    sends: {
      en:
        "A response with Transfer-Encoding: chunked. Each part of the body stands behind its length in hex, and a length of 0 ends it.",
      zh: "发送 Transfer-Encoding: chunked 的响应：正文分块，每块前面是十六进制的长度，长度 0 表示结束。",
    },
    rule: {
      en:
        "Every HTTP/1.1 client must be able to decode chunks (RFC 9112, section 7.1). They are not a part of the content.",
      zh: "HTTP/1.1 客户端必须能够解码 chunked（RFC 9112 第 7.1 节），块的长度不属于内容。",
    },
    matters: {
      en:
        "With most pages that a program makes while it sends. Numbers such as 1a4 stand in the text, or the client waits for an end that it does not recognise.",
      zh: "大多数动态页面都用 chunked。不处理的话，正文里会混进 1a4 这样的数字，或者一直等不到结尾。",
    },
    ...code.CHUNKED,
  },
  "2": {
    sends: {
      en: "A response whose Content-Length is ten bytes larger than the body, and then FIN.",
      zh: "发送一个响应，Content-Length 比实际正文多 10 个字节，然后关闭连接（FIN）。",
    },
    rule: {
      en:
        "A body that is shorter than its Content-Length is incomplete, and a client must not take it for complete (RFC 9112, section 8).",
      zh: "正文短于 Content-Length 就是不完整的，客户端不能当成完整的响应（RFC 9112 第 8 节）。",
    },
    matters: {
      en:
        "When a download breaks off: without the comparison a damaged file looks like a good one, and a loop that waits for the rest never ends.",
      zh: "下载中断时会遇到：不比较长度，损坏的文件会被当成完整的；一味等剩下的数据，循环就永远不会结束。",
    },
    ...code.SHORT_BODY,
  },
  "3": {
    sends: {
      en: "A response without Content-Length and without chunks. The end of the connection ends the body.",
      zh: "发送既没有 Content-Length 也没有 chunked 的响应，以关闭连接作为正文的结尾。",
    },
    rule: {
      en: "A response without either length goes on until the server closes the connection (RFC 9112, section 6.3).",
      zh: "响应没有给出长度时，正文一直到服务器关闭连接为止（RFC 9112 第 6.3 节）。",
    },
    matters: {
      en:
        "With small and old servers (HTTP/1.0). A client that insists on Content-Length fails with a KeyError or TypeError, or shows an empty page.",
      zh:
        "小型服务器和老服务器（HTTP/1.0）常常这样。一定要有 Content-Length 的客户端会抛出 KeyError 或 TypeError，或者显示空白页。",
    },
    ...code.NO_LENGTH,
  },
  "4": {
    sends: {
      en: "302 Found with another path in Location. It waits for a request for that path.",
      zh: "发送 302 Found，Location 给出另一个路径，等待客户端请求这个路径。",
    },
    rule: {
      en:
        "A client may follow a redirect by itself (RFC 9110, section 15.4). Location may be relative, and then belongs to the address just asked for (section 10.2.2).",
      zh:
        "客户端可以自动跟随重定向（RFC 9110 第 15.4 节）。Location 可以是相对地址，以刚才请求的地址为基准（第 10.2.2 节）。",
    },
    matters: {
      en:
        "With http:// addresses that now begin with https://, and after a login. Without it a program shows “Moved” or an empty page; without a limit it may run in a circle.",
      zh:
        "网站从 http:// 改到 https://，或者登录之后，都会重定向。不处理就只显示“Moved”或空白页；不限次数则可能循环跳转。",
    },
    ...code.REDIRECT,
  },
  "5": {
    sends: {
      en: "A response with all header names in lower case: content-length, content-type.",
      zh: "发送一个响应，所有字段名都是小写：content-length、content-type。",
    },
    rule: {
      en:
        "Field names are case-insensitive (RFC 9110, section 5.1). Spaces may follow the colon, or none (RFC 9112, section 5).",
      zh: "字段名不区分大小写（RFC 9110 第 5.1 节），冒号后面可以有空格，也可以没有（RFC 9112 第 5 节）。",
    },
    matters: {
      en:
        "With servers behind proxies that speak HTTP/2, where all names are in lower case. The client misses the length and cuts the body off, or waits.",
      zh: "经过 HTTP/2 代理的服务器会把字段名都改成小写。客户端找不到长度，就会截断正文，或者一直等待。",
    },
    ...code.LETTER_CASE,
  },
  "6": {
    sends: {
      en: "A body packed with gzip, with Content-Encoding: gzip, to a client that did not ask for it.",
      zh: "客户端没有要求，却发送 gzip 压缩的正文，并注明 Content-Encoding: gzip。",
    },
    rule: {
      en:
        "A request without Accept-Encoding says that any coding is acceptable (RFC 9110, section 12.5.3); Content-Encoding says which it is (section 8.4). “Accept-Encoding: identity” asks for none.",
      zh:
        "请求里没有 Accept-Encoding，表示任何编码都可以（RFC 9110 第 12.5.3 节）；实际用了哪种由 Content-Encoding 说明（第 8.4 节）。不想要压缩就发送“Accept-Encoding: identity”。",
    },
    matters: {
      en:
        "With some caches and file servers: print shows \\x1f\\x8b, or decode() raises UnicodeDecodeError at byte 0x8b.",
      zh:
        "某些缓存和文件服务器会这样：打印出来是 \\x1f\\x8b 开头的乱码，或者 decode() 在 0x8b 处抛出 UnicodeDecodeError。",
    },
    ...code.GZIP,
  },
  "7": {
    sends: {
      en: "A small response byte by byte, each in a segment of its own.",
      zh: "逐字节发送一个很短的响应，每个字节单独一个报文段。",
    },
    rule: STREAM,
    matters: {
      en:
        "On slow lines, and with long headers: the first recv() may end inside the status line. Read to the empty line first, then as many bytes as Content-Length says.",
      zh: "线路慢或响应头长时会遇到：第一次 recv() 可能断在状态行中间。先读到空行，再按 Content-Length 读够正文。",
    },
    ...code.ONE_RECV,
  },
  "8": {
    sends: {
      en: "Nothing: it reads the request, keeps the connection open, and waits until your client gives up.",
      zh: "什么也不发：读取请求后保持连接不断，看客户端何时放弃等待。",
    },
    rule: {
      en:
        "A client may wait as long as it likes; it should close a connection that it gives up (RFC 9112, section 9.5). urlopen() has no timeout by itself.",
      zh: "等多久由客户端自己决定，放弃时应当关闭连接（RFC 9112 第 9.5 节）。urlopen() 默认没有超时。",
    },
    matters: {
      en: "When a server hangs: a script in the background then hangs with it, for days.",
      zh: "服务器卡死时，后台脚本也会跟着卡住，几天都不会结束。",
    },
    ...code.NO_TIMEOUT,
  },
};
