/**
 * What `--explain http/…` says.
 *
 * @module
 */

import type { Explanation } from "../case.ts";
import * as code from "./code/http.ts";
import { MANY, STREAM } from "./rules.ts";

/** By the names of the cases. */
export const httpExplanations: Readonly<Record<string, Explanation>> = {
  "1": {
    sends: {
      en: "GET / HTTP/1.1 with a Host field. It waits for a response with a status line, a header and a body.",
      zh: "发送 GET / HTTP/1.1，带 Host 字段，等待由状态行、响应头和正文组成的响应。",
    },
    rule: {
      en:
        "A response is a status line, header fields, an empty line and the body; each line ends with CRLF (RFC 9112, sections 2.1 and 4).",
      zh: "响应由状态行、响应头、空行和正文组成，每行以 CRLF 结尾（RFC 9112 第 2.1、4 节）。",
    },
    matters: {
      en:
        "With every browser: it shows ERR_INVALID_HTTP_RESPONSE. Also read the whole request before you close; otherwise a reset may destroy the response.",
      zh: "任何浏览器都会报 ERR_INVALID_HTTP_RESPONSE。关闭连接之前还要读完整个请求，否则连接被重置，响应可能丢失。",
    },
    ...code.BARE_PAGE,
  },
  "2": {
    sends: {
      en: "An HTTP/1.1 request without a Host field. It waits for 400 (200 is weak).",
      zh: "发送没有 Host 字段的 HTTP/1.1 请求，应当得到 400（得到 200 算“欠妥”）。",
    },
    rule: {
      en: "A server must answer 400 to an HTTP/1.1 request that has no Host, or two (RFC 9112, section 3.2).",
      zh: "HTTP/1.1 请求没有 Host，或者有两个 Host，服务器必须回 400（RFC 9112 第 3.2 节）。",
    },
    matters: {
      en: "When a proxy or a second site stands before the server: without Host it is not clear whose page is meant.",
      zh: "服务器前面有代理，或者一台机器上有几个网站时，没有 Host 就不知道请求的是哪个网站。",
    },
    ...code.NO_HOST,
  },
  "3": {
    sends: {
      en: "GET for a path that does not exist. It waits for 404.",
      zh: "请求一个不存在的路径，应当得到 404。",
    },
    rule: {
      en:
        "404 Not Found says that there is no such page (RFC 9110, section 15.5.5). The connection can go on after it.",
      zh: "404 Not Found 表示没有这个页面（RFC 9110 第 15.5.5 节），之后连接仍可继续使用。",
    },
    matters: {
      en:
        "With every mistyped address, and for /favicon.ico, which browsers ask for by themselves: the exception ends the connection, or the server.",
      zh: "地址写错时，以及浏览器自动请求 /favicon.ico 时都会遇到：未捕获的异常会断开连接，甚至让服务器退出。",
    },
    ...code.NOT_FOUND,
  },
  "4": {
    sends: {
      en: "GET, and it compares Content-Length with the body that comes. A page with Chinese in it shows the mistake.",
      zh: "发送 GET，比较 Content-Length 与实际收到的正文。含中文的页面会暴露这个错误。",
    },
    rule: {
      en: "Content-Length counts bytes (RFC 9110, section 8.6). In UTF-8 a Chinese character has three of them.",
      zh: "Content-Length 是字节数，不是字符数（RFC 9110 第 8.6 节）。一个汉字在 UTF-8 里一般占三个字节。",
    },
    matters: {
      en:
        "With the first page that is not English: its end is missing, and the missing bytes look like the beginning of the next response.",
      zh: "页面里一有中文就会遇到：页面末尾被截掉，多出来的字节还会被当成下一个响应的开头。",
    },
    ...code.CHARACTERS_COUNTED,
  },
  "5": {
    sends: {
      en: "HEAD, and then GET on the same connection. After HEAD no body may come.",
      zh: "先发送 HEAD，再在同一条连接上发送 GET。对 HEAD 的响应不能有正文。",
    },
    rule: {
      en:
        "The response to HEAD is that to GET without its body; Content-Length may say how long that would be (RFC 9110, sections 9.3.2 and 8.6).",
      zh: "HEAD 的响应与 GET 相同，但没有正文；Content-Length 可以给出正文本来的长度（RFC 9110 第 9.3.2、8.6 节）。",
    },
    matters: {
      en: "With curl -I, download managers and monitors: they take the body for the next response.",
      zh: "curl -I、下载工具和监控程序会发送 HEAD。它们会把多余的正文当成下一个响应。",
    },
    ...code.HEAD_WITH_BODY,
  },
  "6": {
    sends: {
      en: "Two GETs on one connection, the second after the first response.",
      zh: "在同一条连接上发送两个 GET，收到第一个响应后再发第二个。",
    },
    rule: {
      en:
        "HTTP/1.1 connections stay open by default. A server that closes says so with Connection: close (RFC 9112, sections 9.3 and 9.6).",
      zh:
        "HTTP/1.1 的连接默认保持（keep-alive）。服务器要关闭，就应发送 Connection: close（RFC 9112 第 9.3、9.6 节）。",
    },
    matters: {
      en:
        "With every browser: it sends the next request on the same connection and waits, while the page stays half empty.",
      zh: "浏览器会在同一条连接上继续发请求。服务器不理会，页面就只显示一半，一直在加载。",
    },
    ...code.ONE_ANSWER,
  },
  "7": {
    sends: {
      en: "GET and POST in two pieces with a pause between them: once for every place where they can be cut.",
      zh: "把 GET 和 POST 请求分两段发送，中间停顿一下；每个可以切分的位置都试一次（半包）。",
    },
    rule: STREAM,
    matters: {
      en:
        "With long cookies and on mobile networks: half a request is answered with 400, or raises ValueError. Read to the empty line.",
      zh: "Cookie 很长或用移动网络时会遇到：请求只到了一半就被回 400，或者抛出 ValueError。要一直读到空行。",
    },
    ...code.ONE_RECV,
  },
  "8": {
    sends: {
      en: "Two GETs in one write. It waits for two responses, in this order.",
      zh: "一次写入两个 GET（粘包），应当按顺序收到两个响应。",
    },
    rule: {
      en:
        "A client may send requests without waiting. The server must answer all, in the order in which they came (RFC 9112, section 9.3.2).",
      zh: "客户端可以不等响应就连续发送请求（流水线），服务器必须按收到的顺序逐个响应（RFC 9112 第 9.3.2 节）。",
    },
    matters: {
      en:
        "Behind proxies, and with some libraries: the second request is lost with the rest of the buffer, and its client waits for ever.",
      zh: "前面有代理，或客户端库支持流水线时会遇到：第二个请求随缓冲区一起丢掉了，客户端会一直等。",
    },
    ...code.GLUED,
  },
  "9": {
    sends: {
      en: "POST: the header first, and the body in several parts after it.",
      zh: "发送 POST：先发请求头，正文随后分几次发送。",
    },
    rule: {
      en: "The body is as long as Content-Length says (RFC 9112, sections 6.2 and 6.3), whenever its bytes come.",
      zh: "正文的长度由 Content-Length 决定（RFC 9112 第 6.2、6.3 节），与数据何时到达无关。",
    },
    matters: {
      en:
        "With forms and uploads: many browsers and libraries send header and body in two writes. The form comes empty, or its rest is taken for the next request.",
      zh:
        "提交表单、上传文件时会遇到：许多浏览器和库把请求头和正文分两次发送。结果表单是空的，或者剩下的正文被当成下一个请求。",
    },
    ...code.BODY_IN_PARTS,
  },
  "10": {
    sends: {
      en:
        "Paths that lead out of the directory, such as /../../etc/passwd, also with %2e, %2f and backslashes. No file from outside may come.",
      zh: "请求跳出网站目录的路径，例如 /../../etc/passwd，以及用 %2e、%2f、反斜杠写的变体。不能返回目录之外的文件。",
    },
    rule: {
      en:
        "A server has to keep “..” from reaching files that it does not mean to serve (RFC 9110, section 17.3), after it has decoded %2e and %2f (RFC 3986, section 2.1).",
      zh:
        "服务器必须防止用“..”访问不该公开的文件（RFC 9110 第 17.3 节），而且要在解码 %2e、%2f 之后再检查（RFC 3986 第 2.1 节）。",
    },
    matters: {
      en: "As soon as others can reach the port: scanners try these paths within hours, and read passwords and keys.",
      zh: "端口一旦对外开放，几小时内就会有扫描器尝试这些路径，读走密码和密钥。",
    },
    ...code.TRAVERSAL,
  },
  "11": {
    sends: {
      en: "A request with a header of 64 KiB. Any response will do, or an orderly end; not a crash, and not silence.",
      zh: "发送请求头长达 64 KiB 的请求。给出任何响应或正常关闭都可以，但不能崩溃，也不能没有反应。",
    },
    rule: {
      en:
        "A server that does not want so large a header must answer with a 4xx status (RFC 9110, section 5.4), such as 431 (RFC 6585, section 5).",
      zh: "请求头超过服务器的限度时，必须回 4xx（RFC 9110 第 5.4 节），例如 431（RFC 6585 第 5 节）。",
    },
    matters: {
      en: "With attackers, and with cookies that grow. Without a limit one client fills the memory.",
      zh: "遇到恶意客户端，或者 Cookie 越积越多时会出问题。没有上限，一个客户端就能占满内存。",
    },
    ...code.ENDLESS_HEADER,
  },
  "12": {
    sends: {
      en: "A GET whose lines end with LF alone. It waits for 200 or 400.",
      zh: "发送一个每行只以 LF 结尾的 GET，应当得到 200 或 400。",
    },
    rule: {
      en:
        "Lines end with CRLF; a recipient may take LF alone for a line end (RFC 9112, section 2.2). Whichever you choose, answer.",
      zh: "行以 CRLF 结尾，接收方也可以把单独的 LF 当作行结束（RFC 9112 第 2.2 节）。无论接受与否，都应当给出响应。",
    },
    matters: {
      en: "With printf, nc and small scripts: a server that waits for \\r\\n\\r\\n waits for ever, and never says why.",
      zh: "用 printf、nc 或小脚本发请求时会遇到：只等 \\r\\n\\r\\n 的服务器会一直等下去，也不说明原因。",
    },
    ...code.BARE_LF,
  },
  "13": {
    sends: {
      en: "One client sends its request slowly. Others ask meanwhile, and must be answered at once.",
      zh: "一个客户端很慢地发送请求，同时其他客户端也来请求，应当立即得到响应。",
    },
    rule: MANY,
    matters: {
      en:
        "With one phone on a bad network, and with browsers that open a connection in advance: everyone waits. A timeout limits how long a client may take (RFC 9112, section 9.5).",
      zh: "一个客户端网络很差，或者浏览器预先建立了连接，所有人都要等。应当设置超时（RFC 9112 第 9.5 节）。",
    },
    ...code.ONE_CLIENT,
  },
  "14": {
    sends: {
      en: "GET with Connection: close. After the response it waits for FIN.",
      zh: "发送带 Connection: close 的 GET，收到响应后等待服务器关闭连接（FIN）。",
    },
    rule: {
      en: "A server that receives Connection: close must close after its response (RFC 9112, section 9.6).",
      zh: "服务器收到 Connection: close，发完响应后必须关闭连接（RFC 9112 第 9.6 节）。",
    },
    matters: {
      en:
        "With programs that read until the end of the connection, such as ab and many scripts: they hang after each page.",
      zh: "ab 和许多脚本会一直读到连接关闭为止，服务器不关闭，它们读完页面后就卡住。",
    },
    ...code.NOT_CLOSED,
  },
  "15": {
    sends: {
      en: "A POST with two different Content-Length fields. It waits for 400.",
      zh: "发送带有两个不同 Content-Length 的 POST，应当得到 400。",
    },
    rule: {
      en:
        "When the length is not certain, the server must answer 400 and close the connection (RFC 9112, section 6.3).",
      zh: "无法确定正文长度时，服务器必须回 400 并关闭连接（RFC 9112 第 6.3 节）。",
    },
    matters: {
      en:
        "Behind a proxy that trusts the other length: an attacker hides a second request in the body (request smuggling, RFC 9112, section 11.2).",
      zh: "前面的代理如果采用另一个长度，攻击者就能在正文里藏进第二个请求（请求走私，RFC 9112 第 11.2 节）。",
    },
    ...code.TWO_LENGTHS,
  },
};
