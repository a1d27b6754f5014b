/**
 * TLS as a client, over a connected TCP channel. The platform's own TLS (`Deno.startTls`) verifies every certificate
 * and says nothing about it, so some options need `node:tls`, where we judge the certificate ourselves:
 *
 * | option                                       | TLS by          | how the certificate is judged                   |
 * | -------------------------------------------- | --------------- | ----------------------------------------------- |
 * | `pin`                                        | `node:tls`      | its fingerprint is the pinned one               |
 * | `insecure`                                   | `node:tls`      | not at all                                      |
 * | `ca` has a certificate for the server's name | `node:tls`      | it is one of `ca`, byte for byte: the platform  |
 * |                                              |                 | refuses a self-signed one that may sign others, |
 * |                                              |                 | and `openssl req -x509` makes such              |
 * | `onSecured`, `identity`, or no TCP channel   | `node:tls`      | the chain by the platform, the name by us       |
 * | of Deno's own (`source`)                     |                 |                                                 |
 * | none of these                                | `Deno.startTls` | by the platform                                 |
 *
 * `ca` adds to the platform's certificates in `Deno.startTls`, but replaces them in `node:tls`. So with `ca` a server
 * that `node:tls` refused is dialed a second time, and the platform decides; where it cannot, `node:tls` without `ca`.
 *
 * @module
 */

import { messageOf, SockeyeError } from "../../errors.ts";
import { type Phrased, say } from "../../phrase.ts";
import { unlessAborted } from "../../wait.ts";
import type { Channel } from "../channel.ts";
import { ASKS_FOR_CERTIFICATE, endOf, explainAlert } from "../failure.ts";
import { StreamChannel } from "../stream.ts";
import type { Credentials } from "../transport.ts";
import type { Secured } from "./node.ts";
import type { Judge } from "./trust.ts";

/** Which server to trust, and the protocols to negotiate with it. */
export interface TlsOptions {
  /** The name that the certificate must be for. */
  readonly serverName: string;
  /** PEM certificates that are trusted besides the platform's. */
  readonly ca?: string | undefined;
  /** Does not check the certificate. Default false. */
  readonly insecure?: boolean | undefined;
  /** Takes the certificate with this SHA-256 fingerprint (lower-case hex) and no other. */
  readonly pin?: string | undefined;
  /** The client's own certificate and key, for a server that asks for one. */
  readonly identity?: Credentials | undefined;
  /** Leaves `Deno.startTls` out, which takes only Deno's own connections. Default false. */
  readonly nodeOnly?: boolean | undefined;
  /** Called after the handshake with the negotiated parameters, unless only the platform's own roots could verify the server. */
  readonly onSecured?: ((secured: Secured) => void) | undefined;
  /** Protocols to offer (ALPN, RFC 7301). Default: none. */
  readonly protocols?: readonly string[] | undefined;
  /** Gives up; its reason is thrown. */
  readonly signal: AbortSignal;
}

/** Errors of the platform and of `node:tls`, and their meaning if the server shows no more of itself. */
const REASONS: readonly (readonly [RegExp, Phrased])[] = [
  [
    /UnknownIssuer|unable to verify|local issuer|UNABLE_TO|self-signed certificate in/,
    say(
      "cert-untrusted",
    )`its certificate is signed by an authority that is not trusted; --ca FILE adds one, --insecure does not check`,
  ],
  [
    /CaUsedAsEndEntity|self-signed/,
    say(
      "cert-self-signed",
    )`its certificate is self-signed; --ca FILE with that certificate trusts it, --insecure does not check`,
  ],
  [/UnsupportedCertVersion/, "its certificate is of an old version (X.509 v1); --insecure does not check"],
  [
    /NotValidForName|not valid for name|does not match/,
    say("cert-wrong-name")`its certificate is for another name; --insecure does not check`,
  ],
  [/sent no certificates/, "it shows no certificate, and --client-ca asks for one"],
  [/expired/i, say("cert-has-expired")`its certificate has expired; --insecure does not check`],
  [
    /NotValidYet|not valid yet|not yet valid/i,
    say("cert-not-yet")`its certificate is not valid yet; --insecure does not check`,
  ],
  [/extended key usage/i, "its certificate is not for servers; --insecure does not check"],
  [/UnsupportedSignatureAlgorithm/, "its certificate is signed in a way that is too weak; --insecure does not check"],
  [/BadSignature/, "a signature is wrong, or made with a key that is too short"],
  [/certificate/i, say("cert-unverified")`its certificate cannot be verified`],
  [
    /InvalidContentType|corrupt message|wrong version|unexpected handshake message/i,
    say("not-tls")`it does not speak TLS`,
  ],
  [
    /incompatible: (SignatureAlgorithms|SupportedVersions|\w*(Tls|TLS)(1|V))/,
    say("tls-older")`it speaks only older versions of TLS`,
  ],
  [/incompatible: /, "it speaks TLS only in ways that we do not"],
  [
    /UnexpectedEof|end of file|disconnected before|EOF|close_notify|reset|ECONNRESET/i,
    say("tls-ended")`it ended the connection during the handshake`,
  ],
];

/** Alerts behind which the server's certificate, ciphers or versions may be; others say all themselves. */
const UNCLEAR_ALERT = /fatal alert: (HandshakeFailure|ProtocolVersion|InsufficientSecurity)/;

