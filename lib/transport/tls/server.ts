/**
 * TLS as a {@linkcode Listener}. A connection is handed out before its handshake, so that a slow client delays no other.
 *
 * The platform closes a connection under TLS only after the handshake: a client that never finishes it would be kept for as
 * long as it likes, whatever the limits. So the sockets of clients stay ours, and TLS is spoken one step further inside, over a
 * connection of this process with itself. A client costs three descriptors for that.
 *
 * @module
 */

import { messageOf, SockeyeError } from "../../errors.ts";
import { wait } from "../../wait.ts";
import { formatAddress, type InetAddress, INNER_HOST } from "../address.ts";
import type { Channel, Listener } from "../channel.ts";
import { isOutOfFiles } from "../failure.ts";
import { ACCEPT_PAUSE_MS } from "../limits.ts";
import { close, pump } from "../pipe.ts";
import { ReadBuffers } from "../read_buffers.ts";
import type { StreamChannel } from "../stream.ts";
import { listenTcp } from "../tcp.ts";
import type { Credentials, ListenOptions } from "../transport.ts";
import { explainTls } from "./client.ts";

/** A connection of this process with itself. */
interface InnerConnection {
  /** The end that takes what the client sent, and gives what is to be sent to it. */
  readonly wire: Deno.TcpConn;
  /** The end that speaks TLS. */
  readonly secured: Deno.TlsConn;
}

/** Makes connections of a process with itself. */
class InnerTls {
  /** For the bytes on their way between a client and its connection inside. */
  readonly buffers = new ReadBuffers();
  readonly #options: Deno.ListenOptions & Deno.TlsCertifiedKeyPem;

  /** Checks certificate and key; throws what the platform says about them. */
  constructor(credentials: Credentials) {
    this.#options = { hostname: INNER_HOST, port: 0, ...credentials };
    Deno.listenTls(this.#options).close();
  }

  /** The listener is closed when the connection stands: other programs of this machine could connect to it too. */
  async connect(): Promise<InnerConnection> {
    const listener = Deno.listenTls(this.#options);
    let wire: Deno.TcpConn | undefined;
    try {
      wire = await Deno.connect({ hostname: INNER_HOST, port: listener.addr.port });
      wire.setNoDelay();
      while (true) {
        const secured = await listener.accept();
        const { hostname, port } = secured.remoteAddr as Deno.NetAddr;
        if (port === wire.localAddr.port && hostname === wire.localAddr.hostname) return { wire, secured };
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

/**
 * Binds a TLS listener, which the caller closes.
 *
 * @throws {SockeyeError} `usage` without a certificate, `tls` for one that cannot be used; or what the system says
 */
export function listenTls(address: InetAddress, options: ListenOptions): Listener {
  const { credentials } = options;
  if (!credentials) throw new SockeyeError("usage", "TLS needs a certificate and its key");
  const doing = `Cannot listen on ${formatAddress(address)}`;
  if (/ENCRYPTED/.test(credentials.key)) {
    throw new SockeyeError("tls", `${doing}: the key is encrypted; decrypt it first`);
  }
  try {
    const inner = new InnerTls(credentials);
    const outer = listenTcp(address, options);
    return {
      address: { ...outer.address, transport: "tls" },
      accept: async () => new TlsServerChannel(await outer.accept(), inner),
      close: () => outer.close(),
    };
  } catch (cause) {
    const message = messageOf(cause);
    const [, problem] = CREDENTIAL_PROBLEMS.find(([pattern]) => pattern.test(message)) ?? [];
    throw problem === undefined ? cause : new SockeyeError("tls", `${doing}: ${problem}`, { cause });
  }
}

/** Errors of the platform about certificates and keys, and what they mean. */
const CREDENTIAL_PROBLEMS: readonly (readonly [RegExp, string])[] = [
  [/KeyMismatch|keys may not be consistent/i, "the key does not belong to the certificate"],
  [/No keys? found|private key/i, "the key file holds no usable private key in PEM"],
  [/certificate/i, "the certificate file holds no usable certificate in PEM"],
];

/** A connection whose handshake is still to come, or done. */
class TlsServerChannel implements Channel {
  readonly transport = "tls";
  readonly host: string;
  readonly peer: string;
  readonly #outside: StreamChannel;
  readonly #innerTls: InnerTls;
  /** The handshake, from the moment it was asked for. */
  #handshake: Promise<Deno.TlsConn> | undefined;
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

  async handshake(): Promise<void> {
    await this.#ready();
  }

  #ready(): Promise<Deno.TlsConn> {
    return this.#handshake ??= this.#shakeHands();
  }

  async #shakeHands(): Promise<Deno.TlsConn> {
    try {
      const { wire, secured } = this.#inside = await this.#connect();
      const carry = async (from: StreamChannel | Deno.TcpConn, to: StreamChannel | Deno.TcpConn) => {
        const failure = await pump(from, to, this.#innerTls.buffers);
        this.#broken ??= failure;
      };
      void carry(this.#outside, wire);
      this.#sent = carry(wire, this.#outside);
      await secured.handshake();
      return this.#secured = secured;
    } catch (cause) {
      if (this.#inside) close(this.#inside.secured);
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
      return await (this.#secured ?? await this.#ready()).read(buffer);
    } catch (error) {
      // A client that left without close_notify may still read what we sent, and our FIN.
      if (!this.#closed && this.#broken === undefined) await this.closeWrite().catch(() => {});
      throw this.#broken ?? error;
    }
  }

  async write(bytes: Uint8Array): Promise<number> {
    try {
      return await (this.#secured ?? await this.#ready()).write(bytes);
    } catch (error) {
      throw this.#broken ?? error;
    }
  }

  async closeWrite(): Promise<void> {
    await (this.#secured ?? await this.#ready()).closeWrite();
    await this.#sent;
  }

  /** Closes both connections; one that is only being made inside is closed by the pump that finds the client's gone. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#outside.close();
    if (!this.#inside) return;
    close(this.#inside.wire);
    close(this.#inside.secured);
  }
}
