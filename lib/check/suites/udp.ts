/**
 * The suite of a UDP server that answers each datagram, with the same bytes or with others.
 *
 * @module
 */

import { sameBytes } from "../../bytes.ts";
import { encodeText } from "../../text/encode.ts";
import { wait } from "../../wait.ts";
import type { Actor } from "../actor.ts";
import type { Case, CaseContext, Suite } from "../case.ts";
import type { Evidence, Finding } from "../finding.ts";
import { fail, OK, shortened, unknown, weak, words } from "../verdict.ts";

/** Attempts before a datagram counts as not answered: a busy system may lose some. */
const ATTEMPTS = 3;

/** Answers for which one attempt waits. */
const IN_A_ROW = 4;

/** Bytes of a datagram that few buffers hold; the most is 65,507. */
const LARGE_BYTES = 60_000;

/** Senders that close their sockets at once: a quick server on the same machine has answered most of them before. */
const LOST_SENDERS = { most: 40, least: 3 } as const;

/** Turns of promises after which a send that waits for nothing has been handed to the system. */
const WRITE_TURNS = 5;

/** What a server does with a datagram. */
type Habit = "echoes" | "replies";

/** A text that differs from all others; with a line end, for some servers wait for one. */
function datagram({ random, encoding }: CaseContext, more = "\n"): Uint8Array {
  return encodeText(`sockeye ${Math.floor(random() * 1e9)} 你好${more}`, encoding);
}

/** Sends a datagram until something more has come; says whether it has. */
async function answered({ answerMs }: CaseContext, actor: Actor, bytes: Uint8Array): Promise<boolean> {
  const before = actor.messages.length;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    await actor.send(bytes);
    if (await actor.until(() => actor.messages.length > before, answerMs / ATTEMPTS)) return true;
  }
  return false;
}

/** What a case knows of the server; `tookMs` is how long one answer took. */
interface Learnt {
  readonly actor: Actor;
  readonly habit: Habit;
  readonly tookMs: number;
}

/** Learns what the server does, on a socket that the case goes on with; or why nothing can be judged. */
async function learn(context: CaseContext): Promise<Learnt | Finding> {
  const actor = await context.connect();
  const attemptMs = context.answerMs / ATTEMPTS;
  let tookMs = Infinity;
  let bytes = datagram(context);
  // An answer that needed more than one attempt was lost or is slow: another datagram tells.
  for (let round = 0; round < 2 && tookMs > attemptMs; round++) {
    if (round > 0) bytes = datagram(context);
    const start = performance.now();
    if (!await answered(context, actor, bytes)) return unknown(SILENT, actor.evidence());
    tookMs = performance.now() - start;
    if (tookMs > attemptMs) await silence(actor, context.answerMs);
  }
  if (tookMs > attemptMs) return unknown(SLOW, actor.evidence());
  // Answers to the same datagram, sent again, may still be on their way.
  await wait(context.quietMs / 3, context.signal);
  return { actor, habit: actor.messages.some((message) => sameBytes(message, bytes)) ? "echoes" : "replies", tookMs };
}

/** Waits until nothing more has come for so many milliseconds. */
async function silence(actor: Actor, ms: number): Promise<void> {
  let count: number;
  do count = actor.messages.length; while (await actor.until(() => actor.messages.length > count, ms));
}

const SLOW = words(
  "Answers take so long that a late one cannot be told from a lost one.",
  "回复来得太慢，分不清是迟到还是丢失。",
);

const SILENT = words(
  "No answer came. Either the server only reads, or it is not running (any more), or its answers go elsewhere: sendto() needs the address that recvfrom() gave.",
  "没有收到任何回复：服务器可能只收不发，可能没有启动或已经退出，也可能把回复发到了别处。sendto() 要用 recvfrom() 返回的地址。",
);

/** Whether the server still answers; else what a case says about it. */
async function stillAnswers(context: CaseContext, actor: Actor, reason: Finding["reason"] & object): Promise<Finding> {
  return await answered(context, actor, datagram(context)) ? OK : fail(reason, actor.evidence());
}

/** Makes a case of what is done with a server that answers. */
function withServer(
  play: (context: CaseContext, actor: Actor, habit: Habit, tookMs: number) => Promise<Finding>,
): Case["run"] {
  return async (context) => {
    const learnt = await learn(context);
    if ("verdict" in learnt) return learnt;
    const { actor, habit, tookMs } = learnt;
    // Datagrams of several senders wait for each other in a server that takes its time.
    const answerMs = Math.max(context.answerMs, ATTEMPTS * IN_A_ROW * tookMs);
    return await play({ ...context, answerMs }, actor, habit, tookMs);
  };
}

