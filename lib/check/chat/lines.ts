/**
 * Cases of a chat about lines: they stay whole and apart, wherever the bytes are cut.
 *
 * @module
 */

import { wait } from "../../wait.ts";
import type { Finding } from "../finding.ts";
import { fail, OK, unknown, weak, words } from "../verdict.ts";
import { notHeard } from "./faults.ts";
import { learn, lineOf, lineWith, type Member, type Room } from "./room.ts";

/** Cuts of a line at which nothing may come before no more are tried: each costs the time of an answer. */
const SILENT_CUTS = 2;

/** Members of a room, by what they do. */
interface Trio {
  readonly cutter: Member;
  readonly speaker: Member;
  readonly listener: Member;
}

/** chat/2: one member's line is cut, and another member speaks between the two pieces. */
export async function wholeLines(room: Room): Promise<Finding> {
  const [cutter, speaker, listener] = room.members as [Member, Member, Member];
  const { length } = room.phrase(" 你好").bytes;
  const failed: Finding[] = [];
  let silent = 0;
  let cut = 1;
  for (; cut <= length && silent < SILENT_CUTS; cut++) {
    const finding = await saysInPieces(room, { cutter, speaker, listener }, cut);
    if (!finding) continue;
    failed.push(finding);
    if (finding.reason !== CUT_LINE) silent++;
  }
  const [first] = failed;
  if (first) return { ...first, tries: { failed: failed.length, of: cut - 1, what: "cuts" } };
  const look = await learn(room, cutter, listener);
  return look?.hasEnd === false ? withoutEnds(room, cutter, listener) : OK;
}

async function saysInPieces(
  room: Room,
  { cutter, speaker, listener }: Trio,
  cut: number,
): Promise<Finding | undefined> {
  room.forget();
  const [phrase, between] = [room.phrase(" 你好"), room.phrase()];
  const line = lineOf([phrase]);
  const [head, tail] = [phrase.text.slice(0, cut), phrase.text.slice(cut)];
  await cutter.actor.send(line.subarray(0, cut));
  await wait(room.context.pauseMs, room.context.signal);
  await room.say(speaker, between);
  const passes = await room.hears(listener, [between]);
  // The longer piece occurs nowhere else: when it is heard alone, nothing needs to be waited for.
  const isCut = head.length > tail.length && room.heard(listener).includes(head);
  await cutter.actor.send(line.subarray(cut));
  if (!passes) return notHeard(room, speaker, listener, between, BLOCKED_BY_HALF);
  const sign = head.length > tail.length ? phrase : { ...phrase, text: tail };
  if (!isCut && !await room.hears(listener, [sign])) return notHeard(room, cutter, listener, phrase, LOST_IN_PIECES);
  const heard = room.heard(listener);
  if (heard.includes(phrase.text)) return undefined;
  const at = Math.max(0, isCut ? heard.indexOf(head) + cut : heard.indexOf(tail));
  return fail(CUT_LINE, room.evidence(cutter, listener, phrase, at));
}

const LOST_IN_PIECES = words(
  "A line that arrives in two pieces is not heard whole. recv() returns what has arrived, not a line: collect bytes for each client until a line end comes.",
  "分两次到达的一行（分包）没有完整地传出去。recv() 返回的是已到达的字节，不是一行：要为每个客户端缓存，直到收到换行符。",
);

const BLOCKED_BY_HALF = words(
  "While one client's line is half sent, no other client is heard. Read each client in a thread of its own, or only as much as is there.",
  "一个客户端的一行只发了一半时，别的客户端说的话都传不出去。给每个客户端一个线程，或者有多少读多少。",
);

const CUT_LINE = words(
  "The line came in two pieces, another client spoke between them, and its line stands in the middle of the first. recv() " +
    "returns what has arrived, not a line: collect bytes for each client, and pass on what ends with a line end.",
  "这一行分两次到达，中间另一个客户端说了话，结果它的话插进了这一行中间（分包）。recv() 返回的是已到达的字节，不是一行：" +
    "要为每个客户端缓存收到的字节，收到换行符才转发整行。",
);

