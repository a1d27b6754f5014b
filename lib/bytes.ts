/**
 * Byte arrays: joined, collected, read and written whole.
 *
 * @module
 */

/** What bytes are read from: a file, a connection, standard input. */
export interface ByteReader {
  /** Reads at least one byte; null at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
}

/** What bytes are written to. */
export interface ByteWriter {
  /** Writes at least one byte, not always all; returns how many. */
  write(bytes: Uint8Array): Promise<number>;
}

/** Bytes of one read of a file or a pipe: as much as a pipe holds on Linux. */
const CHUNK_BYTES = 64 * 1024;

/**
 * Joins byte arrays.
 *
 * @param parts in order
 * @returns a new array; for a single part that part itself, uncopied
 */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only) return only;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * Writes all of the bytes, in as many writes as it takes.
 *
 * @param writer where to
 * @param bytes must stay as they are until the promise settles
 */
export async function writeAll(writer: ByteWriter, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await writer.write(at === 0 ? bytes : bytes.subarray(at));
}

/**
 * Reads to the end.
 *
 * @param reader where from
 * @returns copies of what each read brought
 */
export async function* readChunks(reader: ByteReader): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(CHUNK_BYTES);
  for (let count; (count = await reader.read(buffer)) !== null;) yield buffer.slice(0, count);
}

/** Bytes of the first memory of a {@linkcode ByteBuffer}: most lines that come in parts are short. */
const FIRST_BYTES = 256;

/** Collects bytes in memory that doubles when it is full. */
export class ByteBuffer {
  readonly #limit: number;
  #bytes: Uint8Array = new Uint8Array();
  #length = 0;

  /**
   * Begins empty, without memory.
   *
   * @param limit bytes that are expected at the most: memory is not doubled beyond it
   */
  constructor(limit = Infinity) {
    this.#limit = limit;
  }

  /** Bytes that were added and not taken. */
  get length(): number {
    return this.#length;
  }

  /**
   * Copies bytes to the end.
   *
   * @param part may change afterwards
   */
  push(part: Uint8Array): void {
    const length = this.#length + part.length;
    if (length > this.#bytes.length) {
      const doubled = Math.max(this.#bytes.length * 2, FIRST_BYTES);
      const grown = new Uint8Array(Math.max(length, Math.min(doubled, this.#limit)));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(part, this.#length);
    this.#length = length;
  }

  /** Gives away all bytes and starts with new memory. */
  take(): Uint8Array {
    const bytes = this.#bytes.subarray(0, this.#length);
    this.#bytes = new Uint8Array();
    this.#length = 0;
    return bytes;
  }
}
