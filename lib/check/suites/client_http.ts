/**
 * `client/http`: a client that asks for a page over HTTP/1.1.
 *
 * @module
 */

import { concat } from "../../bytes.ts";
import type { Bilingual } from "../../language.ts";
import type { Case, CaseContext, Suite } from "../case.ts";
import { CLOSES, gaveUp, wholeAnswer } from "../client/findings.ts";
import { ask, type Asked, headOf, lastPage } from "../client/request.ts";
import { type Course, cutAt, type Ending, endMs, play, silenceMs, singly } from "../client/talk.ts";
import type { Evidence, Finding } from "../finding.ts";
import { needed, Unjudged } from "../reasons.ts";
import { OK, unknown } from "../verdict.ts";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The page, in two halves. */
const HALVES: readonly [Uint8Array, Uint8Array] = [
  utf8("The first half of the page.\n"),
  utf8("第二部分，到此结束。\n"),
];
const BODY = concat(HALVES);
const LENGTH = `Content-Length: ${BODY.length}`;

/** Bytes that a body lacks. */
const MISSING = 10;

/** Where a redirect leads. */
const MOVED = "/moved?by=sockeye";

/** A client and its request, in a case. */
interface Client extends Asked {
  /** The name of the case. */
  readonly case: string;
}

/** Makes a case of what happens once there is a request. */
function asked(
  name: string,
  title: Bilingual,
  run: (client: Client, context: CaseContext) => Promise<Finding>,
  harsh = 0,
): Case {
  return {
    name,
    title,
    harsh,
    run: async (context) => {
      const got = await ask(context);
      if ("verdict" in got) return got;
      if ("head" in got) return await run({ ...got, case: name }, context);
      // One case tells it; it decides nothing about the others.
      const { verdict, reason } = got.wrong;
      return name === "1" || verdict === "unknown" || !reason ? got.wrong : unknown(reason);
    },
  };
}

/**
 * Sends a response in pieces. A client that goes on with its next request gets a page, so that it is not broken off. One that reads
 * once fails one case: it would fail nearly all of them for the same reason.
 */
async function respond(
  client: Client,
  pieces: readonly Uint8Array[],
  context: CaseContext,
  ending: Ending = "wait",
): Promise<Course> {
  const course = await play(client, pieces, context, ending);
  if (course.went === "after" && course.did === "talked") await client.actor.send(lastPage());
  const { reception } = context;
  if (course.went !== "early" || !reception) return course;
  reception.tookPiece ??= client.case;
  if (reception.tookPiece !== client.case) throw new Unjudged(needed(`client/http/${reception.tookPiece}`));
  return course;
}

/** The response with a length, which every client understands, in two pieces. */
function halved(...fields: readonly string[]): readonly Uint8Array[] {
  return [concat([headOf(...fields), HALVES[0]]), HALVES[1]];
}

/**
 * A client that finds the end of the body by itself closes or goes on; another one waits for the connection to end.
 *
 * @param missed what that says of a client that finds the end by a Content-Length; nothing where it may wait
 */
async function findsEnd(
  client: Client,
  pieces: readonly Uint8Array[],
  missed: Bilingual | undefined,
  context: CaseContext,
): Promise<Finding> {
  const course = await respond(client, pieces, context);
  if (course.went !== "end") return wholeAnswer(client, course, concat(pieces).length, READ_ON);
  if (!missed) return unknown(KEEPS);
  // Perhaps it keeps the connection for its next request. How does it take a length that it must understand?
  const evidence = client.actor.evidence(GOES_ON);
  await client.actor[Symbol.asyncDispose]();
  if (!await context.reception?.arrival(silenceMs(context), true)) return unknown(KEEPS);
  const again = await ask(context);
  if (!("head" in again)) return unknown(KEEPS);
  const control = await respond({ ...again, case: client.case }, halved(LENGTH), context);
  return control.went === "after" ? { verdict: "fail", reason: missed, evidence } : unknown(KEEPS);
}

const GOES_ON: Bilingual = {
  en: "the client closes or goes on when the body is complete",
  zh: "正文收完后客户端关闭连接或继续发送",
};

const READ_ON: Bilingual = {
  en:
    "recv() returns what has arrived: read on until the body is complete, by its Content-Length, its last chunk or the " +
    "end of the connection.",
  zh: "recv() 返回的是已经到达的数据：要一直读到正文完整为止，依据是 Content-Length、最后一个 chunk 或连接关闭。",
};

