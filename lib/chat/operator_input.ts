/**
 * What the operator types into a chat.
 *
 * @module
 */

import { phraseOf } from "../errors.ts";
import { say } from "../phrase.ts";
import { encodeText } from "../text/encode.ts";
import { readTyped } from "../text/typed.ts";
import { obeyOperator } from "./commands.ts";
import { note } from "./events.ts";
import type { ChatHost } from "./host.ts";
import type { ChatRoom } from "./room.ts";

/** Sends the operator's lines to the room and runs commands until the input ends: then the operator leaves the room. */
export async function readOperator(room: ChatRoom, host: ChatHost, isStopping: () => boolean): Promise<void> {
  const { operator, notice } = host;
  try {
    for await (const line of operator.lines()) await takeTyped(room, line);
  } catch (error) {
    notice(say("input-unreadable")`The input cannot be read: ${phraseOf(error)}`);
  }
  // The terminal is given back when the server ends: that is no news.
  if (isStopping()) return;
  room.operatorLeaves();
  notice(say("input-ended-chat")`Nobody can talk from here any more: the input has ended; Ctrl-C stops the server`);
}

async function takeTyped(room: ChatRoom, line: string): Promise<void> {
  const { operator } = room;
  const { kind, text } = readTyped(line);
  if (kind === "command") obeyOperator(room, { text, bytes: encodeText(line, "utf-8").length });
  else if (kind === "inner") room.notify(operator, note("inner-command"));
  while (room.mustWait(false)) await room.unblocked(false);
  if (kind === "text" || kind === "blank") room.say(operator, [text]);
}
