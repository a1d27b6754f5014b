/**
 * TCP connections that can be reset, by `node:net`. A socket of Node's makes an array for each read and a promise for each
 * write; here all sockets read into one shared array, of which a reader gets its copy, and a write that the system takes at once
 * is done at once.
 *
 * @module
 */

import { Socket, type SocketConstructorOpts } from "node:net";
import type { Endpoint } from "../capture/endpoint.ts";
import type { Channel } from "./channel.ts";
import { READ_BUFFER_MAX, UNREAD_LIMIT } from "./limits.ts";

/** Bytes of a read that belongs to a stream, rather than to a question and its answer. */
const STREAM_BYTES = 32 * 1024;

/** What the system reads into. It is empty again before another socket reads. */
let shared: Uint8Array | undefined;

/** A read that waits. */
interface Reader extends PromiseWithResolvers<number | null> {
  readonly buffer: Uint8Array;
}

/** A TCP connection that can be reset. */
export class ResettableChannel implements Channel {
  readonly transport = "tcp";
  /** Nothing is said before the FIN. */
  readonly closeSendsFin = true;
  /** The peer's host alone. */
  host = "";
  /** The peer's address as people read it. */
  peer = "";
  /** Where it is connected. */
  readonly socket: Socket;
  #reader: Reader | undefined;
  /** Received and not yet read. */
  readonly #rest: Uint8Array[] = [];
  #unread = 0;
  #paused = false;
  #ended = false;
  /** Why the connection ended, unless by the peer's FIN; thrown once everything received has been read. */
  #failure: Error | undefined;
  /** The write under way, which the system has not taken at once. */
  #writing: (PromiseWithResolvers<number> & { readonly length: number }) | undefined;
  readonly #onWritten = (error?: Error | null): void => {
    const writing = this.#writing;
    if (!writing || (!error && this.socket.writableLength > 0)) return;
    this.#writing = undefined;
    if (error) writing.reject(this.#failure ?? error);
    else writing.resolve(writing.length);
  };

  /** Makes a socket; it is connected by the caller, or by its handle. */
  constructor(options: SocketConstructorOpts = {}) {
    shared ??= new Uint8Array(READ_BUFFER_MAX);
    const callback = (count: number, bytes: Uint8Array) => this.#take(count, bytes);
    // The peer may end its half and still read ours.
    const socket = new Socket({ ...options, allowHalfOpen: true, onread: { buffer: shared, callback } });
    this.socket = socket;
    socket.on("end", () => this.#end(undefined));
    socket.on("close", () => this.#ended || this.#end(new Error("the connection was torn")));
    socket.on("error", (error: Error) => this.#end(error));
  }

  /** Names the peer, which is known when the socket is connected. */
  at({ host, peer }: Pick<Channel, "host" | "peer">): this {
    this.host = host;
    this.peer = peer;
    return this;
  }

  /** This end. */
  get local(): Endpoint | undefined {
    const { localAddress: hostname, localPort: port } = this.socket;
    return hostname === undefined || port === undefined ? undefined : { hostname, port };
  }

  /** Reads received bytes, or waits for them. */
  read(buffer: Uint8Array): Promise<number | null> {
    if (this.#rest.length > 0) return Promise.resolve(this.#hand(buffer));
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#ended) return Promise.resolve(null);
    const reader = { buffer, ...Promise.withResolvers<number | null>() };
    this.#reader = reader;
    this.#resume();
    return reader.promise;
  }

  /** Writes the bytes. */
  write(bytes: Uint8Array): Promise<number> {
    if (this.#failure) return Promise.reject(this.#failure);
    const { socket } = this;
    socket.write(bytes, this.#onWritten);
    // The system accepted all of it: the callback fires later, and finds nothing to do.
    if (socket.writableLength === 0) return Promise.resolve(bytes.length);
    const writing = Promise.withResolvers<number>();
    this.#writing = { length: bytes.length, ...writing };
    return writing.promise;
  }

  /** Ends our half. */
  async closeWrite(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.socket.end((error?: Error | null) => error ? reject(error) : resolve());
    });
  }

  /** Closes the socket. */
  close(): void {
    this.socket.destroy();
    // A pending read must not take our own close for the peer's FIN.
    if (!this.#ended) this.#end(new Deno.errors.Interrupted("The channel was closed"));
  }

  /** Closes it with a reset. */
  reset(): void {
    this.socket.resetAndDestroy();
    this.close();
  }

  /** Receives the bytes read; false pauses the socket. */
  #take(count: number, bytes: Uint8Array): boolean {
    const reader = this.#reader;
    let given = 0;
    if (reader) {
      this.#reader = undefined;
      given = Math.min(count, reader.buffer.length);
      reader.buffer.set(bytes.subarray(0, given));
      reader.resolve(given);
    }
    if (given < count) {
      this.#rest.push(bytes.slice(given, count));
      this.#unread += count - given;
    }
    // A stream is not read ahead of demand, because kept bytes must be copied.
    this.#paused = count >= STREAM_BYTES || this.#unread >= UNREAD_LIMIT;
    return !this.#paused;
  }

  #hand(buffer: Uint8Array): number {
    let count = 0;
    for (let chunk; (chunk = this.#rest[0]) && count < buffer.length;) {
      const part = chunk.subarray(0, buffer.length - count);
      buffer.set(part, count);
      count += part.length;
      if (part.length < chunk.length) this.#rest[0] = chunk.subarray(part.length);
      else this.#rest.shift();
    }
    this.#unread -= count;
    return count;
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.socket.resume();
  }

  #end(failure: Error | undefined): void {
    this.#ended = true;
    this.#failure ??= failure;
    const reader = this.#reader;
    this.#reader = undefined;
    if (this.#failure) reader?.reject(this.#failure);
    else reader?.resolve(null);
  }
}
