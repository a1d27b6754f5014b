/**
 * What `node:tls` runs on. Since Deno 2.9 that is a connection of ours. It stays in our hands: there, and only there, the flow
 * can be held back (a paused TLS socket does not come to life again), and an end without close_notify can be told from one with it.
 *
 * Before, `node:tls` works only on connections that it makes itself: it gets a bridge on this machine to connect to.
 *
 * @module
 */

import type { TcpSocketConnectOpts } from "node:net";
import { Duplex } from "node:stream";
import { setImmediate } from "node:timers";
import type { TLSSocket } from "node:tls";
import type { Channel } from "../channel.ts";
import { isModern, type NodeChannelOptions, type Throttle } from "../node_channel.ts";
import { RELAY_BYTES } from "../limits.ts";
import { close, relay } from "../pipe.ts";

/** The way that TLS travels. */
export interface Carrier {
  /** For `tls.connect`. */
  readonly transport: { readonly socket: Duplex } | Pick<TcpSocketConnectOpts, "host" | "port">;
  /**
   * How the secured socket is held and written.
   *
   * @param socket what runs on this
   * @returns options for its channel
   */
  optionsFor(socket: TLSSocket): NodeChannelOptions;
  /** Waits for the handshake where `node:tls` itself forgets to. */
  settled(socket: TLSSocket): Promise<void>;
  /** Closes what nobody has taken over yet, when there was no handshake. */
  abandon(): void;
}

/**
 * Lets TLS run on a connection.
 *
 * @param channel a connected channel; used up
 * @returns the way to it
 */
export function carry(channel: Channel): Carrier {
  return isModern() ? new Stream(channel) : new Bridge(channel);
}

class Stream implements Carrier, Throttle {
  readonly transport: { readonly socket: Duplex };
  readonly #channel: Channel;
  #secured: TLSSocket | undefined;
  #open = Promise.resolve();
  #resume = () => {};
  #paused = false;

  constructor(channel: Channel) {
    this.#channel = channel;
    const duplex: Duplex = new Duplex({
      read: () => void this.#read(duplex),
      write: (chunk, _encoding, done) => void this.#write(chunk).then(() => done(), done),
      final: (done) => void channel.closeWrite().then(() => done(), done),
      destroy: (error, done) => {
        channel.close();
        done(error);
      },
    });
    this.transport = { socket: duplex };
  }

  optionsFor(socket: TLSSocket): NodeChannelOptions {
    this.#secured = socket;
    return { throttle: this };
  }

  settled(): Promise<void> {
    return Promise.resolve();
  }

  abandon(): void {
    this.#channel.close();
  }

  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#open = promise;
    this.#resume = resolve;
  }

  resume(): void {
    this.#paused = false;
    this.#resume();
  }

  async #read(duplex: Duplex): Promise<void> {
    try {
      await this.#open;
      const buffer = new Uint8Array(RELAY_BYTES);
      const count = await this.#channel.read(buffer);
      if (count !== null) duplex.push(buffer.subarray(0, count));
      else await this.#end(duplex);
    } catch (error) {
      duplex.destroy(error as Error);
    }
  }

  /** Who says that it ends (RFC 8446 section 6.1) has been heard by now: its last words came before its FIN. */
  async #end(duplex: Duplex): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    const secured = this.#secured;
    if (!secured || secured.readableEnded) duplex.push(null);
    else secured.destroy(new Error("The peer closed the connection without sending close_notify"));
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#channel.write(bytes.subarray(at));
  }
}

class Bridge implements Carrier {
  readonly transport: Pick<TcpSocketConnectOpts, "host" | "port">;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #channel: Channel;
  readonly #connected = Promise.withResolvers<number | undefined>();

  constructor(channel: Channel) {
    this.#channel = channel;
    this.transport = { host: "127.0.0.1", port: this.#listener.addr.port };
    this.#accept().catch(() => this.abandon());
  }

  abandon(): void {
    this.#connected.resolve(undefined);
    close(this.#listener);
    this.#channel.close();
  }

  /** `end()` closes both halves there; the connection under the socket knows better. */
  optionsFor(socket: TLSSocket): NodeChannelOptions {
    socket.once("connect", () => this.#connected.resolve(socket.localPort));
    return {
      writer: { write: (bytes) => underneath(socket).write(bytes), closeWrite: () => underneath(socket).closeWrite() },
    };
  }

  async settled(socket: TLSSocket): Promise<void> {
    await underneath(socket).handshake();
  }

  /** Others on this machine may connect as well: it is ours that comes from the socket's own port. */
  async #accept(): Promise<void> {
    while (true) {
      const end = await this.#listener.accept();
      if (end.remoteAddr.hostname === "127.0.0.1" && end.remoteAddr.port === await this.#connected.promise) {
        close(this.#listener);
        await relay(end, this.#channel);
        close(end);
        return close(this.#channel);
      }
      end.close();
    }
  }
}

/** Deno's own connection, which its socket of Node's keeps under a symbol. */
function underneath(socket: TLSSocket): Deno.TlsConn {
  const { _handle: handle } = socket as unknown as { _handle: Record<symbol, Deno.TlsConn> | null };
  for (const key of Object.getOwnPropertySymbols(handle ?? {})) {
    const conn = handle?.[key];
    if (conn?.handshake) return conn;
  }
  throw new Deno.errors.Interrupted("The channel was closed");
}
