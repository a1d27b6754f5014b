import { assert, assertEquals } from "@std/assert";
import { AnswerPattern } from "../../../lib/check/comparison/answer_pattern.ts";
import { randomOf } from "../../../lib/random.ts";
import { bytesOf, textOf } from "../../support/net.ts";

function pattern(first: string, ...others: string[]): AnswerPattern {
  return new AnswerPattern([bytesOf(first), ...others.map(bytesOf)]);
}

/** What differs, undefined where nothing does; `fits` must say the same. */
function differs(one: AnswerPattern, received: string): number | undefined {
  const at = one.differsAt(bytesOf(received));
  assertEquals(one.fits(bytesOf(received)), at === undefined, received);
  return at;
}

Deno.test("an answer that was always the same must come exactly", () => {
  const same = pattern("hello\n", "hello\n");
  assertEquals([same.varies, same.tells], [false, true]);
  assertEquals(["hello\n", "help\n", "hel", "hello\nhello\n", ""].map((text) => differs(same, text)), [
    undefined,
    3,
    3,
    6,
    0,
  ]);
  assertEquals(["", "hel", "hello\n", "hex", "hello\nh"].map((text) => same.mayFit(bytesOf(text))), [
    true,
    true,
    true,
    false,
    false,
  ]);
});

Deno.test("a date that varied may vary, and nothing else", () => {
  const dated = pattern("Date: Tue, 01 Dec 12:00:01 GMT\nhi\n", "Date: Tue, 01 Dec 12:00:02 GMT\nhi\n");
  assertEquals(differs(dated, "Date: Tue, 01 Dec 12:00:09 GMT\nhi\n"), undefined);
  assertEquals(differs(dated, "Date: Tue, 01 Dec 12:01:00 GMT\nhi\n"), 22, "the minute had not varied");
  assertEquals(differs(dated, "Date: Tue, 01 Dec 12:00:09 GMT\nho\n"), 32);
  assertEquals(differs(dated, "Date: Tue, 01 Dec 12:00:09 GMT\n"), 31);
  assertEquals(differs(dated, "Date: Tue, 01 Dec 12:00:09 GMT\nhi\nhi\n"), 34);
});

Deno.test("a number that grows may get longer, and stays on its line", () => {
  const counted = pattern("visitor 8\nbye\n", "visitor 9\nbye\n");
  assertEquals(differs(counted, "visitor 10\nbye\n"), undefined);
  assertEquals(differs(counted, "visitor \nbye\n"), 8);
  assertEquals(differs(counted, "visitor 8\n9\nbye\n"), 10);
});

Deno.test("an order that varied may vary", () => {
  const lines = pattern("a 1\nb 2\nc 3\n", "c 3\na 1\nb 2\n");
  assertEquals(differs(lines, "b 2\na 1\nc 3\n"), undefined);
  assert(differs(lines, "b 2\na 1\n") !== undefined);
  assert(differs(lines, "b 2\na 1\na 1\n") !== undefined);
  const words = pattern("{'x', 'y', 'z'}\n", "{'z', 'x', 'y'}\n");
  assertEquals(differs(words, "{'y', 'z', 'x'}\n"), undefined);
  assert(differs(words, "{'y', 'z'}\n") !== undefined);
});

Deno.test("an answer of which nothing stays the same tells nothing", () => {
  assertEquals(pattern("8f31", "7c").tells, false);
  assertEquals(pattern("8f31 aa\n", "7c bb\n").tells, false);
  assertEquals(pattern("id 8f31\n", "id 7c\n").tells, true);
  assertEquals(pattern("", "").tells, true);
});

Deno.test("what is missing, doubled or changed is found at its byte, whatever varies (random)", () => {
  const random = randomOf("answer pattern");
  const draw = (below: number) => Math.floor(random() * below);
  const word = () => Array.from({ length: 1 + draw(6) }, () => "abcdefghij"[draw(10)]).join("");
  const number = () => String(draw(10 ** (1 + draw(4))));
  for (let round = 0; round < 300; round++) {
    // Words that stay, and numbers that are drawn anew for each answer.
    const parts = Array.from({ length: 2 + draw(8) }, () => random() < 0.3 ? undefined : word());
    const answer = () => `${parts.map((part) => part ?? number()).join(" ")}\r\n`;
    const samples = Array.from({ length: 3 + draw(3) }, () => bytesOf(answer()));
    const learnt = new AnswerPattern(samples as [Uint8Array, ...Uint8Array[]]);
    for (const sample of samples) assertEquals(learnt.differsAt(sample), undefined, textOf(sample));
    const whole = textOf(samples[0]!);
    const cut = whole.slice(0, draw(whole.length));
    // Without its line end, or with two of them, it is wrong.
    assertEquals(differs(learnt, cut) === undefined, false, `${whole} / ${cut}`);
    assert(differs(learnt, whole + whole) !== undefined);
    if (!learnt.varies) continue;
    const at = whole.search(/[a-j]/);
    if (at < 0 || parts[0] === undefined) continue;
    assertEquals(differs(learnt, `Z${whole.slice(1)}`), 0);
  }
});

Deno.test("bytes that are no text are compared as well, and long answers in time", () => {
  const body = Uint8Array.from({ length: 300_000 }, (_, i) => i * 7 % 256);
  const answer = (id: number) => new Uint8Array([...bytesOf(`id ${id}\r\n`), ...body]);
  const long = new AnswerPattern([answer(1), answer(2)]);
  assertEquals(long.differsAt(answer(3)), undefined);
  assertEquals(long.differsAt(answer(3).subarray(0, 200_000)), 200_000);
  const wrong = answer(3);
  wrong[150_000]! ^= 1;
  assertEquals(long.differsAt(wrong), 150_000);
});
