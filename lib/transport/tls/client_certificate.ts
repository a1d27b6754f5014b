/**
 * Judges the certificate of a client. `node:tls` asks for one, and checks that the client has its key, but takes any.
 *
 * @module
 */

import { X509Certificate } from "node:crypto";
import type { ClientCertificate } from "../../events.ts";
import { extendedKeyUsage } from "./key_usage.ts";
import { certificatesIn, fingerprintOf, type Judge, timeProblem } from "./trust.ts";

/** The purpose of a certificate that a client shows (RFC 5280 section 4.2.1.12), and the one that includes all others. */
const PURPOSES: readonly string[] = ["1.3.6.1.5.5.7.3.2", "2.5.29.37.0"];

/**
 * Accepts certificates that one of those in `ca` (PEM) has signed itself, in their time and for clients. Certificates
 * between the two do not count, since nothing here could check their limits: they belong into `ca`.
 */
export function onlySignedBy(ca: string): Judge {
  const authorities = certificatesIn(ca).filter((authority) => authority.ca);
  return (certificate) => {
    const authority = authorities.find((one) => hasSigned(one, certificate));
    if (!authority) return "its certificate is not signed by an authority in --client-ca";
    if (timeProblem(authority) ?? timeProblem(certificate)) return "its certificate has expired or is not valid yet";
    const purposes = extendedKeyUsage(certificate.raw);
    if (purposes?.some((purpose) => PURPOSES.includes(purpose)) === false) return "its certificate is not for clients";
    return undefined;
  };
}

function hasSigned(authority: X509Certificate, certificate: X509Certificate): boolean {
  try {
    return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
  } catch {
    return false; // Of a kind that the platform cannot check.
  }
}

/** Whose certificate it is. */
export function describeClient(certificate: X509Certificate): ClientCertificate {
  const commonName = /^CN=(.*)$/m.exec(certificate.subject ?? "")?.[1];
  const [alternative] = (certificate.subjectAltName ?? "").split(", ");
  return { name: commonName || alternative || "without a name", fingerprint: `sha256:${fingerprintOf(certificate)}` };
}
