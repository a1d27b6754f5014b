/**
 * Sockets of `node:net` and `node:tls` as {@linkcode Channel}, for what Deno's own cannot do.
 *
 * @module
 */

import type { Socket } from "node:net";
import type { Channel } from "./channel.ts";
import { UNREAD_LIMIT } from "./limits.ts";

/** What keeps a socket from bringing more than is read. */
export interface Throttle {
  /** Brings nothing for now. */
  pause(): void;
  /** Brings again. */
  resume(): void;
}

/** The half that we write, where it is not the socket itself. */
export type Writer = Pick<Channel, "write" | "closeWrite">;

/** How a socket is held and written. Default: by itself. */
export interface NodeChannelOptions {
  /** What is told to pause when nobody reads. */
  readonly throttle?: Throttle | undefined;
  /** Where bytes are written. */
  readonly writer?: Writer | undefined;
}

/**
 * Whether `node:net` and `node:tls` are all there: before Deno 2.9 their sockets know no half-close, and `node:tls` works
 * only on sockets that it makes itself.
 *
 * @returns true from Deno 2.9 on
 */
export function isModern(): boolean {
  const [major = 0, minor = 0] = Deno.version.deno.split(".").map(Number);
  return major > 2 || minor >= 9;
}

/** A socket of Node's as a channel. */
export class NodeChannel implements Channel {
  /** How bytes travel. */
  readonly transport: "tcp" | "tls";
  /** The peer's host alone. */
  readonly host: string;
  /** The peer's address as people read it. */
  readonly peer: string;
  readonly #socket: Socket;
  readonly #throttle: Throttle;
  readonly #writer: Writer;
  readonly #chunks: Uint8Array[] = [];
  #waiting = 0;
  #ended = false;
  #failure: Error | undefined;
  #wake: () => void = () => {};

  /**
   * Takes over a socket.
   *
   * @param socket this object owns it from now on
   * @param place whom it reaches
   * @param transport how
   * @param options how it is held and written
   */
  constructor(
    socket: Socket,
    place: Pick<Channel, "host" | "peer">,
    transport: "tcp" | "tls" = "tls",
    { throttle = socket, writer = writerOf(socket) }: NodeChannelOptions = {},
  ) {
    this.#socket = socket;
    this.#throttle = throttle;
    this.#writer = writer;
    this.host = place.host;
    this.peer = place.peer;
    this.transport = transport;
    socket.on("data", (chunk: Uint8Array) => this.#take(chunk));
    socket.on("end", () => this.#end(undefined));
    socket.on("close", () => this.#ended || this.#end(new Error("the connection was torn")));
    socket.on("error", (error: Error) => this.#end(error));
  }

  /** Reads what is there. */
  async read(buffer: Uint8Array): Promise<number | null> {
    while (true) {
      const chunk = this.#chunks[0];
      if (chunk) return this.#hand(chunk, buffer);
      if (this.#failure) throw this.#failure;
      if (this.#ended) return null;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** Writes some of the bytes. */
  write(bytes: Uint8Array): Promise<number> {
    return this.#writer.write(bytes);
  }

  /** Ends our half. */
  closeWrite(): Promise<void> {
    return this.#writer.closeWrite();
  }

  /** Closes the socket. */
  close(): void {
    this.#socket.destroy();
    // What we break off ourselves must not look like the peer's end.
    if (!this.#ended) this.#end(new Deno.errors.Interrupted("The channel was closed"));
  }

  #take(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#waiting += chunk.length;
    if (this.#waiting >= UNREAD_LIMIT) this.#throttle.pause();
    this.#wake();
  }

  #hand(chunk: Uint8Array, buffer: Uint8Array): number {
    const count = Math.min(chunk.length, buffer.length);
    buffer.set(chunk.subarray(0, count));
    if (count < chunk.length) this.#chunks[0] = chunk.subarray(count);
    else this.#chunks.shift();
    const full = this.#waiting >= UNREAD_LIMIT;
    this.#waiting -= count;
    if (full && this.#waiting < UNREAD_LIMIT) this.#throttle.resume();
    return count;
  }

  #end(failure: Error | undefined): void {
    this.#ended = true;
    this.#failure ??= failure;
    this.#wake();
  }
}

function writerOf(socket: Socket): Writer {
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => {
        socket.write(bytes, (error) => error ? reject(error) : resolve(bytes.length));
      }),
    closeWrite: () => new Promise((resolve) => socket.end(() => resolve())),
  };
}