/** udp/1: three senders, each of which must get its own answer. */
async function rightSender(context: CaseContext, first: Actor, habit: Habit): Promise<Finding> {
  const senders = [first, await context.connect(), await context.connect()];
  const sent = senders.map(() => datagram(context));
  const before = senders.map(({ messages }) => messages.length);
  const gets = (index: number) => senders[index]!.messages.length > before[index]!;
  for (let attempt = 0; attempt < ATTEMPTS && senders.some((_, index) => !gets(index)); attempt++) {
    const waiting = senders.map((_, index) => index).filter((index) => !gets(index));
    for (const index of waiting) await senders[index]!.send(sent[index]!);
    const { answerMs } = context;
    await Promise.all(waiting.map((index) => senders[index]!.until(() => gets(index), answerMs / ATTEMPTS)));
  }
  for (const [index, actor] of senders.entries()) {
    const others = sent.filter((_, other) => other !== index);
    const strange = actor.messages.some((message) => others.some((bytes) => sameBytes(message, bytes)));
    if (strange && habit === "echoes") return fail(STRANGE, actor.evidence(sent[index]!));
  }
  const silent = senders.findIndex((_, index) => !gets(index));
  return silent < 0 ? OK : fail(ONE_SILENT, senders[silent]!.evidence(sent[silent]!));
}

const STRANGE = words(
  "A sender got the answer to another one's datagram. Send each answer to the address that recvfrom() returned with its datagram.",
  "一个发送方收到了本该发给别人的回复。每个回复都要发往 recvfrom() 随该数据报返回的地址。",
);

const ONE_SILENT = words(
  "One of three senders got no answer, the others did. Do not keep the first sender's address: use the one that recvfrom() returned last.",
  "三个发送方中有一个没有收到回复。不要一直用第一个发送方的地址，要用这次 recvfrom() 返回的地址。",
);

/** udp/2: datagrams of different lengths, one after the other at once; a line end does not end them. */
async function keepsBorders(context: CaseContext, actor: Actor, habit: Habit): Promise<Finding> {
  const sent = ["", "x".repeat(300), "\n"].map((more) => datagram(context, more));
  let got: readonly Uint8Array[] = [];
  for (let attempt = 0; attempt < ATTEMPTS && got.length < sent.length; attempt++) {
    const before = actor.messages.length;
    await actor.send(sent);
    await actor.until(() => actor.messages.length >= before + sent.length, context.answerMs / ATTEMPTS);
    got = actor.messages.slice(before);
    // A late answer to a datagram before these is no mistake.
    const all = actor.steps.flatMap((step) => step.does === "send" ? [step.bytes] : []);
    const joined = got.find((message) => !all.some((bytes) => sameBytes(bytes, message)));
    if (habit === "echoes" && joined) return fail(BORDERS, actor.evidence());
  }
  if (got.length >= sent.length) return OK;
  const text = words(
    `Three datagrams were sent in a row, and ${got.length} answers came. Each recvfrom() gives one datagram: answer each.`,
    `连续发了三个数据报，只收到 ${got.length} 个回复。每次 recvfrom() 得到一个数据报，每个都要回复。`,
  );
  return fail(text, actor.evidence());
}

const BORDERS = words(
  "Three datagrams were sent in a row, and something else than these three came back. A datagram is one message: it is neither joined nor split.",
  "连续发了三个数据报，发回来的却不是这三个。一个数据报就是一条消息，既不合并也不拆分。",
);

/** udp/3. */
async function emptyDatagram(context: CaseContext, actor: Actor, habit: Habit): Promise<Finding> {
  const before = actor.messages.length;
  const comesBack = await answered(context, actor, new Uint8Array());
  const finding = await stillAnswers(context, actor, ENDED_BY_EMPTY);
  if (finding.verdict !== "ok" || habit === "replies") return finding;
  const isEmpty = actor.messages[before]?.length === 0;
  return comesBack && isEmpty ? OK : weak(EMPTY_LOST, actor.evidence());
}

const ENDED_BY_EMPTY = words(
  "After an empty datagram the server answers nothing any more. In UDP b'' is no end of a connection but a message of no bytes: go on.",
  "收到空数据报后，服务器不再回复。UDP 里的 b'' 不表示连接结束，而是一条长度为 0 的消息：应继续循环。",
);

const EMPTY_LOST = words(
  "An empty datagram does not come back. It is a message like others, if one wants it.",
  "空数据报没有被发回。它也是一条消息。",
);