const KEEPS: Bilingual = {
  en:
    "The client keeps the connection until the server closes it, for reuse or because it waits for that: the wire does " +
    "not show whether it found the end of the body.",
  zh: "客户端一直保持连接，直到服务器关闭：可能是为了复用，也可能只是在等关闭。从网络上看不出它是否找到了正文的结尾。",
};

async function chunked(client: Client, context: CaseContext): Promise<Finding> {
  if (client.head.version === "1.0") {
    await client.actor.send(lastPage());
    return unknown({
      en: "The client speaks HTTP/1.0, which has no chunks (RFC 9112 section 7.1).",
      zh: "客户端用的是 HTTP/1.0，没有 chunked 编码（RFC 9112 第 7.1 节）。",
    });
  }
  const [first, second] = HALVES.map((half) => concat([utf8(`${half.length.toString(16)}\r\n`), half, utf8("\r\n")]));
  const pieces = [concat([headOf("Transfer-Encoding: chunked"), first!]), second!, utf8("0\r\n\r\n")];
  // A client that asks the server to close may wait for that.
  const waits = client.head.fields.list("connection").includes("close");
  return await findsEnd(
    client,
    pieces,
    waits ? undefined : {
      en:
        "The client closes by itself with a Content-Length, and not after the last chunk: it does not find the end of a " +
        "chunked body (RFC 9112 section 7.1).",
      zh:
        "有 Content-Length 时客户端会自己关闭，收到最后一个 chunk 却没有：它找不到 chunked 正文的结尾（RFC 9112 第 7.1 节）。",
    },
    context,
  );
}

async function lowerCase(client: Client, context: CaseContext): Promise<Finding> {
  const pieces = halved(LENGTH).map((piece, at) => at > 0 ? piece : lowered(piece));
  return await findsEnd(client, pieces, {
    en:
      "The client closes by itself with Content-Length, and not with content-length: names of header fields have no case " +
      "(RFC 9110 section 5.1).",
    zh:
      "响应头写成 Content-Length 时客户端会自己关闭，写成 content-length 却没有：响应头的名字不区分大小写（RFC 9110 第 5.1 节）。",
  }, context);
}

function lowered(piece: Uint8Array): Uint8Array {
  return utf8(new TextDecoder().decode(piece).replace(/^[\w-]+(?=:)/gm, (name) => name.toLowerCase()));
}

/** The client knows the end only when the server closes: it must stay until then, and notice it. */
async function untilClose(
  client: Client,
  announced: number | undefined,
  hangs: Bilingual,
  context: CaseContext,
): Promise<Finding> {
  const length = announced === undefined ? [] : [`Content-Length: ${announced}`];
  const pieces = halved(...length, "Connection: close");
  const course = await respond(client, pieces, context, "fin");
  const whole = concat(pieces).length + (announced ?? BODY.length) - BODY.length;
  if (course.went !== "nowhere") return wholeAnswer(client, course, whole, READ_ON);
  return { verdict: "fail", reason: hangs, evidence: client.actor.evidence(CLOSES) };
}

async function redirect(client: Client, context: CaseContext): Promise<Finding> {
  const { actor, head } = client;
  await actor.send(utf8(`HTTP/1.1 302 Found\r\nLocation: ${MOVED}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`));
  await actor.halfClose();
  await actor.ended(endMs(context));
  if (!await context.reception?.arrival(context.answerMs)) return unknown(STAYS);
  const next = await ask(context);
  if ("verdict" in next) return unknown(STAYS);
  await next.actor.send(lastPage());
  await next.actor.halfClose();
  await next.actor.ended(context.pauseMs);
  if (!("head" in next) || next.head.target === head.target) return unknown(STAYS);
  const path = next.head.target.replace(/^https?:\/\/[^/]*/i, "");
  if (path === MOVED) return OK;
  const evidence: Evidence = next.actor.evidence(utf8(`${next.head.method} ${MOVED} HTTP/${next.head.version}\r\n`));
  return path.includes("moved") ? { verdict: "fail", reason: WRONG_PLACE, evidence } : unknown(STAYS);
}

const STAYS: Bilingual = {
  en:
    "The client did not ask for the new address. It may leave that to its user (RFC 9110 section 15.4), but must not take " +
    "the redirect for the page.",
  zh: "客户端没有请求新地址。它可以把这交给用户决定（RFC 9110 第 15.4 节），但不能把重定向响应当成页面。",
};

