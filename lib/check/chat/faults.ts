/**
 * What is said about a chat when a line did not come to a member.
 *
 * @module
 */

import type { Bilingual } from "../../language.ts";
import type { Case } from "../case.ts";
import type { Finding } from "../finding.ts";
import { fail, words } from "../verdict.ts";
import { enter, type Member, type Phrase, Room } from "./room.ts";

/** Makes a case of what is done in a room of so many members. */
export function inRoom(count: number, play: (room: Room) => Promise<Finding>): Case["run"] {
  return async (context) => {
    const room = await enter(context, count);
    return room instanceof Room ? await play(room) : room;
  };
}

/** Some line of a speaker did not come to a listener. */
export function notHeard(room: Room, speaker: Member, listener: Member, phrase: Phrase, reason: Bilingual): Finding {
  if (room.members.some((member) => room.isFlooded(member))) return flooded(room, speaker);
  if (room.members.every(({ actor }) => actor.end !== "open")) return ended(room, speaker, listener);
  const parts = partsOf(room.heard(listener), phrase);
  return fail(parts ?? reason, room.evidence(speaker, listener, phrase.bytes));
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
  const beginning = text.slice(0, Math.ceil(text.length / 2));
  if (!heard.includes(beginning)) return undefined;
  return words(
    "Only a part of the line was heard in one piece: something else stands in the middle of it.",
    "这一行没有完整地传到，中间插进了别的内容。",
  );
}
