import { assertEquals } from "@std/assert";
import { Answers, type Difference } from "../../lib/capture/answers.ts";
import { asIgnorePattern } from "../../lib/capture/mask.ts";
import type { RecordedMessage } from "../../lib/capture/recording.ts";
import { bytesOf } from "../support/net.ts";
import { randomCuts, randomFrom } from "../text/random.ts";

/** Turns of messages with the numbers 2, 3, … */
function turns(...texts: string[][]): RecordedMessage[][] {
  let number = 2;
  return texts.map((turn) => turn.map((text) => ({ dir: "down", time: 0, bytes: bytesOf(text), number: number++ })));
}

function answers(recorded: string[][], { whole = false, ignore = [] as string[] } = {}): Answers {
  return new Answers(turns(...recorded), { whole, ignore: ignore.map(asIgnorePattern) });
}

/** Where the first difference is. */
function place(difference: Difference | undefined): [number | undefined, number] | undefined {
  return difference && [difference.message, difference.at];
}

Deno.test("Answers count bytes, however they are cut", () => {
  const random = randomFrom(7);
  for (let round = 0; round < 200; round++) {
    const ignore = round % 2 === 0 ? [] : ["<\\d+>"];
    const all = answers([["one", "two<1>;"], ["three<22>;"], ["four"]], { ignore });
    const text = round % 2 === 0 ? "onetwo<1>;three<22>;four" : "onetwo<333>;three<4>;four";
    for (const part of randomCuts(bytesOf(text), random)) assertEquals(all.take(part), undefined);
    assertEquals([all.finish(), all.complete, all.count], [undefined, true, 3]);
  }
});

Deno.test("Answers say in which message and where the first byte differs", () => {
  const random = randomFrom(8);
  for (let round = 0; round < 100; round++) {
    const all = answers([["one", "two"], ["three"]]);
    const found = randomCuts(bytesOf("onetwothXee"), random).map((part) => all.take(part)).find((one) => one);
    assertEquals(place(found), [4, 2]);
  }
  const missing = answers([["one", "two"]]);
  missing.take(bytesOf("onet"));
  assertEquals(place(missing.finish()), [3, 1]);
  const more = answers([["one"]]);
  assertEquals(place(more.take(bytesOf("one!"))), [undefined, 0]);
});

Deno.test("Answers with patterns differ only when no more comes", () => {
  const all = answers([["<1> ok"]], { ignore: ["<\\d+>"] });
  assertEquals(all.take(bytesOf("<22")), undefined);
  assertEquals(all.take(bytesOf("> no")), undefined);
  assertEquals(place(all.finish()), [2, 4]);
});

Deno.test("Answers compare messages one by one", () => {
  const all = answers([["one", "two"]], { whole: true });
  assertEquals(all.take(bytesOf("one")), undefined);
  assertEquals(all.count, 1);
  assertEquals(place(all.take(bytesOf("twoo"))), [3, 3]);
  assertEquals(place(answers([["one"]], { whole: true }).take(bytesOf("on"))), [2, 2]);
  assertEquals(place(answers([["one"]], { whole: true }).finish()), [2, 0]);
});
