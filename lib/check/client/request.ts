/**
 * How a case meets an HTTP client: a connection, and the head of the request on it.
 *
 * @module
 */

import { concat } from "../../bytes.ts";
import { messageOf, SockeyeError } from "../../errors.ts";
import { BadRequest, type RequestHead } from "../../http/request_head.ts";
import { RequestParser } from "../../http/request_parser.ts";
import type { CaseContext } from "../case.ts";
import type { Finding } from "../finding.ts";
import { unknown } from "../verdict.ts";
import { type Meeting, untilSilent } from "./talk.ts";

/** Connections without a request before a case gives up: browsers open some beforehand. */
const EMPTY_MAX = 3;

/** A request on a connection. */
export interface Asked extends Meeting {
  /** What is asked for. */
  readonly head: RequestHead;
}

/** What a client sent that is no request, or none that has an answer with a body. */
export interface Misasked extends Meeting {
  /** What is wrong. */
  readonly wrong: Finding;
}

/** Waits for the client and for its request. */
export async function ask(context: CaseContext): Promise<Asked | Misasked | Finding> {
  for (let empty = 0; empty < EMPTY_MAX; empty++) {
    const actor = await context.connect();
    let seen: RequestHead | BadRequest | undefined;
    await actor.until((received) => (seen = headIn(received)) !== undefined, 2 * context.answerMs);
    if (actor.received.length === 0) continue;
    if (seen && "fields" in seen && seen.hasBody) await untilSilent(actor, context);
    const met: Meeting = { actor, message: actor.received, slow: false };
    if (!seen) return { ...met, wrong: fail(met, NO_END) };
    if (seen instanceof BadRequest) return { ...met, wrong: fail(met, refused(seen)) };
    if (seen.method === "HEAD") return { ...met, wrong: unknown(HEADS) };
    return { ...met, head: seen };
  }
  return unknown(NOTHING);
}

function headIn(received: Uint8Array): RequestHead | BadRequest | undefined {
  try {
    return new RequestParser().push(received);
  } catch (error) {
    if (error instanceof BadRequest) return error;
    throw error instanceof SockeyeError ? new BadRequest(messageOf(error)) : error;
  }
}

function fail({ actor }: Meeting, reason: Finding["reason"] & object): Finding {
  return { verdict: "fail", reason, evidence: actor.evidence(REQUEST) };
}

const REQUEST = { en: "a valid HTTP/1.1 request", zh: "合法的 HTTP/1.1 请求" };

const NO_END = {
  en: "The request has no end: an empty line (\\r\\n\\r\\n) must follow the last header line.",
  zh: "请求没有结束：最后一个请求头之后必须有一个空行（\\r\\n\\r\\n）。",
};

const NOTHING = {
  en: "The client connected and sent no request.",
  zh: "客户端连上之后没有发送请求。",
};

const HEADS = {
  en: "The client asks with HEAD, whose answer has no body.",
  zh: "客户端用的是 HEAD 方法，响应没有正文。",
};

function refused({ message, status }: BadRequest) {
  return {
    en: `A server answers this request with ${status}. ${message}.`,
    zh: `服务器会用 ${status} 拒绝这个请求。${message}`,
  };
}

/** Writes the head of a 200 response with these field lines. */
export function headOf(...fields: readonly string[]): Uint8Array {
  return new TextEncoder().encode(
    ["HTTP/1.1 200 OK", "Content-Type: text/plain; charset=utf-8", ...fields, "", ""].join("\r\n"),
  );
}

/** A whole small response after which the connection ends, for a request that decides nothing. */
export function lastPage(): Uint8Array {
  return concat([headOf("Content-Length: 3", "Connection: close"), new TextEncoder().encode("ok\n")]);
}
