import { assert, assertEquals } from "@std/assert";
import {
  LEAVES,
  lineOf,
  messageOf,
  note,
  type NoteCode,
  NOTES,
  type RoomEvent,
  textOf,
} from "../../lib/chat/events.ts";

/** Each event as a line, and as text for a reader that shows the name elsewhere. */
const EVENTS: readonly (readonly [event: RoomEvent, line: string, text: string])[] = [
  [{ kind: "say", name: "Ann", text: "hi" }, "<Ann> hi", "hi"],
  [{ kind: "say", name: "Ann", text: "" }, "<Ann> ", ""],
  [{ kind: "act", name: "Ann", text: "waves" }, "* Ann waves", "waves"],
  [{ kind: "private", name: "Ann", text: "psst" }, "[Ann] psst", "psst"],
  [{ kind: "join", name: "Ann" }, "*** Ann joined", "Ann joined"],
  [{ kind: "rename", name: "Ann", to: "Bea" }, "*** Ann is Bea now", "Ann is Bea now"],
  [{ kind: "line", text: "<Ann> hi" }, "<Ann> hi", "<Ann> hi"],
  [{ kind: "line", text: "*** Ann joined" }, "*** Ann joined", "*** Ann joined"],
  [note("stop"), "*** The server stops. Goodbye", "The server stops. Goodbye"],
];

Deno.test("lineOf() and textOf() render each kind of event", () => {
  for (const [event, line, text] of EVENTS) assertEquals([lineOf(event), textOf(event)], [line, text]);
});

Deno.test("messageOf() gives pages the fields of an event, and always a text", () => {
  for (const [event, , text] of EVENTS) assertEquals(messageOf(event), { ...event, text });
  const leave = { kind: "leave", name: "Ann", how: "left", words: "bye" } as const;
  assertEquals(messageOf(leave), { ...leave, text: "Ann left: bye" });
});

Deno.test("lineOf() says how a member left, and its last words", () => {
  const leave = (how: keyof typeof LEAVES, words?: string) =>
    lineOf({ kind: "leave", name: "Ann", how, ...(words !== undefined && { words }) });
  const ways = ["left", "was removed by the operator", "was dropped: it does not read", "left: it speaks HTTP"];
  const all = [...ways, "left with their server"].map((way) => `*** Ann ${way}`);
  assertEquals(Object.keys(LEAVES).map((how) => leave(how as keyof typeof LEAVES)), all);
  assertEquals([leave("left", "bye"), leave("left", "")], ["*** Ann left: bye", "*** Ann left: "]);
});

