/**
 * Carries a TLS socket of `node:tls` over a {@linkcode Channel}, which stays ours: it can be closed during the
 * handshake, and its events are visible. So a TLS connection needs only one descriptor.
 *
 * @module
 */

import { Duplex } from "node:stream";
import { setImmediate } from "node:timers";
import type { TLSSocket } from "node:tls";
import { writeAll } from "../../bytes.ts";
import { type Channel, resetChannel } from "../channel.ts";
import type { Throttle } from "../node_channel.ts";
import { ReadBuffer, ReadBuffers } from "../read_buffers.ts";

/**
 * The stream under a TLS socket. Only here can the flow be held back (a TLS socket that was paused never resumes, one that is
 * not read reads on, and one that is written to takes everything at once), and only here does a FIN without a close_notify
 * before it differ from an orderly end.
 */
export class Carrier implements Throttle {
  /** What the TLS socket is made on. */
  readonly duplex: Duplex;
  /** The TLS socket on top; set as soon as there is one. */
  secured: TLSSocket | undefined;
  readonly #channel: Channel;
  /** Until no more is read. */
  #buffer: ReadBuffer | undefined;
  /** Between {@linkcode pause} and {@linkcode resume}. */
  #paused: PromiseWithResolvers<void> | undefined;
  /** The write under way, if there is one. */
  #writing: Promise<void> | undefined;
  #failure: unknown;

  /** Takes over a channel. */
  constructor(channel: Channel, buffers: ReadBuffers = new ReadBuffers()) {
    this.#channel = channel;
    this.#buffer = new ReadBuffer(buffers);
    this.duplex = new Duplex({
      read: () => void this.#read(),
      write: (chunk, _encoding, done) => {
        this.#writing = this.#write(chunk).finally(done);
      },
    });
    // A TLS socket that fails destroys the layer under it before it has written the alert with the reason.
    this.duplex.destroy = () => this.duplex;
  }

  /** Reads no more for now. */
  pause(): void {
    this.#paused ??= Promise.withResolvers();
  }

  /** Reads again. */
  resume(): void {
    this.#paused?.resolve();
    this.#paused = undefined;
  }

  /** Settles when all that TLS has given out is with the system. */
  async flushed(): Promise<void> {
    while (this.#writing) await this.#writing;
    if (this.#failure) throw this.#failure;
  }

  /** Closes the channel. */
  close(): void {
    this.#channel.close();
    this.resume();
  }

  /** Closes the channel with a reset, where it has one. */
  reset(): void {
    resetChannel(this.#channel);
    this.resume();
  }

  async #read(): Promise<void> {
    if (this.#paused) await this.#paused.promise;
    const buffer = this.#buffer;
    if (!buffer) return;
    try {
      const count = await this.#channel.read(buffer.bytes);
      if (count !== null) {
        const bytes = buffer.bytes.slice(0, count);
        buffer.adapt(count);
        return void this.duplex.push(bytes);
      }
      await this.#end();
    } catch (error) {
      this.#fail(error);
    }
    this.#buffer = undefined;
    buffer.release();
  }

  async #write(chunk: Uint8Array): Promise<void> {
    try {
      await writeAll(this.#channel, chunk);
    } catch (error) {
      this.#fail(error);
    }
    this.#writing = undefined;
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.secured?.destroy(error as Error);
  }

  /** After one turn of the event loop the TLS socket knows of a close_notify (RFC 8446 section 6.1) that came before the FIN. */
  async #end(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (this.secured?.readableEnded) this.duplex.push(null);
    else this.secured?.emit("error", new Error("The peer closed the connection without sending close_notify"));
  }
}
