/**
 * One direction of a captured TCP connection: puts segments into order, each byte once.
 *
 * @module
 */

import type { Dir } from "../events.ts";

/** A segment that may have to wait for those before it. */
export interface Piece {
  /** Its direction. */
  readonly dir: Dir;
  /** Number of its first byte, counted on over 2^32. */
  readonly seq: number;
  /** What it carries. */
  readonly bytes: Uint8Array;
  /** Bytes after these that were not captured. */
  readonly missing: number;
  /** Whether it ends the direction. */
  readonly fin: boolean;
  /** Whether PSH was not set. */
  readonly more: boolean;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Whether the receiver had acknowledged its only byte before: it asks whether the other end is there. */
  readonly isKeepAlive?: boolean;
  /** Set when it was delivered. */
  done?: boolean;
}

/** Number after the last byte and the FIN of a piece. */
export function endOf({ seq, bytes, missing, fin }: Piece): number {
  return seq + bytes.length + missing + (fin ? 1 : 0);
}

/** One direction. */
export class StreamHalf {
  /** Number of the next byte to be delivered; undefined while nothing tells where the stream begins. */
  next: number | undefined;
  /** The initial sequence number, if it was captured. */
  initial: number | undefined;
  /** What the receiver expected next when it was last heard. */
  acknowledged: number | undefined;
  /** Whether the FIN was delivered. */
  ended = false;
  /** What waits, by number. */
  readonly #waiting: Piece[] = [];

  /** The piece with the lowest number that waits. */
  get lowest(): Piece | undefined {
    return this.#waiting[0];
  }

  /** Extends a sequence number beyond 2^32: the value that is closest to the expected one. */
  unwrap(seq: number): number {
    // Numbers before the first one that was seen must not be below 0.
    const near = this.next ?? this.lowest?.seq ?? 2 ** 32 + seq;
    return near + (seq - near % 2 ** 32 | 0);
  }

  /** Takes the SYN: its first byte has the next number. */
  begin(initial: number): void {
    this.next = this.unwrap(initial) + 1;
    this.initial = initial;
  }

  /** Keeps a piece until those before it are there. */
  wait(piece: Piece): void {
    let [from, to] = [0, this.#waiting.length];
    // A piece that arrives in order goes to the end at once.
    if (to > 0 && this.#waiting[to - 1]!.seq <= piece.seq) from = to;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.#waiting[middle]!.seq <= piece.seq) from = middle + 1;
      else to = middle;
    }
    this.#waiting.splice(from, 0, piece);
  }

  /** Takes the lowest piece if nothing is missing before it. */
  takeReady(): Piece | undefined {
    const piece = this.lowest;
    return piece && this.next !== undefined && piece.seq <= this.next ? this.#waiting.shift() : undefined;
  }
}
