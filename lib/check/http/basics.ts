/**
 * Cases of an HTTP server with whole requests: what it answers, and how it ends.
 *
 * @module
 */

import { clientWords } from "../again.ts";
import type { CaseContext } from "../case.ts";
import type { Finding } from "../finding.ts";
import { fail, OK, weak, words } from "../verdict.ts";
import { ask, evidenceOf, readReply, type Reply, request, saysClose, statusOf, unanswered } from "./exchange.ts";

/** A path that no server has. */
export const NOWHERE = "/sockeye-nothing-is-here-404";

/** http/1. */
export async function getsPage(context: CaseContext): Promise<Finding> {
  const bytes = request("/");
  const { actor, reply } = await ask(context, bytes);
  // By its end the engine knows a server that serves one client after the other.
  await actor.ended(context.quietMs);
  const again = clientWords(bytes);
  const finding = unanswered({ actor, reply });
  if (finding) return { ...finding, again };
  const status = statusOf(reply);
  const evidence = evidenceOf(actor, words("200 OK and a page", "200 OK 和网页"));
  if (status >= 500) {
    return fail(
      words(`GET / is answered by ${status}, an error of the server.`, `GET / 返回 ${status}：服务器内部出错。`),
      evidence,
      { again },
    );
  }
  if (!reply.whole && reply.head?.framing.by === "close") return fail(ENDLESS, evidence, { again });
  if (status >= 400) {
    return weak(
      words(
        `GET / is answered by ${status}: there is no page to look at.`,
        `GET / 返回 ${status}：没有可以检查的网页。`,
      ),
      evidence,
      { again },
    );
  }
  return formOf(reply, evidence, again);
}

const ENDLESS = words(
  "The answer has no Content-Length, and the connection stays open: a browser waits for more for ever. Say the length of the body in bytes.",
  "响应没有 Content-Length，连接也不关闭：浏览器会一直等下去。应写明正文的字节数。",
);

/** Whether the head is written as it should be, where it is understood all the same. */
function formOf({ head }: Reply, evidence: Finding["evidence"] & object, again: Finding["again"]): Finding {
  const hasBareLf = head?.raw.some((byte, at) => byte === 0x0a && head.raw[at - 1] !== 0x0d);
  if (hasBareLf) {
    const text = words(
      "Lines of the header end with LF alone. HTTP ends them with CRLF: \\r\\n.",
      "响应头的行只以 LF 结尾。HTTP 规定用 CRLF，即 \\r\\n。",
    );
    return weak(text, evidence, { again });
  }
  const [remark] = head?.remarks ?? [];
  return remark === undefined ? OK : weak(words(`${remark}.`, `响应头不规范：${remark}。`), evidence, { again });
}

