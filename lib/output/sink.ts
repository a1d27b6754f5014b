/**
 * The one place where bytes are written to stdout and stderr. Queued bytes are joined and written in the order of the
 * calls on both streams, as a terminal shows them. A stream that is not read is overtaken by the other, but not where both
 * are terminals: the screen would be wrong. A producer of data that is faster than the reader of stdout gets a promise to
 * wait for. A closed stream discards further writes: a server goes on without its terminal.
 *
 * @module
 */

import { type ByteWriter, concat, writeAll } from "../bytes.ts";
import { callAfter } from "../wait.ts";

/** One of the two standard output streams. */
export type Stream = "stdout" | "stderr";

/** Bytes that may be queued before producers have to wait: some thousand lines, so that a short stall slows none. */
const HIGH_WATER_BYTES = 256 * 1024;

/** The most bytes that are joined to one write. */
const WRITE_BYTES = 64 * 1024;

/** Milliseconds that a write to one stream may take before the other stream goes on without it. */
const OVERTAKE_MS = 100;

/** Bytes of a chunk that collects lines of a stream which is not read: each by itself would cost more than its text. */
const COLLECTED_BYTES = 16 * 1024;

/** What takes the bytes of a stream. */
export interface OutputStream extends ByteWriter {
  /** Whether it is a terminal. */
  isTerminal(): boolean;
}

/** Bytes for a stream; the numbers of all chunks give their order over both streams. */
interface Chunk {
  readonly number: number;
  bytes: Uint8Array;
}

/** A promise that settles when a stream has at most so many bytes left. */
interface Waiter {
  readonly bytes: number;
  readonly resolve: () => void;
}

/** What the sink knows of one stream. */
interface StreamState {
  /** What no write has been begun for. */
  queue: Chunk[];
  /** Bytes in the queue and in the write under way. */
  queued: number;
  /** When the write under way began, in milliseconds of `performance.now()`; undefined while there is none. */
  writingSince: number | undefined;
  /** A write has failed; it stays closed. */
  closed: boolean;
  /** Those who wait for a shorter queue. */
  waiters: Waiter[];
}

/** Writes to both streams in the order of the calls. */
export class Sink {
  /** Called once for each stream whose writes fail. */
  onClose: (stream: Stream, error: unknown) => void = () => {};
  readonly #writers: Readonly<Record<Stream, OutputStream>>;
  readonly #encoder = new TextEncoder();
  readonly #states: Readonly<Record<Stream, StreamState>> = { stdout: emptyState(), stderr: emptyState() };
  /** The memory of the chunk that collects. */
  #own: ArrayBufferLike | undefined;
  /** Number of the next chunk. */
  #number = 0;
  /** The next write is to be chosen at the end of this turn of the event loop. */
  #scheduled = false;
  /** A look at writes that take long is due; at most one at a time. */
  #watching = false;

  /** Makes a sink with an empty queue. */
  constructor(writers: Readonly<Record<Stream, OutputStream>>) {
    this.#writers = writers;
  }

  /** Bytes for a stream that are not written yet. */
  queued(stream: Stream): number {
    return this.#states[stream].queued;
  }

