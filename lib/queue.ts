/**
 * A queue between a producer and a consumer that waits.
 *
 * @module
 */

/**
 * A first-in, first-out queue for one consumer at a time.
 *
 * @example
 * ```ts ignore
 * const queue = new AsyncQueue<string>();
 * socket.onmessage = ({ data }) => queue.push(data);
 * socket.onclose = () => queue.close();
 * for await (const message of queue) handle(message);
 * ```
 */
export class AsyncQueue<T> implements AsyncIterable<T> {
  readonly #items: T[] = [];
  #closed = false;
  /** Wakes the waiting consumer; replaced at each wait. */
  #wake = () => {};

  /** Number of items in the queue. */
  get length(): number {
    return this.#items.length;
  }

  /** True after {@linkcode close}. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Appends an item; after {@linkcode close} the item is dropped. */
  push(item: T): void {
    if (this.#closed) return;
    this.#items.push(item);
    this.#wake();
  }

  /** Closes the queue. The consumer still gets the items in it, then the end. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  /** Removes and returns all items, without waiting. */
  drain(): T[] {
    return this.#items.splice(0);
  }

  /** Waits for the next item and removes it; undefined at the end. */
  async next(): Promise<T | undefined> {
    while (this.#items.length === 0) {
      if (this.#closed) return undefined;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    return this.#items.shift();
  }

  /** Iterates over the items to the end; leaving the loop does not close the queue. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (let item; (item = await this.next()) !== undefined;) yield item;
  }
}
