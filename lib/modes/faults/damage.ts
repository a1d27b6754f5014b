/**
 * Faults that damage traffic: `corrupt`, and of datagrams `drop`, `duplicate` and `reorder`.
 *
 * @module
 */

import { plural } from "../../wording.ts";
import { lose } from "./ends.ts";
import type { Fault, FaultKind, Segment } from "./fault.ts";
import { missesBefore, type Random } from "../../random.ts";

/** `corrupt=P`: each byte has this chance to be another one. */
export const corrupt: FaultKind = {
  example: "0.001",
  fits: () => true,
  read(value) {
    const chance = asChance(value);
    return (random) => new Corrupt(chance, random);
  },
};

class Corrupt implements Fault {
  readonly #chance: number;
  readonly #random: Random;
  /** Bytes before the next that is hit. */
  #misses: number;

  constructor(chance: number, random: Random) {
    this.#chance = chance;
    this.#random = random;
    this.#misses = missesBefore(chance, random);
  }

  *apply(segment: Segment): Generator<Segment> {
    const { bytes } = segment;
    const length = bytes?.length ?? 0;
    if (!bytes || this.#misses >= length) {
      this.#misses -= length;
      return yield segment;
    }
    const changed = bytes.slice();
    let count = 0;
    let at = this.#misses;
    for (; at < length; at += 1 + missesBefore(this.#chance, this.#random), count++) {
      changed[at] = changed[at]! ^ (1 + Math.floor(this.#random() * 255));
    }
    this.#misses = at - length;
    yield { ...segment, bytes: changed, marks: [...segment.marks, `${plural(count, "byte")} changed`] };
  }
}

/** `drop=P`: each datagram has this chance to be lost. */
export const drop: FaultKind = ofDatagrams("0.1", (segment) => [lose(segment, "dropped")]);

/** `duplicate=P`: each datagram is sent twice with this probability. */
export const duplicate: FaultKind = ofDatagrams("0.05", (segment) => [
  segment,
  { ...segment, marks: [...segment.marks, "duplicate"] },
]);

/** Milliseconds by which a datagram is late that others overtake. */
const LATE_MS = 50;

/** `reorder=P`: each datagram has this chance to be overtaken by those of the next {@linkcode LATE_MS}. */
export const reorder: FaultKind = ofDatagrams("0.1", (segment) => [{
  ...segment,
  at: segment.at + LATE_MS,
  late: true,
  marks: [...segment.marks, `overtaken for ${LATE_MS} ms`],
}]);

function ofDatagrams(example: string, hit: (segment: Segment) => Segment[]): FaultKind {
  return {
    example,
    fits: ({ connectionless }) => connectionless,
    read(value) {
      const chance = asChance(value);
      return (random) => ({
        apply: (segment) => segment.bytes && random() < chance ? hit(segment) : [segment],
      });
    },
  };
}

/** Parses a probability. */
export function asChance(text: string): number {
  const chance = /^\d*\.?\d+(e-\d+)?$/i.test(text) ? Number(text) : NaN;
  if (!(chance >= 0 && chance <= 1)) throw new Error("expected a chance from 0 to 1, such as 0.1");
  return chance;
}
