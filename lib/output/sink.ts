/**
 * The one place where bytes are written to stdout and stderr. Writes are queued, joined and made one after the other,
 * so that the two streams keep their order on a terminal and a burst of lines costs one write. A producer that is
 * faster than the reader gets a promise to wait for. A closed stream swallows what follows: a server goes on without
 * its terminal.
 *
 * @module
 */

import { type ByteWriter, concat, writeAll } from "../bytes.ts";

/** One of the two standard output streams. */
export type Stream = "stdout" | "stderr";

/** Bytes that may be queued before producers have to wait: some thousand lines, so that a short stall slows none. */
const HIGH_WATER_BYTES = 256 * 1024;

/** The most bytes that are joined to one write. */
const WRITE_BYTES = 64 * 1024;

/** Bytes for one stream. */
interface Chunk {
  readonly stream: Stream;
  readonly bytes: Uint8Array;
}

/** Writes to both streams in the order of the calls. */
export class Sink {
  /** Called once for each stream whose writes fail. */
  onClose: (stream: Stream, error: unknown) => void = () => {};
  readonly #writers: Readonly<Record<Stream, ByteWriter>>;
  readonly #encoder = new TextEncoder();
  /** Streams that a write has failed on; they stay closed. */
  readonly #closed = new Set<Stream>();
  /** What is not yet taken for a write. */
  #queue: Chunk[] = [];
  /** Bytes in the queue and in the write under way. */
  #queued = 0;
  /** Settles when all is written; undefined while nothing waits. */
  #idle: Promise<void> | undefined;

  /** Makes a sink with an empty queue. */
  constructor(writers: Readonly<Record<Stream, ByteWriter>>) {
    this.#writers = writers;
  }

  /** Bytes that are not written yet. */
  get queued(): number {
    return this.#queued;
  }

  /**
   * Queues text or bytes.
   *
   * @param content bytes must not change until they are written: pass a copy of a reused buffer
   * @returns a promise when the queue is long: wait for it before producing more; it never rejects
   */
  write(stream: Stream, content: string | Uint8Array): void | Promise<void> {
    if (this.#closed.has(stream)) return;
    const bytes = typeof content === "string" ? this.#encoder.encode(content) : content;
    if (bytes.length === 0) return;
    this.#queue.push({ stream, bytes });
    this.#queued += bytes.length;
    this.#idle ??= this.#drain();
    if (this.#queued > HIGH_WATER_BYTES) return this.#idle;
  }

  /** Waits until everything is written; never rejects. */
  async flush(): Promise<void> {
    while (this.#idle) await this.#idle;
  }

  async #drain(): Promise<void> {
    // What is queued in the same turn of the event loop is joined to the same write.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const { stream, bytes } = this.#take();
      try {
        if (!this.#closed.has(stream)) await writeAll(this.#writers[stream], bytes);
      } catch (error) {
        this.#closed.add(stream);
        this.onClose(stream, error);
      }
      this.#queued -= bytes.length;
    }
    this.#idle = undefined;
  }

  /** Takes the chunks at the head of the queue that one write can take: of one stream, and of at most WRITE_BYTES. */
  #take(): Chunk {
    const [first] = this.#queue;
    const stream = first?.stream ?? "stdout";
    let count = 0;
    let size = 0;
    for (const chunk of this.#queue) {
      if (chunk.stream !== stream || (count > 0 && size + chunk.bytes.length > WRITE_BYTES)) break;
      count++;
      size += chunk.bytes.length;
    }
    const run = this.#queue.splice(0, count);
    return { stream, bytes: concat(run.map((chunk) => chunk.bytes)) };
  }
}
