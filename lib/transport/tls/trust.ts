/**
 * Checks of certificates, where the platform's own TLS has no setting for them, and the files with the certificates to trust.
 *
 * @module
 */

import { createHash, X509Certificate } from "node:crypto";
import { SockeyeError } from "../../errors.ts";
import { readText } from "../../files.ts";
import { quote } from "../../printable.ts";
import { isIP } from "../ip.ts";

/** Judges the peer's certificate: why it is not to be trusted, or undefined. */
export type Judge = (certificate: X509Certificate) => string | undefined;

/** One certificate in PEM text (RFC 7468). */
const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

const ANOTHER_NAME = "its certificate is for another name";

/** Accepts the certificate with one fingerprint (lower-case hex), whatever else it says. */
export function onlyPinned(pin: string): Judge {
  return (certificate) => {
    const own = fingerprintOf(certificate);
    return own === pin ? undefined : `its certificate is sha256:${own}, not the pinned one`;
  };
}

/** Accepts a certificate that is, byte for byte, one of those in `ca` (PEM), is for the right name and in its time. */
export function onlyTrusted(ca: string, serverName: string): Judge {
  const trusted = certificatesIn(ca).map(fingerprintOf);
  return (certificate) => {
    if (!trusted.includes(fingerprintOf(certificate))) {
      return "its self-signed certificate is not the one that --ca names";
    }
    if (!isInTime(certificate)) return "its certificate has expired or is not valid yet";
    return isFor(certificate, serverName) ? undefined : ANOTHER_NAME;
  };
}

/** Accepts a certificate for the right name, when the platform has verified everything else. */
export function onlyNamed(serverName: string): Judge {
  return (certificate) => isFor(certificate, serverName) ? undefined : ANOTHER_NAME;
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

/** Whether a certificate is valid now. */
export function isInTime({ validFrom, validTo }: X509Certificate): boolean {
  const now = Date.now();
  return Date.parse(validFrom) <= now && now <= Date.parse(validTo);
}

function isFor(certificate: X509Certificate, serverName: string): boolean {
  return (isIP(serverName) ? certificate.checkIP(serverName) : certificate.checkHost(serverName)) !== undefined;
}
