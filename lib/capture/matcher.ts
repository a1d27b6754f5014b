/**
 * Looks for a client's message among the recorded ones.
 *
 * @module
 */

import { compare, type IgnorePattern, isSame } from "./mask.ts";
import type { Exchange } from "./recording.ts";

/** Bytes from `from` up to `to`, `to` not included. */
export interface ByteRange {
  /** The first one, from 0. */
  readonly from: number;
  /** The byte after the last one. */
  readonly to: number;
}

/** How to look. */
export interface MatcherOptions {
  /** Whether a message is whole; else it is the beginning of a stream. */
  readonly whole: boolean;
  /** What may differ. */
  readonly ignore: readonly IgnorePattern[];
  /** Bytes of a request that may differ, since its answer repeats them. */
  readonly copy?: ByteRange | undefined;
}

/** A recorded message that was found. */
export interface Match {
  /** Its place in the list of exchanges. */
  readonly index: number;
  /** How many of the received bytes it covers. */
  readonly length: number;
}

/**
 * Recorded messages that are compared to find the one that is nearest to another: it only helps people, so no more are
 * worth the time.
 */
const NEAREST_MAX = 1000;

/** The messages of all conversations. */
export class Matcher {
  readonly #exchanges: readonly Exchange[];
  readonly #options: MatcherOptions;

  /** Takes the exchanges of all conversations, one after the other. */
  constructor(exchanges: readonly Exchange[], options: MatcherOptions) {
    this.#exchanges = exchanges;
    this.#options = options;
  }

  /**
   * Looks for the received message: first for an equal one, then for one that is equal except where it may differ; from
   * the client's position to the end, then from the beginning.
   */
  find(bytes: Uint8Array, at: number): Match | undefined {
    const { whole, ignore } = this.#options;
    for (const index of this.#from(at)) {
      const { request } = this.#exchanges[index]!;
      if (request.length === bytes.length && this.#equals(request, bytes)) return { index, length: bytes.length };
    }
    for (const index of whole ? [] : this.#from(at)) {
      const { request: { length } } = this.#exchanges[index]!;
      const isBeginning = length > 0 && length < bytes.length;
      if (isBeginning && this.#equals(this.#exchanges[index]!.request, bytes)) return { index, length };
    }
    for (const index of ignore.length > 0 ? this.#from(at) : []) {
      const { request } = this.#exchanges[index]!;
      if (whole && isSame(request, bytes, ignore)) return { index, length: bytes.length };
      if (whole || request.length === 0) continue;
      const { complete, receivedAt: length } = compare(request, bytes, ignore);
      if (complete && length > 0) return { index, length };
    }
    return undefined;
  }

  /** Whether the received data may be the beginning of a recorded message. */
  mayBecome(bytes: Uint8Array): boolean {
    return this.#exchanges.some(({ request }) =>
      request.length > bytes.length && this.#equals(request.subarray(0, bytes.length), bytes)
    );
  }

  /** The next message in order of the conversation in which the client stands; undefined after the last one. */
  next(at: number): number | undefined {
    const stream = this.#exchanges[Math.max(at - 1, 0)]?.stream;
    const index = this.#exchanges.findIndex(({ kind }, i) => i >= at && kind === "message");
    return index >= 0 && this.#exchanges[index]!.stream === stream ? index : undefined;
  }

  /** The recorded message that has most in common with the received one, at the beginning and the end. */
  nearest(bytes: Uint8Array): Exchange | undefined {
    let best: Exchange | undefined;
    let most = 0;
    for (const exchange of this.#exchanges.slice(0, NEAREST_MAX)) {
      const { kind, request } = exchange;
      if (kind !== "message") continue;
      const common = alike(request, bytes) / Math.max(request.length, bytes.length);
      if (common > most) [best, most] = [exchange, common];
    }
    return best;
  }

  /** The places of all messages, in the order in which they are looked at. */
  *#from(at: number): Generator<number> {
    const { length } = this.#exchanges;
    for (let i = 0; i < length; i++) {
      const index = (at + i) % length;
      if (this.#exchanges[index]!.kind === "message") yield index;
    }
  }

  /** Whether the received data begins with a recorded message, except for the bytes that the reply repeats. */
  #equals(request: Uint8Array, bytes: Uint8Array): boolean {
    const { from, to } = this.#options.copy ?? { from: 0, to: 0 };
    for (let i = 0; i < request.length; i++) {
      if (request[i] !== bytes[i] && (i < from || i >= to)) return false;
    }
    return true;
  }
}

/** Bytes that two messages have in common, at the beginning and the end. */
function alike(one: Uint8Array, other: Uint8Array): number {
  const max = Math.min(one.length, other.length);
  let head = 0;
  while (head < max && one[head] === other[head]) head++;
  let tail = 0;
  while (tail < max - head && one.at(-1 - tail) === other.at(-1 - tail)) tail++;
  return head + tail;
}
