/**
 * Checks of certificates, where the platform's own TLS has no setting for them, and the files with the certificates to trust.
 *
 * @module
 */

import { createHash, X509Certificate } from "node:crypto";
import { SockeyeError } from "../../errors.ts";
import { readText } from "../../files.ts";
import { Phrase, type Phrased, say } from "../../phrase.ts";
import { escapeControls, quote } from "../../printable.ts";
import { allOf } from "../../wording.ts";
import { isIP } from "../ip.ts";

/** Judges the peer's certificate: why it is not to be trusted, or undefined. */
export type Judge = (certificate: X509Certificate) => Phrased | undefined;

/** One certificate in PEM text (RFC 7468). */
const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** The advice for what is wrong with a certificate, where TLS can use it at all. */
export const UNCHECKED: Phrase = say("unchecked")`--insecure does not check`;

/** Names of a certificate that a message lists: those of a large site have a hundred. */
const NAMES_SHOWN = 5;

/** Accepts the certificate with one fingerprint (lower-case hex), whatever else it says. */
export function onlyPinned(pin: string): Judge {
  return (certificate) => {
    const own = fingerprintOf(certificate);
    return own === pin ? undefined : say("cert-not-pinned")`its certificate is sha256:${own}, not the pinned one`;
  };
}

/** Accepts a certificate that is, byte for byte, one of those in `ca` (PEM), is for the right name and in its time. */
export function onlyTrusted(ca: string, serverName: string): Judge {
  const trusted = certificatesIn(ca).map(fingerprintOf);
  return (certificate) => {
    if (!trusted.includes(fingerprintOf(certificate))) {
      return say("cert-not-ca")`its self-signed certificate is not the one that --ca names`;
    }
    const problem = timeProblem(certificate);
    return problem === undefined
      ? onlyNamed(serverName)(certificate)
      : say("its-certificate")`its certificate ${problem}; ${UNCHECKED}`;
  };
}

/** Accepts a certificate for the right name, when the platform has verified everything else. */
export function onlyNamed(serverName: string): Judge {
  return (certificate) => {
    return isFor(certificate, serverName)
      ? undefined
      : say("its-certificate")`its certificate ${namesProblem(certificate, serverName)}; ${UNCHECKED}`;
  };
}

/** Whether a server's own certificate may be among those in `ca` (PEM): one of them is for that name. */
export function vouchesFor(ca: string, serverName: string): boolean {
  return certificatesIn(ca).some((certificate) => isFor(certificate, serverName));
}

/**
 * Finds the certificates in PEM text, with or without other text around and between them.
 *
 * @throws {Error} the platform's, for a certificate that is damaged
 */
export function certificatesIn(pem: string): X509Certificate[] {
  return (pem.match(PEM_CERTIFICATE) ?? []).map((block) => new X509Certificate(block));
}

/** SHA-256 of a certificate's DER in lower-case hex. */
export function fingerprintOf({ raw }: { readonly raw: Uint8Array }): string {
  return createHash("sha256").update(raw).digest("hex");
}

/**
 * Reads certificates to trust.
 *
 * @throws {SockeyeError} `file`, `permission`; `tls` when no certificate is in it, or a damaged one
 */
export async function readCertificates(path: string): Promise<string> {
  const text = await readText(path);
  if (holdsCertificates(text)) return text;
  throw new SockeyeError("tls", `Cannot trust ${quote(path)}: it holds no usable certificate in PEM`);
}

function holdsCertificates(text: string): boolean {
  try {
    return certificatesIn(text).length > 0;
  } catch {
    return false; // A certificate in it is damaged.
  }
}

/** What is wrong with the time of a certificate: `expired on 2026-01-31`, `is not valid before 2026-01-31`. */
export function timeProblem({ validFrom, validTo }: X509Certificate, now: Date = new Date()): Phrase | undefined {
  const day = (text: string) => new Date(text).toISOString().slice(0, 10);
  if (new Date(validTo) < now) return say("cert-expired")`expired on ${day(validTo)}`;
  return new Date(validFrom) > now ? say("cert-early")`is not valid before ${day(validFrom)}` : undefined;
}

/** Says which names a certificate has instead: `is for "example.com" and 10.0.0.1, not for "localhost"`. */
export function namesProblem({ subjectAltName }: X509Certificate, serverName: string): Phrase {
  const wanted = isIP(serverName) ? serverName : quote(serverName);
  const names = [...(subjectAltName ?? "").matchAll(/(?:^|, )(?:DNS:("[^"]*"|[^,]*)|IP Address:([^,]*))/g)]
    .map(([, name, ip]) => ip !== undefined ? escapeControls(ip) : quote(name ?? ""));
  if (names.length === 0) {
    return say("cert-nameless")`names no server (it has no subjectAltName), so it is not for ${wanted}`;
  }
  const more = names.length - NAMES_SHOWN;
  const shown = more > 1 ? [...names.slice(0, NAMES_SHOWN), `${more} more`] : names;
  return say("cert-other-name")`is for ${allOf(shown)}, not for ${wanted}`;
}

/** Whether a certificate is for a server with this name or IP address. */
export function isFor(certificate: X509Certificate, serverName: string): boolean {
  return (isIP(serverName) ? certificate.checkIP(serverName) : certificate.checkHost(serverName)) !== undefined;
}
