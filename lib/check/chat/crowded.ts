/**
 * Cases of a chat about members that harm others: one that does not read, one with the name of another.
 *
 * @module
 */

import { latin1 } from "../../bytes.ts";
import type { Finding } from "../finding.ts";
import { fail, OK, unknown, weak, words } from "../verdict.ts";
import { timeless } from "./lines.ts";
import { learn, lineOf, type Member, type Phrase, type Room } from "./room.ts";

/** Bytes said past a member that does not read: more than the sockets of both ends hold (some 4 MiB over loopback). */
const STUCK_BYTES = 6 * 1024 * 1024;

/** What stands behind the phrase of each of these lines: chats that limit lines take a thousand or more. */
const FILLER = Array.from({ length: 250 }, (_, index) => index).join(" ");

/** Lines of one write. */
const WRITE_LINES = 64;

/** Bytes that may be on their way to a member that reads: chats end the connection of one that has too much before it. */
const WINDOW_BYTES = 256 * 1024;

/** Milliseconds for which a slow chat is watched. */
const STUCK_MS = 12_000;

/** chat/6: one member does not read, and far more is said than sockets hold. */
export async function stuckReader(room: Room): Promise<Finding> {
  const [stuck, talker, speaker, listener] = room.members as [Member, Member, Member, Member];
  stuck.actor.hold(true);
  const passed = await talkALot(room, talker, listener);
  listener.mark = listener.actor.received.length;
  const last = room.phrase();
  await room.say(speaker, last);
  if (await hearsAtLast(room, listener, last)) return passed >= STUCK_BYTES ? OK : tooLittle(passed);
  return fail(STALLED, room.evidence(speaker, listener, last));
}

const STALLED = words(
  "One client does not read, and now no other hears anything: the server waits in send() until that client reads. Give each client " +
    "a queue and a thread, or a time limit for send(), and end the connection of a client that does not read.",
  "一个客户端不读数据，其他客户端就什么也收不到了：服务器一直卡在给它的 send() 里。给每个客户端一个发送队列和线程，" +
    "或者给 send() 设超时，并断开不读数据的客户端。",
);

function tooLittle(passed: number): Finding {
  const kib = Math.round(passed / 1024);
  const text = words(
    `The chat passed on only ${kib} KiB of talk, too little to fill the sockets of a client that does not read.`,
    `聊天室只转发了 ${kib} KiB，不足以填满一个不读数据的客户端的缓冲区。`,
  );
  return unknown(text);
}

/** Talks as fast as a listener hears it; gives the bytes that it heard when that was enough, or no more came. */
async function talkALot(room: Room, talker: Member, { actor }: Member): Promise<number> {
  const began = actor.received.length;
  const until = performance.now() + STUCK_MS;
  const heard = () => actor.received.length - began;
  const line = room.phrase(FILLER);
  const lines = lineOf(Array.from({ length: WRITE_LINES }, () => line));
  for (let sent = 0; heard() < STUCK_BYTES && performance.now() < until;) {
    // It waits when the chat reads no more; that is seen at the listener.
    for (; sent - heard() < WINDOW_BYTES; sent += lines.length) talker.actor.send(lines);
    if (!await actor.bytes(actor.received.length + 1, room.context.answerMs)) break;
  }
  return heard();
}

/** Waits for a phrase as long as anything comes. */
async function hearsAtLast({ context }: Room, { actor, mark }: Member, { text }: Phrase): Promise<boolean> {
  const until = performance.now() + STUCK_MS;
  while (!latin1(actor.received.subarray(mark)).includes(text) && performance.now() < until) {
    if (!await actor.bytes(actor.received.length + 1, context.answerMs)) return false;
  }
  return latin1(actor.received.subarray(mark)).includes(text);
}

/** chat/8. */
export async function uniqueNames(room: Room): Promise<Finding> {
  const [named, other, listener] = room.members as [Member, Member, Member];
  const own = await learn(room, named, listener);
  const others = await learn(room, other, listener);
  if (!own?.before.includes(named.name)) {
    const differ = own && others && timeless(own.before) !== timeless(others.before);
    return differ ? OK : unknown(NO_NAMES);
  }
  const twin = await room.connect(named.name);
  await room.settle();
  // The first line may answer to a second question for a name.
  for (let tries = 0; tries < 2; tries++) {
    const look = await learn(room, twin, listener);
    if (!look) continue;
    return timeless(look.before) === timeless(own.before) ? weak(SAME_NAME, room.evidence(twin, listener)) : OK;
  }
  return OK;
}

const NO_NAMES = words("The chat shows no names.", "这个聊天室不显示名字。");

const SAME_NAME = words(
  "Two clients can have the same name, and the others cannot tell them apart. Refuse a name that is taken, and ask again.",
  "两个客户端可以用同一个名字，别人分不清是谁说的。名字已被占用时，应拒绝并要求换一个。",
);
