/**
 * TLS by `node:tls`, for certificates that the platform's own TLS does not let us judge.
 *
 * @module
 */

import { createHash, X509Certificate } from "node:crypto";
import * as tls from "node:tls";
import type { Channel } from "../channel.ts";
import { isIP } from "../ip.ts";
import { NodeChannel } from "../node_channel.ts";
import { carry } from "./carrier.ts";
import type { Judge } from "./trust.ts";

/** What the handshake needs. */
export interface NodeTlsOptions {
  /** The name that is asked for. */
  readonly serverName: string;
  /** Lets the platform judge who signed the certificate; the name is left to the judge. Default false. */
  readonly verify?: boolean | undefined;
  /** PEM certificates that the platform trusts instead of its own, which it does not tell without a permission. */
  readonly ca?: string | undefined;
  /** Hears what was agreed on. */
  readonly onSecured?: OnSecured | undefined;
  /** Protocols to offer. Default: none. */
  readonly protocols?: readonly string[] | undefined;
  /** Gives up; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/** What two sides agreed on, for people. */
export interface Secured {
  /** `TLSv1.3`; undefined where the platform does not tell (Deno before 2.9). */
  readonly protocol: string | undefined;
  /** `TLS_AES_256_GCM_SHA384`; undefined where the platform does not tell. */
  readonly cipher: string | undefined;
  /** Names of the certificate, its signer, and so on, as far as the server sent them. */
  readonly chain: readonly string[];
  /** Days until the certificate expires; negative when it has. */
  readonly daysLeft: number;
  /** SHA-256 of the certificate in lower-case hex. */
  readonly fingerprint: string;
}

/** Hears what was agreed on. */
export type OnSecured = (secured: Secured) => void;

/**
 * Starts TLS on a connection by `node:tls`.
 *
 * @param channel a connected TCP channel; used up, whatever comes of it
 * @param options the server's name, a signal that gives up
 * @param judge looks at the certificate
 * @returns the channel under TLS, after the handshake
 */
export async function startNodeTls(channel: Channel, options: NodeTlsOptions, judge: Judge): Promise<Channel> {
  const { serverName, verify = false, ca, protocols = [], onSecured, signal } = options;
  const carrier = carry(channel);
  const socket = tls.connect({
    ...carrier.transport,
    servername: isIP(serverName) ? "" : serverName,
    rejectUnauthorized: verify,
    ...(verify && ca !== undefined ? { ca } : {}),
    ALPNProtocols: [...protocols],
    // Without a word on the name the platform compares it with "localhost".
    checkServerIdentity: () => undefined,
  });
  // The server may end its half and still listen to ours.
  socket.allowHalfOpen = true;
  const secured = new NodeChannel(socket, channel, "tls", carrier.optionsFor(socket));
  const ready = Promise.withResolvers<void>();
  socket.once("secureConnect", ready.resolve);
  socket.once("error", ready.reject);
  socket.once("close", () => ready.reject(new Error("EOF during the handshake")));
  const stop = () => ready.reject(signal?.reason);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    if (signal?.aborted) stop();
    await ready.promise;
    await carrier.settled(socket);
    const { raw } = socket.getPeerCertificate();
    judge(new X509Certificate(raw), raw);
    onSecured?.(describe(socket));
    return secured;
  } catch (error) {
    secured.close();
    carrier.abandon();
    throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

const MS_A_DAY = 24 * 60 * 60 * 1000;

function describe(socket: tls.TLSSocket): Secured {
  const certificate = socket.getPeerCertificate(true);
  const chain: string[] = [];
  const seen = new Set<string>();
  for (let next = certificate; next?.raw && !seen.has(next.fingerprint256); next = next.issuerCertificate) {
    seen.add(next.fingerprint256);
    chain.push(String(next.subject?.CN ?? next.subjectaltname ?? "without a name"));
  }
  return {
    protocol: socket.getProtocol?.() ?? undefined,
    cipher: socket.getCipher?.()?.name,
    chain,
    daysLeft: Math.floor((Date.parse(certificate.valid_to) - Date.now()) / MS_A_DAY),
    fingerprint: createHash("sha256").update(certificate.raw).digest("hex"),
  };
}
