/**
 * Finds peers that have been silent for too long.
 *
 * @module
 */

import type { Channel } from "../transport/channel.ts";
import type { OutboxChannel } from "./outbox.ts";

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
   * @param onIdle called after so much silence, and again after as much: a peer may ignore a graceful close
   */
  constructor(limit: number, onIdle: () => void) {
    this.#limit = limit;
    this.#onIdle = onIdle;
    this.#wait(limit);
  }

  /** Bytes came or went. */
  touch(): void {
    this.#active = performance.now();
  }

  /** Stops watching. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  #wait(ms: number): void {
    this.#timer = setTimeout(() => {
      const rest = this.#active + this.#limit - performance.now();
      this.#wait(rest > 0 ? rest : this.#limit);
      if (rest <= 0) this.#onIdle();
    }, ms);
  }
}

/**
 * The channel, with a call of `touch` for all that is written. A peer that takes bytes is not idle, however slow it is. A datagram
 * is taken at once; a message of a WebSocket takes as long as its peer does.
 */
export function touching(channel: Channel, touch: () => void): OutboxChannel {
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