/** udp/4. */
async function largeDatagram(context: CaseContext, actor: Actor, habit: Habit): Promise<Finding> {
  const bytes = new Uint8Array(LARGE_BYTES).map((_, at) => 0x21 + at % 90);
  bytes[LARGE_BYTES - 1] = 0x0a;
  const before = actor.messages.length;
  const comesBack = await answered(context, actor, bytes);
  const answer = actor.messages[before];
  const finding = await stillAnswers(context, actor, ENDED_BY_LARGE);
  if (finding.verdict !== "ok") return finding;
  if (!comesBack && actor.refused) return unknown(LARGE_UNSENT);
  if (!comesBack) return fail(LARGE_UNANSWERED, shown(actor.evidence()));
  if (habit === "replies" || !answer || sameBytes(answer, bytes)) return OK;
  const text = words(
    `Of ${LARGE_BYTES} bytes ${answer.length} came back: recvfrom() drops what does not fit its buffer. Give it room for 65,535 bytes.`,
    `发了 ${LARGE_BYTES} 字节，只发回 ${answer.length} 字节：放不进缓冲区的部分会被 recvfrom() 丢弃。缓冲区应有 65535 字节。`,
  );
  return fail(text, shown(actor.evidence()));
}

const ENDED_BY_LARGE = words(
  "After a datagram of 60,000 bytes the server answers nothing any more.",
  "收到 60000 字节的数据报后，服务器不再回复。",
);

const LARGE_UNANSWERED = words(
  "A datagram of 60,000 bytes gets no answer, small ones do.",
  "60000 字节的数据报没有得到回复，小的有。",
);

const LARGE_UNSENT = words(
  "This system sends no datagram of 60,000 bytes. On macOS: sysctl net.inet.udp.maxdgram=65535.",
  "这个系统不允许发送 60000 字节的数据报。macOS 上可以用 sysctl net.inet.udp.maxdgram=65535 放宽。",
);

/** Bytes of large datagrams that a finding shows. */
const SHOWN_BYTES = 200;

function shown(evidence: Evidence): Evidence {
  return { ...shortened(evidence, SHOWN_BYTES), received: evidence.received.slice(-SHOWN_BYTES) };
}

/** udp/5: senders close their socket at once, so that the system answers the server's answer with an ICMP error. */
async function lostSenders(context: CaseContext, actor: Actor, _habit: Habit, tookMs: number): Promise<Finding> {
  // A slow server must come to the end of them in half of the time that its next answer has.
  const senders = Math.max(LOST_SENDERS.least, Math.min(LOST_SENDERS.most, context.answerMs / 2 / tookMs));
  for (let count = 0; count < senders; count++) {
    const lost = await context.connect();
    await wait(0, context.signal);
    const sent = lost.send(datagram(context));
    // It has been handed to the system then, and no answer has been read.
    for (let turn = 0; turn < WRITE_TURNS; turn++) await Promise.resolve();
    lost.close();
    await sent;
  }
  return await stillAnswers(context, actor, ENDED_BY_LOST);
}

const ENDED_BY_LOST = words(
  "After some senders had closed their sockets the server answers nothing any more. An answer to a closed port comes back as an ICMP error, " +
    "which recvfrom() or sendto() may raise (ECONNREFUSED, on Windows ECONNRESET): catch it and go on.",
  "有发送方关闭套接字之后，服务器不再回复。发往已关闭端口的回复会引来 ICMP 错误，recvfrom() 或 sendto() 可能因此抛出异常" +
    "（ECONNREFUSED，Windows 上是 ECONNRESET）：要捕获异常并继续。",
);

/** Titles and what is done, in the order of their numbers. */
const ROWS: readonly (readonly [string, string, Case["run"], Partial<Case>?])[] = [
  ["an answer goes to its sender, of three", "三个发送方各收到自己的回复", withServer(rightSender)],
  ["datagrams stay apart", "数据报之间保持边界", withServer(keepsBorders)],
  ["an empty datagram", "空数据报", withServer(emptyDatagram), { harsh: 1 }],
  ["a datagram of 60,000 bytes", "60000 字节的数据报", withServer(largeDatagram), { harsh: 2 }],
  ["senders that are gone", "发送方已经不在", withServer(lostSenders), { harsh: 3 }],
];

/** The suite. */
export const udp: Suite = {
  name: "udp",
  title: words("a UDP server that answers each datagram", "回复每个数据报的 UDP 服务器"),
  tests: "server",
  cases: ROWS.map(([en, zh, run, more], index): Case => ({
    name: String(index + 1),
    ...(index > 0 && { needs: ["1"] }),
    title: words(en, zh),
    run,
    ...more,
  })),
};
