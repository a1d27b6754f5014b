/**
 * Certificates for servers of one's own: made in memory, known by their fingerprint, named as people name hosts.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { unmapIPv4 } from "../address.ts";
import { certificatesIn } from "./trust.ts";
import { loadX509, type X509 } from "./x509.ts";
import { isIP, isIPv6 } from "../ip.ts";

/** A certificate, its key and who signed it, all in PEM. */
export interface MadeCertificate {
  /** The certificate of the authority: who trusts it trusts this one certificate, for its private key is gone. */
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

/** Curve and purpose of the keys: what every TLS library takes, and keys are made at once. */
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" } as const;

/** Clocks differ: a certificate made here must be valid already where the clock is behind. */
const BACKDATE_MS = 3_600_000;

const DAY_MS = 86_400_000;

/** The most characters of a common name (RFC 5280 appendix A.1, ub-common-name). */
const COMMON_NAME_LIMIT = 64;

/**
 * Makes a certificate for a server, and an authority that signs this one and never another.
 *
 * @param names host names and IP addresses that it is for, at least one
 * @param days how long it is valid
 * @returns the certificate
 * @throws {SockeyeError} `connect` when the library cannot be had
 */
export async function makeCertificate(names: readonly string[], days: number): Promise<MadeCertificate> {
  const x509 = await loadX509();
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
    fingerprint: createHash("sha256").update(new Uint8Array(leaf.rawData)).digest("hex"),
    expires: dates.notAfter,
  };
}

async function generateKeys(extractable: boolean): Promise<CryptoKeyPair> {
  return await crypto.subtle.generateKey(ALGORITHM, extractable, ["sign", "verify"]);
}

/** Certificates count whole seconds, and the last one is still theirs (RFC 5280 section 4.1.2.5). */
function validity(days: number): { notBefore: Date; notAfter: Date } {
  const start = Math.floor((Date.now() - BACKDATE_MS) / 1000) * 1000;
  return { notBefore: new Date(start), notAfter: new Date(start + days * DAY_MS - 1000) };
}

async function authorityExtensions(x509: X509, key: CryptoKey) {
  const usage = x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign;
  return [
    new x509.BasicConstraintsExtension(true, 0, true),
    new x509.KeyUsagesExtension(usage, true),
    await x509.SubjectKeyIdentifierExtension.create(key),
  ];
}

async function leafExtensions(x509: X509, key: CryptoKey, signer: CryptoKey, names: readonly string[]) {
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    new x509.SubjectAlternativeNameExtension(names.map(toGeneralName)),
    await x509.SubjectKeyIdentifierExtension.create(key),
    await x509.AuthorityKeyIdentifierExtension.create(signer),
  ];
}

/** The library reads an IPv6 address only when all of it is hexadecimal, and a zone means nothing to others. */
function toGeneralName(name: string): { type: "ip" | "dns"; value: string } {
  const [bare = ""] = unmapIPv4(name).split("%", 1);
  if (!isIPv6(bare)) return { type: isIP(bare) ? "ip" : "dns", value: bare };
  return { type: "ip", value: new URL(`http://[${bare}]`).hostname.slice(1, -1) };
}

/**
 * What is wrong with a certificate's time.
 *
 * @param pem text with a certificate; the first one counts
 * @param now when
 * @returns `expired on 2026-01-31`, `is not valid before 2026-01-31`; undefined when it is valid, or cannot be read
 */
export function whyNotNow(pem: string, now = new Date()): string | undefined {
  try {
    const [first] = certificatesIn(pem);
    if (!first) return undefined;
    const { validFrom, validTo } = first.certificate;
    const day = (text: string) => new Date(text).toISOString().slice(0, 10);
    if (new Date(validTo) < now) return `expired on ${day(validTo)}`;
    return new Date(validFrom) > now ? `is not valid before ${day(validFrom)}` : undefined;
  } catch {
    return undefined; // Who has to use it tells what is wrong with it.
  }
}
