/**
 * One direction of one connection with faults: pushed segments are passed on when their time has come. A sender that is
 * faster than the faults allow, or than the receiver reads, waits.
 *
 * @module
 */

import type { Fault, Segment } from "./fault.ts";

/** The most bytes that are on their way. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Milliseconds that a sender may be ahead of a rate, so that the next bytes are here in time. */
const AHEAD_MS = 50;

/** Milliseconds that the next segment may wait for the receiver before the sender has to. */
const OVERDUE_MS = 20;

/** Timers count whole milliseconds: a segment due in less is due now. */
const NOW_MS = 0.5;

/** Passes on one segment; never rejects. */
export type Deliver = (segment: Segment) => Promise<void>;

/** A direction. */
export class FaultLine {
  #faults: readonly Fault[];
  readonly #deliver: Deliver;
  /** What is on its way, by its time. */
  #queue: Segment[] = [];
  #bytes = 0;
  /** The time of the last segment from before the faults changed: later ones do not overtake it. */
  #earliest = -Infinity;
  #delivering = false;
  #stopped = false;
  /** When the last segment was passed on. */
  #passed = -Infinity;
  /** Waits for the time of the next segment. */
  readonly #due = new Pause();
  /** Holds the sender back. */
  readonly #brake = new Pause();
  /** Settles after the next segment was passed on. */
  #progress = Promise.withResolvers<void>();

  /** Makes a line. The faults act from the begin: a connection may be cut after 0 bytes. */
  constructor(faults: readonly Fault[], deliver: Deliver) {
    this.#faults = faults;
    this.#deliver = deliver;
    this.#enter({});
  }

  /** Takes bytes, which may change after the call. Waits where the sender has to. */
  async push(bytes: Uint8Array, whole: boolean): Promise<void> {
    const lag = this.#enter({ bytes: bytes.slice(), whole });
    if (lag > AHEAD_MS) await this.#brake.wait(lag - AHEAD_MS);
    while (!this.#stopped && (this.#bytes > MAX_BYTES || this.#isOverdue())) await this.#progress.promise;
  }

  /** From now on these faults act, too, after the others. */
  add(faults: readonly Fault[]): void {
    this.#change([...this.#faults, ...faults]);
  }

  /** Removes all faults; segments on their way stay as they are. */
  clear(): void {
    this.#change([]);
  }

  #change(faults: readonly Fault[]): void {
    this.#faults = faults;
    this.#earliest = this.#queue.at(-1)?.at ?? -Infinity;
    this.#enter({});
  }

  /** The sender has ended. Settles when all was passed on, and FIN, if it is. */
  async end(): Promise<void> {
    this.#enter({ end: "fin" });
    await this.drained();
  }

  /** Settles when nothing is on its way. */
  async drained(): Promise<void> {
    while (!this.#stopped && (this.#delivering || this.#queue.length > 0)) await this.#progress.promise;
  }

  /** Drops the segments on their way. */
  stop(): void {
    this.#stopped = true;
    this.#queue = [];
    this.#due.end();
    this.#brake.end();
    this.#progress.resolve();
  }

  #isOverdue(): boolean {
    const [next] = this.#queue;
    return this.#delivering && next !== undefined && performance.now() - next.at > OVERDUE_MS;
  }

  /** Applies the faults; returns by how many milliseconds the sender is too fast. */
  #enter(part: Partial<Segment>): number {
    if (this.#stopped) return 0;
    let segments: Segment[] = [{
      whole: false,
      at: Math.max(performance.now(), this.#earliest),
      lag: 0,
      gap: 0,
      marks: [],
      ...part,
    }];
    for (const fault of this.#faults) {
      segments = segments.flatMap((segment) => segment.lost ? [segment] : [...fault.apply(segment)]);
    }
    let lag = 0;
    for (const segment of segments) {
      if (!segment.bytes && !segment.end) continue;
      this.#insert(segment);
      lag = Math.max(lag, segment.lag);
    }
    if (this.#queue.length > 0) {
      if (this.#delivering) this.#due.end();
      else void this.#run();
    }
    return lag;
  }

  #insert(segment: Segment): void {
    const queue = this.#queue;
    let index = queue.length;
    while (index > 0 && queue[index - 1]!.at > segment.at) index--;
    if (index === queue.length) queue.push(segment);
    else queue.splice(index, 0, segment);
    this.#bytes += segment.bytes?.length ?? 0;
  }

  async #run(): Promise<void> {
    this.#delivering = true;
    for (let next; (next = this.#queue[0]) !== undefined;) {
      const ms = Math.max(next.at, this.#passed + next.gap) - performance.now();
      if (ms > NOW_MS) {
        await this.#due.wait(ms);
        continue;
      }
      this.#queue.shift();
      this.#bytes -= next.bytes?.length ?? 0;
      await this.#deliver(next);
      this.#passed = performance.now();
      this.#advance();
    }
    this.#delivering = false;
    this.#advance();
  }

  #advance(): void {
    if (this.#stopped) return;
    const { resolve } = this.#progress;
    this.#progress = Promise.withResolvers<void>();
    resolve();
  }
}

/** One wait at a time, which can be ended early. */
class Pause {
  #end: () => void = () => {};

  async wait(ms: number): Promise<void> {
    const over = Promise.withResolvers<void>();
    const timer = setTimeout(over.resolve, ms);
    this.#end = over.resolve;
    await over.promise;
    clearTimeout(timer);
  }

  end(): void {
    this.#end();
  }
}
