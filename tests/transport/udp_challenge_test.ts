import { assert, assertEquals, assertLessOrEqual, assertNotEquals } from "@std/assert";
import { FORGED_MAX, HELD_COST, HELD_MAX_BYTES, HELD_PER_ADDRESS, TOKEN_MS } from "../../lib/transport/limits.ts";
import { Challenge } from "../../lib/transport/udp_challenge.ts";
import { answerWith, tokenAskedFor } from "../../lib/transport/udp_question.ts";
import { bytesOf, textOf } from "../support/net.ts";

const ADDRESS = "5000 10.0.0.1";

/** A datagram of so many bytes that says something. */
function datagram(length: number): Uint8Array {
  return new Uint8Array(length).fill(0x78);
}

/** The token that an address is asked for. */
function tokenOf(challenge: Challenge, address = ADDRESS): string {
  return tokenAskedFor(challenge.question(datagram(6), address) ?? new Uint8Array()) ?? "";
}

/** What follows a text; undefined for nothing. */
function reply(challenge: Challenge, text: string): string | undefined {
  const question = challenge.question(bytesOf(text), ADDRESS);
  return question && textOf(question);
}

/** Shortest datagrams, and what they are answered with. */
const QUESTIONS: readonly (readonly [from: number, question: string | undefined])[] = [
  [17, "*** Send /TOKEN to come in; what you wrote waits\n"],
  [10, "*** Send /TOKEN to come in\n"],
  [6, "*** Send /TOKEN\n"],
  [5, "Send /TOKEN\n"],
  [3, "Say more\n"],
  [2, "more?\n"],
  [1, "??\n"],
  [0, undefined],
];

Deno.test("question() is never longer than three times the datagram, and clearer the longer that is", () => {
  for (let length = 0; length <= 40; length++) {
    const challenge = new Challenge();
    const token = tokenOf(challenge);
    const question = challenge.question(datagram(length), ADDRESS);
    assertLessOrEqual(question?.length ?? 0, FORGED_MAX * length);
    const text = QUESTIONS.find(([from]) => length >= from)?.[1]?.replace("TOKEN", token);
    assertEquals(question && textOf(question), text, `${length}`);
  }
});

Deno.test("isAnswered() takes the token of the address alone or among a few words, whatever its case", () => {
  const challenge = new Challenge();
  const token = tokenOf(challenge);
  const right = ["TOKEN", "/TOKEN\n", "/TOKEN\r\n", "hi, TOKEN", `${"a ".repeat(28)}TOKEN`];
  for (const text of right) {
    assert(challenge.isAnswered(bytesOf(text.replace("TOKEN", token)), ADDRESS), text);
    assert(challenge.isAnswered(bytesOf(text.replace("TOKEN", token.toUpperCase())), ADDRESS), text);
  }
  const wrong = ["", "TOKENx", "xTOKEN", "TOKEN".slice(1), "0000000", `${" ".repeat(64)}TOKEN`];
  for (const text of wrong) assert(!challenge.isAnswered(bytesOf(text.replace("TOKEN", token)), ADDRESS), text);
  for (const at of token.split("").keys()) {
    const other = token.slice(0, at) + (token[at] === "0" ? "1" : "0") + token.slice(at + 1);
    assert(!challenge.isAnswered(bytesOf(other), ADDRESS), other);
  }
});

Deno.test("an echo of a question is no answer, and comes to an end: an echo server is not led into a chat", () => {
  const challenge = new Challenge();
  for (let length = 0; length <= 40; length++) {
    let echo: Uint8Array | undefined = datagram(length);
    let count = 0;
    for (; echo; count++) {
      assert(!challenge.isAnswered(echo, ADDRESS), textOf(echo));
      echo = challenge.question(echo, ADDRESS);
    }
    assertLessOrEqual(count, 3, `${length}`);
  }
  // A person who sends back the whole line hears what to send.
  const token = tokenOf(challenge);
  assertEquals(reply(challenge, `*** Send /${token} to come in\r\n`), `*** Send only /${token}\n`);
});

Deno.test("what an address says is kept in order until its answer, blanks and old tokens are not", () => {
  const challenge = new Challenge();
  const said = ["hello\n", "is anybody here?\n", "/nick ann\n", "ok"];
  for (const text of ["\n", ...said, "/0000000\n", "  \r\n"]) challenge.question(bytesOf(text), ADDRESS);
  challenge.question(bytesOf("others"), "5000 10.0.0.2");
  assertEquals(challenge.release(ADDRESS).map(textOf), said);
  assertEquals(challenge.release(ADDRESS), []);
  assertEquals(challenge.release("5000 10.0.0.2").map(textOf), ["others"]);
  assertEquals(challenge.cost, 0);
});

Deno.test("what is kept is bounded, for an address and for 100,000, is forgotten with its token, and only what waits is said to", () => {
  let now = 0;
  const challenge = new Challenge(() => now);
  const line = "a line of some length\n";
  const waits = (address: string) => /waits/.test(textOf(challenge.question(bytesOf(line), address)!));
  const own = Array.from({ length: 100 }, () => waits(ADDRESS)).filter(Boolean).length;
  assertEquals(own, Math.floor(HELD_PER_ADDRESS / (line.length + HELD_COST)));
  let kept = own;
  for (let i = 0; i < 100_000; i++) if (waits(`${i} 10.0.0.9`)) kept++;
  assertEquals(kept, Math.floor(HELD_MAX_BYTES / (line.length + HELD_COST)));
  assertLessOrEqual(challenge.cost, HELD_MAX_BYTES);
  now = 2 * TOKEN_MS;
  assertEquals(challenge.release(ADDRESS), []);
  assertEquals(challenge.cost, 0);
  assert(waits("1 10.0.0.1"));
});

Deno.test("tokenAskedFor() knows every question that has a token, and nothing else", () => {
  const right = QUESTIONS.map(([, text]) => text).filter((text) => text?.includes("TOKEN"));
  for (const text of right) assertEquals(tokenAskedFor(bytesOf(text!.replace("TOKEN", "gs6y6td"))), "gs6y6td", text);
  const wrong = [
    "/gs6y6td\n",
    "Send /gs6y6tdd\n",
    "Send /gs6y6t\n",
    "send /gs6y6td",
    "Send /GS6Y6TD",
    "<ann> Send /gs6y6td",
    "Send /gs6y6td please",
    "*** Send only /gs6y6td\n",
    "Send /gs6y6td\nSend /gs6y6td\n",
    "Send /gs6y6to\n",
    "",
  ];
  for (const text of wrong) assertEquals(tokenAskedFor(bytesOf(text)), undefined, text);
  assertEquals(answerWith("gs6y6td"), "/gs6y6td\n");
});

Deno.test("a token is for one address, one time and one run", () => {
  let now = 10 * TOKEN_MS;
  const challenge = new Challenge(() => now);
  const token = tokenOf(challenge);
  for (const other of ["5001 10.0.0.1", "5000 10.0.0.2", "5000 ::ffff:10.0.0.1"]) {
    assertNotEquals(tokenOf(challenge, other), token);
    assert(!challenge.isAnswered(bytesOf(token), other));
  }
  assert(!new Challenge(() => now).isAnswered(bytesOf(token), ADDRESS));
  for (const [later, good] of [[TOKEN_MS, true], [2 * TOKEN_MS - 1, true], [2 * TOKEN_MS, false]] as const) {
    now = 10 * TOKEN_MS + later;
    assertEquals(challenge.isAnswered(bytesOf(token), ADDRESS), good, `${later}`);
  }
});
