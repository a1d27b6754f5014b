/**
 * What of a member's line is for all: not a command, and nothing from a program that speaks another language.
 *
 * @module
 */

import { obeyMember } from "./commands.ts";
import { type LeaveCode, type Note, note } from "./events.ts";
import { type Line, LineMember, type Member } from "./member.ts";
import type { ChatRoom } from "./room.ts";

/** Start of an HTTP request (RFC 9112 section 3). */
const REQUEST_LINE = /^[A-Z]+ \S+ HTTP\/\d/;

/**
 * Takes a line of a member.
 *
 * @param flush says the lines before it, before a command is obeyed
 * @returns the text for all; undefined for a command, which is run, and for text that is not sent
 */
export function textForAll(room: ChatRoom, member: Member, line: Line, flush: () => void): string | undefined {
  const { text, kind, hint } = line;
  if (hint !== undefined) room.notify(member, note("hint", hint));
  // The rest of a command that was too long for one line is lost.
  if (line.continued) return member.withheld ? undefined : text;
  if (member instanceof LineMember && line.isUtf16) {
    flush();
    return refuseUtf16(room, member);
  }
  if (member instanceof LineMember && member.first && refuseHttp(room, member, text)) return undefined;
  member.first = false;
  member.withheld = kind === "command" || kind === "inner";
  if (!member.withheld) return text;
  flush();
  if (member.gone.aborted) return undefined;
  if (kind === "inner") room.notify(member, note("inner-command"));
  else obeyMember(room, member, line);
  return undefined;
}

/**
 * Sends a client away whose first line is a request: a web page can make a browser send lines to any port, and must not speak in its
 * reader's name. Gives whether it is one.
 */
export function refuseHttp(room: ChatRoom, member: Member, line: string): boolean {
  if (!REQUEST_LINE.test(line)) return false;
  sendAway(room, member, note("not-http"), "http", "speaks HTTP");
  member.leave();
  return true;
}

/** A stream in UTF-16 goes on in it; of messages the next one may be text. */
function refuseUtf16(room: ChatRoom, member: LineMember): undefined {
  member.withheld = true;
  const refusal = note("not-utf-16", member.encoding);
  if (member.peer.messageBoundaries) return room.notify(member, refusal) as undefined;
  sendAway(room, member, refusal, "left", "speaks UTF-16");
}

/** Says why not, and ends the connection. */
function sendAway(room: ChatRoom, member: Member, why: Note, how: LeaveCode, reason: string): undefined {
  room.notify(member, why);
  room.leave(member, how);
  room.disconnects.closeGracefully(member.peer, reason);
}
