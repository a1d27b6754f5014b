/** What the room says is known to the page in Chinese: all of it, whoever changes its words. */

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { notThatName, whyNotName } from "../../../lib/chat/names.ts";
import { noteInChinese } from "../../../lib/chat/web/page/notes.js";
import { is, TestPage, TestRoom } from "./room.ts";

const LIB = new URL("../../../lib/", import.meta.url);

/** What may stand where a sentence has a gap. */
const FILLINGS = [
  "",
  "Ann",
  '"Ann"',
  "3",
  "left",
  "operator",
  "Only",
  "nobody else is here",
  "the bus takes messages of 3 bytes",
  "somebody at another server is called Ann, too",
];

/** What is no line of its own. */
const PARTS = ["\0 crlf", "\0 others are here", "\0 send /TEXT"];

/** Where what is said goes to the operator, or is a fault of the caller. */
const ELSEWHERE = /(?:notice|complain|Error|throw)\([^;]*$/i;

/** The texts of a source by what stands before each: `\0` is a gap. */
function* textsOf(source: string): Generator<[before: string, text: string]> {
  const code = source.replace(/\/\*\*[^]*?\*\/|(?<=^ *|;) *\/\/ .*$/gm, "").replace(/^import .*$/gm, "");
  for (let at = 0; at < code.length; at++) {
    const quote = code[at];
    if (quote !== '"' && quote !== "`") continue;
    const end = endOf(code, at);
    const text = code.slice(at + 1, end);
    yield [code.slice(Math.max(0, at - 200), at), quote === '"' ? text : withGaps(text)];
    at = end;
  }
}

/** Where a text ends that begins somewhere; what is in its gaps may hold texts, too. */
function endOf(code: string, start: number): number {
  for (let at = start + 1; at < code.length; at++) {
    if (code[at] === "\\") at++;
    else if (code[at] === code[start]) return at;
    else if (code[start] === "`" && code.startsWith("${", at)) at = gapEnd(code, at + 2);
  }
  return code.length;
}

function gapEnd(code: string, start: number): number {
  for (let at = start, depth = 1; at < code.length; at++) {
    if (code[at] === '"' || code[at] === "`") at = endOf(code, at);
    else if (code[at] === "{") depth++;
    else if (code[at] === "}" && --depth === 0) return at;
  }
  return code.length;
}

function withGaps(text: string): string {
  let result = "";
  for (let at = 0; at < text.length; at++) {
    if (!text.startsWith("${", at)) result += text[at];
    else {
      result += "\0";
      at = gapEnd(text, at + 2);
    }
  }
  return result;
}

/** Whether a text is a whole line of the room: it begins like one and has some words. */
function isSentence(text: string): boolean {
  return /^(?:[A-Z][a-z]|\0 (?:[a-z]|and))/.test(text) && / [a-z]+/.test(text);
}

function isKnown(sentence: string): boolean {
  const gaps = sentence.split("\0").length - 1;
  for (let way = 0; way < FILLINGS.length ** gaps; way++) {
    let rest = way;
    const filled = sentence.replaceAll("\0", () => {
      const filling = FILLINGS[rest % FILLINGS.length] ?? "";
      rest = Math.floor(rest / FILLINGS.length);
      return filling;
    });
    if (noteInChinese(filled) !== undefined) return true;
  }
  return false;
}

Deno.test("every sentence of the room has a translation", async () => {
  const sentences: string[] = [];
  for (const folder of ["modes/chat/", "bus/"]) {
    for await (const { name } of Deno.readDir(new URL(folder, LIB))) {
      const source = await Deno.readTextFile(new URL(folder + name, LIB));
      for (const [before, text] of textsOf(source)) {
        if (isSentence(text) && !PARTS.includes(text) && !ELSEWHERE.test(before)) sentences.push(text);
      }
    }
  }
  const chat = await Deno.readTextFile(new URL("modes/chat.ts", LIB));
  for (const [, text = ""] of chat.matchAll(/tell\(member, [`"](.*)[`"]\)/g)) sentences.push(withGaps(text));
  assert(sentences.length > 15, sentences.join("\n"));
  assertEquals(sentences.filter((sentence) => !isKnown(sentence)), []);
});

Deno.test("what a page hears of the room has a translation, the help and the reasons against a name as well", async () => {
  for (const name of ["", "a b", "x".repeat(40), "aб", "user7", "operator"]) {
    const problem = whyNotName(name, "user1");
    assert(problem !== undefined, name);
    assertNotEquals(noteInChinese(notThatName(name, problem)), undefined, problem);
  }
  await using room = await TestRoom.open({ chat: { rate: { perSecond: 100, burst: 3 } } });
  await using first = await TestPage.join(room.port, { name: "Ann" });
  await using page = await TestPage.join(room.port, { name: "Ann" });
  const asks = ["/help", "/list", "/nope", "/nick", "/nick Ann", "/nick Bob", "/msg Zed hi", "/msg Ann", "/enc gbk"];
  for (const [id, say] of [...asks, "/quit bye"].entries()) page.send({ say, id: id + 1 });
  assertEquals(await page.closed, 1000);
  await first.hears(is("leave"));
  const notes = [...page.heard, ...first.heard].filter(({ kind }) => !["welcome", "ready", "ack"].includes(kind));
  assert(notes.length > 15);
  assertEquals(notes.map(({ text }) => text).filter((text) => noteInChinese(text) === undefined), []);
  const help = notes.filter(({ text }) => text.startsWith("/"));
  assertEquals(help.length, 7);
  assertEquals(help.filter(({ text }) => noteInChinese(text) === text), []);
});

Deno.test("noteInChinese() keeps what people wrote", () => {
  const cases = [
    ["Ann left: see you", "Ann 离开了：see you"],
    ["3 here: Ann (you), Bob, 小明", "3 人在场：Ann（你）, Bob, 小明"],
    ["/msg NAME TEXT   say something to one person", "/msg NAME TEXT   只对一个人说"],
    ["A, B, C and 2 more left with their server", "A, B, C 及另外 2 人随所在服务器离开了"],
    [
      'Only those at this server heard "a $1 and 3 more" and 2 more',
      '只有本服务器上的人看到 "a $1 and 3 more" 及另外 2 行',
    ],
    ['Perhaps only those at this server heard "hi"', '也许只有本服务器上的人看到 "hi"'],
    ["Not said to Bob: it is too long", "未能对 Bob 说：太长"],
    ["Not said to Bob: something else", "未能对 Bob 说：something else"],
    ["something else", undefined],
  ] as const;
  for (const [text, expected] of cases) assertEquals<unknown>(noteInChinese(text), expected, text);
});
