import { assertEquals, assertRejects } from "@std/assert";
import { selectCases, selectSuite } from "../../../lib/cli/check/select.ts";
import { SockeyeError } from "../../../lib/errors.ts";
import { entryOf, suiteOf } from "./results.ts";

const NAMES = Array.from({ length: 12 }, (_, i) => String(i + 1));
const TABLE = ["echo", "chat", "client/echo"].map((name) => entryOf(suiteOf(name, NAMES)));

async function ids(...words: string[]): Promise<string[]> {
  const selections = await selectCases(words, TABLE);
  return selections.flatMap(({ suite, cases }) => cases.map(({ name }) => `${suite.name}/${name}`));
}

Deno.test("selectCases() takes suites, ids and globs, in the order of the suite and each once", async () => {
  assertEquals((await ids()).length, 36);
  assertEquals((await ids("echo")).length, 12);
  assertEquals(await ids("echo/4", "echo/2", "echo/4"), ["echo/2", "echo/4"]);
  assertEquals(await ids("echo/1*"), ["echo/1", "echo/10", "echo/11", "echo/12"]);
  assertEquals(await ids("chat/1?"), ["chat/10", "chat/11", "chat/12"]);
  assertEquals((await ids("chat/*", "chat/1")).length, 12);
  assertEquals(await ids("client/echo/3"), ["client/echo/3"]);
  assertEquals(await ids("*/3"), ["echo/3", "chat/3", "client/echo/3"]);
});

/** Words that name nothing, and what is said of them. */
const UNKNOWN: readonly (readonly [words: string[], message: string])[] = [
  [["ehco"], 'Unknown suite "ehco" - did you mean "echo"? (suites: echo, chat, client/echo)'],
  [["ehco/4"], 'Unknown suite "ehco/4" - did you mean "echo"? (suites: echo, chat, client/echo)'],
  [["echo/13"], 'Unknown case "echo/13" - did you mean "echo/1"? (echo has echo/1 to echo/12)'],
  [["echo", "echo/x*"], 'Unknown case "echo/x*" (echo has echo/1 to echo/12)'],
  [["x*"], 'Unknown suite "x*" (suites: echo, chat, client/echo)'],
  [["\x1b[2J"], 'Unknown suite "\\x1b[2J" (suites: echo, chat, client/echo)'],
];

for (const [words, message] of UNKNOWN) {
  Deno.test(`selectCases() says that ${JSON.stringify(words.at(-1))} is unknown`, async () => {
    const error = await assertRejects(() => selectCases(words, TABLE), SockeyeError);
    assertEquals([error.kind, error.message], ["usage", message]);
  });
}

Deno.test("selectSuite() wants cases of one suite", async () => {
  assertEquals((await selectSuite(["chat/*"], TABLE)).suite.name, "chat");
  const error = await assertRejects(() => selectSuite(["chat/1", "echo"], TABLE), SockeyeError);
  assertEquals(error.message, "A run takes cases of one suite, and these are of echo and chat: run check for each");
});