/** http/2. */
export async function hostMissing(context: CaseContext): Promise<Finding> {
  const bytes = new TextEncoder().encode("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
  const { actor, reply } = await ask(context, bytes);
  const again = clientWords(bytes);
  const expected = words("400 Bad Request", "400 Bad Request");
  const status = statusOf(reply);
  if (status === 0) {
    const finding = unanswered({ actor, reply });
    const isOver = actor.end !== "open" && reply.problem === undefined;
    return isOver && finding?.reason
      ? weak(finding.reason, evidenceOf(actor, expected), { again })
      : { ...finding ?? OK, again };
  }
  if (status >= 500) {
    return fail(
      words(`A request without Host is answered by ${status}.`, `缺少 Host 的请求得到 ${status}。`),
      evidenceOf(actor, expected),
      { again },
    );
  }
  return status >= 400 ? OK : weak(HOST_IGNORED(status), evidenceOf(actor, expected), { again });
}

const HOST_IGNORED = (status: number) =>
  words(
    `A request of HTTP/1.1 without Host is answered by ${status}; RFC 9112 section 3.2 wants 400.`,
    `HTTP/1.1 请求缺少 Host 时应返回 400（RFC 9112 第 3.2 节），这里返回的是 ${status}。`,
  );

/** http/3. */
export async function notFound(context: CaseContext): Promise<Finding> {
  const bytes = request(NOWHERE);
  const { actor, reply } = await ask(context, bytes);
  const again = clientWords(bytes);
  const finding = unanswered({ actor, reply });
  if (finding) return { ...finding, again };
  const status = statusOf(reply);
  const evidence = evidenceOf(actor, words("404 Not Found", "404 Not Found"));
  if (status >= 500) {
    return fail(
      words(
        `A path that does not exist is answered by ${status}: answer 404.`,
        `路径不存在时返回 ${status}，应为 404。`,
      ),
      evidence,
      { again },
    );
  }
  if (status >= 400) return OK;
  return weak(
    words(
      `A path that does not exist is answered by ${status}, as if it did.`,
      `路径不存在，却返回 ${status}，应为 404。`,
    ),
    evidence,
    { again },
  );
}

/** http/5. */
export async function headOnly(context: CaseContext): Promise<Finding> {
  const bytes = request("/", { method: "HEAD" });
  const { actor, reply } = await ask(context, bytes, "HEAD");
  const again = clientWords(bytes);
  const finding = unanswered({ actor, reply });
  if (finding) return { ...finding, again };
  await actor.ended(context.quietMs);
  const extra = actor.received.length - reply.next;
  if (extra > 0) {
    const text = words(
      `The answer to HEAD has a body of ${extra} bytes. HEAD asks for the header alone; the client takes the body for the next answer.`,
      `对 HEAD 的响应带了 ${extra} 字节的正文。HEAD 只要响应头；多出的正文会被当成下一个响应。`,
    );
    return fail(text, evidenceOf(actor, words("a header without a body", "只有响应头"), reply.next), { again });
  }
  const status = statusOf(reply);
  if (status < 400) return OK;
  const text = words(
    `HEAD is answered by ${status}; a server should answer it as it answers GET.`,
    `HEAD 返回 ${status}；应与 GET 相同，只是没有正文。`,
  );
  return weak(text, evidenceOf(actor), { again });
}

/** http/6. */
export async function keepsAlive(context: CaseContext): Promise<Finding> {
  const bytes = request("/", { keep: true });
  const first = await ask(context, bytes);
  const { actor, reply } = first;
  const finding = unanswered(first);
  if (finding) return finding;
  if (saysClose(reply)) return weak(NO_KEEPING, evidenceOf(actor));
  if (reply.head?.framing.by === "close" && actor.end === "open") return fail(ENDLESS, evidenceOf(actor));
  if (reply.head?.framing.by === "close" || await actor.ended(context.pauseMs)) {
    return weak(UNTOLD_CLOSE, evidenceOf(actor));
  }
  await actor.send(bytes);
  const second = await readReply(actor, context.answerMs, "GET", reply.next);
  if (statusOf(second) === statusOf(reply) && second.whole) return OK;
  if (actor.end !== "open" && actor.received.length === reply.next) return weak(UNTOLD_CLOSE, evidenceOf(actor));
  const text = words(
    "The second request on the same connection gets no right answer. Read the next request in a loop until the client closes.",
    "同一连接上的第二个请求没有得到正确的响应。应循环读取下一个请求，直到客户端关闭连接。",
  );
  return fail(text, evidenceOf(actor, undefined, reply.next));
}

const NO_KEEPING = words(
  "The server ends the connection after each answer, and says so: allowed, but each picture of a page costs a new connection.",
  "服务器每次响应后都关闭连接，也写明了 Connection: close：允许，但网页里的每张图片都要新建连接。",
);

const UNTOLD_CLOSE = words(
  "The server ends the connection after its answer and does not say so. Without keep-alive each answer must have Connection: close (RFC 9112 section 9.6).",
  "服务器响应后就关闭连接，却没有说明。不支持长连接时，每个响应都必须带 Connection: close（RFC 9112 第 9.6 节）。",
);

/** http/14. */
export async function closesWhenAsked(context: CaseContext): Promise<Finding> {
  const bytes = request("/");
  const { actor, reply } = await ask(context, bytes);
  const again = clientWords(bytes);
  const finding = unanswered({ actor, reply });
  if (finding) return { ...finding, again };
  const expected = words("FIN after the answer", "响应之后是 FIN");
  await actor.ended(context.answerMs);
  if (actor.end === "fin") return OK;
  return actor.end === "open"
    ? fail(STAYS_OPEN, evidenceOf(actor, expected), { again })
    : weak(RESETS, evidenceOf(actor, expected), { again });
}

const STAYS_OPEN = words(
  "The request says Connection: close, and the connection stays open after the answer. Close the socket then.",
  "请求里写了 Connection: close，响应之后连接却没有关闭。这时应关闭套接字。",
);

const RESETS = words(
  "The connection ends with a reset: bytes of the request were unread when the server closed it. Read the whole request first.",
  "连接以重置（RST）结束：服务器关闭时，请求中还有字节没有读。应先读完整个请求。",
);
