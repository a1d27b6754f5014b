import { assert, assertEquals } from "@std/assert";
import type { Explanation } from "../../lib/check/case.ts";
import { chatExplanations } from "../../lib/check/explanations/chat.ts";
import { clientEchoExplanations } from "../../lib/check/explanations/client_echo.ts";
import { clientHttpExplanations } from "../../lib/check/explanations/client_http.ts";
import { clientReplyExplanations } from "../../lib/check/explanations/client_reply.ts";
import { echoExplanations } from "../../lib/check/explanations/echo.ts";
import { httpExplanations } from "../../lib/check/explanations/http.ts";
import { replyExplanations } from "../../lib/check/explanations/reply.ts";
import { segmentsExplanations } from "../../lib/check/explanations/segments.ts";
import { udpExplanations } from "../../lib/check/explanations/udp.ts";
import { textWidth } from "../../lib/text/graphemes.ts";
import { needs, tool } from "../support/harness.ts";

/** Each suite's pages, and how many cases it has. */
const SUITES: Readonly<Record<string, readonly [Readonly<Record<string, Explanation>>, number]>> = {
  echo: [echoExplanations, 15],
  reply: [replyExplanations, 10],
  segments: [segmentsExplanations, 7],
  chat: [chatExplanations, 10],
  http: [httpExplanations, 15],
  udp: [udpExplanations, 5],
  "client/echo": [clientEchoExplanations, 8],
  "client/reply": [clientReplyExplanations, 8],
  "client/http": [clientHttpExplanations, 8],
};

const PAGES = Object.entries(SUITES).flatMap(([suite, [pages]]) =>
  Object.entries(pages).map(([name, page]) => ({ id: `${suite}/${name}`, page }))
);

/** The texts of a page, each in both languages. */
const textsOf = ({ sends, rule, matters }: Explanation) => [sends, rule, matters];

const HAN = String.raw`\p{Script=Han}`;

/** ASCII punctuation that touches a Chinese character, but quotation marks of bytes: b"". */
const ASCII_PUNCTUATION = new RegExp(`${HAN}[,.;:!?()"']|[,;:!?()"']${HAN}|[，。；：！？（）][,.;:!?]`, "u");

/** Chinese and Latin letters without a blank between them. */
const UNSPACED = new RegExp(`${HAN}[A-Za-z0-9]|[A-Za-z0-9]${HAN}`, "u");

/** Columns of a terminal, and lines of one screen. */
const COLUMNS = 80;
const SCREEN_LINES = 40;

/** Columns of the label beside a text, and those in front of code. */
const LABEL = 18;
const INDENT = 4;

/** Lines of a text, at least. */
function linesOf(text: string): number {
  let [lines, column] = [1, 0];
  for (const word of text.match(new RegExp(`${HAN}|[^\\s${HAN}]+|\\s`, "gu")) ?? []) {
    column += textWidth(word);
    if (column > COLUMNS - LABEL) [lines, column] = [lines + 1, textWidth(word)];
  }
  return lines;
}

Deno.test("every case has its page", () => {
  for (const [suite, [pages, count]] of Object.entries(SUITES)) {
    assertEquals(Object.keys(pages), Array.from({ length: count }, (_, i) => String(i + 1)), suite);
  }
});

Deno.test("a page has every text in both languages, as whole sentences in one line", () => {
  for (const { id, page } of PAGES) {
    for (const { en, zh } of textsOf(page)) {
      assert(/^[A-Z0-9].*[.”)]$/.test(en) && !new RegExp(HAN, "u").test(en.replaceAll("你好", "")), `${id}: ${en}`);
      assert(new RegExp(HAN, "u").test(zh) && /[。）]$/.test(zh), `${id}: ${zh}`);
      for (const text of [en, zh]) assert(!/[\n\r\t]|\s\s|^\s|\s$/.test(text), `${id}: ${text}`);
    }
    assert(/RFC \d|No RFC/.test(page.rule.en), `${id} names no source`);
    const sources = (text: string) => (text.match(/RFC \d+/g) ?? []).join();
    assertEquals(sources(page.rule.zh), sources(page.rule.en), id);
  }
});

Deno.test("Chinese has its own punctuation, and a blank beside Latin letters", () => {
  for (const { id, page } of PAGES) {
    for (const { zh } of textsOf(page)) {
      assertEquals([ASCII_PUNCTUATION.exec(zh)?.[0], UNSPACED.exec(zh)?.[0]], [undefined, undefined], `${id}: ${zh}`);
    }
  }
});

Deno.test("a page fits on a screen, and its code into 80 columns", () => {
  for (const { id, page } of PAGES) {
    const code = [page.wrong, page.right].map((text) => text.split("\n"));
    for (const line of code.flat()) assert(INDENT + line.length <= COLUMNS && !/\s$/.test(line), `${id}: ${line}`);
    for (const lines of code) assert(lines.length >= 3 && lines.length <= 15, `${id}: ${lines.length} lines of code`);
    for (const language of ["en", "zh"] as const) {
      const text = textsOf(page).reduce((sum, text) => sum + linesOf(text[language]), 0);
      const lines = 1 + text + 2 + code.flat().length;
      assert(lines <= SCREEN_LINES, `${id} has ${lines} lines (${language})`);
    }
  }
});

/** Prints for each of the programs that it reads as JSON what is wrong with it, if anything is. */
const COMPILE = `import json, sys
for name, code in json.load(sys.stdin).items():
    try:
        compile(code, name, "exec")
    except SyntaxError as error:
        print(name, error)`;

Deno.test("the code of every page compiles", needs(["python3"]), async () => {
  const programs = Object.fromEntries(PAGES.flatMap(({ id, page }) => [
    [`${id} wrong`, page.wrong],
    [`${id} right`, page.right],
  ]));
  const content = JSON.stringify(programs);
  const { stdout } = await tool("python3", ["-c", COMPILE], { stdin: { content } }).ends(0);
  assertEquals(stdout, "");
});
