/**
 * Back-pressure of a room. A member that sends faster than the others read is slowed down before their outboxes are full, else a
 * flood would get all of them dropped; but no member waits for a reader that has stopped.
 *
 * The room counts the bytes posted since all readers had taken everything, and now and then waits for all of them (a round).
 * Above the window senders wait for the round under way. A reader that holds up a round is left behind until it has caught up or
 * is dropped. That may happen to a healthy one on a busy machine, so a member that floods waits for it a little longer.
 *
 * @module
 */

import { settledWithin } from "../wait.ts";

/** A member. */
export interface Reader {
  /** Settles when everything posted until now was taken. */
  flush(): Promise<void>;
}

/** Bytes ahead of the readers at which senders wait: with one more batch and a line (escaped 256 KiB) below the outbox limit. */
const WINDOW_BYTES = 512 * 1024;

/** The same for members that flood: they leave room for the others. */
const FLOODING_WINDOW_BYTES = 128 * 1024;

/** Bytes after which a round begins: early, so that a reader that has stopped is known before a sender would wait. */
const ROUND_BYTES = 64 * 1024;

/** Milliseconds between two checks of a round. */
const CHECK_MS = 50;

/** Checks without progress after which a minority is left behind. Two: on a busy machine the first may come late. */
const CHECKS = 2;

/** Checks without progress after which even a majority is left behind: the whole room may be slow, but not for ever. */
const CHECKS_FOR_MANY = 100;

/** Milliseconds that a member that floods waits for a reader that was left behind. */
const GRACE_MS = 1_000;

/** Keeps the senders of one room behind its readers. */
export class BackPressure {
  /** Readers that rounds do not wait for. */
  readonly #behind = new Set<Reader>();
  /** Waits of members that flood. */
  readonly #graces = new Set<Promise<void>>();
  /** Bytes posted since all readers had taken everything. */
  #ahead = 0;
  /** The round under way. */
  #round: Promise<void> | undefined;

  /** `readers` returns the current ones. */
  constructor(readonly readers: () => Iterable<Reader>) {}

  /** Whether a sender must wait; `flooding`: it sends more than people type. */
  full(flooding: boolean): boolean {
    return this.#ahead > (flooding ? FLOODING_WINDOW_BYTES : WINDOW_BYTES) || (flooding && this.#graces.size > 0);
  }

  /** Counts bytes that were posted to each reader. */
  posted(bytes: number): void {
    this.#ahead += bytes;
    if (this.#ahead >= ROUND_BYTES) this.#round ??= this.#rounds();
  }

  /** Waits until a sender may go on. */
  async ready(flooding: boolean): Promise<void> {
    while (this.full(flooding)) await Promise.all([...(flooding ? this.#graces : []), this.#round]);
  }

  async #rounds(): Promise<void> {
    while (this.#ahead >= ROUND_BYTES) {
      const asked = this.#ahead;
      await this.#waitForAll();
      this.#ahead -= asked;
    }
    this.#round = undefined;
  }

  /** Waits until all have taken everything; readers that hold it up are left behind. */
  async #waitForAll(): Promise<void> {
    const waiting = new Map<Reader, Promise<void>>();
    for (const reader of this.readers()) {
      if (this.#behind.has(reader)) continue;
      const taken = reader.flush().then(() => {
        this.#behind.delete(reader);
        waiting.delete(reader);
      });
      waiting.set(reader, taken);
    }
    await waitWhileProgress(waiting);
    for (const [reader, taken] of waiting) {
      this.#behind.add(reader);
      const grace = settledWithin(taken, GRACE_MS).then(() => void this.#graces.delete(grace));
      this.#graces.add(grace);
    }
  }
}

/** Waits until no reader is left, and gives up after some checks without progress. */
async function waitWhileProgress(waiting: ReadonlyMap<Reader, Promise<void>>): Promise<void> {
  const all = waiting.size;
  const done = Promise.all(waiting.values());
  for (let left = all, idle = 0; left > 0 && !await settledWithin(done, CHECK_MS);) {
    idle = waiting.size < left ? 0 : idle + 1;
    left = waiting.size;
    if (idle >= (left * 2 >= all ? CHECKS_FOR_MANY : CHECKS)) return;
  }
}
