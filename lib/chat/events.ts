/**
 * What happens in a room, as data. It is rendered once as a line of text and once as JSON, and never parsed again. The texts of
 * the room itself have codes, which pages translate.
 *
 * @module
 */

import { Phrase, type Phrased, say, type Value } from "../phrase.ts";
import { escapeControls } from "../printable.ts";

/** Codes of the ways to leave. */
export const LEAVES = {
  left: "left",
  removed: "was removed by the operator",
  dropped: "was dropped: it does not read",
  http: "left: it speaks HTTP",
  server: "left with their server",
} as const;

/** How a member left. */
export type LeaveCode = keyof typeof LEAVES;

/** Texts of the room by their codes; `{0}` is the first argument. */
export const NOTES = {
  /** To a newcomer: name, how many others. */
  "hello-alone": "You are {0}; nobody else is here. /help lists the commands",
  "hello-one": "You are {0}; 1 other is here. /help lists the commands",
  "hello": "You are {0}; {1} others are here. /help lists the commands",
  /** To a member that took or was given another name. */
  "you": "You are {0} now",
  "you-yielded": "You are {0}; somebody at another server has {1} or a name like it",
  /** Why a name, in quotes, is refused. */
  "name-taken": "Not {0}: somebody else has that name",
  "name-alike": "Not {0}: it looks like {1}, the name of somebody else",
  "name-marks": "Not {0}: a letter of a name has two marks at most",
  "name-letters": "Not {0}: a name is made of letters and digits, then also _ . -",
  "name-long": "Not {0}: a name has {1} characters at most",
  "name-mixed": "Not {0}: a name does not mix alphabets",
  "name-given": "Not {0}: names like that are given by the server",
  /** Ends. */
  "removed": "You were removed by the operator",
  /** Where the room has a password: the question, and what becomes of an answer. */
  "password": "This room has a password. Please type it",
  "password-wrong": "That is not the password",
  "password-late": "Too many wrong passwords: try again in a minute",
  "stopping": "The server stops in {0} s",
  "stop": "The server stops. Goodbye",
  "not-http": "This is a chat, not a web server",
  "not-utf-16": "Not said: what you write is UTF-16; this chat reads {0} from you",
  /** Answers to commands. */
  "usage": "Usage: {0}",
  "unknown-command": "Unknown command {0}: /help lists them, // sends a line that begins with /",
  "command-long": "Not done: a command has {0} bytes at most",
  "inner-command": "Not said: a command stands in it behind the end of a line; lines end with LF or CRLF",
  "nobody": "Nobody is called {0}",
  "nobody-here": "Nobody at this server is called {0}; the other servers are out of reach",
  "elsewhere": "{0} is at another server, and is removed there",
  "encoding": "You read and write {0} now",
  "encoding-unknown": "{0}",
  "encoding-lines": "Not {0}: its lines cannot be told apart",
  "encoding-page": "Pages read and write utf-8",
  /** Advice. */
  "hint": "What you write is valid {0}: type /enc {0} if it is that",
  "unheard": "Nobody hears you yet: a line ends with a line feed, \\n, and none has come",
  "slow": "Slow down: {0} messages a second are let through",
  /** The bus. */
  "bus-away": "The other servers are out of reach: only those at this one hear you",
  "bus-back": "The other servers are in reach",
  "bus-gone": "The other servers had lost this one: for them you had left the room",
  "bus-missed": "Some of what was said at other servers may be missing",
  "bus-alone": "Only those at this server heard {0}, and only they hear you until the other servers are in reach",
  "bus-late-one": "The next line was said while another server was out of reach",
  "bus-late": "The next {0} lines were said while another server was out of reach",
  "not-said": "Not said to {0}: {1}",
} as const;

/** Code of a text of the room. */
export type NoteCode = keyof typeof NOTES | "help" | "list";

/** Help about commands, by their names. */
export const HELP = {
  nick: "take another name",
  list: "who is here",
  msg: "say something to one person",
  me: "say what you do",
  enc: "read and write in another encoding, such as gbk",
  quit: "leave",
  say: "say something that begins with /",
  kick: "remove a client",
  slash: "send /TEXT",
} as const;

/** Name of a command in {@linkcode HELP}. */
export type HelpCode = keyof typeof HELP;

/** A text of the room, with the values for its placeholders. */
export type Note = { readonly kind: "note"; readonly code: NoteCode; readonly args: readonly string[] };

/** Something that happens in a room. Texts are as they were written; {@linkcode linesOf} makes them safe. */
export type RoomEvent =
  /** A member says or does something, perhaps in several lines; `private`: to the receiver alone. */
  | { readonly kind: "say" | "act" | "private"; readonly name: string; readonly text: string }
  | { readonly kind: "join"; readonly name: string }
  /** `words`: the last words of a member that quit. */
  | { readonly kind: "leave"; readonly name: string; readonly how: LeaveCode; readonly words?: string }
  | { readonly kind: "rename"; readonly name: string; readonly to: string }
  /** Many at once. */
  | { readonly kind: "joined"; readonly names: readonly string[] }
  | { readonly kind: "left"; readonly names: readonly string[]; readonly how: "left" | "server" }
  /** A line of a history file that an older version wrote. */
  | { readonly kind: "line"; readonly text: string }
  | Note;

