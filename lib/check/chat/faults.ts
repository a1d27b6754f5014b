/**
 * What is said about a chat when a line did not come to a member.
 *
 * @module
 */

import type { Bilingual } from "../../language.ts";
import type { Case } from "../case.ts";
import type { Finding } from "../finding.ts";
import { fail, unknown, words } from "../verdict.ts";
import { enter, type Member, type Phrase, PHRASE_LENGTH, type Room } from "./room.ts";

/** Why members do not hear each other: something is sent without end, no member is heard, or some are not. */
type Hindrance = "flood" | "silence" | "crowd";

/**
 * What a case is to blame for, by its number: the first one for everything, the one with the most clients for their number, and the
 * one in which clients leave for what became of a chat when those of the cases before had left. Others cannot be judged then.
 */
const BLAMES: Readonly<Record<number, readonly Hindrance[]>> = {
  1: ["flood", "silence", "crowd"],
  4: ["flood", "silence"],
  9: ["crowd"],
};

/** Makes a case, by its number, of what is done in a room of so many members. */
export function inRoom(number: number, count: number, play: (room: Room) => Promise<Finding>): Case["run"] {
  return async (context) => {
    const room = await enter(context, count);
    const silent = room.members.filter((member) => !member.isHeard);
    if (silent.length === 0) return await play(room);
    const isFlooded = room.members.some((member) => room.isFlooded(member));
    const hindrance = isFlooded ? "flood" : silent.length < count ? "crowd" : "silence";
    const finding = hindered(room, silent, hindrance, number === 1);
    return BLAMES[number]?.includes(hindrance) ? finding : { ...finding, verdict: "unknown" };
  };
}

function hindered(room: Room, silent: readonly Member[], hindrance: Hindrance, isFirst: boolean): Finding {
  const member = silent[0]!;
  if (hindrance === "flood") return flooded(room, member);
  const evidence = room.evidence(member, room.members.find((one) => one !== member)!);
  const [total, missing] = [room.members.length, silent.length];
  if (hindrance === "silence") {
    if (!isFirst) return fail(NOT_ANY_MORE, evidence);
    const reason = room.hasTalk(member) ? ONLY_ECHOES : room.hasTalk(member, "changed") ? CHANGED : NOT_PASSED_ON;
    return fail(reason, evidence);
  }
  const isTurnedAway = silent.some(({ actor }) => actor.end !== "open");
  return isTurnedAway
    ? unknown(turnedAway(total - missing, total), evidence)
    : fail(someUnheard(missing, total), evidence);
}

const NOT_ANY_MORE = words(
  "New clients do not hear each other any more: something is wrong since those of an earlier case left. A client that has left must be " +
    "taken off the list, and an error of send() to it must not end the service of others.",
  "新来的客户端互相收不到消息了：前面的客户端离开之后就出了问题。离开的客户端要从列表里删除，给它 send() 出错时不能影响别人。",
);

function turnedAway(served: number, total: number): Bilingual {
  return words(
    `The server ends the connections of more than ${served} clients: this case has ${total}.`,
    `服务器只接受了 ${served} 个客户端，其余的连接被它关掉了；这一项需要 ${total} 个。`,
  );
}

const ONLY_ECHOES = words(
  "What a client says is answered to itself and goes to no other client: this is an echo server or one that replies, not a chat.",
  "客户端发的消息只回给了它自己，没有转发给其他客户端：这是回显或应答服务器，不是聊天室。",
);

const CHANGED = words(
  "What a client says is passed on in other letters: upper case became lower case, or the other way round. A chat passes on the same text.",
  "客户端说的话被改变了大小写之后才转发。聊天室应该原样转发。",
);

const NOT_PASSED_ON = words(
  "No client hears any other. A chat sends what one client says to all others: keep a list of the connected clients, and send to each of them.",
  "客户端说的话，别的客户端一句也没收到。聊天室要把一个人说的话发给其他所有人：用列表记住已连接的客户端，逐个发送。",
);

function someUnheard(missing: number, total: number): Bilingual {
  return words(
    `Of ${total} clients that are connected at the same time, ${missing} are heard by no other. Serve each client in a thread or a task of its own.`,
    `同时连接的 ${total} 个客户端中，有 ${missing} 个说的话别人听不到。每个客户端要有自己的线程或协程。`,
  );
}

/** Some line of a speaker did not come to a listener. */
export function notHeard(room: Room, speaker: Member, listener: Member, phrase: Phrase, reason: Bilingual): Finding {
  if (room.members.some((member) => room.isFlooded(member))) return flooded(room, speaker);
  if (room.members.every(({ actor }) => actor.end !== "open")) return ended(room, speaker, listener);
  const parts = partsOf(room.heard(listener), phrase);
  return fail(parts ?? reason, room.evidence(speaker, listener, phrase));
}

/** The server sends without end, and some member has got it. */
export function flooded(room: Room, speaker: Member): Finding {
  const listener = room.members.find((member) => room.isFlooded(member)) ?? speaker;
  const text = words(
    "After a client has left, the server sends the same again and again. recv() returns b'' at once, each time, when the " +
      "client has ended the connection: leave the loop then, close the socket and take it off the list.",
    "有客户端离开后，服务器不停地重复发送。对方关闭连接后，recv() 每次都立刻返回 b''：这时要跳出循环，关闭套接字，并把它从列表里删除。",
  );
  return fail(text, room.evidence(speaker, listener));
}

function ended(room: Room, speaker: Member, listener: Member): Finding {
  const text = words(
    "The server ended the connections of all members: it has probably stopped with an error.",
    "服务器断开了所有成员的连接：很可能是出错退出了。",
  );
  return fail(text, room.evidence(speaker, listener));
}

/** Says what happened when the beginning of a phrase was heard, and not the whole. */
function partsOf(heard: string, { text }: Phrase): Bilingual | undefined {
  if (!heard.includes(text.slice(0, PHRASE_LENGTH - 1))) return undefined;
  return words(
    "Only a part of the line was heard in one piece: something else stands in the middle of it.",
    "这一行没有完整地传到，中间插进了别的内容。",
  );
}