const WRONG_PLACE: Bilingual = {
  en:
    `The client asked for another address than the one it was sent to: Location may be a path (${MOVED}), which belongs to ` +
    "the same server and is asked for as it is (RFC 9110 section 10.2.2).",
  zh: `客户端请求的地址与重定向给出的不同：Location 可以只是一个路径（${MOVED}），表示同一服务器上的这个路径，` +
    "应原样请求（RFC 9110 第 10.2.2 节）。",
};

async function gzip(client: Client, context: CaseContext): Promise<Finding> {
  if (/\b(?:gzip|\*)/.test(client.head.fields.list("accept-encoding").join())) {
    await client.actor.send(lastPage());
    return unknown({
      en:
        "The client asks for gzip (Accept-Encoding), so it is not unasked; the wire does not show what it makes of it.",
      zh: "客户端自己要求了 gzip（Accept-Encoding），算不上“没要求”；从网络上也看不出它怎样处理。",
    });
  }
  const stream = new Blob([BODY.slice()]).stream().pipeThrough(new CompressionStream("gzip"));
  const packed = new Uint8Array(await new Response(stream).arrayBuffer());
  const head = headOf("Content-Encoding: gzip", `Content-Length: ${packed.length}`);
  const pieces = cutAt(concat([head, packed]), head.length + Math.floor(packed.length / 2));
  const finding = wholeAnswer(client, await respond(client, pieces, context), concat(pieces).length, READ_ON);
  return finding.verdict !== "ok" ? finding : unknown({
    en: "The client took the whole body; whether it unpacks it or says that it cannot is not seen on the wire.",
    zh: "客户端收下了整个正文；它是解压还是报告无法解压，从网络上看不出来。",
  });
}

async function byteByByte(client: Client, context: CaseContext): Promise<Finding> {
  const whole = concat(halved(LENGTH));
  return wholeAnswer(client, await respond(client, singly(whole), context), whole.length, READ_ON);
}

async function silence({ actor }: Client, context: CaseContext): Promise<Finding> {
  const ended = await actor.ended(silenceMs(context));
  // As it waits without end, a FIN could lead it into a loop without end.
  if (!ended) actor.reset();
  return gaveUp(ended, silenceMs(context));
}

/** The suite. */
export const clientHttp: Suite = {
  name: "client/http",
  title: { en: "a client that asks for a page over HTTP/1.1", zh: "用 HTTP/1.1 请求网页的客户端" },
  tests: "client",
  cases: [
    asked("1", { en: "a body in chunks", zh: "分块传输的正文（chunked）" }, chunked),
    asked(
      "2",
      { en: "a body that is ten bytes shorter than its Content-Length", zh: "正文比 Content-Length 少 10 个字节" },
      (client, context) =>
        untilClose(client, BODY.length + MISSING, {
          en:
            'The server closed ten bytes before the end, and the client still waits for them: recv() returns b"" then, and ' +
            "the body must be taken for incomplete (RFC 9112 section 8).",
          zh:
            '服务器少发 10 个字节就关闭了，客户端还在等：这时 recv() 返回 b""，应认定正文不完整（RFC 9112 第 8 节）。',
        }, context),
      2,
    ),
    asked(
      "3",
      { en: "a body without a length, up to the end of the connection", zh: "没有长度的正文，以连接关闭为结尾" },
      (client, context) =>
        untilClose(client, undefined, {
          en:
            "The server closed, which ends a body without a length (RFC 9112 section 6.3), and the client did not notice: " +
            'recv() returns b"" then.',
          zh: '没有长度的正文以服务器关闭连接为结尾（RFC 9112 第 6.3 节），客户端却没有察觉：这时 recv() 返回 b""。',
        }, context),
      1,
    ),
    asked("4", { en: "a redirect", zh: "重定向" }, redirect),
    asked("5", { en: "header names in lower case", zh: "响应头的名字全小写" }, lowerCase),
    asked("6", { en: "a body packed with gzip that was not asked for", zh: "没要求却收到 gzip 压缩的正文" }, gzip),
    asked("7", { en: "a response that arrives byte by byte", zh: "响应逐字节到达" }, byteByByte),
    asked("8", { en: "a server that never answers", zh: "服务器一直不回复" }, silence),
  ],
};
