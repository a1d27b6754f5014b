/**
 * The one place where bytes leave for stdout and stderr. Writes are queued, joined and made one after the other, so that the
 * two streams keep their order on a terminal and a burst of lines costs one write. Who produces more than is written gets a
 * promise to wait for. A closed stream swallows what follows: a server lives on without its terminal.
 *
 * @module
 */

import { type ByteWriter, concat, writeAll } from "../bytes.ts";

/** Which of the two streams. */
export type Stream = "stdout" | "stderr";

/** Bytes that may wait before producers are asked to; some thousand lines, so that a stall of the terminal is bridged. */
const HIGH_WATER = 256 * 1024;

/** Bytes of one write. */
const WRITE_BYTES = 64 * 1024;

/** One run of text or bytes for one stream. */
interface Chunk {
  readonly stream: Stream;
  readonly bytes: Uint8Array;
}

/** The ordered way out. */
export class Sink {
  /** Called once for each stream that cannot be written to any more. */
  onClose: (stream: Stream, error: unknown) => void = () => {};
  readonly #writers: Readonly<Record<Stream, ByteWriter>>;
  readonly #encoder = new TextEncoder();
  readonly #closed = new Set<Stream>();
  #queue: Chunk[] = [];
  #queued = 0;
  #idle: Promise<void> | undefined;

  /**
   * Takes the two streams.
   *
   * @param writers stdout and stderr; they stay the caller's
   */
  constructor(writers: Readonly<Record<Stream, ByteWriter>>) {
    this.#writers = writers;
  }

  /** Bytes that wait to be written. */
  get queued(): number {
    return this.#queued;
  }

  /**
   * Queues text or bytes.
   *
   * @param stream where they go
   * @param content bytes must stay as they are until written; pass a copy of a reused buffer
   * @returns a promise when the queue is long: wait for it before producing more
   */
  write(stream: Stream, content: string | Uint8Array): void | Promise<void> {
    if (this.#closed.has(stream)) return;
    const bytes = typeof content === "string" ? this.#encoder.encode(content) : content;
    if (bytes.length === 0) return;
    this.#queue.push({ stream, bytes });
    this.#queued += bytes.length;
    this.#idle ??= this.#drain();
    if (this.#queued > HIGH_WATER) return this.#idle;
  }

  /** Settles when everything is written. */
  async flush(): Promise<void> {
    while (this.#idle) await this.#idle;
  }

  async #drain(): Promise<void> {
    // What is reported in the same turn of the event loop goes out in the same write.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const { stream, bytes } = this.#take();
      await this.#writeAll(stream, bytes);
      this.#queued -= bytes.length;
    }
    this.#idle = undefined;
  }

  /** Takes the longest run of one stream, up to a write's worth. */
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

  async #writeAll(stream: Stream, bytes: Uint8Array): Promise<void> {
    if (this.#closed.has(stream)) return;
    try {
      await writeAll(this.#writers[stream], bytes);
    } catch (error) {
      this.#closed.add(stream);
      this.onClose(stream, error);
    }
  }
}
