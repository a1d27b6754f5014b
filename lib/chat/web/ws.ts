/**
 * A WebSocket as a {@linkcode Channel}: each binary message is the next part of the stream, an empty one is its end. Borders
 * mean nothing. A WebSocket by itself has no end in one direction only.
 *
 * @module
 */

import type { Channel } from "../../transport/channel.ts";
import type { WebSocketLink } from "./web_socket.ts";

/** Who is at the other end of a WebSocket. */
export interface WebPeer {
  /** How it came. */
  readonly transport: "ws" | "wss";
  /** The peer's host alone. */
  readonly host: string;
  /** The peer's address as people read it. */
  readonly peer: string;
}

/** Bytes over a WebSocket. */
export class WebSocketChannel implements Channel {
  /** How bytes travel. */
  readonly transport: "ws" | "wss";
  /** The peer's host alone. */
  readonly host: string;
  /** The peer's address as people read it. */
  readonly peer: string;
  readonly #link: WebSocketLink;
  #rest: Uint8Array = new Uint8Array();
  #ended = false;
  #finished = false;

  /**
   * Takes over a link.
   *
   * @param link this object owns it from now on
   * @param who who is at the other end
   */
  constructor(link: WebSocketLink, { transport, host, peer }: WebPeer) {
    this.#link = link;
    this.transport = transport;
    this.host = host;
    this.peer = peer;
  }

  /** Reads what is there; a text counts as its UTF-8. */
  async read(buffer: Uint8Array): Promise<number | null> {
    if (this.#rest.length === 0) {
      if (this.#ended) return null;
      const message = await this.#link.receive();
      this.#rest = typeof message === "string" ? new TextEncoder().encode(message) : message ?? new Uint8Array();
      this.#ended = this.#rest.length === 0;
      if (this.#ended) return null;
    }
    const part = this.#rest.subarray(0, buffer.length);
    buffer.set(part);
    this.#rest = this.#rest.subarray(part.length);
    return part.length;
  }

  /** Writes a message. */
  async write(bytes: Uint8Array): Promise<number> {
    if (this.#finished) throw new Deno.errors.BrokenPipe("the end was sent");
    const part = bytes.subarray(0, MESSAGE_BYTES);
    await this.#link.send(part);
    return part.length;
  }

  /** Sends the end. */
  async closeWrite(): Promise<void> {
    if (this.#finished) return;
    this.#finished = true;
    await this.#link.send(new Uint8Array());
    await this.#link.drained();
  }

  /** Ends both directions. */
  close(): void {
    if (this.#finished) this.#link.end(DONE);
    this.#link.abort();
  }
}

/** Bytes of the longest message that is sent. */
const MESSAGE_BYTES = 64 * 1024;

/** The close code of an orderly end (RFC 6455 section 7.4.1). */
const DONE = 1000;
