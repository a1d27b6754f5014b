/**
 * What a line that begins with `/` does. A new command is one row of a table and one text in `events.ts`.
 *
 * @module
 */

import { messageOf } from "../errors.ts";
import type { HelpList } from "../options.ts";
import { quote } from "../printable.ts";
import { ENCODINGS, resolveEncoding } from "../text/encodings.ts";
import { hasLineByte } from "../text/lines.ts";
import type { Participant } from "./contract.ts";
import { HELP, type HelpCode, type Note, note } from "./events.ts";
import { LineMember, Member } from "./member.ts";
import type { ChatRoom } from "./room.ts";

/** One command; `takes` are its arguments, for the help. */
interface Command<P extends Participant> {
  readonly takes?: string;
  run(room: ChatRoom, from: P, rest: string): void;
}

type Commands<P extends Participant> = Readonly<Partial<Record<HelpCode, Command<P>>>>;

const FOR_ALL: Commands<Participant> = {
  list: { run: list },
  msg: { takes: "NAME TEXT", run: sendPrivate },
  me: { takes: "TEXT", run: (room, from, text) => room.say(from, [text], "act") },
};

const FOR_MEMBERS: Commands<Member> = {
  nick: { takes: "NAME", run: (room, member, name) => room.rename(member, name.trim()) },
  ...FOR_ALL,
  enc: { takes: "NAME", run: changeEncoding },
  quit: { takes: "[TEXT]", run: quit },
};

const FOR_OPERATOR: Commands<Participant> = {
  say: { takes: "TEXT", run: (room, from, text) => room.say(from, [text]) },
  ...FOR_ALL,
  kick: { takes: "NAME", run: kick },
};

/** The commands, for the help of the program. */
export const CHAT_COMMANDS: readonly HelpList[] = [
  { title: "Clients type", rows: [["TEXT", "say it"], ...rowsOf(FOR_MEMBERS)] },
  { title: "You type at the server's terminal", rows: [["TEXT", "say it"], ...rowsOf(FOR_OPERATOR)] },
];

/**
 * Bytes of the longest command line as received: far more than people type. Checking very long names and encodings
 * would take long and block the server meanwhile.
 */
export const COMMAND_MAX = 1024;

/** A line that is a command. */
export interface CommandLine {
  /** The line from its slash on. */
  readonly text: string;
  /** Bytes of the whole line as received. */
  readonly bytes: number;
}

/** Obeys a member. */
export function obeyMember(room: ChatRoom, member: Member, line: CommandLine): void {
  obey(FOR_MEMBERS, room, member, line);
}

/** Obeys the operator. */
export function obeyOperator(room: ChatRoom, line: CommandLine): void {
  obey(FOR_OPERATOR, room, room.operator, line);
}

function obey<P extends Participant>(
  commands: Commands<P>,
  room: ChatRoom,
  from: P,
  { text, bytes }: CommandLine,
): void {
  if (bytes > COMMAND_MAX) return room.notify(from, note("command-long", String(COMMAND_MAX)));
  const [, word = "", rest = ""] = /^.(\S*)\s*(.*)$/s.exec(text) ?? [];
  const name = word.toLowerCase();
  const command = Object.hasOwn(commands, name) ? commands[name as HelpCode] : undefined;
  if (command?.takes && !command.takes.startsWith("[") && rest === "") {
    room.notify(from, note("usage", `/${name} ${command.takes}`));
  } else if (command) command.run(room, from, rest);
  else if (name === "help") room.notify(from, ...help(commands));
  else room.notify(from, note("unknown-command", quote(`/${word}`)));
}

function help<P extends Participant>(commands: Commands<P>): Note[] {
  const rows = Object.entries(commands).map(([name, command]) => note("help", formOf(name, command), name));
  return [...rows, note("help", "//TEXT", "slash")];
}

/** A command with its arguments, as it is typed. */
function formOf<P extends Participant>(name: string, { takes = "" }: Command<P>): string {
  return `/${name} ${takes}`.trimEnd();
}

function rowsOf<P extends Participant>(commands: Commands<P>): HelpList["rows"] {
  const rows = Object.entries(commands).map(([name, command]) =>
    [formOf(name, command), HELP[name as HelpCode]] as const
  );
  return [...rows, ["/help", "this list"], ["//TEXT", HELP.slash]];
}

/** Names that are listed at most: more than people read, and a small part of an outbox. */
const LISTED = 2_000;

function list(room: ChatRoom, from: Participant): void {
  const { names } = room;
  const more = Math.max(0, names.length - LISTED);
  room.notify(from, note("list", String(names.length), String(more), from.name, ...names.slice(0, LISTED)));
}

function sendPrivate(room: ChatRoom, from: Participant, rest: string): void {
  const [, name = "", text = ""] = /^(\S+)\s?(.*)$/s.exec(rest) ?? [];
  const to = room.findAnywhere(name);
  if (!to) notifyUnknown(room, from, name);
  else if (text === "") room.notify(from, note("usage", "/msg NAME TEXT"));
  else room.sendPrivate(from, to, text);
}

function changeEncoding(room: ChatRoom, member: Member, name: string): void {
  if (!(member instanceof LineMember)) return room.notify(member, note("encoding-page"));
  try {
    const encoding = resolveEncoding(name, ENCODINGS.filter(hasLineByte));
    if (!hasLineByte(encoding)) return room.notify(member, note("encoding-lines", encoding));
    member.encoding = encoding;
    room.notify(member, note("encoding", encoding));
  } catch (error) {
    room.notify(member, note("encoding-unknown", messageOf(error)));
  }
}

function quit(room: ChatRoom, member: Member, words: string): void {
  room.leave(member, "left", words === "" ? undefined : words);
  room.disconnects.closeGracefully(member.peer, "has quit");
}

function kick(room: ChatRoom, from: Participant, name: string): void {
  const [word = ""] = name.split(/\s/);
  const other = room.findAnywhere(word);
  if (other instanceof Member) room.remove(other);
  else if (other && other !== from) room.notify(from, note("elsewhere", other.name));
  else notifyUnknown(room, from, name);
}

function notifyUnknown(room: ChatRoom, from: Participant, name: string): void {
  room.notify(from, note(room.warning ? "nobody-here" : "nobody", quote(name)));
}
