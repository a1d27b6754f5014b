/**
 * TLS by `node:tls`, for certificates that we judge ourselves.
 *
 * @module
 */

import { X509Certificate } from "node:crypto";
import * as tls from "node:tls";
import { SockeyeError } from "../../errors.ts";
import { say } from "../../phrase.ts";
import { unlessAborted } from "../../wait.ts";
import type { Channel } from "../channel.ts";
import { isIP } from "../ip.ts";
import { NodeChannel } from "../node_channel.ts";
import { Carrier } from "./carrier.ts";
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
  const { serverName, verify = false, ca, identity, protocols = [], onSecured, signal } = options;
  const carrier = new Carrier(channel);
  const socket = tls.connect({
    socket: carrier.duplex,
    servername: isIP(serverName) ? "" : serverName,
    rejectUnauthorized: verify,
    ...(verify && ca !== undefined ? { ca } : {}),
    ...(identity && { cert: identity.cert, key: identity.key }),
    ALPNProtocols: [...protocols],
    // Without this, an empty name would be compared as "localhost".
    checkServerIdentity: () => undefined,
  });
  // The server may end its half and still read ours.
  socket.allowHalfOpen = true;
  carrier.secured = socket;
  const secured = new NodeChannel(socket, channel, "tls", carrier);
  try {
    await unlessAborted(handshakeOf(socket, "secureConnect"), signal);
    const problem = judge(new X509Certificate(socket.getPeerCertificate().raw));
    if (problem !== undefined) {
      throw new SockeyeError("tls", say("no-tls")`Cannot speak TLS with ${serverName}: ${problem}`);
    }
    onSecured?.(describe(socket));
    return secured;
  } catch (error) {
    secured.close();
    channel.close();
    throw error;
  }
}

/** Settles when the event says that the handshake is done, or when it has failed. */
export function handshakeOf(socket: tls.TLSSocket, done: "secureConnect" | "secure"): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(done, resolve);
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("EOF during the handshake")));
  });
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
