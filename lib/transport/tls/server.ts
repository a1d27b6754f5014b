/**
 * TLS as a {@linkcode Listener}. A connection is handed out before its handshake, so that a slow client delays no
 * other.
 *
 * The platform returns a connection under TLS only after the handshake: a client that never finishes it would be kept
 * for as long as it likes, whatever the limits. So the sockets of clients stay ours, and TLS is spoken one step further
 * inside, over a connection of this process with itself. A client costs three descriptors for that.
 *
 * @module
 */

import { messageOf, SockeyeError } from "../../errors.ts";
import { wait } from "../../wait.ts";
import { type Address, formatAddress, type InetAddress, INNER_HOST } from "../address.ts";
import type { Channel, Listener } from "../channel.ts";
import { isOutOfFiles } from "../failure.ts";
import { ACCEPT_PAUSE_MS } from "../limits.ts";
import { close, pump } from "../pipe.ts";
import { ReadBuffers } from "../read_buffers.ts";
import type { StreamChannel } from "../stream.ts";
import { listenTcp, type TcpListener } from "../tcp.ts";
import type { Credentials, ListenOptions } from "../transport.ts";
import { explainTls } from "./client.ts";

/** A connection of this process with itself. */
export interface InnerConnection {
  /** The end that takes what the client sent, and gives what is to be sent to it. */
  readonly wire: Deno.TcpConn;
  /** The end that speaks TLS. */
  readonly secured: Deno.TlsConn;
}

/** Makes connections of this process with itself. */
export class InnerTls {
  readonly #options: Deno.ListenOptions & Deno.TlsCertifiedKeyPem;
  readonly buffers = new ReadBuffers();

  /**
   * Checks certificate and key.
   *
   * @throws {Error} what the platform says about them
   */
  constructor(credentials: Credentials) {
    this.#options = { hostname: INNER_HOST, port: 0, ...credentials };
    Deno.listenTls(this.#options).close();
  }

  /**
   * Makes a connection. The listener is closed when it stands, because other programs of this machine could connect to
   * it too.
   *
   * @returns both ends; the caller closes them
   * @throws {Error} what the system says
   */
  async connect(): Promise<InnerConnection> {
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

/**
 * Binds a TLS listener.
 *
 * @param address where; an empty host is every interface
 * @param options certificate and key, and how TCP listens
 * @returns a listener that the caller closes
 * @throws {SockeyeError} `usage` without a certificate, `tls` for one that cannot be used; or what the system says
 */
export function listenTls(address: InetAddress, options: ListenOptions): TlsListener {
  const { credentials } = options;
  if (!credentials) throw new SockeyeError("usage", "TLS needs a certificate and its key");
  if (/ENCRYPTED/.test(credentials.key)) {
    const message = `Cannot listen on ${formatAddress(address)}: the key is encrypted; decrypt it first`;
    throw new SockeyeError("tls", message);
  }
  try {
    const inner = new InnerTls(credentials);
    return new TlsListener(listenTcp(address, options), inner);
  } catch (error) {
    throw badCredentials(formatAddress(address), error) ?? error;
  }
}

/** A bound TCP socket whose connections speak TLS. */
export class TlsListener implements Listener {
  /** The address that is bound, with the real port. */
  readonly address: Address;
  readonly #outer: TcpListener;
  readonly #inner: InnerTls;

  /**
   * Takes over a listener.
   *
   * @param outer the listener that clients connect to; this object owns it from now on
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

/** A connection whose handshake is still to come, or done. */
class TlsServerChannel implements Channel {
  readonly transport = "tls";
  readonly host: string;
  readonly peer: string;
  readonly #outside: StreamChannel;
  readonly #innerTls: InnerTls;
  /** The handshake, from the moment it was asked for. */
  #handshake: Promise<void> | undefined;
  /** The connection inside, from the moment it stands. */
  #inside: InnerConnection | undefined;
  /** The end inside that speaks TLS, once the handshake is done. */
  #secured: Deno.TlsConn | undefined;
  /** Settles when all that was written, and our FIN, is with the system. Set together with {@linkcode #inside}. */
  #sent: Promise<unknown> | undefined;
  /** The first error of the client's socket: the end inside sees no more than that its connection was closed. */
  #broken: unknown;
  #closed = false;

  constructor(outside: StreamChannel, innerTls: InnerTls) {
    this.#outside = outside;
    this.#innerTls = innerTls;
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
      void pump(this.#outside, inside.wire, this.#innerTls.buffers).then((failure) => this.#broken ??= failure);
      this.#sent = pump(inside.wire, this.#outside, this.#innerTls.buffers).then((failure) => this.#broken ??= failure);
      await inside.secured.handshake();
      this.#secured = inside.secured;
    } catch (cause) {
      this.#inside?.secured.close();
      await this.#sent; // The alert says why.
      throw new SockeyeError("tls", explainTls(cause), { cause });
    }
  }

  /** Connects inside. Without a free descriptor it tries again, as an accept loop does. */
  async #connect(): Promise<InnerConnection> {
    for (let pause = ACCEPT_PAUSE_MS.first;; pause = Math.min(pause * 2, ACCEPT_PAUSE_MS.longest)) {
      try {
        return await this.#innerTls.connect();
      } catch (error) {
        if (!isOutOfFiles(error) || this.#closed) throw error;
        await wait(pause);
      }
    }
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    try {
      return await (this.#secured ?? await this.#afterHandshake()).read(buffer);
    } catch (error) {
      // A client that left without close_notify may still read what we sent, and our FIN.
      if (!this.#closed && this.#broken === undefined) await this.closeWrite().catch(() => {});
      throw this.#broken ?? error;
    }
  }

  async write(bytes: Uint8Array): Promise<number> {
    try {
      return await (this.#secured ?? await this.#afterHandshake()).write(bytes);
    } catch (error) {
      throw this.#broken ?? error;
    }
  }

  async closeWrite(): Promise<void> {
    await (this.#secured ?? await this.#afterHandshake()).closeWrite();
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

  /** Waits for the handshake before the first read or write. */
  async #afterHandshake(): Promise<Deno.TlsConn> {
    await this.handshake();
    if (!this.#secured) throw new Deno.errors.BadResource("There was no handshake");
    return this.#secured;
  }
}

/** The error in our words; undefined when the certificate has nothing to do with it. */
function badCredentials(where: string, cause: unknown): SockeyeError | undefined {
  const message = messageOf(cause);
  const problem = CREDENTIAL_PROBLEMS.find(([pattern]) => pattern.test(message))?.[1];
  if (problem === undefined) return undefined;
  return new SockeyeError("tls", `Cannot listen on ${where}: ${problem}`, { cause });
}

/** Errors of the platform about certificates and keys, and what they mean. */
const CREDENTIAL_PROBLEMS: readonly (readonly [RegExp, string])[] = [
  [/KeyMismatch|keys may not be consistent/i, "the key does not belong to the certificate"],
  [/No keys? found|private key/i, "the key file holds no usable private key in PEM"],
  [/certificate/i, "the certificate file holds no usable certificate in PEM"],
];
