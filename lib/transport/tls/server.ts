/**
 * TLS as a {@linkcode Listener}. A connection is handed out before its handshake, so that a slow client delays no other.
 *
 * The platform's own TLS closes a connection only after the handshake: a client that never finishes it would be kept for as
 * long as it likes, whatever the limits. So the sockets of clients stay ours, and `node:tls` gets their bytes.
 *
 * @module
 */

import { createPrivateKey } from "node:crypto";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import { SockeyeError } from "../../errors.ts";
import { formatAddress, type InetAddress } from "../address.ts";
import type { Channel, Listener } from "../channel.ts";
import { NodeChannel } from "../node_channel.ts";
import { ReadBuffers } from "../read_buffers.ts";
import type { StreamChannel } from "../stream.ts";
import { listenTcp } from "../tcp.ts";
import type { Credentials, ListenOptions } from "../transport.ts";
import { Carrier } from "./carrier.ts";
import { explainTls } from "./client.ts";
import { handshakeOf } from "./node.ts";
import { certificatesIn } from "./trust.ts";

/** What the connections of a listener share. */
interface Shared {
  readonly context: SecureContext;
  readonly buffers: ReadBuffers;
}

/**
 * Binds a TLS listener, which the caller closes.
 *
 * @throws {SockeyeError} `usage` without a certificate, `tls` for one that cannot be used; or what the system says
 */
export function listenTls(address: InetAddress, options: ListenOptions): Listener {
  const { credentials } = options;
  if (!credentials) throw new SockeyeError("usage", "TLS needs a certificate and its key");
  const problem = problemOf(credentials);
  if (problem !== undefined) {
    throw new SockeyeError("tls", `Cannot listen on ${formatAddress(address)}: ${problem}`);
  }
  const shared = { context: createSecureContext(credentials), buffers: new ReadBuffers() };
  const outer = listenTcp(address, options);
  return {
    address: { ...outer.address, transport: "tls" },
    accept: async () => new TlsServerChannel(await outer.accept(), shared),
    close: () => outer.close(),
  };
}

/** Kinds of keys that the platform signs with. */
const KEY_KINDS: readonly string[] = ["rsa", "ec", "ed25519"];

/** What is wrong with a certificate or its key. */
function problemOf({ cert, key }: Credentials): string | undefined {
  if (/ENCRYPTED/.test(key)) return "the key is encrypted; decrypt it first";
  const [leaf] = unlessThrown(() => certificatesIn(cert)) ?? [];
  if (!leaf) return "the certificate file holds no usable certificate in PEM";
  const own = unlessThrown(() => createPrivateKey(key));
  if (!KEY_KINDS.includes(own?.asymmetricKeyType ?? "")) return "the key file holds no usable private key in PEM";
  return own && leaf.checkPrivateKey(own) ? undefined : "the key does not belong to the certificate";
}

function unlessThrown<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

/** A connection whose handshake is still to come, or done. */
class TlsServerChannel implements Channel {
  readonly transport = "tls";
  readonly host: string;
  readonly peer: string;
  readonly #outside: StreamChannel;
  readonly #shared: Shared;
  /** The handshake, from the moment it was asked for. */
  #handshake: Promise<NodeChannel> | undefined;
  /** What speaks TLS, from the handshake on. */
  #secured: NodeChannel | undefined;
  #closed = false;

  constructor(outside: StreamChannel, shared: Shared) {
    this.#outside = outside;
    this.#shared = shared;
    this.host = outside.host;
    this.peer = outside.peer;
  }

  async handshake(): Promise<void> {
    await this.#ready();
  }

  #ready(): Promise<NodeChannel> {
    return this.#handshake ??= this.#shakeHands();
  }

  async #shakeHands(): Promise<NodeChannel> {
    const { context, buffers } = this.#shared;
    const carrier = new Carrier(this.#outside, buffers);
    const socket = new TLSSocket(carrier.duplex, { isServer: true, secureContext: context });
    // The client may end its half and still read ours.
    socket.allowHalfOpen = true;
    carrier.secured = socket;
    const secured = this.#secured = new NodeChannel(socket, this.#outside, "tls", carrier);
    try {
      await handshakeOf(socket, "secure");
      return secured;
    } catch (cause) {
      await carrier.flushed().catch(() => {}); // The alert says why.
      throw new SockeyeError("tls", explainTls(cause), { cause });
    }
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
}
