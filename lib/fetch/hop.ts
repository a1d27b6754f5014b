/**
 * One request and its answer on one connection. While one buffer is parsed and saved the next one is being read, so
 * that the disk does not wait for the network, nor the network for the disk.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { type HttpRequest, type RequestForm, writeRequest } from "../http/request.ts";
import { bodyPieces } from "../http/request_framing.ts";
import { INTERIM_LIMIT } from "../http/limits.ts";
import { type ResponseEvent, ResponseParser } from "../http/response.ts";
import { say } from "../phrase.ts";
import type { Channel } from "../transport/channel.ts";
import { endOf, explainAlert, isTruncation } from "../transport/failure.ts";
import { callAfter } from "../wait.ts";

/** Bytes of the first and the largest read. Large ones make a download fast; small pages go without their memory. */
const READ_BYTES = { first: 16 * 1024, most: 4 * 1024 * 1024 };

/** How to send the request and wait for the answer. */
export interface HopOptions {
  /** Default fields of the request, and the form of its request line. */
  readonly form: RequestForm;
  /** Milliseconds without a byte before the server is taken for dead. */
  readonly timeout: number;
  /** Largest read in bytes, small for a low rate; default: 4 MiB. */
  readonly readBytes?: number | undefined;
  /** Takes a body that ends with its TLS connection as complete, though TLS did not say that this is its end. */
  readonly allowTruncated: boolean;
  /** Aborts the hop; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the head of the request before it is sent. */
  readonly onRequest: (head: Uint8Array) => void;
}

/** Handles one event of the answer at a time; resolves to false when the rest of the answer is not wanted. */
export type Handle = (event: ResponseEvent) => Promise<boolean>;

/**
 * Sends a request and passes the answer on, event by event.
 *
 * @param channel a connection; closed before the promise settles
 * @throws {SockeyeError} `protocol`, `session`, `timeout`, what `handle` throws, or the signal's reason
 */
export async function hop(channel: Channel, request: HttpRequest, options: HopOptions, handle: Handle): Promise<void> {
  await new Hop(channel, request, options, handle).run();
}

class Hop {
  readonly #channel: Channel;
  readonly #request: HttpRequest;
  readonly #options: HopOptions;
  readonly #handle: Handle;
  readonly #parser: ResponseParser;
  /** Whether a body is arriving whose end is that of the connection. */
  #untilClose = false;
  /** Set when the answer is complete or its rest is not wanted. */
  #over = false;
  /** Why this side closed the connection, if it did: a timeout or the signal's reason. */
  #failure: unknown;
  /** Time of `performance.now()` when the wait for the server began; Infinity while no read is running. */
  #waitingSince = 0;
  /** Interim answers so far. */
  #interims = 0;
  /** Since when they are too many, so that they renew the wait no more; undefined before, and from the final head on. */
  #floodedSince: number | undefined;
  /** Cancels the next check for a timeout. */
  #unwatch = () => {};

  constructor(channel: Channel, request: HttpRequest, options: HopOptions, handle: Handle) {
    this.#channel = channel;
    this.#request = request;
    this.#options = options;
    this.#handle = handle;
    this.#parser = new ResponseParser(request.method);
  }

  async run(): Promise<void> {
    const { signal } = this.#options;
    const stop = () => this.#fail(signal?.reason);
    signal?.addEventListener("abort", stop, { once: true });
    try {
      if (signal?.aborted) throw signal.reason;
      this.#watch();
      void this.#send();
      await this.#receive();
    } catch (error) {
      throw this.#failure ?? error;
    } finally {
      signal?.removeEventListener("abort", stop);
      this.#unwatch();
      this.#channel.close();
    }
  }

