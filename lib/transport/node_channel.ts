/**
 * Sockets of `node:net` and `node:tls` as {@linkcode Channel}, for features that Deno's own sockets lack.
 *
 * @module
 */

import type { Socket } from "node:net";
import type { Endpoint } from "../capture/endpoint.ts";
import type { Channel } from "./channel.ts";
import { NODE_WRITE_MAX, UNREAD_LIMIT } from "./limits.ts";

/** Bytes that a chunk counts besides its own: taking the first of very many costs as much as all of them. */
const CHUNK_COST = 64;

/** Pauses the bytes that a socket emits, and resumes them. */
export interface Throttle {
  /** Emits nothing more for now. */
  pause(): void;
  /** Emits again. */
  resume(): void;
  /** Only where the socket takes more than it has written: settles when all that it took is with the system. */
  flushed?(): Promise<void>;
  /** Closes the layer under the socket, if the socket does not own it. */
  close?(): void;
  /** The same with a reset. */
  reset?(): void;
}

/** A socket of Node's as a channel. */
export class NodeChannel implements Channel {
  /** How bytes travel. */
  readonly transport: "tcp" | "tls";
  /** The peer's host alone. */
  readonly host: string;
  /** The peer's address as people read it. */
  readonly peer: string;
  readonly #place: Pick<Channel, "local">;
  readonly #socket: Socket;
  readonly #throttle: Throttle;
  /** Received and not yet read. */
  readonly #chunks: Uint8Array[] = [];
  /** Bytes in {@linkcode NodeChannel.#chunks}, plus the overhead of each chunk. */
  #unread = 0;
  #ended = false;
  /** Why the connection ended, unless by the peer's FIN; thrown once everything received has been read. */
  #failure: Error | undefined;
  /** Continues the pending read, if there is one. */
  #wake: () => void = () => {};

  /**
   * Takes over a socket.
   *
   * @param throttle is paused while too much is unread. Default: the socket itself
   */
  constructor(
    socket: Socket,
    place: Pick<Channel, "host" | "peer" | "local">,
    transport: "tcp" | "tls",
    throttle: Throttle = socket,
  ) {
    this.#socket = socket;
    this.#throttle = throttle;
    this.#place = place;
    this.host = place.host;
    this.peer = place.peer;
    this.transport = transport;
    socket.on("data", (chunk: Uint8Array) => this.#take(chunk));
    socket.on("end", () => this.#end(undefined));
    socket.on("close", () => this.#ended || this.#end(new Error("the connection was torn")));
    socket.on("error", (error: Error) => this.#end(error));
  }

  /** This end. */
  get local(): Endpoint | undefined {
    return this.#place.local;
  }

  /** Reads received bytes, or waits for them. */
  async read(buffer: Uint8Array): Promise<number | null> {
    while (true) {
      if (this.#chunks.length > 0) return this.#hand(buffer);
      if (this.#failure) throw this.#failure;
      if (this.#ended) return null;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** Writes some of the bytes. */
  async write(bytes: Uint8Array): Promise<number> {
    if (bytes.length === 0) return await this.#probe();
    const some = bytes.subarray(0, NODE_WRITE_MAX);
    await new Promise<void>((resolve, reject) => {
      this.#socket.write(some, (error) => error ? reject(this.#failure ?? error) : resolve());
    });
    await this.#throttle.flushed?.();
    return some.length;
  }

  /** Writes nothing, which tells whether the connection has failed. Node's own empty write fails under TLS in any case. */
  #probe(): Promise<number> {
    return this.#failure ? Promise.reject(this.#failure) : Promise.resolve(0);
  }

  /** Ends our half. */
  async closeWrite(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#socket.end((error?: Error | null) => error ? reject(error) : resolve());
    });
    await this.#throttle.flushed?.();
  }

  /** Closes the socket. */
  close(): void {
    this.#socket.destroy();
    this.#throttle.close?.();
    // A pending read must not take our own close for the peer's FIN.
    if (!this.#ended) this.#end(new Deno.errors.Interrupted("The channel was closed"));
  }

  /** Closes the socket with a reset. */
  reset(): void {
    this.#throttle.reset?.();
    if (this.#throttle === this.#socket) this.#socket.resetAndDestroy();
    this.close();
  }

  #take(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#unread += chunk.length + CHUNK_COST;
    if (this.#unread >= UNREAD_LIMIT) this.#throttle.pause();
    this.#wake();
  }

  /** Copies as much as there is and fits: under TLS each chunk is no more than a record. */
  #hand(buffer: Uint8Array): number {
    const full = this.#unread >= UNREAD_LIMIT;
    let count = 0;
    for (let chunk; (chunk = this.#chunks[0]) && count < buffer.length;) {
      const part = chunk.subarray(0, buffer.length - count);
      buffer.set(part, count);
      count += part.length;
      if (part.length < chunk.length) this.#chunks[0] = chunk.subarray(part.length);
      else {
        this.#chunks.shift();
        this.#unread -= CHUNK_COST;
      }
    }
    this.#unread -= count;
    if (full && this.#unread < UNREAD_LIMIT) this.#throttle.resume();
    return count;
  }

  #end(failure: Error | undefined): void {
    this.#ended = true;
    this.#failure ??= failure;
    this.#wake();
  }
}
