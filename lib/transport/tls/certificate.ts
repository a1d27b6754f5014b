/**
 * Makes certificates for TLS servers in memory, and tells whether one is in its time. The library that writes X.509 is
 * fetched from npm when the first certificate is made.
 *
 * @module
 */

import { importNpm } from "../../npm.ts";
import type { Phrased } from "../../phrase.ts";
import { unmapIPv4 } from "../address.ts";
import { isIP, isIPv6 } from "../ip.ts";
import { certificatesIn, fingerprintOf, timeProblem } from "./trust.ts";

/** The library that writes X.509. */
export type X509 = typeof import("@peculiar/x509");

/** A certificate, its key and the authority that signed it, all in PEM. */
export interface MadeCertificate {
  /** The certificate of the authority. Its private key is thrown away, so to trust it is to trust this one certificate. */
  readonly ca: string;
  /** The certificate. */
  readonly cert: string;
  /** Its private key, PKCS#8. */
  readonly key: string;
  /** SHA-256 of the certificate's DER in lower-case hex. */
  readonly fingerprint: string;
  /** The last second of its time. */
  readonly expires: Date;
}

/** Every TLS library takes this curve, and its keys are made at once. */
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" } as const;

/** Milliseconds: a certificate must be valid at once also on a machine whose clock is behind. */
const BACKDATE_MS = 3_600_000;

/** The most characters of a common name (RFC 5280 appendix A.1, ub-common-name). */
const COMMON_NAME_LIMIT = 64;

/**
 * Loads the library. Where it is a file, as in a bundle, that takes the permission to read.
 *
 * @throws {SockeyeError} `connect` when the registry is out of reach and the library is not cached
 */
export async function loadCertificateLibrary(): Promise<X509> {
  // The library finds its parts by means of reflect-metadata, and leaves it to its users to load that first.
  return await importNpm<X509>("@peculiar/x509", "make a certificate", "reflect-metadata");
}

/**
 * Makes a certificate for a server with one name (or IP address) or several, and an authority that signs this one and never
 * another.
 *
 * @throws {SockeyeError} `connect` when the registry is out of reach and the library is not cached
 */
export async function makeCertificate(names: readonly string[], days: number): Promise<MadeCertificate> {
  const x509 = await loadCertificateLibrary();
  const [signer, own] = await Promise.all([generateKeys(false), generateKeys(true)]);
  const dates = validity(days);
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    // Programs look an issuer up by its name: two of them must not share it.
    name: [{ CN: [`sockeye CA ${crypto.randomUUID()}`] }],
    keys: signer,
    extensions: await authorityExtensions(x509, signer.publicKey),
    ...dates,
  });
  const leaf = await x509.X509CertificateGenerator.create({
    subject: [{ CN: [(names[0] ?? "").slice(0, COMMON_NAME_LIMIT)] }],
    issuer: ca.subjectName,
    publicKey: own.publicKey,
    signingKey: signer.privateKey,
    extensions: await leafExtensions(x509, own.publicKey, signer.publicKey, names),
    ...dates,
  });
  const key = await crypto.subtle.exportKey("pkcs8", own.privateKey);
  return {
    ca: `${ca.toString("pem")}\n`,
    cert: `${leaf.toString("pem")}\n`,
    key: `${x509.PemConverter.encode(key, "PRIVATE KEY")}\n`,
    fingerprint: fingerprintOf({ raw: new Uint8Array(leaf.rawData) }),
    expires: dates.notAfter,
  };
}

async function generateKeys(extractable: boolean): Promise<CryptoKeyPair> {
  return await crypto.subtle.generateKey(ALGORITHM, extractable, ["sign", "verify"]);
}

/** Certificates count whole seconds, and are valid in their last one too (RFC 5280 section 4.1.2.5). */
function validity(days: number): { notBefore: Date; notAfter: Date } {
  const start = Math.floor((Date.now() - BACKDATE_MS) / 1000) * 1000;
  return { notBefore: new Date(start), notAfter: new Date(start + days * 86_400_000 - 1000) };
}

async function authorityExtensions(x509: X509, key: CryptoKey) {
  return [
    new x509.BasicConstraintsExtension(true, 0, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    await x509.SubjectKeyIdentifierExtension.create(key),
  ];
}

async function leafExtensions(x509: X509, key: CryptoKey, signer: CryptoKey, names: readonly string[]) {
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
    new x509.SubjectAlternativeNameExtension(names.map(toGeneralName)),
    await x509.SubjectKeyIdentifierExtension.create(key),
    await x509.AuthorityKeyIdentifierExtension.create(signer),
  ];
}

/** The library reads no IPv6 address that ends like an IPv4 one; a zone means nothing on other machines. */
function toGeneralName(name: string): { type: "ip" | "dns"; value: string } {
  const [bare = ""] = unmapIPv4(name).split("%", 1);
  if (!isIPv6(bare)) return { type: isIP(bare) ? "ip" : "dns", value: bare };
  return { type: "ip", value: new URL(`http://[${bare}]`).hostname.slice(1, -1) };
}

/**
 * What is wrong with the time of the first certificate in PEM: `expired on 2026-01-31`, `is not valid before 2026-01-31`;
 * undefined when it is valid, or cannot be read.
 */
export function whyNotNow(pem: string, now = new Date()): Phrased | undefined {
  try {
    const [first] = certificatesIn(pem);
    return first && timeProblem(first, now);
  } catch {
    return undefined; // To listen with it will fail, and say why.
  }
}
