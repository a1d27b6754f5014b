/**
 * TLS over a connected channel, as a client. Certificates are verified by the platform. What it refuses on principle (a
 * self-signed certificate that calls itself an authority, as `openssl req -x509` makes them), and what the user wants to
 * take unverified, goes through `node:tls`, which leaves the decision to us.
 *
 * @module
 */

import { messageOf, SockeyeError } from "../../errors.ts";
import type { Channel } from "../channel.ts";
import { explainAlert } from "../failure.ts";
import { StreamChannel } from "../stream.ts";
import { type OnSecured, startNodeTls } from "./node.ts";
import { onlyNamed, onlyPinned, onlyTrusted, vouchesFor } from "./trust.ts";

/** Whom to trust. */
export interface TlsOptions {
  /** The name that the certificate must be for. */
  readonly serverName: string;
  /** PEM certificates that are trusted besides the platform's. */
  readonly ca?: string | undefined;
  /** Takes any certificate. Default false. */
  readonly insecure?: boolean | undefined;
  /** Takes the certificate with this SHA-256 fingerprint (lower-case hex) and no other. */
  readonly pin?: string | undefined;
  /** Hears what was agreed on. */
  readonly onSecured?: OnSecured | undefined;
  /** Protocols to offer (ALPN, RFC 7301). Default: none. */
  readonly protocols?: readonly string[] | undefined;
  /** Gives up; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/** What certificate errors of the platform mean. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [
    /UnknownIssuer|unable to verify|local issuer|UNABLE_TO|self-signed certificate in/,
    "its certificate is signed by nobody we trust; --ca FILE adds a signer, --insecure takes anyone",
  ],
  [
    /CaUsedAsEndEntity|self-signed/,
    "its certificate is self-signed; --ca FILE with that certificate trusts it, --insecure takes anyone",
  ],
  [/NotValidForName|not valid for name|does not match/, "its certificate is for another name"],
  [/expired/i, "its certificate has expired"],
  [/NotValidYet|not valid yet/i, "its certificate is not valid yet"],
  [/InvalidContentType|corrupt message|wrong version|unexpected handshake message/i, "it does not speak TLS"],
  [/incompatible: (SignatureAlgorithms|SupportedVersions|\w*(Tls|TLS)(1|V))/, "it speaks only older versions of TLS"],
  [/incompatible: /, "it speaks TLS only in ways that we do not"],
  [
    /UnexpectedEof|end of file|disconnected before|EOF|close_notify|reset|ECONNRESET/i,
    "it ended the connection during the handshake",
  ],
];

/**
 * Starts TLS on a connection.
 *
 * @param channel a connected TCP channel; used up, whatever comes of it
 * @param options whom to trust
 * @returns the channel under TLS, after the handshake
 * @throws {SockeyeError} `tls`, or the signal's reason
 */
export async function startTls(channel: StreamChannel, options: TlsOptions): Promise<Channel> {
  return await guarded(options, () => {
    if (options.pin !== undefined) return startNodeTls(channel, options, onlyPinned(options.pin, options.serverName));
    if (options.insecure) return startNodeTls(channel, options, () => {});
    return options.onSecured
      ? startNodeTls(channel, { ...options, verify: true }, onlyNamed(options.serverName))
      : verified(channel, options);
  });
}

/**
 * Whether a certificate was refused only because it is its own authority. Such a server may be dialled again and its
 * certificate compared with those that the user trusts: {@linkcode startTrustedTls}.
 *
 * @param error what {@linkcode startTls} threw
 * @returns true for a self-signed certificate of that kind
 */
export function isSelfSigned(error: unknown): boolean {
  return error instanceof SockeyeError && /CaUsedAsEndEntity/.test(messageOf(error.cause));
}

/**
 * Starts TLS with a server whose very certificate is among those that the user trusts.
 *
 * @param channel a connected TCP channel; used up, whatever comes of it
 * @param options whom to trust; `ca` is needed
 * @returns the channel under TLS, after the handshake
 * @throws {SockeyeError} `tls`, or the signal's reason
 */
export async function startTrustedTls(channel: StreamChannel, options: TlsOptions & { ca: string }): Promise<Channel> {
  return await guarded(options, () => startNodeTls(channel, options, onlyTrusted(options.ca, options.serverName)));
}

/**
 * Connects and starts TLS, by one connection wherever that can be known before. A second one is made when the certificates
 * that the user named do not vouch for the server: the platform's may, and it alone is asked then.
 *
 * @param open connects; may be called again
 * @param options whom to trust
 * @returns the channel under TLS, after the handshake
 * @throws {SockeyeError} `tls`, what `open` throws, or the signal's reason
 */
export async function dialTls(open: () => Promise<StreamChannel>, options: TlsOptions): Promise<Channel> {
  const { ca, onSecured, serverName } = options;
  if (ca === undefined || options.insecure || options.pin !== undefined) return await startTls(await open(), options);
  const own = vouchesFor(ca, serverName);
  if (own || onSecured) {
    const channel = await open();
    const trusted = own ? startTrustedTls(channel, { ...options, ca }) : startTls(channel, options);
    const secured = await trusted.catch(isUnknown);
    if (secured) return secured;
  }
  try {
    return await startTls(await open(), { ...options, onSecured: undefined });
  } catch (error) {
    if (!isSelfSigned(error)) throw error;
    const message = `Cannot speak TLS with ${serverName}: its self-signed certificate is not the one that --ca names`;
    throw new SockeyeError("tls", message, { cause: error });
  }
}

/** A certificate that was refused may be known to the platform; anything else went wrong for good. */
function isUnknown(error: unknown): undefined {
  if (!(error instanceof SockeyeError && error.kind === "tls")) throw error;
}

async function guarded(options: TlsOptions, start: () => Promise<Channel>): Promise<Channel> {
  try {
    return await start();
  } catch (cause) {
    if (options.signal?.aborted) throw options.signal.reason;
    if (cause instanceof SockeyeError) throw cause;
    throw new SockeyeError("tls", `Cannot speak TLS with ${options.serverName}: ${explainTls(cause)}`, { cause });
  }
}

async function verified(
  channel: StreamChannel,
  { serverName, ca, protocols = [], signal }: TlsOptions,
): Promise<Channel> {
  const conn = await Deno.startTls(channel.release(), {
    hostname: serverName,
    caCerts: ca === undefined ? [] : [ca],
    alpnProtocols: [...protocols],
  });
  const secured = new StreamChannel(conn, "tls");
  const stop = () => secured.close();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    if (signal?.aborted) throw signal.reason;
    await conn.handshake();
    // It may have come between the end of the handshake and this line, and has closed the connection then.
    if (signal?.aborted) throw signal.reason;
    return secured;
  } catch (error) {
    secured.close();
    throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

/**
 * What a failed handshake means.
 *
 * @param cause what was thrown
 * @returns about the other side: `it does not speak TLS`
 */
export function explainTls(cause: unknown): string {
  const alert = explainAlert(cause, "it refused the handshake");
  if (alert !== undefined) return alert;
  const message = messageOf(cause);
  return REASONS.find(([pattern]) => pattern.test(message))?.[1] ?? message;
}
