/**
 * Where a server's TLS is spoken. The platform gives a socket under TLS back only after its handshake: whoever never shakes
 * hands would be kept for as long as they like, whatever the limits. So the sockets of peers stay ours, and TLS is spoken one
 * step further inside, by a listener on this machine that serves nobody but us.
 *
 * @module
 */

import { BACKLOG } from "./limits.ts";
import { close } from "./relay.ts";

/** What a server shows to prove who it is. */
export interface Credentials {
  /** The certificate, and those between it and its authority, in PEM. */
  readonly cert: string;
  /** Its private key, in PEM. */
  readonly key: string;
}

/** A connection of this process with itself. */
export interface Inside {
  /** The end that takes what the peer sent, and gives what is to be sent to it. */
  readonly wire: Deno.TcpConn;
  /** The end that speaks TLS. */
  readonly secured: Deno.TlsConn;
}

/** The listener inside. */
export class InnerTls {
  readonly #listener: Deno.TlsListener;
  #last: Promise<unknown> = Promise.resolve();

  /**
   * Starts to listen.
   *
   * @param credentials what is shown
   * @throws what the platform says about them
   */
  constructor(credentials: Credentials) {
    this.#listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, tcpBacklog: BACKLOG, ...credentials });
  }

  /** Makes a connection, one at a time, so that each is surely our own. */
  connect(): Promise<Inside> {
    const next = this.#last.then(() => this.#connect());
    this.#last = next.catch(() => {});
    return next;
  }

  /** Stops listening when nobody is on the way in. */
  close(): void {
    void this.#last.then(() => close(this.#listener));
  }

  async #connect(): Promise<Inside> {
    const wire = await Deno.connect({ hostname: "127.0.0.1", port: this.#listener.addr.port });
    try {
      wire.setNoDelay();
      while (true) {
        const secured = await this.#listener.accept();
        if ((secured.remoteAddr as Deno.NetAddr).port === wire.localAddr.port) return { wire, secured };
        secured.close(); // Somebody else on this machine.
      }
    } catch (error) {
      wire.close();
      throw error;
    }
  }
}
