/**
 * One request and its answer on one connection. While one buffer is parsed and saved the next one is already being read, so
 * that neither the disk waits for the network nor the network for the disk.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { type HttpRequest, type RequestForm, writeRequest } from "../http/request.ts";
import { type ResponseEvent, ResponseParser } from "../http/response.ts";
import type { Channel } from "../transport/channel.ts";
import { endOf } from "../transport/failure.ts";
import { callAfter } from "../wait.ts";

/** Bytes of one read: large reads are what makes a download fast. A page that fits into a small one does not pay for them. */
const READ_BYTES = { first: 64 * 1024, most: 4 * 1024 * 1024 };

/** How to talk. */
export interface HopOptions {
  /** Fields and form of the request. */
  readonly form: RequestForm;
  /** Milliseconds without a byte before the server counts as dead. */
  readonly timeout: number;
  /** Largest read in bytes; a slow rate wants small ones. Default 4 MiB. */
  readonly readBytes?: number | undefined;
  /** Gives up; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Sees the request's head as it is sent. */
  readonly onRequest?: ((head: Uint8Array) => void) | undefined;
}

/** Takes an event of the answer; false when the rest of the answer is not wanted. */
export type Handle = (event: ResponseEvent) => Promise<boolean>;

/**
 * Sends a request and hands the answer on, event by event.
 *
 * @param channel a connection; closed before the promise settles
 * @param request what is asked
 * @param options limits and form
 * @param handle takes the events; the next one waits for it
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
  #over = false;
  #failure: unknown;
  #waitingSince = 0;
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

  /** A server may answer, and hang up, before it has read everything: then the answer counts. */
  async #send(): Promise<void> {
    const { head, body } = writeRequest(this.#request, this.#options.form);
    this.#options.onRequest?.(head);
    try {
      for (const bytes of [head, body]) {
        for (let at = 0; at < bytes.length;) {
          at += await this.#channel.write(bytes.subarray(at));
          // While a request goes out nobody can expect an answer.
          if (this.#waitingSince !== Infinity) this.#waitingSince = performance.now();
        }
      }
    } catch {
      // The reading side finds out what happened.
    }
  }

  async #receive(): Promise<void> {
    const most = Math.min(this.#options.readBytes ?? READ_BYTES.most, READ_BYTES.most);
    let size = Math.min(READ_BYTES.first, most);
    let [buffer, other] = [new Uint8Array(size), new Uint8Array(size)];
    let consuming = Promise.resolve();
    while (!this.#over) {
      if (buffer.length < size) buffer = new Uint8Array(size);
      const reading = this.#read(buffer);
      reading.catch(() => {}); // It is awaited below, unless the answer is complete before.
      await consuming;
      if (this.#over) return;
      const count = await reading;
      if (count === buffer.length) size = Math.min(size * 4, most);
      const events = count === null ? this.#parser.close() : this.#parser.push(buffer.subarray(0, count));
      consuming = this.#consume(events);
      consuming.catch(() => {}); // It is awaited in the next turn.
      if (count === null) await consuming;
      [buffer, other] = [other, buffer];
    }
  }

  async #read(buffer: Uint8Array): Promise<number | null> {
    this.#waitingSince = performance.now();
    try {
      const count = await this.#channel.read(buffer);
      // Closing a connection under a read looks like its end: what we broke off must not pass for complete.
      if (this.#failure !== undefined) throw this.#failure;
      return count;
    } catch (cause) {
      if (this.#failure !== undefined) throw this.#failure;
      throw new SockeyeError("session", `Connection to ${this.#channel.peer} lost: ${endOf(cause)}`, { cause });
    } finally {
      this.#waitingSince = Infinity;
    }
  }

  async #consume(events: Iterable<ResponseEvent>): Promise<void> {
    for (const event of events) {
      const wanted = await this.#handle(event);
      if (!wanted || event.type === "end") {
        this.#over = true;
        return;
      }
    }
  }

  /** Only the wait for the server counts, not the time that the disk takes. */
  #watch(): void {
    const { timeout } = this.#options;
    this.#waitingSince = performance.now();
    const check = () => {
      const rest = this.#waitingSince + timeout - performance.now();
      if (rest > 0) this.#unwatch = callAfter(Math.min(rest, timeout), check);
      else {this.#fail(
          new SockeyeError("timeout", `Nothing came from ${this.#channel.peer} for ${timeout / 1000} s (timeout)`),
        );}
    };
    this.#unwatch = callAfter(timeout, check);
  }

  #fail(reason: unknown): void {
    this.#failure ??= reason;
    this.#channel.close();
  }
}