  /**
   * Queues text or bytes.
   *
   * @param content bytes must not change until they are written: pass a copy of a reused buffer
   * @returns a promise when the queue of stdout is long: wait for it before producing more data; it never rejects. What
   * is written to stderr is about the data, and never waited for
   */
  write(stream: Stream, content: string | Uint8Array): void | Promise<void> {
    const state = this.#states[stream];
    if (state.closed) return;
    const bytes = typeof content === "string" ? this.#encoder.encode(content) : content;
    if (bytes.length === 0) return;
    if (!this.#collect(state, bytes)) state.queue.push({ number: this.#number++, bytes });
    state.queued += bytes.length;
    this.#schedule();
    if (stream === "stdout" && state.queued > HIGH_WATER_BYTES) return this.below(stream, HIGH_WATER_BYTES / 2);
  }

  /** Settles when at most so many bytes for a stream are unwritten; never rejects. */
  below(stream: Stream, bytes: number): Promise<void> {
    const state = this.#states[stream];
    if (state.queued <= bytes) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    state.waiters.push({ bytes, resolve });
    return promise;
  }

  /** Waits until everything is written, of one stream or of both; never rejects. */
  async flush(...streams: Stream[]): Promise<void> {
    const all: Stream[] = streams.length > 0 ? streams : ["stdout", "stderr"];
    while (all.some((stream) => this.queued(stream) > 0)) {
      await Promise.all(all.map((stream) => this.below(stream, 0)));
    }
  }

  /** Appends bytes to the last chunk of a long queue, if nothing of the other stream stands between and there is room. */
  #collect({ queue, queued }: StreamState, bytes: Uint8Array): boolean {
    const last = queue.at(-1);
    if (queued <= HIGH_WATER_BYTES || !last || last.number !== this.#number - 1) return false;
    const length = last.bytes.length + bytes.length;
    if (length > COLLECTED_BYTES) return false;
    const room = last.bytes.buffer;
    // Only a chunk that was made here has room behind its bytes.
    const isOwn = room.byteLength === COLLECTED_BYTES && last.bytes.byteOffset === 0 && this.#own === room;
    const whole = isOwn ? new Uint8Array(room) : new Uint8Array(COLLECTED_BYTES);
    if (!isOwn) whole.set(last.bytes);
    whole.set(bytes, last.bytes.length);
    this.#own = whole.buffer;
    last.bytes = whole.subarray(0, length);
    return true;
  }

  /** What is queued in the same turn of the event loop is joined to the same write. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#next();
    });
  }

  /** Begins the next write of each stream, unless one is under way that it must come after. */
  #next(): void {
    const { stdout, stderr } = this.#states;
    const [first, other] = numberOf(stdout) < numberOf(stderr) ? ["stdout", "stderr"] as const : STDERR_FIRST;
    for (const [stream, before] of [[first, other], [other, first]] as const) {
      const state = this.#states[stream];
      if (state.queue.length === 0 || state.writingSince !== undefined) continue;
      if (this.#mayOvertake(before)) void this.#write(stream, this.#take(stream, before));
      else this.#watch();
    }
  }

  /** Whether nothing of a stream has to be written first: no write is under way, or one that takes too long. */
  #mayOvertake(stream: Stream): boolean {
    const { writingSince } = this.#states[stream];
    if (writingSince === undefined) return true;
    return performance.now() - writingSince >= OVERTAKE_MS && !this.#bothAreTerminals();
  }

  /** Two terminals are taken for one: nothing is written to either while the other is stopped (Ctrl-S). */
  #bothAreTerminals(): boolean {
    return this.#writers.stdout.isTerminal() && this.#writers.stderr.isTerminal();
  }

  /** Looks again when the write under way has had its time. */
  #watch(): void {
    if (this.#watching || this.#bothAreTerminals()) return;
    this.#watching = true;
    callAfter(OVERTAKE_MS, () => {
      this.#watching = false;
      this.#next();
    });
  }

  async #write(stream: Stream, bytes: Uint8Array): Promise<void> {
    const state = this.#states[stream];
    state.writingSince = performance.now();
    try {
      if (!state.closed) await writeAll(this.#writers[stream], bytes);
    } catch (error) {
      state.closed = true;
      this.onClose(stream, error);
    }
    state.writingSince = undefined;
    state.queued -= bytes.length;
    const waiters = state.waiters;
    state.waiters = waiters.filter((waiter) => state.queued > waiter.bytes);
    for (const { bytes, resolve } of waiters) if (state.queued <= bytes) resolve();
    this.#next();
  }

  /** Takes chunks for one write of at most WRITE_BYTES, up to the first that must come after one of the other stream. */
  #take(stream: Stream, other: Stream): Uint8Array {
    const { queue } = this.#states[stream];
    const end = this.#states[other].writingSince === undefined ? numberOf(this.#states[other]) : Infinity;
    let count = 0;
    let size = 0;
    for (const { number, bytes } of queue) {
      if (count > 0 && (number > end || size + bytes.length > WRITE_BYTES)) break;
      count++;
      size += bytes.length;
    }
    return concat(queue.splice(0, count).map(({ bytes }) => bytes));
  }
}

/** The streams when stderr has the oldest chunk. */
const STDERR_FIRST = ["stderr", "stdout"] as const;

function emptyState(): StreamState {
  return { queue: [], queued: 0, writingSince: undefined, closed: false, waiters: [] };
}

/** Number of the oldest chunk; Infinity when there is none. */
function numberOf({ queue }: StreamState): number {
  return queue[0]?.number ?? Infinity;
}