/** Alerts by which a server of TLS 1.2 says that it got no certificate, or of TLS 1.3 none that it likes. */
const CERTIFICATE_ALERT =
  /fatal alert: (?:(?:No|Bad|Unsupported)Certificate|Certificate(?:Required|Unknown)|UnknownCA)$/i;

/** One way to speak TLS on a connection. */
interface Route {
  /** Uses the channel up. */
  readonly start: (channel: Channel) => Promise<Channel>;
  /** Whether the TLS library leaves the certificate to us. */
  readonly unchecked: boolean;
}

/**
 * Connects, starts TLS and gives the channel after the handshake.
 *
 * @param open connects; called a second time when the platform has to decide
 * @throws {SockeyeError} `tls`, what `open` throws, or the signal's reason
 */
export async function dialTls(open: () => Promise<Channel>, options: TlsOptions): Promise<Channel> {
  let failure: { readonly cause: unknown; readonly unchecked: boolean } | undefined;
  for (const { start, unchecked } of await routesFor(options)) {
    const channel = await open();
    try {
      return await start(channel);
    } catch (cause) {
      options.signal.throwIfAborted();
      failure = { cause, unchecked };
      if (unchecked && isAboutCertificate(cause)) break;
    }
  }
  throw await explainFailure(failure?.cause, open, { ...options, unchecked: failure?.unchecked ?? false });
}

/** The routes to try, by the table above. `node:tls` takes longer to load than a small download: only when it is needed. */
async function routesFor(options: TlsOptions): Promise<Route[]> {
  const { ca, pin, insecure, onSecured, serverName, identity, nodeOnly = false } = options;
  const byNode = nodeOnly || identity !== undefined;
  const platform: Route = { unchecked: false, start: (channel) => startPlatformTls(channel, options) };
  if (ca === undefined && pin === undefined && !insecure && !onSecured && !byNode) return [platform];
  const { onlyNamed, onlyPinned, onlyTrusted, vouchesFor } = await import("./trust.ts");
  const node = (judge: Judge, verify = false, own = options): Route => ({
    unchecked: !verify,
    start: async (channel) => {
      const { startNodeTls } = await import("./node.ts");
      return await startNodeTls(channel, { ...own, verify }, judge);
    },
  });
  if (pin !== undefined) return [node(onlyPinned(pin))];
  if (insecure) return [node(() => undefined)];
  const last = byNode ? node(onlyNamed(serverName), true, { ...options, ca: undefined }) : platform;
  if (ca !== undefined && vouchesFor(ca, serverName)) return [node(onlyTrusted(ca, serverName)), last];
  if (!onSecured && !byNode) return [platform];
  return ca === undefined ? [node(onlyNamed(serverName), true)] : [node(onlyNamed(serverName), true), last];
}

/** Whether the library failed at the certificate; alerts of the server and the verdict of our own judge do not count. */
function isAboutCertificate(cause: unknown): boolean {
  return !(cause instanceof SockeyeError) && /^(?!received fatal alert).*certificate/i.test(messageOf(cause));
}

/** Makes the error of a failed handshake: from what another connection to the server shows, else in general words. */
async function explainFailure(
  cause: unknown,
  open: () => Promise<Channel>,
  options: TlsOptions & { readonly unchecked: boolean },
): Promise<SockeyeError> {
  if (cause instanceof SockeyeError) return cause;
  const message = messageOf(cause);
  const isClear = /fatal alert/.test(message) && !UNCLEAR_ALERT.test(message);
  const seen = isClear
    ? undefined
    : await (await import("./explain.ts")).explainByServer(open, { ...options, message });
  const asks = CERTIFICATE_ALERT.test(message) ? ASKS_FOR_CERTIFICATE : undefined;
  const known = asks ?? seen ?? reasonOf(cause);
  // Where we have no words of our own, those of the library are shown with --verbose.
  const kept = known === undefined || /cannot be verified/.test(String(known)) ? { cause } : {};
  const failed = say("no-tls")`Cannot speak TLS with ${options.serverName}: ${known ?? explainTls(cause)}`;
  return new SockeyeError("tls", failed, kept);
}

async function startPlatformTls(channel: Channel, options: TlsOptions): Promise<Channel> {
  if (!(channel instanceof StreamChannel)) throw new Error("Deno starts TLS on its own connections only");
  const { serverName, ca, protocols = [], signal } = options;
  const conn = await Deno.startTls(channel.release(), {
    hostname: serverName,
    caCerts: ca === undefined ? [] : [ca],
    alpnProtocols: [...protocols],
  });
  const secured = new StreamChannel(conn, "tls", channel);
  try {
    await unlessAborted(conn.handshake(), signal);
    return secured;
  } catch (error) {
    secured.close();
    throw error;
  }
}

/** What a failed handshake says about the other side: `it does not speak TLS`; never in the TLS library's words. */
export function explainTls(cause: unknown): Phrased {
  const known = reasonOf(cause);
  if (known !== undefined) return known;
  return /os error/.test(messageOf(cause)) ? endOf(cause) : say("handshake-failed")`the handshake failed`;
}

function reasonOf(cause: unknown): Phrased | undefined {
  const message = messageOf(cause);
  return explainAlert(cause, say("tls-refused")`it refused the handshake`) ??
    REASONS.find(([pattern]) => pattern.test(message))?.[1];
}
