/**
 * The case of an HTTP server about Content-Length: it counts bytes. Pages in Chinese show a server that counts characters; they are
 * looked for by the links of its pages.
 *
 * @module
 */

import { clientWords } from "../again.ts";
import type { CaseContext } from "../case.ts";
import type { Finding } from "../finding.ts";
import { fail, OK, unknown, words } from "../verdict.ts";
import { NOWHERE } from "./basics.ts";
import { ask, evidenceOf, type Exchange, type Reply, request, statusOf } from "./exchange.ts";

/** Pages that are looked at, at most. */
const PAGES = 8;

/** Bytes of the longest body that is counted: a page links to large files, too, which are not read to their end. */
const COUNTED_MAX = 1024 * 1024;

/** Types of what is no text. */
const NO_TEXT = /^(image|audio|video|font)\/|^application\/(octet-stream|zip|pdf|wasm)/i;

/** http/4. */
export async function lengthInBytes(context: CaseContext): Promise<Finding> {
  const paths = ["/", NOWHERE, `/${encodeURIComponent("没有这个页面")}`];
  let hasForeign = false;
  for (let index = 0; index < paths.length && index < PAGES; index++) {
    const path = paths[index]!;
    const exchange = await ask(context, request(path));
    const finding = await judge(context, path, exchange);
    if (finding) return finding;
    const { reply } = exchange;
    hasForeign ||= reply.whole && isText(reply) && reply.body.some((byte) => byte >= 0x80);
    for (const link of linksOf(reply)) if (!paths.includes(link)) paths.push(link);
  }
  if (hasForeign) return OK;
  return unknown(words(
    "All lengths are right, but no page with Chinese or other characters beyond ASCII was found. Put one at /, or link it from there.",
    "各页的长度都对，但没有找到含中文的网页，无法判断长度是否按字节计算。请在 / 放一个中文网页，或从那里链接过去。",
  ));
}

/** Compares a length with the bytes that came until the connection ended, or nothing more came. */
async function judge(context: CaseContext, path: string, { actor, reply }: Exchange): Promise<Finding | undefined> {
  const { head } = reply;
  if (head?.framing.by !== "length" || head.framing.length > COUNTED_MAX) return undefined;
  const said = head.framing.length;
  if (reply.whole) await actor.ended(context.quietMs);
  // A body that still comes, however slowly, cannot be counted yet.
  else if (await actor.bytes(actor.received.length + 1, context.answerMs)) return undefined;
  const has = reply.whole ? said + actor.received.length - reply.next : reply.body.length;
  if (has === said) return undefined;
  const body = actor.received.subarray(reply.whole ? reply.next - said : reply.next - reply.body.length);
  const again = clientWords(request(path));
  const shown = words(`${said} bytes of body, as Content-Length says`, `按 Content-Length，正文应有 ${said} 字节`);
  const evidence = evidenceOf(actor, shown, has > said ? reply.next : actor.received.length);
  return fail(has > said && isCountOf(said, body) ? inCharacters(path, said, has) : wrong(path, said, has), evidence, {
    again,
  });
}

function isCountOf(count: number, body: Uint8Array): boolean {
  const text = new TextDecoder().decode(body);
  return text.length === count || [...text].length === count;
}

function inCharacters(path: string, said: number, has: number) {
  return words(
    `Content-Length of ${path} counts characters: it says ${said}, and the body has ${has} bytes, so a browser shows a page that is cut off. Encode first, then take the length: len(text.encode()).`,
    `${path} 的 Content-Length 数的是字符：写的是 ${said}，正文却有 ${has} 字节，浏览器会显示不完整的网页。应先编码再取长度：len(text.encode())。`,
  );
}

function wrong(path: string, said: number, has: number) {
  return words(
    `Content-Length of ${path} says ${said}, and the body has ${has} bytes. It is the number of bytes behind the empty line.`,
    `${path} 的 Content-Length 是 ${said}，正文却有 ${has} 字节。它应是空行之后的字节数。`,
  );
}

function isText({ head }: Reply): boolean {
  return !NO_TEXT.test(head?.fields.get("content-type") ?? "");
}

/** Pages of the same server to which an answer leads. */
function linksOf(reply: Reply): string[] {
  const text = isText(reply) && statusOf(reply) < 400 ? new TextDecoder().decode(reply.body) : "";
  const found = [...text.matchAll(/\b(?:href|src)\s*=\s*["']?([^"'\s>]+)/gi)].map(([, link = ""]) => link);
  const base = "http://localhost/";
  return [...found, reply.head?.fields.get("location") ?? ""].flatMap((link) => {
    const url = URL.canParse(link, base) ? new URL(link, base) : undefined;
    return link !== "" && url?.origin === new URL(base).origin ? [url.pathname + url.search] : [];
  });
}
