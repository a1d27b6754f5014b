/**
 * TLS as a {@linkcode Listener}. A connection is handed out before its handshake, so that one who dawdles keeps nobody waiting.
 *
 * @module
 */

import { messageOf, SockeyeError } from "../errors.ts";
import type { Address } from "./address.ts";
import type { Channel, Listener } from "./channel.ts";
import { StreamChannel } from "./stream.ts";
import { explainTls } from "./tls.ts";

/** What a server shows to prove who it is. */
export interface Credentials {
  /** The certificate, and those between it and its authority, in PEM. */
  readonly cert: string;
  /** Its private key, in PEM. */
  readonly key: string;
}

/** A bound TCP socket whose connections speak TLS. */
export class TlsListener implements Listener {
  /** Where it listens, with the real port. */
  readonly address: Address;
  readonly #listener: Deno.TlsListener;
  #closed = false;

  /**
   * Takes over a listener.
   *
   * @param listener a bound listener; this object owns it from now on
   */
  constructor(listener: Deno.TlsListener) {
    this.#listener = listener;
    const { hostname, port } = listener.addr as Deno.NetAddr;
    this.address = { transport: "tls", host: hostname, port };
  }

  /** Waits for the next connection. */
  async accept(): Promise<Channel> {
    return new TlsServerChannel(await this.#listener.accept());
  }

  /** Stops listening. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listener.close();
  }
}

/** A connection that has to shake hands first. */
class TlsServerChannel extends StreamChannel {
  readonly #tls: Deno.TlsConn;

  constructor(conn: Deno.TlsConn) {
    super(conn, "tls");
    this.#tls = conn;
  }

  async handshake(): Promise<void> {
    try {
      await this.#tls.handshake();
    } catch (cause) {
      throw new SockeyeError("tls", explainTls(cause), { cause });
    }
  }
}

/**
 * The failure to listen with a certificate.
 *
 * @param where the address
 * @param cause what the platform threw
 * @returns the error in our words; undefined when the certificate has nothing to do with it
 */
export function badCredentials(where: string, cause: unknown): SockeyeError | undefined {
  const message = messageOf(cause);
  const problem = CREDENTIAL_PROBLEMS.find(([pattern]) => pattern.test(message))?.[1];
  return problem === undefined
    ? undefined
    : new SockeyeError("tls", `Cannot listen on ${where}: ${problem}`, { cause });
}

/** What the platform says about certificates and keys. */
const CREDENTIAL_PROBLEMS: readonly (readonly [RegExp, string])[] = [
  [/KeyMismatch|keys may not be consistent/i, "the key does not belong to the certificate"],
  [/No keys? found|private key/i, "the key file holds no usable private key in PEM"],
  [/certificate/i, "the certificate file holds no usable certificate in PEM"],
];
