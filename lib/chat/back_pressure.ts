/**
 * Back-pressure of a room. Whoever writes faster than the others read must be slowed down before the outboxes are full, or a
 * flood would get everybody dropped; but nobody may wait for a reader who has stopped.
 *
 * The room knows how many bytes were posted since the readers were last seen to have taken everything. Now and then it asks
 * all of them to tell when they have (a round). Beyond the window writers wait for the round under way. A reader who holds up
 * a round alone is left behind: rounds go on without it until it has caught up, or its outbox is full and it is dropped.
 * That may happen to a healthy reader on a busy machine, so those who pour out more than people write give it some grace.
 *
 * @module
 */

import { settledWithin } from "../wait.ts";

/** Somebody who reads. */
export interface Reader {
  /** Settles when everything posted until now was taken. */
  flush(): Promise<void>;
}

/** Bytes ahead of the readers from which writers wait: with one more bite and a line (escaped 256 KiB) below the outbox limit. */
const WINDOW = 512 * 1024;

/** The same for those who pour out text: they leave room for people. */
const POURING_WINDOW = 128 * 1024;

/** Bytes after which the readers are asked: early, so that one who has stopped is known before anybody would wait. */
const ROUND = 64 * 1024;

/** Milliseconds between two looks at a round. */
const LOOK_MS = 50;

/** Looks in vain after which a minority is left behind. Two: the first may come late because the machine was busy. */
const LOOKS = 2;

/** Looks in vain after which even a majority is left behind: the whole room may be slow, but not for ever. */
const LOOKS_FOR_MANY = 100;

/** Milliseconds that those who pour out text leave a reader to catch up. */
const GRACE_MS = 1_000;

/** Keeps the writers of one room behind its readers. */
export class Pace {
  readonly #readers: () => Iterable<Reader>;
  readonly #behind = new Set<Reader>();
  readonly #graces = new Set<Promise<void>>();
  #ahead = 0;
  #round: Promise<void> | undefined;

  /**
   * Begins with nothing under way.
   *
   * @param readers who reads at the moment
   */
  constructor(readers: () => Iterable<Reader>) {
    this.#readers = readers;
  }

  /**
   * Whether a writer must wait.
   *
   * @param pouring whether it writes more than people do
   */
  full(pouring: boolean): boolean {
    return this.#ahead > (pouring ? POURING_WINDOW : WINDOW) || (pouring && this.#graces.size > 0);
  }

  /**
   * Notes that everybody was sent something.
   *
   * @param bytes how much
   */
  posted(bytes: number): void {
    this.#ahead += bytes;
    if (this.#ahead >= ROUND) this.#round ??= this.#rounds();
  }

  /**
   * Waits until a writer may go on.
   *
   * @param pouring whether it writes more than people do
   */
  async ready(pouring: boolean): Promise<void> {
    while (this.full(pouring)) await Promise.all([...(pouring ? this.#graces : []), this.#round]);
  }

  async #rounds(): Promise<void> {
    while (this.#ahead >= ROUND) {
      const asked = this.#ahead;
      await this.#everybody();
      this.#ahead -= asked;
    }
    this.#round = undefined;
  }

  /** Waits until all have taken everything; those who hold it up are left behind. */
  async #everybody(): Promise<void> {
    const waiting = new Map<Reader, Promise<void>>();
    const done = Promise.withResolvers<void>();
    for (const reader of this.#readers()) {
      if (this.#behind.has(reader)) continue;
      const taken = reader.flush().then(() => {
        this.#behind.delete(reader);
        if (waiting.delete(reader) && waiting.size === 0) done.resolve();
      });
      waiting.set(reader, taken);
    }
    if (waiting.size === 0) return;
    const timer = this.#watch(waiting, done.resolve);
    await done.promise;
    clearInterval(timer);
    for (const [reader, taken] of waiting) {
      this.#behind.add(reader);
      this.#giveGrace(taken);
    }
  }

  #giveGrace(taken: Promise<void>): void {
    const grace = settledWithin(taken, GRACE_MS).then(() => void this.#graces.delete(grace));
    this.#graces.add(grace);
  }

  /** Gives up when nobody has come any further for some looks. */
  #watch(waiting: ReadonlyMap<Reader, unknown>, giveUp: () => void): ReturnType<typeof setInterval> {
    const all = waiting.size;
    let left = all;
    let vain = 0;
    return setInterval(() => {
      vain = waiting.size < left ? 0 : vain + 1;
      left = waiting.size;
      if (vain >= (left * 2 >= all ? LOOKS_FOR_MANY : LOOKS)) giveUp();
    }, LOOK_MS);
  }
}
