/**
 * The suite of an HTTP/1.1 server: static pages, or a tiny server of one's own.
 *
 * @module
 */

import type { Case, Suite } from "../case.ts";
import { closesWhenAsked, getsPage, headOnly, hostMissing, keepsAlive, notFound } from "../http/basics.ts";
import { request } from "../http/exchange.ts";
import { bareLf, hugeHeader, staysInside, twoLengths } from "../http/hostile.ts";
import { lengthInBytes } from "../http/lengths.ts";
import { everyCut, pipelined, postInParts, slowBesideFast } from "../http/pieces.ts";
import { words } from "../verdict.ts";

/** Titles, what is done, and what differs from most cases. */
type Row = readonly [string, string, Case["run"], Partial<Case>?];

/** In the order of their numbers. */
const ROWS: readonly Row[] = [
  ["GET / gets a page", "GET / 得到网页", getsPage, { needs: [] }],
  ["a request without Host", "缺少 Host 的请求", hostMissing],
  ["a path that does not exist", "不存在的路径", notFound],
  ["Content-Length counts bytes", "Content-Length 按字节计算", lengthInBytes],
  ["HEAD gets no body", "HEAD 没有正文", headOnly],
  ["two requests on one connection", "同一连接上的两个请求", keepsAlive, { needs: ["1", "4"] }],
  ["GET and POST that arrive in two pieces", "分两次到达的 GET 和 POST", everyCut],
  ["two requests in one write", "一次发来两个请求", pipelined, { needs: ["1", "4", "6"] }],
  ["a POST whose body arrives in parts", "正文分几次到达的 POST", postInParts],
  ["paths that lead out of the folder", "越出目录的路径", staysInside],
  ["a header of 64 KiB", "64 KiB 的请求头", hugeHeader, { harsh: 1 }],
  ["lines that end with LF alone", "只以 LF 结尾的行", bareLf],
  ["a slow client beside fast ones", "慢客户端与快客户端", slowBesideFast, { clients: 2 }],
  ["Connection: close, then FIN", "Connection: close 之后关闭连接", closesWhenAsked],
  ["two different Content-Lengths", "两个不同的 Content-Length", twoLengths],
];

/** The suite. */
export const http: Suite = {
  name: "http",
  title: words("an HTTP server", "HTTP 服务器"),
  tests: "server",
  hello: () => request("/"),
  answersItself: true,
  cases: ROWS.map(([en, zh, run, more], index): Case => ({
    name: String(index + 1),
    title: words(en, zh),
    needs: ["1"],
    run,
    ...more,
  })),
};
