/**
 * TLS as a {@linkcode Listener}. A connection is handed out before its handshake, so that one who dawdles keeps nobody waiting.
 *
 * @module
 */

import { messageOf, SockeyeError } from "../../errors.ts";
import { wait } from "../../wait.ts";
import type { Address } from "../address.ts";
import type { Channel, Listener } from "../channel.ts";
import { isOutOfFiles } from "../failure.ts";
import { ACCEPT_PAUSE_MS } from "../limits.ts";
import { close, pump } from "../pipe.ts";
import type { StreamChannel } from "../stream.ts";
import type { TcpListener } from "../tcp.ts";
import { explainTls } from "./client.ts";
import type { InnerTls, Inside } from "./inner.ts";

/** A bound TCP socket whose connections speak TLS. */
export class TlsListener implements Listener {
  /** Where it listens, with the real port. */
  readonly address: Address;
  readonly #outer: TcpListener;
  readonly #inner: InnerTls;

  /**
   * Takes over a listener.
   *
   * @param outer where peers connect; this object owns it from now on
   * @param inner where TLS is spoken
   */
  constructor(outer: TcpListener, inner: InnerTls) {
    this.#outer = outer;
    this.#inner = inner;
    this.address = { ...outer.address, transport: "tls" };
  }

  /** Waits for the next connection. */
  async accept(): Promise<Channel> {
    return new TlsServerChannel(await this.#outer.accept(), this.#inner);
  }

  /** Stops listening. */
  close(): void {
    this.#outer.close();
  }
}

/** A connection that has to shake hands first. */
class TlsServerChannel implements Channel {
  readonly transport = "tls";
  readonly host: string;
  readonly peer: string;
  readonly #outside: StreamChannel;
  readonly #inner: InnerTls;
  #handshake: Promise<void> | undefined;
  #inside: Inside | undefined;
  #secured: Deno.TlsConn | undefined;
  /** Settles when all that was written, and our end, is with the system. */
  #sent: Promise<unknown> | undefined;
  #broken: unknown;
  #closed = false;

  constructor(outside: StreamChannel, inner: InnerTls) {
    this.#outside = outside;
    this.#inner = inner;
    this.host = outside.host;
    this.peer = outside.peer;
  }

  handshake(): Promise<void> {
    this.#handshake ??= this.#shakeHands();
    return this.#handshake;
  }

  async #shakeHands(): Promise<void> {
    try {
      const inside = await this.#connect();
      this.#inside = inside;
      if (this.#closed) this.#closeInside();
      void pump(this.#outside, inside.wire).then((failure) => this.#broken ??= failure);
      this.#sent = pump(inside.wire, this.#outside).then((failure) => this.#broken ??= failure);
      await inside.secured.handshake();
      this.#secured = inside.secured;
    } catch (cause) {
      this.#inside?.secured.close();
      await this.#sent; // The alert says why.
      throw new SockeyeError("tls", explainTls(cause), { cause });
    }
  }

  /** Where descriptors are short it waits for some, as an accept does. */
  async #connect(): Promise<Inside> {
    for (let pause = ACCEPT_PAUSE_MS.first;; pause = Math.min(pause * 2, ACCEPT_PAUSE_MS.longest)) {
      try {
        return await this.#inner.connect();
      } catch (error) {
        if (!isOutOfFiles(error) || this.#closed) throw error;
        await wait(pause);
      }
    }
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    try {
      return await (this.#secured ?? await this.#greeted()).read(buffer);
    } catch (error) {
      // Who leaves rudely may still read what it was told.
      if (!this.#closed && this.#broken === undefined) await this.closeWrite().catch(() => {});
      throw this.#broken ?? error;
    }
  }

  async write(bytes: Uint8Array): Promise<number> {
    try {
      return await (this.#secured ?? await this.#greeted()).write(bytes);
    } catch (error) {
      throw this.#broken ?? error;
    }
  }

  async closeWrite(): Promise<void> {
    await (this.#secured ?? await this.#greeted()).closeWrite();
    await this.#sent;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#outside.close();
    this.#closeInside();
  }

  #closeInside(): void {
    if (!this.#inside) return;
    close(this.#inside.wire);
    close(this.#inside.secured);
  }

  /** Who speaks first is let in first. */
  async #greeted(): Promise<Deno.TlsConn> {
    await this.handshake();
    if (!this.#secured) throw new Deno.errors.BadResource("There was no handshake");
    return this.#secured;
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
