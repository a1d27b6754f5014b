/**
 * Where a server's TLS is spoken. The platform gives a socket under TLS back only after its handshake: whoever never shakes
 * hands would be kept for as long as they like, whatever the limits. So the sockets of peers stay ours, and TLS is spoken one
 * step further inside, over a connection of this process with itself. A client costs three descriptors for that.
 *
 * @module
 */

import { INNER_HOST } from "../address.ts";

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

/** Makes connections of this process with itself. */
export class InnerTls {
  readonly #options: Deno.ListenOptions & Deno.TlsCertifiedKeyPem;

  /**
   * Checks what it will show.
   *
   * @param credentials what is shown
   * @throws what the platform says about them
   */
  constructor(credentials: Credentials) {
    this.#options = { hostname: INNER_HOST, port: 0, ...credentials };
    Deno.listenTls(this.#options).close();
  }

  /**
   * Makes a connection. The listener lives only until it stands: others on this machine could connect to it as well, and one
   * who did would stay.
   *
   * @returns both ends; the caller closes them
   * @throws what the system says
   */
  async connect(): Promise<Inside> {
    const listener = Deno.listenTls(this.#options);
    let wire: Deno.TcpConn | undefined;
    try {
      wire = await Deno.connect({ hostname: INNER_HOST, port: listener.addr.port });
      wire.setNoDelay();
      while (true) {
        const secured = await listener.accept();
        if (isSame(secured.remoteAddr as Deno.NetAddr, wire.localAddr)) return { wire, secured };
        secured.close();
      }
    } catch (error) {
      wire?.close();
      throw error;
    } finally {
      listener.close();
    }
  }
}

function isSame(one: Deno.NetAddr, other: Deno.NetAddr): boolean {
  return one.port === other.port && one.hostname === other.hostname;
}
