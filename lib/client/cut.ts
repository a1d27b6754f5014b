/**
 * Cuts what is sent into pieces, so that a peer gets a message as a slow network may bring it: in parts.
 *
 * @module
 */

import { wait } from "../wait.ts";
import type { Outgoing } from "./exchange_options.ts";

/** Milliseconds between two pieces: a peer that waits for bytes reads the first piece before the second one comes. */
export const CUT_PAUSE_MS = 50;

/** Cuts of a message at most: with their pauses, a minute and a half. */
const CUTS_MAX = 2_000;

/**
 * Parses the offsets of cuts, `3` or `3,8`: in order, each once.
 *
 * @throws {Error} what is expected instead
 */
export function asCuts(text: string): readonly number[] {
  const offsets = text.split(",").map((word) => /^\d{1,10}$/.test(word) ? Number(word) : NaN);
  if (!offsets.every((offset, i) => offset > (offsets[i - 1] ?? 0)) || offsets.length > CUTS_MAX) {
    throw new Error("expected byte offsets from 1 in ascending order, such as 3 or 3,8");
  }
  return offsets;
}

/** Cuts messages. Over TCP every piece leaves at once: the transports have Nagle's algorithm off. */
export class Cutter {
  readonly #offsets: readonly number[];
  readonly #signal: AbortSignal;
  /** Whether a piece has been sent that the next one must not be glued to. */
  #hasSent = false;

  /** Makes a cutter for {@linkcode asCuts offsets}; the signal ends its pauses. */
  constructor(offsets: readonly number[], signal: AbortSignal) {
    this.#offsets = offsets;
    this.#signal = signal;
  }

  /** Cuts a message that comes in parts, such as a file. */
  async *message(parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let at = 0;
    let isNew = true;
    for await (const part of parts) {
      let from = 0;
      for (const to of [...this.#offsets.map((offset) => offset - at), part.length]) {
        if (to > part.length || (to <= from && part.length > 0)) continue;
        if (isNew) await this.#pause();
        yield part.subarray(from, to);
        this.#hasSent = true;
        [from, isNew] = [to, to < part.length];
      }
      at += part.length;
      isNew = this.#offsets.includes(at);
    }
  }

  /** Cuts each message of a stream of them. */
  async *each(outgoing: Outgoing | AsyncIterable<Uint8Array>): Outgoing {
    for await (const part of outgoing) {
      if (typeof part === "symbol") yield part;
      else yield* this.message([part]);
    }
  }

  async #pause(): Promise<void> {
    if (this.#hasSent) await wait(CUT_PAUSE_MS, this.#signal);
  }
}