/** Arguments of each code, and the text that they make. */
const TEXTS: Readonly<Record<NoteCode, readonly (readonly [args: readonly string[], text: string])[]>> = {
  "hello-alone": [[["Ann"], "You are Ann; nobody else is here. /help lists the commands"]],
  "hello-one": [[["Ann"], "You are Ann; 1 other is here. /help lists the commands"]],
  "hello": [[["Ann", "7"], "You are Ann; 7 others are here. /help lists the commands"]],
  "you": [[["Ann"], "You are Ann now"]],
  "you-yielded": [[["user1", "Ann"], "You are user1; somebody at another server has Ann or a name like it"]],
  "name-taken": [[['"x"'], 'Not "x": somebody else has that name']],
  "name-alike": [[['"x"', '"y"'], 'Not "x": it looks like "y", the name of somebody else']],
  "name-marks": [[['"x"'], 'Not "x": a letter of a name has two marks at most']],
  "name-letters": [[['"-x"'], 'Not "-x": a name is made of letters and digits, then also _ . -']],
  "name-long": [[['"x"', "32"], 'Not "x": a name has 32 characters at most']],
  "name-mixed": [[['"x"'], 'Not "x": a name does not mix alphabets']],
  "name-given": [[['"x"'], 'Not "x": names like that are given by the server']],
  "stopping": [[["30"], "The server stops in 30 s"]],
  "removed": [[[], "You were removed by the operator"]],
  "password": [[[], "This room has a password. Please type it"]],
  "password-wrong": [[[], "That is not the password"]],
  "password-late": [[[], "Too many wrong passwords: try again in a minute"]],
  "stop": [[[], "The server stops. Goodbye"]],
  "not-utf-16": [[["gbk"], "Not said: what you write is UTF-16; this chat reads gbk from you"]],
  "not-http": [[[], "This is a chat, not a web server"]],
  "usage": [[["/nick NAME"], "Usage: /nick NAME"]],
  "unknown-command": [[['"/x"'], 'Unknown command "/x": /help lists them, // sends a line that begins with /']],
  "command-long": [[["1024"], "Not done: a command has 1024 bytes at most"]],
  "inner-command": [[
    [],
    "Not said: a command stands in it behind the end of a line; lines end with LF or CRLF",
  ]],
  "nobody": [[['"x"'], 'Nobody is called "x"']],
  "nobody-here": [[['"x"'], 'Nobody at this server is called "x"; the other servers are out of reach']],
  "elsewhere": [[["Bob"], "Bob is at another server, and is removed there"]],
  "encoding": [[["gbk"], "You read and write gbk now"]],
  "encoding-unknown": [[["Unknown encoding"], "Unknown encoding"]],
  "encoding-lines": [[["utf-16le"], "Not utf-16le: its lines cannot be told apart"]],
  "encoding-page": [[[], "Pages read and write utf-8"]],
  "hint": [[["gbk"], "What you write is valid gbk: type /enc gbk if it is that"]],
  "unheard": [[[], "Nobody hears you yet: a line ends with a line feed, \\n, and none has come"]],
  "slow": [[["5"], "Slow down: 5 messages a second are let through"]],
  "bus-away": [[[], "The other servers are out of reach: only those at this one hear you"]],
  "bus-back": [[[], "The other servers are in reach"]],
  "bus-gone": [[[], "The other servers had lost this one: for them you had left the room"]],
  "bus-missed": [[[], "Some of what was said at other servers may be missing"]],
  "bus-late-one": [[[], "The next line was said while another server was out of reach"]],
  "bus-late": [[["3"], "The next 3 lines were said while another server was out of reach"]],
  "bus-alone": [[
    ['"hi"'],
    'Only those at this server heard "hi", and only they hear you until the other servers are in reach',
  ]],
  "not-said": [[["Bob", "they have left"], "Not said to Bob: they have left"]],
  "help": [
    [["/nick NAME", "nick"], "/nick NAME       take another name"],
    [["/list ", "list"], "/list            who is here"],
    [["/a-long-command NAME", "me"], "/a-long-command NAME say what you do"],
    [["//TEXT", "slash"], "//TEXT           send /TEXT"],
  ],
  "list": [
    [["0", "0", "operator"], "0 here: "],
    [["1", "0", "Ann", "Ann"], "1 here: Ann (you)"],
    [["3", "0", "Bob", "Ann", "Bob", "Bobby"], "3 here: Ann, Bob (you), Bobby"],
    [["5", "3", "Cid", "Ann", "Bob"], "5 here: Ann, Bob and 3 more"],
  ],
};

Deno.test("each code of a note has its text, with its arguments filled in", () => {
  for (const [code, cases] of Object.entries(TEXTS)) {
    for (const [args, text] of cases) {
      const event = note(code as NoteCode, ...args);
      assertEquals([textOf(event), lineOf(event)], [text, `*** ${text}`]);
    }
  }
});

Deno.test("each code of a note has as many arguments as its text has places", () => {
  for (const [code, template] of Object.entries(NOTES)) {
    const places = new Set(template.match(/\{\d\}/g));
    const args = Array.from(places, (_, at) => `argument ${at}`);
    const text = textOf(note(code as NoteCode, ...args));
    assert(args.every((arg) => text.includes(arg)) && !/[{}]/.test(text), `${code}: ${text}`);
    for (const [given] of TEXTS[code as NoteCode]) assertEquals(given.length, places.size, code);
  }
});

Deno.test("note arguments are filled in as they are", () => {
  assertEquals(
    textOf(note("you-yielded", "{1}", "$&")),
    "You are {1}; somebody at another server has $& or a name like it",
  );
  assertEquals(textOf(note("encoding-unknown", "{0} $1")), "{0} $1");
});
