/**
 * Cases of an HTTP server with requests that no browser makes.
 *
 * @module
 */

import { latin1 } from "../../bytes.ts";
import { clientWords } from "../again.ts";
import type { CaseContext } from "../case.ts";
import type { Finding } from "../finding.ts";
import { each } from "../waiting.ts";
import { AT_ONCE } from "./pieces.ts";
import { fail, OK, shortened, weak, words } from "../verdict.ts";
import { ask, evidenceOf, type Exchange, readReply, request, saysClose, statusOf, unanswered } from "./exchange.ts";

/** Folders up from wherever a server has its pages: more than there are. */
const UP = 12;

/** Ways to write a path that leads out of the folder of pages. */
const WAYS_OUT: readonly string[] = [
  `/${"../".repeat(UP)}etc/passwd`,
  `/${"%2e%2e/".repeat(UP)}etc/passwd`,
  `/${"..%2f".repeat(UP)}etc%2fpasswd`,
  `/${"..\\".repeat(UP)}etc\\passwd`,
  `/${"..%5c".repeat(UP)}etc%5cpasswd`,
  `/${"....//".repeat(UP)}etc/passwd`,
  "//etc/passwd",
  `/${"..\\".repeat(UP)}windows\\win.ini`,
];

/** How these files begin, or what stands in them. */
const SECRET = /^root:[^:\n]*:0:0:|^\[fonts\]/m;

/** http/10. */
export async function staysInside(context: CaseContext): Promise<Finding> {
  const findings = await each(WAYS_OUT, Math.min(context.atOnce, AT_ONCE), (path) => tryPath(context, path));
  return findings.find((finding) => finding?.verdict === "fail") ?? findings.find((finding) => finding) ?? OK;
}

async function tryPath(context: CaseContext, path: string): Promise<Finding | undefined> {
  const bytes = request(path);
  const exchange = await ask(context, bytes);
  const { actor, reply } = exchange;
  const again = clientWords(bytes);
  const at = SECRET.exec(latin1(actor.received))?.index;
  if (at !== undefined) {
    const text = words(
      `The path ${path} leads out of the folder of pages: the answer has a file of the system. Decode the path, resolve it, and check that it is still below that folder.`,
      `路径 ${path} 越出了网站目录（目录穿越）：响应里是系统文件。要先解码并规范化路径，再确认它仍在网站目录之内。`,
    );
    return fail(text, evidenceOf(actor, words("404 or 400", "404 或 400"), at), { again });
  }
  const finding = unanswered(exchange);
  if (!finding || statusOf(reply) > 0) return undefined;
  const text = words(
    `The path ${path} gets no answer; 404 or 400 would be right.`,
    `路径 ${path} 没有得到响应，应为 404 或 400。`,
  );
  return weak(text, evidenceOf(actor), { again });
}

/** Bytes of the header that is too large. */
const HUGE_BYTES = 64 * 1024;

/** Bytes of it that a finding shows. */
const SHOWN_BYTES = 120;

/** http/11. */
export async function hugeHeader(context: CaseContext): Promise<Finding> {
  const actor = await context.connect();
  // It waits when the server reads no more.
  const sent = actor.send(request("/", { fields: [`X-Fill: ${"x".repeat(HUGE_BYTES)}`] }));
  const reply = await readReply(actor, context.answerMs);
  await Promise.race([sent, actor.ended(context.answerMs)]);
  if (statusOf(reply) === 0 && actor.end === "open") {
    const text = words(
      "A header of 64 KiB gets no answer, and the connection stays open. Answer 431 and close when a header is too long.",
      "64 KiB 的请求头没有得到响应，连接也不关闭。请求头太长时应返回 431 并关闭连接。",
    );
    return fail(text, shortened(evidenceOf(actor), SHOWN_BYTES));
  }
  // Whether others are still served, the engine looks: it is a harsh case.
  return OK;
}

/** http/12. */
export async function bareLf(context: CaseContext): Promise<Finding> {
  const bytes = new TextEncoder().encode("GET / HTTP/1.1\nHost: localhost\nConnection: close\n\n");
  const exchange = await ask(context, bytes);
  const { actor, reply } = exchange;
  const again = clientWords(bytes);
  if (statusOf(reply) > 0) return OK;
  const expected = words("200 or 400", "200 或 400");
  if (actor.end !== "open") {
    const finding = unanswered(exchange);
    return weak(finding?.reason ?? expected, evidenceOf(actor, expected), { again });
  }
  return fail(HANGS, evidenceOf(actor, expected), { again });
}

const HANGS = words(
  "A request whose lines end with LF alone gets no answer, and the connection stays open: the server waits for CRLF for ever. Take LF as a " +
    "line end, too (RFC 9112 section 2.2), or answer 400.",
  "以 LF 结尾的请求得不到响应，连接也不关闭：服务器一直在等 CRLF。应把单独的 LF 也当作行尾（RFC 9112 第 2.2 节），或者返回 400。",
);

/** http/15. */
export async function twoLengths(context: CaseContext): Promise<Finding> {
  const bytes = request("/", { method: "POST", fields: ["Content-Length: 3"], body: "name=socket", keep: true });
  const exchange: Exchange = await ask(context, bytes);
  const { actor, reply } = exchange;
  const again = clientWords(bytes);
  const expected = words("400 Bad Request, then FIN", "400 Bad Request，然后 FIN");
  const status = statusOf(reply);
  if (status === 0) {
    if (actor.end === "open") return { ...unanswered(exchange) ?? OK, again };
    const text = words(
      "Two different Content-Lengths: the connection ends without an answer.",
      "两个不同的 Content-Length：没有响应就断开了连接。",
    );
    return weak(text, evidenceOf(actor, expected), { again });
  }
  if (status >= 400) return OK;
  const isOver = saysClose(reply) || await actor.ended(context.answerMs);
  const judge = isOver ? weak : fail;
  const text = words(
    `A request with two different Content-Lengths is answered by ${status}. A proxy before the server may take the other one, and so read another request ` +
      "(request smuggling): answer 400 and close.",
    `带有两个不同 Content-Length 的请求得到了 ${status}。前面的代理可能采用另一个长度，从而读出另一个请求（请求走私）：应返回 400 并关闭连接。`,
  );
  return judge(text, evidenceOf(actor, expected), { again });
}
