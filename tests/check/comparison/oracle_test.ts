import { assert, assertEquals } from "@std/assert";
import { concat } from "../../../lib/bytes.ts";
import { isHarmless, Oracle } from "../../../lib/check/comparison/oracle.ts";
import type { Played } from "../../../lib/check/comparison/playing.ts";
import { randomOf } from "../../../lib/random.ts";
import { bytesOf } from "../../support/net.ts";

/** What came of a conversation: the answers, the first of which is a greeting. */
function played(answers: readonly (string | Uint8Array)[], more: Partial<Played> = {}): Played {
  const parts = answers.map((answer) => typeof answer === "string" ? bytesOf(answer) : answer);
  const received = concat(parts);
  const marks = parts.map((_, i) => parts.slice(0, i + 1).reduce((sum, { length }) => sum + length, 0));
  const evidence = { steps: [], received, end: "open" } as const;
  const rest = { early: false, unasked: 0, slowest: 1, evidence, end: "open", closed: "fin" } as const;
  return { received, marks, said: answers.length - 1, ...rest, ...more };
}

Deno.test("Oracle says what is different, and at which byte", () => {
  const oracle = new Oracle(played(["hi\n", "one\n", "two\n"]));
  const judge = (answers: string[], more?: Partial<Played>) => {
    const difference = oracle.judge(played(answers, more));
    return difference && [difference.kind, difference.at];
  };
  assertEquals(judge(["hi\n", "one\n", "two\n"]), undefined);
  assertEquals(judge(["hi\n", "one\ntw", "o\n"]), undefined, "bytes count, not when they came");
  assertEquals(judge(["hi\n", "one\n"]), ["missing", 7]);
  assertEquals(judge(["hi\n", "one\n", "two\n", "two\n"]), ["more", 11]);
  assertEquals(judge(["hi\n", "one\n", "twa\n"]), ["other", 9]);
  assertEquals(judge(["hi\n", "one\n", "two\n"], { end: "fin" }), ["ended", undefined]);
  assertEquals(judge(["hi\n", "one\n", "two\n"], { closed: "reset" }), ["reset", undefined]);
  assertEquals(judge(["hi\n", "one\n", "two\n"], { closed: "open" }), ["stays", undefined]);
  assertEquals(judge(["hi\n", "one\n", "two\n"], { early: true }), ["early", undefined]);
});

Deno.test("Oracle measures a server by what it does itself: it may end the connection, or keep it", () => {
  const ending = new Oracle(played(["", "one\n"], { end: "fin" }));
  assertEquals([ending.ending, ending.judge(played(["", "one\n"], { end: "fin" }))], [1, undefined]);
  assertEquals(ending.judge(played(["", "one\n"], { closed: "open" }))?.kind, "stays");
  const staying = new Oracle(played(["", "one\n"], { closed: "open" }));
  assertEquals([staying.leaves, staying.judge(played(["", "one\n"], { closed: "open" }))], [false, undefined]);
  staying.add(played(["", "one\n"], { end: "fin" }));
  assertEquals([staying.end, staying.ending], [undefined, undefined]);
});

Deno.test("Oracle knows when an answer is there, though a pause was taken for its end", () => {
  const oracle = new Oracle(played(["", "first ", "part\nsecond\n"]));
  const answered = (said: number, text: string) => oracle.isAnswered(said, bytesOf(text));
  assertEquals([answered(1, "first"), answered(1, "first "), answered(1, "first part\n")], [false, true, true]);
  assertEquals([answered(1, "first pert"), answered(2, "first part\nsecond\n")], [false, true]);
  assertEquals([oracle.isSilent(0), oracle.isSilent(1)], [true, false]);
  assertEquals([oracle.mayBe(1, bytesOf("fir")), oracle.mayBe(1, bytesOf("fix"))], [true, false]);
});

Deno.test("what an oracle has seen is right, and nothing that is cut or doubled (random)", () => {
  const random = randomOf("oracle");
  const draw = (below: number) => Math.floor(random() * below);
  for (let round = 0; round < 200; round++) {
    const words = Array.from({ length: 1 + draw(4) }, () => "abcdefgh".slice(draw(4), 5 + draw(3)));
    const isCounted = random() < 0.5;
    const run = () => played(["", ...words.map((word) => isCounted ? `${word} ${draw(1000)}\n` : `${word}\n`)]);
    const runs = Array.from({ length: 3 }, run);
    const oracle = new Oracle(runs[0]!);
    for (const other of runs.slice(1)) oracle.add(other);
    for (const one of runs) {
      assertEquals(oracle.judge(one), undefined);
      const { received } = one;
      for (const [said, mark] of one.marks.entries()) assert(oracle.isAnswered(said, received.subarray(0, mark)));
      const short = oracle.judge({ ...one, received: received.subarray(0, draw(received.length)) });
      const double = oracle.judge({ ...one, received: concat([received, received]) });
      assert(short && double && !isHarmless(short.kind) && !isHarmless(double.kind));
    }
  }
});