  /** Runs beside #receive(): a server may answer, and close the connection, before it has read the whole request. */
  async #send(): Promise<void> {
    const head = writeRequest(this.#request, this.#options.form);
    this.#options.onRequest(head);
    try {
      for (const bytes of [head, ...bodyPieces(this.#request)]) {
        for (let at = 0; at < bytes.length;) {
          at += await this.#channel.write(bytes.subarray(at));
          // The server is alive while it takes the request: the wait for its answer begins after that.
          if (this.#waitingSince !== Infinity) this.#waitingSince = performance.now();
        }
      }
    } catch {
      // The answer counts, or #read() reports the lost connection.
    }
  }

  async #receive(): Promise<void> {
    const most = Math.min(this.#options.readBytes ?? READ_BYTES.most, READ_BYTES.most);
    let size = Math.min(READ_BYTES.first, most);
    let [buffer, other] = [new Uint8Array(), new Uint8Array()]; // Each is allocated when it is first needed.
    let consuming = Promise.resolve();
    while (!this.#over) {
      if (buffer.length < size) buffer = new Uint8Array(size);
      const reading = this.#read(buffer);
      reading.catch(() => {}); // Awaited below, unless the answer is over before.
      await consuming;
      if (this.#over) return;
      const count = await reading.catch((error) => this.#endAfter(error));
      if (count === buffer.length) size = Math.min(size * 4, most);
      const events = count === null ? this.#parser.close() : this.#parser.push(buffer.subarray(0, count));
      consuming = this.#consume(events);
      consuming.catch(() => {}); // Awaited in the next turn of the loop.
      if (count === null) await consuming;
      [buffer, other] = [other, buffer];
    }
  }

  async #read(buffer: Uint8Array): Promise<number | null> {
    this.#waitingSince = this.#floodedSince ?? performance.now();
    try {
      const count = await this.#channel.read(buffer);
      // A read that #fail() interrupts looks like the end of the stream: it must not pass for a complete body.
      if (this.#failure !== undefined) throw this.#failure;
      return count;
    } catch (cause) {
      if (this.#failure !== undefined) throw this.#failure;
      const kind = explainAlert(cause, "") === undefined ? "session" : "tls";
      throw new SockeyeError(kind, say("connection-lost")`Connection to ${this.#channel.peer} lost: ${endOf(cause)}`, {
        cause,
      });
    } finally {
      this.#waitingSince = Infinity;
    }
  }

  /** A failed read is the end of the answer where the user takes it as that; otherwise its error is thrown. */
  #endAfter(error: unknown): null {
    if (!this.#untilClose || !(error instanceof SockeyeError) || !isTruncation(error.cause)) throw error;
    if (this.#options.allowTruncated) return null;
    throw new SockeyeError(
      error.kind,
      say("allow-truncated")`${error.phrase}; --allow-truncated takes it as complete`,
      { cause: error },
    );
  }

  async #consume(events: Iterable<ResponseEvent>): Promise<void> {
    for (const event of events) {
      if (event.type === "head") {
        this.#untilClose = event.framing.by === "close";
        this.#floodedSince = undefined;
      } else if (event.type === "interim" && ++this.#interims > INTERIM_LIMIT) {
        this.#floodedSince ??= performance.now();
        this.#checkFlood(this.#floodedSince);
        continue;
      }
      const wanted = await this.#handle(event);
      if (!wanted || event.type === "end") {
        this.#over = true;
        return;
      }
    }
  }

  /** A read that never waits lets no timer see how long it goes on. */
  #checkFlood(since: number): void {
    const { timeout } = this.#options;
    if (performance.now() - since <= timeout) return;
    const message = `Only interim answers (1xx) came from ${this.#channel.peer} for ${timeout / 1000} s (timeout)`;
    throw new SockeyeError("timeout", message);
  }

  /** Fails the hop when a read waits too long. Time that the disk takes does not count. */
  #watch(): void {
    const { timeout } = this.#options;
    const message = say("nothing-came-for")`Nothing came from ${this.#channel.peer} for ${timeout / 1000} s (timeout)`;
    this.#waitingSince = performance.now();
    const check = () => {
      const left = this.#waitingSince + timeout - performance.now();
      if (left > 0) this.#unwatch = callAfter(Math.min(left, timeout), check);
      else this.#fail(new SockeyeError("timeout", message));
    };
    this.#unwatch = callAfter(timeout, check);
  }

  #fail(reason: unknown): void {
    this.#failure ??= reason;
    this.#channel.close();
  }
}
