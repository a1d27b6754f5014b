/**
 * Whether a certificate is good enough, where the platform's own TLS does not let us judge.
 *
 * @module
 */

import { createHash, X509Certificate } from "node:crypto";
import { decodeBase64 } from "@std/encoding/base64";
import { SockeyeError } from "../../errors.ts";
import { isIP } from "../ip.ts";

/** Judges the peer's certificate; throws when it is not good enough. */
export type Judge = (certificate: X509Certificate, der: Uint8Array) => void;

/** One certificate in PEM text (RFC 7468). */
const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/g;

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
  const trusted = certificatesIn(ca).map(({ certificate }) => certificate.fingerprint256);
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

/**
 * Accepts a certificate that somebody else has found good but for its name.
 *
 * @param serverName the name that it must be for
 * @returns a judge
 */
export function onlyNamed(serverName: string): Judge {
  return (certificate, der) => {
    if (isFor(certificate, der, serverName)) return;
    throw new SockeyeError("tls", `Cannot speak TLS with ${serverName}: its certificate is for another name`);
  };
}

/**
 * Whether a server's own certificate is among those that the user trusts, as far as its names tell.
 *
 * @param ca PEM text with one or more certificates
 * @param serverName the server
 * @returns true when one of them is for that name
 */
export function vouchesFor(ca: string, serverName: string): boolean {
  return certificatesIn(ca).some(({ certificate, der }) => isFor(certificate, der, serverName));
}

/** A certificate and the bytes of which it is made. */
export interface Certificate {
  /** What it says. */
  readonly certificate: X509Certificate;
  /** Its bytes. */
  readonly der: Uint8Array;
}

/**
 * The certificates in a text.
 *
 * @param pem PEM text with whatever else around and between them
 * @returns each of them
 * @throws whatever the platform says of one that is damaged
 */
export function certificatesIn(pem: string): Certificate[] {
  return [...pem.matchAll(PEM_CERTIFICATE)].map(([block, body = ""]) => ({
    certificate: new X509Certificate(block),
    der: decodeBase64(body.replaceAll(/\s/g, "")),
  }));
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