function withoutEnds(room: Room, speaker: Member, listener: Member): Finding {
  const text = words(
    "Lines are passed on without their line end, so a client cannot tell where one ends and the next begins.",
    "转发时丢掉了换行符，接收方分不清一行在哪里结束、下一行从哪里开始（粘包）。",
  );
  return weak(text, room.evidence(speaker, listener, words("a line end after each line", "每行末尾有换行符")));
}

/** chat/7: one write holds a line and another one that looks as if a different member had said it. */
export async function forgedLine(room: Room): Promise<Finding> {
  const [forger, victim, listener] = room.members as [Member, Member, Member];
  const own = await learn(room, forger, listener);
  const prefix = (await learn(room, victim, listener))?.before ?? "";
  room.forget();
  const [first, second, third] = [room.phrase(), room.phrase(), room.phrase()];
  const forged = { bytes: bytesOf(prefix + second.text), text: prefix + second.text };
  await room.say(forger, first, forged);
  if (!await room.hears(listener, [first, second])) return notHeard(room, forger, listener, second, SECOND_LOST);
  // Without a name before them all lines look the same.
  if (!own || own.before === "") return OK;
  const line = lineWith(room.heard(listener), second);
  if (line && timeless(line.before) === timeless(prefix)) {
    return fail(FORGED, room.evidence(forger, listener, undefined, line.at));
  }
  await forger.actor.send(bytesOf(`${first.text}\r${prefix}${third.text}\n`));
  await room.hears(listener, [third]);
  const after = lineWith(room.heard(listener), third);
  if (!after?.before.includes("\r")) return OK;
  return weak(OVERWRITTEN, room.evidence(forger, listener, undefined, after.at));
}

/** The bytes of a text with one character for each. */
function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (byte) => byte.charCodeAt(0));
}

const SECOND_LOST = words(
  "Two lines were sent in one write, and the second was not heard. One recv() may return several lines: pass on each of them.",
  "两行在一次发送里到达（粘包），第二行却没有传出去。一次 recv() 可能返回好几行：要逐行转发。",
);

const FORGED = words(
  "A client sent two lines at once, and the second looks as if another client had said it: the name stands only before the first. " +
    "Cut what recv() returns into lines, and put the name before each.",
  "一个客户端一次发了两行，第二行看上去像是别人说的：只有第一行前面加了名字。要把 recv() 的结果按行切开，每一行前面都加上名字。",
);

const OVERWRITTEN = words(
  "A carriage return (CR) inside a line is passed on. On a terminal what follows is written over the name: remove control characters.",
  "行中间的回车符（CR）被原样转发。在终端里，后面的文字会盖住前面的名字：应去掉控制字符。",
);

/** A prefix without times, which change. */
export function timeless(prefix: string): string {
  return prefix.replace(/\d{1,4}([:.\/-]\d{1,2}){1,5}/g, "").trim();
}

/** chat/10. */
export async function halfLine(room: Room): Promise<Finding> {
  const [leaver, speaker, listener] = room.members as [Member, Member, Member];
  const look = await learn(room, speaker, listener);
  if (look?.hasEnd === false) return unknown(NO_ENDS);
  room.forget();
  const [half, next] = [room.phrase(), room.phrase()];
  await leaver.actor.send(half.bytes);
  await room.settle(1);
  leaver.actor.close();
  await room.settle();
  await room.say(speaker, next);
  if (!await room.hears(listener, [next])) return notHeard(room, speaker, listener, next, SILENT_AFTER_LEAVE);
  const line = lineWith(room.heard(listener), next);
  if (!line?.before.includes(half.text)) return OK;
  return fail(GLUED, room.evidence(leaver, listener, undefined, line.at));
}

const NO_ENDS = words(
  "The chat passes lines on without line ends, so nothing shows where one ends (see chat/2).",
  "聊天室转发时不带换行符，看不出一行在哪里结束（见 chat/2）。",
);

const SILENT_AFTER_LEAVE = words(
  "After a client has left in the middle of a line, others are not heard any more.",
  "一个客户端话说到一半离开后，别人说的话就传不出去了。",
);

const GLUED = words(
  "A client left in the middle of a line, and the next client's line stands right behind that half. Drop what is left when a client " +
    "leaves, or end the line yourself.",
  "一个客户端话说到一半就离开了，下一个人的话紧接在这半行后面。客户端离开时，要丢掉没说完的半行，或者补上换行符。",
);
