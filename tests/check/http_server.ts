/** An HTTP server with or without faults. */

import { wait } from "../../lib/wait.ts";
import { utf8, writeAll } from "../support/sockets.ts";
import { serve, type Server } from "./servers.ts";
import type { ProgramKind } from "../../lib/check/case.ts";

/** What may be different about a server; without any of it, it is right. */
export interface Web {
  readonly kind?: Exclude<ProgramKind, "by-hand">;
  /** The page at /. */
  readonly page?: string;
  /** Answers after which the page is another one, as if it had a clock. */
  readonly changes?: number;
  /** Bytes of a file that the server has besides, at /file. */
  readonly file?: number;
  /** Sends the bodies of its answers slowly. */
  readonly drips?: boolean;
  /** The page of what is not there. */
  readonly missing?: string;
  /** The status of everything that a page would be. */
  readonly status?: number;
  /** The length that an answer says for a body. Undefined: none. */
  readonly length?: (body: string) => number | undefined;
  /** Answers what one read brings. */
  readonly oneRead?: boolean;
  /** Reads the head, and answers without the body of the request. */
  readonly noBody?: boolean;
  /** HEAD gets a body. */
  readonly headBody?: boolean;
  /** Ends the connection after each answer: without a word, or saying so. */
  readonly closes?: "silently" | "politely";
  /** Stays open after `Connection: close`. */
  readonly stays?: boolean;
  /** Drops what came behind a request. */
  readonly forgetful?: boolean;
  /** Answers everything by 200. */
  readonly lenient?: boolean;
  /** Gives any file that a path names. */
  readonly open?: boolean;
  /** Most bytes of a head; more is read for ever. */
  readonly headMax?: number;
  /** Ends when a head is longer. */
  readonly crashAt?: number;
  /** Lines of the answer end with LF alone. */
  readonly bareLf?: boolean;
  /** Lines must end with CRLF. */
  readonly onlyCrlf?: boolean;
}

const PAGE = "<title>首页</title><p>你好，世界</p>";

interface Asked {
  readonly head: string;
  readonly body: string;
  readonly rest: string;
}

/** Starts one. */
export function serveHttp(web: Web = {}): Server {
  let answers = 0;
  const pageNow = () => web.changes ? `${web.page ?? PAGE}${Math.floor(answers++ / web.changes)}` : web.page ?? PAGE;
  return serve(web.kind ?? "parallel", async (conn, server) => {
    let text = "";
    const buffer = new Uint8Array(65536);
    for (let count; (count = await conn.read(buffer)) !== null;) {
      text += latin1(buffer.subarray(0, count));
      if (text.length > (web.crashAt ?? Infinity)) return server.crash();
      for (let asked; (asked = cutRequest(web, text)); text = web.forgetful ? "" : asked.rest) {
        const { answer, close } = answerTo({ ...web, page: pageNow() }, asked);
        if (web.drips) await drip(conn, answer);
        else await writeAll(conn, answer);
        if (close) return;
        if (web.forgetful || asked.rest === "") {
          text = "";
          break;
        }
      }
    }
  });
}

/** Sends the head at once, and of the body a few bytes at a time. */
async function drip(conn: Deno.TcpConn, answer: Uint8Array): Promise<void> {
  const head = latin1(answer).indexOf("\r\n\r\n") + 4;
  await writeAll(conn, answer.subarray(0, head));
  for (let at = head; at < answer.length; at += 4) {
    await writeAll(conn, answer.subarray(at, at + 4));
    await wait(100);
  }
}

/** The first whole request of what has come. */
function cutRequest(web: Web, text: string): Asked | undefined {
  if (web.oneRead) return { head: text, body: "", rest: "" };
  const end = (web.onlyCrlf ? /\r\n\r\n/ : /\r?\n\r?\n/).exec(text);
  if (!end || end.index > (web.headMax ?? Infinity)) return undefined;
  const head = text.slice(0, end.index);
  const from = end.index + end[0].length;
  const length = web.noBody ? 0 : Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  if (text.length < from + length) return undefined;
  return { head, body: text.slice(from, from + length), rest: text.slice(from + length) };
}

function answerTo(web: Web, { head, body }: Asked): { answer: Uint8Array; close: boolean } {
  const [line = "", ...fields] = head.split(/\r?\n/);
  const [method = "", path = ""] = line.split(" ");
  const lengths = fields.filter((field) => /^content-length:/i.test(field));
  const isBad = !/^[A-Z]+ \S+ HTTP\/1\.1$/.test(line) || lengths.length > 1 || !/^host:/im.test(head);
  const [status, content] = isBad && !web.lenient ? [400, "bad"] : contentOf(web, method, path, body);
  const asksClose = /^connection: *close/im.test(head) || status === 400;
  const close = !web.stays && (asksClose || web.closes !== undefined);
  const length = web.length ? web.length(content) : utf8(content).length;
  const lines = [
    `HTTP/1.1 ${status} Something`,
    "Content-Type: text/html; charset=utf-8",
    ...(length === undefined ? [] : [`Content-Length: ${length}`]),
    ...(close && web.closes !== "silently" ? ["Connection: close"] : []),
  ];
  const end = web.bareLf ? "\n" : "\r\n";
  const shown = method === "HEAD" && !web.headBody ? "" : content;
  return { answer: utf8(`${lines.join(end)}${end}${end}${shown}`), close };
}

function contentOf(web: Web, method: string, path: string, body: string): [number, string] {
  const { status = 200, page = PAGE } = web;
  if (web.open && /passwd$/.test(path)) return [200, "root:x:0:0:root:/root:/bin/sh\n"];
  if (web.file && path === "/file") return [200, "x".repeat(web.file)];
  if (method === "POST") return [status, `got ${body}`];
  return path === "/" || web.lenient ? [status, page] : [404, web.missing ?? "<p>没有这个页面</p>"];
}

function latin1(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}
