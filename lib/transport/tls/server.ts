/**
 * TLS as a {@linkcode Listener}. A connection is handed out before its handshake, so that a slow client delays no other.
 *
 * The platform's own TLS closes a connection only after the handshake: a client that never finishes it would be kept for as
 * long as it likes, whatever the limits. So the sockets of clients stay ours, and `node:tls` gets their bytes.
 *
 * @module
 */

import { X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import { writeAll } from "../../bytes.ts";
import type { Endpoint } from "../../capture/endpoint.ts";
import { SockeyeError } from "../../errors.ts";
import type { ClientCertificate } from "../../events.ts";
import { formatAddress, type InetAddress } from "../address.ts";
import { type Channel, type Listener, resetChannel, type TlsHello } from "../channel.ts";
import { lingerClose } from "../linger.ts";
import { NodeChannel } from "../node_channel.ts";
import { ReadBuffers } from "../read_buffers.ts";
import { listenStream } from "../tcp.ts";
import type { ListenOptions } from "../transport.ts";
import { Carrier } from "./carrier.ts";
import { explainTls } from "./client.ts";
import { describeClient, onlySignedBy } from "./client_certificate.ts";
import { problemOf } from "./credentials.ts";
import { handshakeOf } from "./node.ts";
import type { Judge } from "./trust.ts";

/** What the connections of a listener share. */
interface Shared {
  readonly context: SecureContext;
  readonly buffers: ReadBuffers;
  /** The protocols to agree on, the preferred one first. */
  readonly protocols: readonly string[];
  /** Judges the certificates of clients, where they are asked for. */
  readonly judge: Judge | undefined;
}

/**
 * Binds a TLS listener, which the caller closes.
 *
 * @throws {SockeyeError} `usage` without a certificate, `tls` for one that cannot be used; or what the system says
 */
export async function listenTls(address: InetAddress, options: ListenOptions): Promise<Listener> {
  const { credentials, protocols = [] } = options;
  if (!credentials) throw new SockeyeError("usage", "TLS needs a certificate and its key");
  const problem = problemOf(credentials);
  if (problem !== undefined) {
    throw new SockeyeError("tls", `Cannot listen on ${formatAddress(address)}: ${problem}`);
  }
  const { cert, key, clientCa } = credentials;
  const shared = {
    context: createSecureContext({ cert, key, ...(clientCa !== undefined && { ca: clientCa }) }),
    buffers: new ReadBuffers(),
    protocols,
    judge: clientCa === undefined ? undefined : onlySignedBy(clientCa),
  };
  const outer = await listenStream(address, options);
  return {
    address: { ...outer.address as InetAddress, transport: "tls" },
    accept: async () => new TlsServerChannel(await outer.accept(), shared),
    close: () => outer.close(),
  };
}

/** A connection whose handshake is still to come, or done. */
class TlsServerChannel implements Channel {
  readonly transport = "tls";
  readonly host: string;
  readonly peer: string;
  /** Known after the handshake, where clients are asked for theirs. */
  certificate: ClientCertificate | undefined;
  /** Known after the handshake. */
  hello: TlsHello | undefined;
  readonly #outside: Channel;
  readonly #shared: Shared;
  /** The handshake, from the moment it was asked for. */
  #handshake: Promise<NodeChannel> | undefined;
  /** What speaks TLS, from the handshake on. */
  #secured: NodeChannel | undefined;
  #closed = false;

  constructor(outside: Channel, shared: Shared) {
    this.#outside = outside;
    this.#shared = shared;
    this.host = outside.host;
    this.peer = outside.peer;
  }

  get local(): Endpoint | undefined {
    return this.#outside.local;
  }

  async handshake(): Promise<void> {
    await this.#ready();
  }

  #ready(): Promise<NodeChannel> {
    return this.#handshake ??= this.#shakeHands();
  }

  async #shakeHands(): Promise<NodeChannel> {
    const { context, buffers, judge, protocols } = this.#shared;
    const carrier = new Carrier(this.#outside, buffers);
    const socket = new TLSSocket(carrier.duplex, {
      isServer: true,
      secureContext: context,
      requestCert: judge !== undefined,
      rejectUnauthorized: judge !== undefined,
      ALPNProtocols: [...protocols],
    });
    // The client may end its half and still read ours.
    socket.allowHalfOpen = true;
    carrier.secured = socket;
    const secured = this.#secured = new NodeChannel(socket, this.#outside, "tls", carrier);
    try {
      await handshakeOf(socket, "secure");
    } catch (cause) {
      await carrier.flushed().catch(() => {}); // The alert says why.
      if (judge) await this.#letRead();
      throw new SockeyeError("tls", explainTls(cause), { cause });
    }
    const { servername } = socket as { servername?: string | false | null };
    this.hello = { serverName: servername || undefined, protocol: socket.alpnProtocol || undefined };
    if (judge) await this.#identify(socket, secured, judge);
    return secured;
  }

  /** Judges the client's certificate. One that is refused reads why, and gets no close_notify: nothing was agreed on. */
  async #identify(socket: TLSSocket, secured: NodeChannel, judge: Judge): Promise<void> {
    const { raw } = socket.getPeerCertificate();
    const certificate = raw && new X509Certificate(raw);
    const problem = certificate ? judge(certificate) : "it shows no certificate";
    if (certificate && problem === undefined) return void (this.certificate = describeClient(certificate));
    const reason = `sockeye: refused: ${String(problem).replace(/^its/, "your")}\n`;
    await writeAll(secured, new TextEncoder().encode(reason)).catch(() => {});
    await this.#letRead();
    throw new SockeyeError("tls", problem ?? "");
  }

  /** A client that has sent something already would lose the reason to a reset. */
  async #letRead(): Promise<void> {
    await lingerClose(this.#outside);
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    const secured = await this.#ready();
    try {
      return await secured.read(buffer);
    } catch (error) {
      // A client that left without close_notify may still read what we sent, and our FIN.
      if (!this.#closed) await this.closeWrite().catch(() => {});
      throw error;
    }
  }

  async write(bytes: Uint8Array): Promise<number> {
    return await (await this.#ready()).write(bytes);
  }

  async closeWrite(): Promise<void> {
    await (await this.#ready()).closeWrite();
    await this.#outside.closeWrite();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    (this.#secured ?? this.#outside).close();
  }

  reset(): void {
    if (this.#closed) return;
    this.#closed = true;
    resetChannel(this.#secured ?? this.#outside);
  }
}
