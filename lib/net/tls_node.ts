/**
 * TLS by `node:tls`, for certificates that the platform's own TLS does not let us judge.
 *
 * @module
 */

import { createHash, X509Certificate } from "node:crypto";
import { Duplex } from "node:stream";
import * as tls from "node:tls";
import { SockeyeError } from "../errors.ts";
import type { Channel } from "./channel.ts";
import { isModern, NodeChannel } from "./node_channel.ts";
import type { StreamChannel } from "./stream.ts";
import { isIP } from "./ip.ts";

/** What the handshake needs. */
export interface NodeTlsOptions {
  /** The name that is asked for. */
  readonly serverName: string;
  /** Lets the platform judge the certificate first. Default false. */
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
  /** `TLSv1.3` */
  readonly protocol: string;
  /** `TLS_AES_256_GCM_SHA384` */
  readonly cipher: string;
  /** Names of the certificate, its signer, and so on, as far as the server sent them. */
  readonly chain: readonly string[];
  /** Days until the certificate expires; negative when it has. */
  readonly daysLeft: number;
  /** SHA-256 of the certificate in lower-case hex. */
  readonly fingerprint: string;
}

/** Hears what was agreed on. */
export type OnSecured = (secured: Secured) => void;

/** Judges the peer's certificate; throws when it is not good enough. */
export type Judge = (certificate: X509Certificate, der: Uint8Array) => void;

/** Bytes of one read of the connection underneath. */
const READ_BYTES = 64 * 1024;

/**
 * Starts TLS on a connection without the platform's verification.
 *
 * @param channel a connected TCP channel; used up, whatever comes of it
 * @param options the server's name, a signal that gives up
 * @param judge looks at the certificate instead
 * @returns the channel under TLS, after the handshake
 */
export async function startNodeTls(channel: StreamChannel, options: NodeTlsOptions, judge: Judge): Promise<Channel> {
  const { serverName, verify = false, ca, protocols = [], onSecured, signal } = options;
  const socket = tls.connect({
    ...transportOf(channel),
    servername: isIP(serverName) ? "" : serverName,
    rejectUnauthorized: verify,
    ...(verify && ca !== undefined ? { ca } : {}),
    ALPNProtocols: [...protocols],
  });
  const secured = new NodeChannel(socket, channel);
  const ready = Promise.withResolvers<void>();
  socket.once("secureConnect", ready.resolve);
  socket.once("error", ready.reject);
  socket.once("close", () => ready.reject(new Error("EOF during the handshake")));
  const stop = () => ready.reject(signal?.reason);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    if (signal?.aborted) stop();
    await ready.promise;
    const { raw } = socket.getPeerCertificate();
    judge(new X509Certificate(raw), raw);
    onSecured?.(describe(socket));
    return secured;
  } catch (error) {
    secured.close();
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
    protocol: socket.getProtocol() ?? "unknown protocol",
    cipher: socket.getCipher()?.name ?? "unknown cipher",
    chain,
    daysLeft: Math.floor((Date.parse(certificate.valid_to) - Date.now()) / MS_A_DAY),
    fingerprint: createHash("sha256").update(certificate.raw).digest("hex"),
  };
}

/**
 * Accepts the certificate with one fingerprint, whoever signed it and whatever it says.
 *
 * @param pin SHA-256 of the certificate in lower-case hex
 * @param serverName for the error
 * @returns a judge
 */
export function onlyPinned(pin: string, serverName: string): Judge {
  return (_certificate, der) => {
    const own = createHash("sha256").update(der).digest("hex");
    if (own === pin) return;
    throw new SockeyeError(
      "tls",
      `Cannot speak TLS with ${serverName}: its certificate is sha256:${own}, not the pinned one`,
    );
  };
}

/**
 * Accepts a certificate that is, byte for byte, one of those that the user trusts, is for the right name and in its time.
 *
 * @param ca PEM text with one or more certificates
 * @param serverName the name that it must be for
 * @returns a judge
 */
export function onlyTrusted(ca: string, serverName: string): Judge {
  const trusted = (ca.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [])
    .map((pem) => new X509Certificate(pem).fingerprint256);
  return (certificate, der) => {
    const problem = !trusted.includes(certificate.fingerprint256)
      ? "its self-signed certificate is not the one that --ca names"
      : !isInTime(certificate)
      ? "its certificate has expired or is not valid yet"
      : !isFor(certificate, der, serverName)
      ? "its certificate is for another name"
      : undefined;
    if (problem) throw new SockeyeError("tls", `Cannot speak TLS with ${serverName}: ${problem}`);
  };
}

function isInTime({ validFrom, validTo }: X509Certificate): boolean {
  const now = Date.now();
  return Date.parse(validFrom) <= now && now <= Date.parse(validTo);
}

function isFor(certificate: X509Certificate, der: Uint8Array, serverName: string): boolean {
  if (isIP(serverName) === 0) return certificate.checkHost(serverName) !== undefined;
  try {
    return certificate.checkIP(serverName) !== undefined;
  } catch {
    return namesAddress(der, serverName); // Deno before 2.9 cannot tell.
  }
}

/** Looks for an IPv4 address among the names in a certificate: tag 7 of a GeneralName, four bytes (RFC 5280 section 4.2.1.6). */
function namesAddress(certificate: Uint8Array, address: string): boolean {
  const name = [0x87, 4, ...address.split(".").map(Number)];
  return certificate.some((_, at) => name.every((byte, i) => certificate[at + i] === byte));
}

/** Before Deno 2.9 `node:tls` works only on connections that it makes itself: it gets a bridge on this machine to connect to. */
function transportOf(channel: StreamChannel): { socket: Duplex } | { host: string; port: number } {
  if (isModern()) return { socket: duplexOf(channel) };
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  void bridge(listener, channel);
  return { host: "127.0.0.1", port: listener.addr.port };
}

async function bridge(listener: Deno.TcpListener, channel: StreamChannel): Promise<void> {
  try {
    const end = await listener.accept();
    void pump(end, channel);
    void pump(channel, end);
  } finally {
    listener.close();
  }
}

/** What the bridge carries in one direction. */
async function pump(from: Pipe, to: Pipe): Promise<void> {
  const buffer = new Uint8Array(READ_BYTES);
  try {
    for (let count; (count = await from.read(buffer)) !== null;) {
      for (let at = 0; at < count;) at += await to.write(buffer.subarray(at, count));
    }
    await to.closeWrite();
  } catch {
    close(from);
    close(to);
  }
}

type Pipe = Pick<Channel, "read" | "write" | "closeWrite" | "close">;

function close(pipe: Pipe): void {
  try {
    pipe.close();
  } catch {
    // It is closed already.
  }
}

function duplexOf(channel: StreamChannel): Duplex {
  const writeAll = async (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length;) at += await channel.write(bytes.subarray(at));
  };
  return new Duplex({
    read() {
      const buffer = new Uint8Array(READ_BYTES);
      channel.read(buffer).then(
        (count) => this.push(count === null ? null : buffer.subarray(0, count)),
        (error) => this.destroy(error),
      );
    },
    write(chunk, _encoding, done) {
      writeAll(chunk).then(() => done(), done);
    },
    final(done) {
      channel.closeWrite().then(() => done(), done);
    },
    destroy(error, done) {
      channel.close();
      done(error);
    },
  });
}
