/**
 * Faults that end traffic: `cut`, `reset` and `stall`.
 *
 * @module
 */

import type { Fault, FaultKind, Segment } from "./fault.ts";
import { asBytes } from "./timing.ts";

/** `cut=N`: FIN after so many bytes. */
export const cut: FaultKind = endingBy("fin");

/** `reset=N`: both ends are reset after so many bytes. */
export const reset: FaultKind = endingBy("reset");

/** `stall=N`: nothing more after so many bytes, not even FIN. */
export const stall: FaultKind = { ...endingBy("silence"), fits: () => true };

function endingBy(end: NonNullable<Segment["end"]>): FaultKind {
  return {
    example: "1000",
    fits: ({ connectionless }) => !connectionless,
    read(value) {
      const after = asBytes(value);
      return () => new Ending(after, end);
    },
  };
}

class Ending implements Fault {
  /** Bytes that still pass. */
  #left: number;
  readonly #end: NonNullable<Segment["end"]>;
  #over = false;

  constructor(after: number, end: NonNullable<Segment["end"]>) {
    this.#left = after;
    this.#end = end;
  }

  *apply(segment: Segment): Generator<Segment> {
    const { bytes } = segment;
    if (this.#over) {
      if (bytes) yield lose(segment, "not passed on");
      return;
    }
    const length = bytes?.length ?? 0;
    if (length < this.#left) {
      this.#left -= length;
      return yield segment;
    }
    this.#over = true;
    const passes = bytes?.subarray(0, this.#left);
    // A message of which nothing is left is no empty message.
    yield { ...segment, bytes: passes?.length ? passes : undefined, end: this.#end };
    const rest = bytes?.subarray(this.#left);
    if (rest?.length) yield lose({ ...segment, bytes: rest, marks: [] }, "not passed on");
  }
}

/** Marks a segment as one that is not passed on, nor its end. */
export function lose({ end: _, ...segment }: Segment, mark: string): Segment {
  return { ...segment, lost: true, marks: [...segment.marks, mark] };
}
