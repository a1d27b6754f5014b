/**
 * Byte arrays: join and compare them, collect them, read a stream to its end, write all of them.
 *
 * @module
 */

/** A source of bytes: a file, a connection, standard input. */
export interface ByteReader {
  /** Reads at least one byte; null at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
}

/** A destination for bytes. */
export interface ByteWriter {
  /** Writes at least one byte, possibly fewer than given; returns the number written. */
  write(bytes: Uint8Array): Promise<number>;
}

/** Bytes per read of a file or a pipe: the capacity of a pipe on Linux. */
const CHUNK_BYTES = 64 * 1024;

/** Joins byte arrays; a single one is returned itself, without a copy. */
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

/** A character for each byte, so that bytes can be searched as text. */
export function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}

/** Length of the common prefix of two arrays. */
export function commonLength(one: ArrayLike<number>, other: ArrayLike<number>): number {
  const length = Math.min(one.length, other.length);
  let at = 0;
  while (at < length && one[at] === other[at]) at++;
  return at;
}

/** Whether two arrays hold the same bytes. */
export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && commonLength(one, other) === one.length;
}

/** Writes all bytes, which must not change before the promise settles, in as many writes as the writer needs. */
export async function writeAll(writer: ByteWriter, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await writer.write(at === 0 ? bytes : bytes.subarray(at));
}

/** Reads to the end; yields a copy of the bytes of each read. */
export async function* readChunks(reader: ByteReader): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(CHUNK_BYTES);
  for (let count; (count = await reader.read(buffer)) !== null;) yield buffer.slice(0, count);
}

/** Bytes that a {@linkcode ByteBuffer} allocates first: most lines that arrive in parts are short. */
const FIRST_BYTES = 256;

/**
 * Collects bytes in an array that doubles when it is full.
 *
 * @example
 * ```ts ignore
 * const buffer = new ByteBuffer();
 * buffer.push(Uint8Array.of(1, 2));
 * buffer.push(Uint8Array.of(3));
 * buffer.take(); // 1, 2, 3; the buffer is empty again
 * ```
 */
export class ByteBuffer {
  readonly #limit: number;
  #bytes: Uint8Array = new Uint8Array();
  #length = 0;

  /** Allocates nothing yet; the array is not doubled beyond `limit`, the largest expected length in bytes. */
  constructor(limit = Infinity) {
    this.#limit = limit;
  }

  /** Number of bytes collected since the last {@linkcode take}. */
  get length(): number {
    return this.#length;
  }

  /** Appends a copy of some bytes. */
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

  /** The bytes collected so far, without a copy. They stay as they are; what comes later is not in them. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Returns all collected bytes without a copy; the buffer starts over with a new array. */
  take(): Uint8Array {
    const bytes = this.#bytes.subarray(0, this.#length);
    this.#bytes = new Uint8Array();
    this.#length = 0;
    return bytes;
  }
}
