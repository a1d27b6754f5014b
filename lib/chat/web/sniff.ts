/**
 * Telling web browsers from everybody else on one port: a browser begins with an HTTP request, and at once.
 *
 * @module
 */

import { concat } from "../../bytes.ts";
import type { Channel } from "../../transport/channel.ts";

/** Milliseconds of silence after which nobody is taken for a browser any more. */
export const SILENCE_MS = 300;

/** Looks at the silence. One that comes late on a busy machine does not count: what came meanwhile may not be read yet. */
const LOOKS = 3;

/** Milliseconds by which a look is late. */
const LATE_MS = 50;

/** What is held when everything was read. */
const NOTHING = new Uint8Array();

/** The longest request line that is waited for (RFC 9112 section 3 asks for 8000 at least). */
const REQUEST_LINE_MAX = 8192;

/** Bytes that are read at a time until it is clear who comes: most who come here say nothing for long. */
const FIRST_READ = 512;

/** Methods that browsers and their like begin with (RFC 9110 section 9, RFC 5789). */
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"].map((one) =>
  `${one} `
);

/** A whole request line behind its method (RFC 9112 section 3). */
const WHOLE = /^\S+ HTTP\/1\.[01]\r?$/;

/** What may become one. */
const BEGUN = /^\S*( (H(T(T(P(\/(1(\.([01]\r?)?)?)?)?)?)?)?)?)?$/;

/**
 * Whether a stream begins with an HTTP request.
 *
 * @param bytes its beginning
 * @returns undefined while it may still become one
 */
export function isRequest(bytes: Uint8Array): boolean | undefined {
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, REQUEST_LINE_MAX));
  const method = METHODS.find((one) => text.startsWith(one));
  if (method === undefined) return METHODS.some((one) => one.startsWith(text)) ? undefined : false;
  const [line = "", end] = text.slice(method.length).split("\n", 2);
  if (end !== undefined) return WHOLE.test(line);
  return bytes.length < REQUEST_LINE_MAX && BEGUN.test(line) ? undefined : false;
}

/** A channel whose beginning is looked at before it is read. Nothing of it is lost, whatever comes when. */
export class SniffedChannel implements Channel {
  /** How bytes travel. */
  readonly transport: Channel["transport"];
  /** The peer's host alone. */
  readonly host: string;
  /** The peer's address as people read it. */
  readonly peer: string;
  readonly #inner: Channel;
  #held: Uint8Array = NOTHING;
  #coming: Promise<void> | undefined;
  #ended = false;

  /**
   * Takes over a channel.
   *
   * @param inner nothing of it has been read; this object owns it from now on
   */
  constructor(inner: Channel) {
    this.#inner = inner;
    this.transport = inner.transport;
    this.host = inner.host;
    this.peer = inner.peer;
  }

  /**
   * Looks at the beginning.
   *
   * @param silence milliseconds to wait for it
   * @returns whether it is an HTTP request; false as soon as it cannot be one
   */
  async isRequest(silence: number): Promise<boolean> {
    const over = Promise.withResolvers<"over">();
    const pause = silence / LOOKS;
    let [looks, last] = [0, performance.now()];
    const timer = setInterval(() => {
      const now = performance.now();
      if (now - last < pause + LATE_MS) looks++;
      last = now;
      if (looks === LOOKS) over.resolve("over");
    }, pause);
    try {
      while (!this.#ended) {
        this.#coming ??= this.#fetch();
        // Who breaks off now is no browser either; whoever reads next is told how.
        if (await Promise.race([this.#coming.catch(() => "over"), over.promise]) === "over") return false;
        this.#coming = undefined;
        const verdict = isRequest(this.#held);
        if (verdict !== undefined) return verdict;
      }
      return false;
    } finally {
      clearInterval(timer);
    }
  }

  /** Reads what was looked at, then what comes. */
  async read(buffer: Uint8Array): Promise<number | null> {
    if (this.#coming) {
      const coming = this.#coming;
      this.#coming = undefined;
      await coming;
    }
    if (this.#held.length > 0) {
      const part = this.#held.subarray(0, buffer.length);
      buffer.set(part);
      this.#held = part.length < this.#held.length ? this.#held.subarray(part.length) : NOTHING;
      return part.length;
    }
    return this.#ended ? null : await this.#inner.read(buffer);
  }

  /** Writes some of the bytes. */
  write(bytes: Uint8Array): Promise<number> {
    return this.#inner.write(bytes);
  }

  /** Ends the writing half. */
  closeWrite(): Promise<void> {
    return this.#inner.closeWrite();
  }

  /** Closes the channel. */
  close(): void {
    this.#inner.close();
  }

  #fetch(): Promise<void> {
    const buffer = new Uint8Array(FIRST_READ);
    const coming = this.#inner.read(buffer).then((count) => {
      if (count === null) this.#ended = true;
      else this.#held = concat([this.#held, buffer.subarray(0, count)].filter(({ length }) => length > 0));
    });
    coming.catch(() => {}); // Whoever reads next is told; by then it may have failed long ago.
    return coming;
  }
}
