/** Every phrase of the program has its Chinese: the codes are read out of the sources. */

import { assert, assertEquals } from "@std/assert";
import { HELP, NOTES } from "../../../lib/chat/events.ts";
import { HABIT_FLAGS, LETTER_FLAGS } from "../../../lib/cli/habits.ts";
import { TYPED_COMMANDS } from "../../../lib/client/typed_lines.ts";
import { CHINESE } from "../../../lib/output/chinese/mod.ts";

const LIB = new URL("../../../lib/", import.meta.url);

/** Codes that are made of a part and a name: what a person does, or what a chat says. */
const MADE: readonly string[] = [
  ...["command", "mode", "shell", "suite"].map((kind) => `kind-${kind}`),
  ...["connection", "peer"].flatMap((noun) => [`count-${noun}`, `limit-${noun}`]),
  ...TYPED_COMMANDS.map(([typed]) => `typed ${typed}`),
  ...["left", "removed", "dropped", "http", "server"].map((how) => `leave-${how}`),
  ...["join", "joined", "leave", "left", "rename", "help", "list"].map((what) => `room-${what}`),
  ...[...HABIT_FLAGS, ...LETTER_FLAGS].map((flags) => `habit ${flags}`),
  ...Object.keys(HELP).map((name) => `room-command-${name}`),
];

/** What the room says to its members only: to text clients in English, to pages by its code. */
const FOR_MEMBERS =
  /^(?:hello|you|name|password|encoding)(?:-|$)|^(?:removed|not-http|not-utf-16|inner-command|hint|unheard|slow)$/;

/** What is the same in Chinese. */
const SAME = /^(?:kind-shell|sockeye|then-reach|at-rate|tls-alert)$/;

interface Site {
  readonly code: string;
  /** How many values the template has; undefined for a phrase that is made otherwise. */
  readonly values?: number;
}

function* sources(folder: URL): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* sources(new URL(`${name}/`, folder));
    else if (name.endsWith(".ts")) yield Deno.readTextFileSync(new URL(name, folder));
  }
}

/** How many values a template has that begins behind a position, and where it ends. */
function measure(text: string, from: number): { values: number; end: number } {
  let values = 0;
  for (let at = from; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "`") return { values, end: at };
    else if (text.startsWith("${", at)) {
      values++;
      at = skipValue(text, at + 2);
    }
  }
  throw new Error("a template without an end");
}

/** The position of the brace that ends a value. */
function skipValue(text: string, from: number): number {
  for (let at = from, depth = 0; at < text.length; at++) {
    if (text[at] === "`") at = measure(text, at + 1).end;
    else if (text[at] === "{") depth++;
    else if (text[at] === "}" && depth-- === 0) return at;
  }
  throw new Error("a value without an end");
}

function sitesIn(text: string): Site[] {
  const code = text.replace(/^\s*\*.*$/gm, "");
  const said = [...code.matchAll(/(?<![.\w])say\(\s*"([^"]+)",?\s*\)`/g)].map((
    { 0: { length }, 1: name = "", index },
  ) => ({
    code: name,
    values: measure(code, index + length).values,
  }));
  const made = [...code.matchAll(/new Phrase\(\s*"([^"]+)"/g)].map(([, name = ""]) => ({ code: name }));
  return [...said, ...made];
}

const SITES = [...sources(LIB)].flatMap(sitesIn);

Deno.test("every phrase has its Chinese, with as many values", () => {
  assert(SITES.length > 300, String(SITES.length));
  for (const { code, values } of SITES) {
    assert(Object.hasOwn(CHINESE, code), code);
    const { length } = CHINESE[code]!;
    // A text may leave out a value at its end, or take all as a list.
    if (values !== undefined) assert(length <= values, `${code} has ${values} values, and ${length} in Chinese`);
  }
});

Deno.test("the room has in Chinese what it says to the person at the server", () => {
  const said = Object.keys(NOTES).filter((code) => !FOR_MEMBERS.test(code)).map((code) => `room-${code}`);
  for (const code of [...said, ...MADE]) assert(Object.hasOwn(CHINESE, code), code);
});

Deno.test("no Chinese text is without a phrase", () => {
  const known = new Set([
    ...SITES.map(({ code }) => code),
    ...MADE,
    ...Object.keys(NOTES).map((code) => `room-${code}`),
  ]);
  assertEquals(Object.keys(CHINESE).filter((code) => !known.has(code)), []);
});

Deno.test("the Chinese texts are Chinese, have all of their values, and no line end within a sentence", () => {
  for (const [code, render] of Object.entries(CHINESE)) {
    const values = Array.from({ length: render.length }, (_, i) => `«${i}»`);
    const text = render(...values);
    for (const value of values) assert(text.includes(value) || code === "room-list", `${code}: ${text}`);
    const own = text.replace(/«\d»/g, "");
    if (!SAME.test(code)) assert(!/[a-z]/i.test(own) || /\p{Script=Han}/u.test(own), `${code}: ${text}`);
    assert(!text.includes("\n") || code === "certified", code);
    assert(!/回答|在场/.test(text), `${code}: ${text}`);
  }
});
