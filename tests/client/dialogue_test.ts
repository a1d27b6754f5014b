import { assertEquals, assertRejects } from "@std/assert";
import { Dialogue, endOfSending, type Step, stepsOf } from "../../lib/client/dialogue.ts";
import { FIN } from "../../lib/client/exchange_options.ts";
import { asPattern, Expectations } from "../../lib/client/expect.ts";
import { SockeyeError } from "../../lib/errors.ts";
import { turn } from "../support/clock.ts";
import { bytesOf, textOf } from "../support/net.ts";

/** Words of a command line: `>text` is sent, `<pattern>` expected, `.` the end of our half. */
function plan(...words: string[]): { steps: Step[]; expectations: Expectations } {
  const given = words.filter((word) => word !== ".").map((word) => ({
    name: word.startsWith(">") ? "send" : "expect",
    flag: "",
    text: word.slice(1),
  }));
  const messages = given.filter(({ name }) => name === "send").map(({ text }) => () => [bytesOf(text)]);
  const steps = stepsOf(given, messages);
  if (words.includes(".")) steps.splice(endOfSending(steps), 0, FIN);
  const patterns = given.filter(({ name }) => name === "expect").map(({ text }) => asPattern(text));
  return { steps, expectations: new Expectations(patterns, "utf-8") };
}

/** Plays a dialogue; each answer comes when nothing more is said without it. What is said, with `fin` and `done`. */
async function played(words: string[], answers: readonly string[], eager = false) {
  const { steps, expectations } = plan(...words);
  const dialogue = new Dialogue(steps, expectations, { limit: 60_000, eager });
  const said: string[] = [];
  const over = (async () => {
    for await (const part of dialogue.outgoing()) {
      said.push(typeof part === "symbol" ? String(part.description) : textOf(part));
    }
  })();
  const enough: boolean[] = [];
  for (const answer of answers) {
    await turn();
    said.push(`(${answer})`);
    enough.push(dialogue.take(bytesOf(answer)));
  }
  await turn();
  expectations.end();
  return { said, enough, over };
}

const SMTP = ["<220", ">HELO", "<250", ">QUIT"];

Deno.test("Dialogue.outgoing() speaks when what was expected has come", async () => {
  const { said, enough, over } = await played(SMTP, ["22", "0 hi\n", "250 ok\n"]);
  await over;
  assertEquals(said, ["(22)", "(0 hi\n)", "HELO", "(250 ok\n)", "QUIT"]);
  assertEquals(enough, [false, false, false]);
});

Deno.test("Dialogue.take() says when the last expectation is met and everything was said", async () => {
  const { said, enough } = await played([">a", "<1", ">b", "<2"], ["1", "2"]);
  assertEquals([said, enough], [["a", "(1)", "b", "(2)", "done"], [false, true]]);
  const early = await played([">a", "<1", ">b", "<2"], ["12"]);
  assertEquals([early.said, early.enough], [["a", "(12)", "b", "done"], [false]]);
});

Deno.test("Dialogue.outgoing() throws what was not met, when the peer ends", async () => {
  const { said, over } = await played(SMTP, ["220\n", "554 no\n"]);
  assertEquals(said, ["(220\n)", "HELO", "(554 no\n)"]);
  const says = '--expect 2 of 2, /250/ before the peer ended; "\\n554 no\\n" came after the match before';
  await assertRejects(() => over, SockeyeError, says);
});

Deno.test("Dialogue.outgoing() ends our half after the last thing that is sent", async () => {
  const { said } = await played(["<1", ">a", ".", "<2"], ["1", "2"]);
  assertEquals(said, ["(1)", "a", "fin", "(2)", "done"]);
  assertEquals((await played([">a", ">b", "."], [])).said, ["a", "b", "fin"]);
});

Deno.test("Dialogue.take() with `eager` says when all is met, whatever is left to say", async () => {
  assertEquals((await played([">a", "<1"], ["1"], true)).enough, [true]);
  const { said, enough } = await played(["<1", ">a"], ["1"], true);
  assertEquals([said, enough], [["(1)", "a", "done"], [true]]);
});

Deno.test("Dialogue without expectations only speaks", async () => {
  const { said, enough } = await played([">a", ">b"], ["x"]);
  assertEquals([said, enough], [["a", "b", "(x)"], [false]]);
});