/** Makes a text of the room. */
export function note(code: NoteCode, ...args: string[]): Note {
  return { kind: "note", code, args };
}

/** Renders an event as a line without its end, safe for a terminal. */
export function lineOf(event: RoomEvent): string {
  return escapeControls(rawLineOf(event));
}

/**
 * Renders an event as lines without their ends, safe for a terminal. Only a message of several lines gives more than
 * one line, each with the name before it.
 */
export function linesOf(event: RoomEvent): string[] {
  return rawLinesOf(event).map((line) => escapeControls(line));
}

/** The same with every character as it was written, for programs. */
export function rawLinesOf(event: RoomEvent): string[] {
  if (event.kind !== "say" && event.kind !== "act" && event.kind !== "private") return [rawLineOf(event)];
  return event.text.split("\n").map((text) => rawLineOf({ ...event, text }));
}

/**
 * An event of one line, as it was written. Members' words stand behind `<name> `, `* name ` or `[name] `; only the room
 * itself begins a line with `*** `.
 */
function rawLineOf(event: RoomEvent): string {
  if (event.kind === "say") return `<${event.name}> ${event.text}`;
  if (event.kind === "act") return `* ${event.name} ${event.text}`;
  if (event.kind === "private") return `[${event.name}] ${event.text}`;
  return event.kind === "line" ? event.text : `*** ${textOf(event)}`;
}

/** The same for the person at the server, in whose language the room speaks there. */
export function phrasesOf(event: RoomEvent): Phrased[] {
  if ("text" in event) return rawLinesOf(event);
  return [say("room")`*** ${new Phrase(...phraseParts(event))}`];
}

type Told = Exclude<RoomEvent, { readonly text: string }>;

/** Code, English text and values of what the room says. */
function phraseParts(event: Told): [code: string, english: string, values: readonly Value[]] {
  const english = textOf(event);
  switch (event.kind) {
    case "join":
      return ["room-join", english, [event.name]];
    case "rename":
      return ["room-rename", english, [event.name, event.to]];
    case "joined":
      return ["room-joined", english, firstAndMore(event.names)];
    case "left":
      return ["room-left", english, [...firstAndMore(event.names), leavePhrase(event.how)]];
    case "leave":
      return ["room-leave", english, [event.name, leavePhrase(event.how), event.words ?? ""]];
    case "note":
      return [`room-${event.code}`, english, event.code === "help" ? helpValues(event.args) : event.args];
  }
}

function leavePhrase(how: LeaveCode): Phrase {
  return new Phrase(`leave-${how}`, LEAVES[how]);
}

function helpValues([command = "", name = ""]: readonly string[]): readonly Value[] {
  return [command.padEnd(16), new Phrase(`room-command-${name}`, HELP[name as HelpCode])];
}

function firstAndMore(names: readonly string[]): readonly Value[] {
  return [names.slice(0, NAMED_MAX).join(", "), names.length - NAMED_MAX];
}

/** Renders the text of an event in English, without the name of the speaker. */
export function textOf(event: RoomEvent): string {
  if (event.kind === "join") return `${event.name} joined`;
  if (event.kind === "joined") return `${firstOf(event.names)} joined`;
  if (event.kind === "left") return `${firstOf(event.names)} ${LEAVES[event.how]}`;
  if (event.kind === "rename") return `${event.name} is ${event.to} now`;
  if (event.kind === "note") return noteText(event);
  if (event.kind !== "leave") return event.text;
  return `${event.name} ${LEAVES[event.how]}${event.words === undefined ? "" : `: ${event.words}`}`;
}

/** An event as JSON for a page: its fields, and for events of the room the English text, for pages without that code. */
export function messageOf(event: RoomEvent): object {
  return "text" in event ? event : { ...event, text: textOf(event) };
}

/** Members that are named when many come or go together. As many or fewer get a line each, so the rest is never below one. */
export const NAMED_MAX = 3;

function firstOf(names: readonly string[]): string {
  return `${names.slice(0, NAMED_MAX).join(", ")} and ${names.length - NAMED_MAX} more`;
}

function noteText({ code, args }: Note): string {
  if (code === "help") return helpText(args);
  if (code === "list") return listText(args);
  return NOTES[code].replace(/\{(\d)\}/g, (_, at) => args[Number(at)] ?? "");
}

/** Arguments: the command as it is typed, its name in {@linkcode HELP}. */
function helpText([command = "", name = ""]: readonly string[]): string {
  return `${command.padEnd(16)} ${HELP[name as HelpCode]}`;
}

/** Arguments: how many are here, how many of them are not named, the receiver's own name, the names. */
function listText([count = "", more = "0", own, ...names]: readonly string[]): string {
  const shown = names.map((name) => name === own ? `${name} (you)` : name).join(", ");
  return `${count} here: ${shown}${more === "0" ? "" : ` and ${more} more`}`;
}
