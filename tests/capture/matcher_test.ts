import { assertEquals } from "@std/assert";
import { exchangesOf } from "../../lib/capture/exchanges.ts";
import { asIgnorePattern } from "../../lib/capture/mask.ts";
import { type ByteRange, Matcher } from "../../lib/capture/matcher.ts";
import type { RecordedStep } from "../../lib/capture/recording.ts";
import { bytesOf, textOf } from "../support/net.ts";

/** Steps such as `>ask`, `<tell`, and `>` or `<` alone for an end. */
function steps(...words: string[]): RecordedStep[] {
  let number = 0;
  return words.map((word, time) => {
    const dir = word[0] === ">" ? "up" : "down";
    if (word.length === 1) return { dir, time, how: "fin" };
    return { dir, time, bytes: bytesOf(word.slice(1)), number: ++number };
  });
}

function exchanges(whole: boolean, ...words: string[]) {
  return exchangesOf({ number: 1, connectionless: false, start: 0, steps: steps(...words) }, whole);
}

function matcher(
  words: string[],
  { whole = true, ignore = [] as string[], copy }: { whole?: boolean; ignore?: string[]; copy?: ByteRange } = {},
) {
  return new Matcher(exchanges(whole, ...words), { whole, ignore: ignore.map(asIgnorePattern), copy });
}

const TALK = ["<hi", ">a", ">b", "<one", "<two", ">c", ">", "<three", "<"];

Deno.test("exchangesOf() joins what the client says between two answers", () => {
  const shape = (whole: boolean) =>
    exchanges(whole, ...TALK).map(({ kind, number, request, answers }) =>
      `${kind} ${number} ${textOf(request)} ${answers.length}`
    );
  assertEquals(shape(false), ["begin 0  1", "message 2 ab 2", "message 6 c 0", "end 0  2"]);
  assertEquals(shape(true), ["begin 0  1", "message 2 a 0", "message 3 b 2", "message 6 c 0", "end 0  2"]);
});

Deno.test("Matcher finds an equal message from where the client stands, else before it", () => {
  const found = matcher([">a", "<1", ">b", "<2", ">a", "<3"]);
  assertEquals(found.find(bytesOf("a"), 1)?.index, 1);
  assertEquals(found.find(bytesOf("a"), 2)?.index, 3);
  assertEquals(found.find(bytesOf("b"), 3)?.index, 2);
  assertEquals(found.find(bytesOf("ab"), 1), undefined);
});

Deno.test("Matcher takes the beginning of a stream, and knows what may become a message", () => {
  const found = matcher([">GET a", "<1", ">GET bc", "<2"], { whole: false });
  assertEquals(found.find(bytesOf("GET aGET bc"), 1), { index: 1, length: 5 });
  assertEquals(found.find(bytesOf("GET b"), 1), undefined);
  assertEquals([found.mayBecome(bytesOf("GET b")), found.mayBecome(bytesOf("GET x"))], [true, false]);
});

Deno.test("Matcher leaves out what may differ, after all that is equal", () => {
  const found = matcher([">id1 x", "<1", ">id2 x", "<2"], { ignore: ["id\\d+"] });
  assertEquals(found.find(bytesOf("id2 x"), 1)?.index, 2);
  assertEquals(found.find(bytesOf("id33 x"), 1)?.index, 1);
  assertEquals(found.find(bytesOf("id33 y"), 1), undefined);
  const copied = matcher([">1x", "<1", ">2y", "<2"], { copy: { from: 0, to: 1 } });
  assertEquals(copied.find(bytesOf("9y"), 1)?.index, 2);
});

Deno.test("Matcher has the next message in order, and the one that is nearest", () => {
  const found = matcher(TALK);
  assertEquals([0, 2, 3, 4].map((at) => found.next(at)), [1, 2, 3, undefined]);
  assertEquals(matcher([">PUT /x", "<1", ">GET /y", "<2"]).nearest(bytesOf("GET /z"))?.number, 3);
  assertEquals(matcher([">abc"]).nearest(bytesOf("xyz")), undefined);
});
