/**
 * What a line that begins with `/` does. A new command is one row of a table.
 *
 * @module
 */

import { messageOf } from "../errors.ts";
import { quote } from "../printable.ts";
import { resolveEncoding } from "../text/encodings.ts";
import { hasLineByte } from "../text/lines.ts";
import { Member, type Person } from "./member.ts";
import { notThatName } from "./names.ts";
import { type ChatRoom, UNREAD } from "./room.ts";

/** One command. */
interface Command<P extends Person> {
  /** What follows it, for the help. */
  readonly takes?: string;
  /** What it does, for the help. */
  readonly does: string;
  /** Does it. */
  run(room: ChatRoom, person: P, rest: string): void;
}

type Commands<P extends Person> = Readonly<Record<string, Command<P>>>;

const FOR_ALL: Commands<Person> = {
  list: { does: "who is here", run: list },
  msg: { takes: "NAME TEXT", does: "say something to one person", run: whisper },
  me: { takes: "TEXT", does: "say what you do", run: (room, person, text) => room.act(person, text) },
};

const FOR_MEMBERS: Commands<Member> = {
  nick: { takes: "NAME", does: "take another name", run: rename },
  ...FOR_ALL,
  enc: { takes: "NAME", does: "read and write in another encoding, such as gbk", run: changeEncoding },
  quit: { takes: "[TEXT]", does: "leave", run: quit },
};

const FOR_OPERATOR: Commands<Person> = {
  say: {
    takes: "TEXT",
    does: "say something that begins with /",
    run: (room, person, text) => room.say(person, [text]),
  },
  ...FOR_ALL,
  kick: { takes: "NAME", does: "send somebody away", run: kick },
};

/**
 * Whether a line is for the room itself. The wide slash of Chinese keyboards counts: what was meant for one must not be said
 * to all.
 *
 * @param line what somebody wrote
 * @returns true also for a line that only begins with a slash to be said without it
 */
export function isCommand(line: string): boolean {
  return line.startsWith("/") || line.startsWith("／");
}

/**
 * Takes a line of a client.
 *
 * @param room where it was said
 * @param member who said it
 * @param line safe for a terminal
 * @returns what is said to all; undefined when the line was a command
 */
export function obeyMember(room: ChatRoom, member: Member, line: string): string | undefined {
  return obey(FOR_MEMBERS, room, member, line);
}

/**
 * Takes a line of the operator.
 *
 * @param room where it was said
 * @param line safe for a terminal
 * @returns what is said to all; undefined when the line was a command
 */
export function obeyOperator(room: ChatRoom, line: string): string | undefined {
  return obey(FOR_OPERATOR, room, room.operator, line);
}

function obey<P extends Person>(commands: Commands<P>, room: ChatRoom, person: P, line: string): string | undefined {
  if (!isCommand(line)) return line;
  if (line.startsWith("//")) return line.slice(1);
  const [, word = "", rest = ""] = /^[/／](\S*)\s*(.*)$/s.exec(line) ?? [];
  const name = word.toLowerCase();
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command?.takes && !command.takes.startsWith("[") && rest === "") {
    room.tell(person, `Usage: /${name} ${command.takes}`);
  } else if (command) command.run(room, person, rest);
  else if (name === "help") help(commands, room, person);
  else room.tell(person, `Unknown command ${quote(`/${word}`)}: /help lists them, // sends a line that begins with /`);
  return undefined;
}

function help<P extends Person>(commands: Commands<P>, room: ChatRoom, person: P): void {
  const rows = Object.entries(commands).map(([name, { takes = "", does }]) =>
    `${`/${name} ${takes}`.padEnd(HELP_COLUMN)} ${does}`
  );
  room.tell(person, ...rows, `${"//TEXT".padEnd(HELP_COLUMN)} send /TEXT`);
}

/** Where the second column of the help begins. */
const HELP_COLUMN = 16;

function list(room: ChatRoom, person: Person): void {
  const { people } = room;
  const names = people.slice(0, LISTED).map((one) => one === person ? `${one.name} (you)` : one.name);
  const more = people.length > LISTED ? ` and ${people.length - LISTED} more` : "";
  room.tell(person, `${people.length} here: ${names.join(", ")}${more}`);
}

/** Names that are listed at most: more than anybody reads, and a small part of an outbox. */
const LISTED = 2_000;

function whisper(room: ChatRoom, person: Person, rest: string): void {
  const [, name = "", text = ""] = /^(\S+)\s?(.*)$/s.exec(rest) ?? [];
  const other = room.find(name);
  if (!other) tellUnknown(room, person, name);
  else if (text === "") room.tell(person, "Usage: /msg NAME TEXT");
  else room.whisper(person, other, text);
}

function rename(room: ChatRoom, member: Member, name: string): void {
  const problem = room.rename(member, name.trim());
  if (problem !== undefined) room.tell(member, notThatName(name, problem));
}

function changeEncoding(room: ChatRoom, member: Member, name: string): void {
  try {
    const encoding = resolveEncoding(name);
    if (!hasLineByte(encoding)) return room.tell(member, `Not ${encoding}: its lines cannot be told apart`);
    member.encoding = encoding;
    room.tell(member, `You read and write ${encoding} now`);
  } catch (error) {
    room.tell(member, messageOf(error));
  }
}

function quit(room: ChatRoom, member: Member, words: string): void {
  room.leave(member, words === "" ? "left" : `left: ${words}`);
  room.farewells.dismiss(member.peer, UNREAD);
}

function kick(room: ChatRoom, person: Person, name: string): void {
  const [word = ""] = name.split(/\s/);
  const other = room.find(word);
  if (other instanceof Member) room.remove(other, "was removed by the operator");
  else if (other && other !== person) room.tell(person, `${other.name} is at another server, and is removed there`);
  else tellUnknown(room, person, name);
}

function tellUnknown(room: ChatRoom, person: Person, name: string): void {
  room.tell(person, `Nobody is called ${quote(name)}`);
}
