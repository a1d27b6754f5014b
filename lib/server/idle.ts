/**
 * Finds peers that have been silent for too long.
 *
 * @module
 */

import type { Channel } from "../transport/channel.ts";
import type { Sink } from "./outbox.ts";

/** One timer for each peer, set again only when it fires: a message costs a reading of the clock, not a new timer. */
export class IdleWatch {
  readonly #limit: number;
  readonly #onIdle: () => void;
  #active = performance.now();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Starts to watch.
   *
   * @param limit milliseconds of silence
   * @param onIdle called when they are over, and again after as much silence: a peer may ignore a graceful close
   */
  constructor(limit: number, onIdle: () => void) {
    this.#limit = limit;
    this.#onIdle = onIdle;
    this.#timer = setTimeout(() => this.#check(), limit);
  }

  /** Bytes came or went. */
  touch(): void {
    this.#active = performance.now();
  }

  /** Stops watching. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  #check(): void {
    const rest = this.#active + this.#limit - performance.now();
    this.#timer = setTimeout(() => this.#check(), rest > 0 ? rest : this.#limit);
    if (rest <= 0) this.#onIdle();
  }
}

/**
 * Writes to a channel and notes that bytes went. A peer that takes bytes is not idle, however slow it is. A datagram is taken at
 * once; a message of a WebSocket takes as long as its peer does.
 *
 * @returns writes as the channel does
 */
export function touching(channel: Channel, touch: () => void): Sink {
  const { receive, writeMessages } = channel;
  return {
    receive,
    write: (bytes) => {
      if (!receive || writeMessages) return channel.write(bytes).finally(touch);
      touch();
      return channel.write(bytes);
    },
    writeMessages: writeMessages && ((groups) => writeMessages.call(channel, groups).finally(touch)),
  };
}
