/**
 * TLS by `node:tls`, for certificates that we judge ourselves.
 *
 * @module
 */

import { X509Certificate } from "node:crypto";
import { Duplex } from "node:stream";
import { setImmediate } from "node:timers";
import * as tls from "node:tls";
import { writeAll } from "../../bytes.ts";
import { SockeyeError } from "../../errors.ts";
import { unlessAborted } from "../../wait.ts";
import type { Channel } from "../channel.ts";
import { isIP } from "../ip.ts";
import { RELAY_BYTES } from "../limits.ts";
import { NodeChannel, type Throttle } from "../node_channel.ts";
import type { TlsOptions } from "./client.ts";
import { fingerprintOf, type Judge } from "./trust.ts";

/** What the handshake needs; `ca` is trusted instead of the platform's own: those are listed only with `--allow-sys`. */
export interface NodeTlsOptions extends Omit<TlsOptions, "pin" | "insecure"> {
  /** Lets the platform verify the chain of certificates; the name is left to the judge. Default false. */
  readonly verify?: boolean | undefined;
}

/** What client and server agreed on, for people to read. */
export interface Secured {
  /** `TLSv1.3`. */
  readonly protocol: string;
  /** `TLS_AES_256_GCM_SHA384`. */
  readonly cipher: string;
  /** Names of the certificate, its signer, and so on, as far as the server sent them. */
  readonly chain: readonly string[];
  /** Days until the certificate expires; negative when it has. */
  readonly daysLeft: number;
  /** SHA-256 of the certificate in lower-case hex. */
  readonly fingerprint: string;
}

/**
 * Starts TLS on a connected TCP channel, which is used up even when this fails, and gives the channel under TLS after the
 * handshake.
 *
 * @throws {SockeyeError} `tls` when the judge refuses; what `node:tls` throws, or the signal's reason
 */
export async function startNodeTls(channel: Channel, options: NodeTlsOptions, judge: Judge): Promise<Channel> {
  const { serverName, verify = false, ca, protocols = [], onSecured, signal } = options;
  const carrier = new Carrier(channel);
  const socket = tls.connect({
    socket: carrier.duplex,
    servername: isIP(serverName) ? "" : serverName,
    rejectUnauthorized: verify,
    ...(verify && ca !== undefined ? { ca } : {}),
    ALPNProtocols: [...protocols],
    // Without this, an empty name would be compared as "localhost".
    checkServerIdentity: () => undefined,
  });
  // The server may end its half and still read ours.
  socket.allowHalfOpen = true;
  carrier.secured = socket;
  const secured = new NodeChannel(socket, channel, "tls", carrier);
  try {
    await unlessAborted(handshakeOf(socket), signal);
    const problem = judge(new X509Certificate(socket.getPeerCertificate().raw));
    if (problem !== undefined) throw new SockeyeError("tls", `Cannot speak TLS with ${serverName}: ${problem}`);
    onSecured?.(describe(socket));
    return secured;
  } catch (error) {
    secured.close();
    channel.close();
    throw error;
  }
}

function handshakeOf(socket: tls.TLSSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("secureConnect", resolve);
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("EOF during the handshake")));
  });
}

/**
 * The stream under a TLS socket. Only here can the flow be held back (a TLS socket that was paused never resumes, and one that is
 * not read reads on), and only here does a FIN without a close_notify before it differ from an orderly end.
 */
class Carrier implements Throttle {
  readonly duplex: Duplex;
  /** The TLS socket on top; set as soon as there is one. */
  secured: tls.TLSSocket | undefined;
  readonly #channel: Channel;
  /** Settled while bytes may flow; replaced by a pending one in {@linkcode pause}. */
  #open = Promise.resolve();
  #resume: (() => void) | undefined;

  constructor(channel: Channel) {
    this.#channel = channel;
    const duplex: Duplex = new Duplex({
      read: () => void this.#read(duplex),
      write: (chunk, _encoding, done) => void writeAll(channel, chunk).then(() => done(), done),
      final: (done) => void channel.closeWrite().then(() => done(), done),
      destroy: (error, done) => {
        channel.close();
        done(error);
      },
    });
    this.duplex = duplex;
  }

  pause(): void {
    if (this.#resume) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#open = promise;
    this.#resume = resolve;
  }

  resume(): void {
    this.#resume?.();
    this.#resume = undefined;
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

  /** After one turn of the event loop the TLS socket knows of a close_notify (RFC 8446 section 6.1) that came before the FIN. */
  async #end(duplex: Duplex): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (!this.secured || this.secured.readableEnded) duplex.push(null);
    else this.secured.destroy(new Error("The peer closed the connection without sending close_notify"));
  }
}

function describe(socket: tls.TLSSocket): Secured {
  const certificate = socket.getPeerCertificate(true);
  const chain: string[] = [];
  const seen = new Set<string>();
  for (let next = certificate; next?.raw && !seen.has(next.fingerprint256); next = next.issuerCertificate) {
    seen.add(next.fingerprint256);
    chain.push(String(next.subject?.CN ?? next.subjectaltname ?? "without a name"));
  }
  return {
    protocol: socket.getProtocol() ?? "TLS",
    cipher: socket.getCipher().name,
    chain,
    daysLeft: Math.floor((Date.parse(certificate.valid_to) - Date.now()) / 86_400_000),
    fingerprint: fingerprintOf(certificate),
  };
}
