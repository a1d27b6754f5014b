/**
 * What a program answers when it is asked the same again: what was the same each time must come, what varied by itself - a
 * date, a random number, an order - may vary.
 *
 * @module
 */

import { commonLength, latin1, sameBytes } from "../../bytes.ts";
import { align } from "./alignment.ts";
import { Template } from "./template.ts";

/** An order that varies: that of lines, or of words. The empty one is what does not vary. */
const ORDERS = ["", "lines", "words"] as const;

/** What is compared: the bytes as Latin-1 in their order, or sorted where the order varies. */
type Order = typeof ORDERS[number];

/** Bytes of the beginning of an answer that is looked at again with each read. */
const HEAD_MAX = 16 * 1024;

/** Gaps that are kept apart: what varies more is a single one. */
const GAPS_MAX = 500;

/** Bytes of the longest answer whose order may vary: sorting takes its time. */
const SORTED_MAX = 64 * 1024;

/** A word, or another character by itself. */
const WORD = /[0-9A-Za-z_\x80-\xff]+|[^]/g;

/** What answers to the same question have in common. */
export class AnswerPattern {
  /** One of the answers. */
  readonly example: Uint8Array;
  /** Whether something varies. */
  readonly varies: boolean;
  readonly #order: Order = "";
  readonly #template: Template | undefined;

  /** `samples` are the answers so far, at least one. */
  constructor(samples: readonly [Uint8Array, ...Uint8Array[]]) {
    const [first] = samples;
    this.example = samples.at(-1)!;
    this.varies = samples.some((sample) => !sameBytes(sample, first));
    if (!this.varies) return;
    const texts = samples.map(latin1);
    let least = Infinity;
    for (const order of first.length > SORTED_MAX ? [""] as const : ORDERS) {
      const template = templateOf(texts.map((text) => inOrder(text, order)));
      if (template.open >= least) continue;
      least = template.open;
      this.#order = order;
      this.#template = template;
    }
  }

  /** Whether a wrong answer can be told from a right one. */
  get tells(): boolean {
    return !this.#template || this.#template.open === 0 ||
      this.#template.literals.some((text) => /[\w\x80-\xff]/.test(text));
  }

  /** Whether it may be the answer. */
  fits(received: Uint8Array): boolean {
    if (!this.#template) return sameBytes(received, this.example);
    return received.length >= this.#template.min && this.#template.differsAt(this.#read(received)) === undefined;
  }

  /** Whether more bytes could make the answer of it, as far as its beginning shows. */
  mayFit(received: Uint8Array): boolean {
    if (this.#order !== "") return true;
    const start = received.subarray(0, HEAD_MAX);
    if (this.#template) {
      const head = this.#template.literals[0]!;
      return head.startsWith(latin1(start).slice(0, head.length));
    }
    return received.length <= this.example.length && commonLength(start, this.example) === start.length;
  }

  /** The first byte that is wrong: the length where bytes are missing; undefined where none is. */
  differsAt(received: Uint8Array): number | undefined {
    if (!this.#template) return sameBytes(received, this.example) ? undefined : commonLength(this.example, received);
    const at = this.#template.differsAt(this.#read(received));
    return at === undefined || this.#order === "" ? at : commonLength(this.example, received);
  }

  #read(received: Uint8Array): string {
    return inOrder(latin1(received), this.#order);
  }
}

/** Keeps the words that stand in all texts. */
function templateOf(texts: readonly string[]): Template {
  const [head, tail] = commonEnds(texts);
  const [first = [], ...others] = texts.map((text) =>
    text.slice(head.length, text.length - tail.length).match(WORD) ?? []
  );
  const places = others.map((other) => align(first, other));
  const literals = [head];
  const gaps: string[][] = [];
  /** The places behind the last word that all have, in each text. */
  let [before, ends] = [0, others.map(() => 0)];
  const leaveGap = (until: number, starts: readonly number[]) => {
    const fills = [first.slice(before, until), ...others.map((other, k) => other.slice(ends[k], starts[k]))];
    if (fills.every((fill) => fill.length === 0)) return;
    gaps.push(fills.map((fill) => fill.join("")));
    literals.push("");
  };
  for (const [i, word] of first.entries()) {
    const at = places.map((places) => places[i]!);
    if (at.includes(-1)) continue;
    leaveGap(i, at);
    literals[literals.length - 1] += word;
    [before, ends] = [i + 1, at.map((place) => place + 1)];
  }
  leaveGap(first.length, others.map(({ length }) => length));
  literals[literals.length - 1] += tail;
  return gaps.length > GAPS_MAX ? new Template(["", ""], [[...texts]]) : new Template(literals, gaps);
}

/** What all texts begin and end with, whole words only. */
function commonEnds(texts: readonly string[]): [head: string, tail: string] {
  const [first = "", ...others] = texts;
  let shortest = Math.min(...texts.map(({ length }) => length));
  let head = 0;
  while (head < shortest && others.every((other) => other[head] === first[head])) head++;
  while (head > 0 && isWord(first[head - 1])) head--;
  shortest -= head;
  let tail = 0;
  while (tail < shortest && others.every((other) => other.at(-1 - tail) === first.at(-1 - tail))) tail++;
  while (tail > 0 && isWord(first.at(-tail))) tail--;
  return [first.slice(0, head), first.slice(first.length - tail)];
}

function isWord(character: string | undefined): boolean {
  return /^[\w\x80-\xff]$/.test(character ?? "");
}

function inOrder(text: string, order: Order): string {
  if (order === "") return text;
  return order === "lines" ? text.split(/(?<=\n)/).sort().join("") : (text.match(WORD) ?? []).sort().join("");
}
