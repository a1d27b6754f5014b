/**
 * One request and its answer, as a case of `check http` sends and reads them.
 *
 * @module
 */

import { ByteBuffer } from "../../bytes.ts";
import { messageOf } from "../../errors.ts";
import { type HeadEvent, type ResponseEvent, ResponseParser } from "../../http/response.ts";
import type { Actor } from "../actor.ts";
import type { CaseContext } from "../case.ts";
import type { Evidence, Finding } from "../finding.ts";
import { fail, words } from "../verdict.ts";

/** What a request says besides its path. */
export interface RequestOptions {
  /** Default: GET. */
  readonly method?: string;
  /** Field lines besides Host and Connection, without line ends. */
  readonly fields?: readonly string[];
  /** Default: none. */
  readonly body?: string;
  /** Whether the connection is kept for a next request. Default false. */
  readonly keep?: boolean;
}

const ENCODER = new TextEncoder();

/** A request with right line ends. */
export function request(
  path: string,
  { method = "GET", fields = [], body = "", keep }: RequestOptions = {},
): Uint8Array {
  const close = keep ? [] : ["Connection: close"];
  const length = body === "" ? [] : [`Content-Length: ${ENCODER.encode(body).length}`];
  const lines = [`${method} ${path} HTTP/1.1`, "Host: localhost", ...close, ...fields, ...length];
  return ENCODER.encode(`${lines.join("\r\n")}\r\n\r\n${body}`);
}

/** What came as the answer to a request. */
export interface Reply {
  /** The head, when all of it came. */
  readonly head?: HeadEvent | undefined;
  /** The body so far, without transfer coding. */
  readonly body: Uint8Array;
  /** Whether all of the answer came. */
  readonly whole: boolean;
  /** What breaks the protocol, in English. */
  readonly problem?: string | undefined;
  /** Where the next answer begins in what the connection received. */
  readonly next: number;
}

/** A connection and what came on it. */
export interface Exchange {
  /** Our end. */
  readonly actor: Actor;
  /** The answer. */
  readonly reply: Reply;
}

/** Reads one answer, which begins at a place in what a connection received. Gives what came when the time is over. */
export async function readReply(actor: Actor, ms: number, method = "GET", from = 0): Promise<Reply> {
  const parser = new ResponseParser(method);
  const body = new ByteBuffer();
  let head: HeadEvent | undefined;
  let problem: string | undefined;
  let at = from;
  let next = -1;
  const take = (events: Iterable<ResponseEvent>) => {
    try {
      for (const event of events) {
        if (event.type === "head") head = event;
        if (event.type === "body") body.push(event.bytes);
        if (event.type === "end") next = at - event.rest.length;
      }
    } catch (error) {
      problem = messageOf(error).replace(/^Bad answer: /, "");
    }
  };
  const isDone = (received: Uint8Array) => {
    const bytes = received.subarray(at);
    at = received.length;
    if (next < 0 && problem === undefined && bytes.length > 0) take(parser.push(bytes));
    return next >= 0 || problem !== undefined;
  };
  const isWhole = await actor.until(isDone, ms) && next >= 0;
  if (!isWhole && problem === undefined && actor.end !== "open" && at > from) take(parser.close());
  return { head, body: body.take(), whole: next >= 0, problem, next: next < 0 ? at : next };
}

/** Sends a request on a connection of its own, and reads the answer. */
export async function ask(
  context: CaseContext,
  bytes: Uint8Array | readonly Uint8Array[],
  method = "GET",
): Promise<Exchange> {
  const actor = await context.connect();
  await actor.send(bytes, context.pauseMs);
  return { actor, reply: await readReply(actor, context.answerMs, method) };
}

/** The status, 0 when there was no answer. */
export function statusOf({ head }: Reply): number {
  return head?.status ?? 0;
}

/** Whether the server says that it ends the connection behind this answer. */
export function saysClose({ head }: Reply): boolean {
  if (!head) return true;
  const options = head.fields.list("connection");
  return options.includes("close") || (head.minor === 0 && !options.includes("keep-alive"));
}

/** What is wrong when there is no answer, or none of HTTP; undefined where there is one. Wrong lengths are for http/4. */
export function unanswered({ actor, reply }: Exchange): Finding | undefined {
  if (reply.head?.framing.by === "length") return undefined;
  if (reply.head && (reply.whole || reply.problem === undefined)) return undefined;
  return fail(faultOf(actor, reply), evidenceOf(actor, words("an answer of HTTP", "一个 HTTP 响应")));
}

/** Whether an answer begins as a status line does, or with a byte that no text has: TLS, for instance. */
function looksLikeHttp(answer: Uint8Array): boolean {
  return answer[0]! < 0x20 || "HTTP/".startsWith(new TextDecoder().decode(answer.subarray(0, 5)));
}

const NO_STATUS_LINE = words(
  "The answer does not begin with a status line. Before the page come HTTP/1.1 200 OK, header lines such as Content-Type, and an empty " +
    "line, each ended by CRLF (\\r\\n).",
  "响应不以状态行开头。按照 HTTP，页面之前要有 HTTP/1.1 200 OK、Content-Type 等头部行和一个空行，每行以 CRLF（\\r\\n）结尾。",
);

function faultOf(actor: Actor, { problem }: Reply) {
  if (problem !== undefined && actor.received.length > 0) {
    if (!looksLikeHttp(actor.received)) return NO_STATUS_LINE;
    return words(`The answer is not valid HTTP: ${problem}.`, `响应不符合 HTTP 格式：${problem}。`);
  }
  const ends = {
    open: words(
      "No answer came. A request ends with an empty line (CRLF CRLF): answer as soon as that has come, and do not wait for more.",
      "没有收到响应。请求头以空行（CRLF CRLF）结束：读到空行就应该返回响应，不要再等更多数据。",
    ),
    fin: words("The connection was closed without an answer.", "没有响应就关闭了连接。"),
    reset: words(
      "The connection was reset without an answer: the program probably stopped with an error.",
      "没有响应，连接被重置：程序很可能出错退出了。",
    ),
  };
  return ends[actor.end];
}

/** Bytes of an answer that a finding shows. */
const SHOWN_BYTES = 2048;

/** What was sent and received, with the beginning of a long answer, or what is around a place in it. */
export function evidenceOf(actor: Actor, expected?: Evidence["expected"], at?: number): Evidence {
  const evidence = actor.evidence();
  const from = at === undefined ? 0 : Math.max(0, at - SHOWN_BYTES / 2);
  return {
    steps: evidence.steps,
    ...(expected !== undefined && { expected }),
    received: evidence.received.slice(from, from + SHOWN_BYTES),
    ...(at !== undefined && { at: at - from }),
    end: evidence.end,
  };
}
