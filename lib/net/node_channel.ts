/**
 * Sockets of `node:net` and `node:tls` as {@linkcode Channel}, for what Deno's own cannot do.
 *
 * @module
 */

import type { Socket } from "node:net";
import { wait } from "../wait.ts";
import type { Channel } from "./channel.ts";

/** Milliseconds that old Deno needs until what was written has left: its end overtakes it otherwise, and nothing tells when. */
const SETTLE_MS = 300;

/**
 * Whether `node:tls` is all there: before Deno 2.9 it works only on sockets that it makes itself.
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
  #ended = false;
  #failure: Error | undefined;
  #wake: () => void = () => {};

  /**
   * Takes over a socket.
   *
   * @param socket this object owns it from now on
   * @param place whom it reaches
   * @param transport how
   */
  constructor(socket: Socket, place: Pick<Channel, "host" | "peer">, transport: "tcp" | "tls" = "tls") {
    this.#socket = socket;
    this.host = place.host;
    this.peer = place.peer;
    this.transport = transport;
    socket.on("readable", () => this.#wake());
    socket.on("end", () => this.#end(undefined));
    socket.on("close", () => this.#ended || this.#end(new Error("the connection was torn")));
    socket.on("error", (error: Error) => this.#end(error));
  }

  /** Reads what is there. */
  async read(buffer: Uint8Array): Promise<number | null> {
    while (true) {
      const chunk: Uint8Array | null = this.#socket.read();
      if (chunk) return this.#hand(chunk, buffer);
      if (this.#failure) throw this.#failure;
      if (this.#ended) return null;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** Writes all of the bytes. */
  write(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#socket.write(bytes, (error) => error ? reject(error) : resolve(bytes.length));
    });
  }

  /** Ends our half. */
  async closeWrite(): Promise<void> {
    if (this.transport === "tls" && !isModern()) await wait(SETTLE_MS);
    await new Promise<void>((resolve) => this.#socket.end(() => resolve()));
  }

  /** Closes the socket. */
  close(): void {
    this.#socket.destroy();
    // What we break off ourselves must not look like the peer's end.
    if (!this.#ended) this.#end(new Deno.errors.Interrupted("The channel was closed"));
  }

  #hand(chunk: Uint8Array, buffer: Uint8Array): number {
    const count = Math.min(chunk.length, buffer.length);
    buffer.set(chunk.subarray(0, count));
    if (count < chunk.length) this.#socket.unshift(chunk.subarray(count));
    return count;
  }

  #end(failure: Error | undefined): void {
    this.#ended = true;
    this.#failure ??= failure;
    this.#wake();
  }
}
