/**
 * A queue between a producer that pushes and a consumer that waits.
 *
 * @module
 */

/** Items in the order they were pushed. One consumer at a time. */
export class AsyncQueue<T> implements AsyncIterable<T> {
  readonly #items: T[] = [];
  #closed = false;
  #failure: unknown;
  /** Wakes the consumer; replaced at each wait. */
  #wake = () => {};

  /** Items that wait. */
  get length(): number {
    return this.#items.length;
  }

  /** Whether {@linkcode close} was called. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Adds an item; after {@linkcode close} it is dropped.
   *
   * @param item what the consumer gets
   */
  push(item: T): void {
    if (this.#closed) return;
    this.#items.push(item);
    this.#wake();
  }

  /**
   * Adds nothing more. The consumer still gets what waits, then the end. Calling it again does nothing.
   *
   * @param failure thrown to the consumer instead of the end
   */
  close(failure?: unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#failure = failure;
    this.#wake();
  }

  /** Takes all items that wait, without waiting. */
  drain(): T[] {
    return this.#items.splice(0);
  }

  /**
   * Takes the next item, waiting for it.
   *
   * @returns the item; undefined at the end
   * @throws the failure that the queue was closed with
   */
  async next(): Promise<T | undefined> {
    while (this.#items.length === 0) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#closed) return undefined;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    return this.#items.shift();
  }

  /** The items until the end; leaving the loop leaves the queue open. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (let item; (item = await this.next()) !== undefined;) yield item;
  }
}
