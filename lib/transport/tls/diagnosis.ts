/**
 * Says why TLS with a server fails, from what the server shows of itself: all that is wrong at once, and only advice that
 * helps.
 *
 * @module
 */

import { X509Certificate } from "node:crypto";
import { type Phrased, say } from "../../phrase.ts";
import { quote } from "../../printable.ts";
import { ASKS_FOR_CERTIFICATE } from "../failure.ts";
import { shapeOf } from "./der.ts";
import { type Inspection, MODERN_CIPHERS } from "./inspect.ts";
import { certificatesIn, fingerprintOf, isFor, namesProblem, timeProblem, UNCHECKED } from "./trust.ts";

/** What the verdict on a certificate depends on. */
export interface DiagnosisOptions {
  /** The name that the certificate must be for. */
  readonly serverName: string;
  /** PEM certificates that are trusted besides the platform's. */
  readonly ca?: string | undefined;
  /** Whether the certificate was left unchecked, so that only what TLS itself cannot use made it fail. */
  readonly unchecked: boolean;
  /** What the TLS library said. */
  readonly message: string;
}

const VERSIONS: Readonly<Record<number, string>> = { 0x0300: "SSL 3.0", 0x0301: "TLS 1.0", 0x0302: "TLS 1.1" };
const TLS_1_2 = 0x0303;

const TRUSTS_IT = say("ca-trusts")`--ca FILE with that certificate trusts it`;

/** The advice where a TLS library cannot even be told not to check. */
const UNUSABLE = "even with --insecure; the server needs another certificate";

/** The shortest key of RSA that TLS libraries take. */
const RSA_BITS = 2048;

const CURVES: readonly string[] = ["P-256", "P-384", "P-521"];

/** Groups in which keys are exchanged: X25519, P-256, P-384. */
const GROUPS: readonly number[] = [0x001d, 0x0017, 0x0018];

const ODD_KEYS: Readonly<Record<string, string>> = {
  "rsa-pss": "a key for RSA-PSS alone",
  "ed448": "an Ed448 key",
  "dsa": "a DSA key",
};

/** What is shown of an answer that is not TLS: a status line or a greeting. */
const GREETING_MAX = 200;

/**
 * What is wrong with a server, as what it does or has: `it speaks TLS 1.0 at most; …`, `its certificate expired on
 * 2026-01-31; --insecure does not check`. Undefined when nothing is seen that would explain the failure.
 */
export function diagnose(inspection: Inspection, options: DiagnosisOptions): Phrased | undefined {
  const { foreign, version = TLS_1_2, certificates } = inspection;
  const { message } = options;
  if (foreign) return foreignProblem(foreign);
  if (version < TLS_1_2) {
    return say("tls-old")`it speaks ${VERSIONS[version] ?? "old TLS"} at most; this program speaks TLS 1.2 and 1.3`;
  }
  const [leaf, ...signers] = certificates.map(parse);
  if (leaf === undefined) return certificates.length > 0 ? "its certificate is damaged" : undefined;
  const key = keyProblem(leaf);
  if (key) return `its certificate has ${key.has}, and this program's TLS takes only ${key.taken}, ${UNUSABLE}`;
  const refused = /HandshakeFailure|InsufficientSecurity|incompatible/.test(message);
  if (refused) return refusalReason(inspection);
  if (!isAboutCertificate(message)) return undefined;
  return certificateProblem(leaf, signers.filter((signer) => signer !== undefined), options);
}

/** Whether a TLS library failed at the server's certificate; alerts of the server do not count. */
export function isAboutCertificate(message: string): boolean {
  return /^(?!received fatal alert).*certificate/i.test(message);
}

/**
 * What is wrong with a certificate; undefined when nothing is seen.
 *
 * @param signers the others that the server sent
 */
export function certificateProblem(
  leaf: X509Certificate,
  signers: readonly X509Certificate[],
  { serverName, ca, unchecked, message }: DiagnosisOptions,
): Phrased | undefined {
  const extension = /UnsupportedCriticalExtension/.test(message);
  if (extension || unchecked) {
    const unknown = "a critical extension that this program's TLS does not know";
    const what = extension ? `has ${unknown}` : `has a wrong structure, or ${unknown}`;
    return `its certificate ${what}, and is refused ${UNUSABLE}`;
  }
  const trusted = certificatesIn(ca ?? "");
  const isOld = shapeOf(leaf.raw)?.version !== 3;
  const isNamed = isFor(leaf, serverName) && !/not valid for name/.test(message);
  const problems: Phrased[] = [
    isOld ? "is of an old version (X.509 v1)" : undefined,
    timeProblem(leaf),
    // A certificate of v1 has no field for names.
    isOld || isNamed ? undefined : namesProblem(leaf, serverName),
    /extended key usage/i.test(message) ? "is not for servers (extended key usage)" : undefined,
    isSelfSigned(leaf) ? undefined : signatureProblem(leaf),
  ].filter((problem) => problem !== undefined);
  const found = signerProblem(leaf, signers, trusted, ca !== undefined);
  // A library stops at the first fault. If it says nothing about the signer of an expired certificate, the platform may
  // well trust it.
  const isSure = found?.sure || /UnknownIssuer/.test(message) || (problems.length === 0 && UNTRUSTED.test(message));
  const signer = isSure ? found : undefined;
  if (signer) problems.push(signer.problem);
  if (problems.length === 0) return undefined;
  // To trust its signer helps only where nothing else is wrong.
  const advice = signer?.advice !== undefined && problems.length === 1
    ? say("advice-or")`${signer.advice}, ${UNCHECKED}`
    : UNCHECKED;
  const all = problems.reduce((before, problem) => say("problem-and")`${before}, and ${problem}`);
  return say("its-certificate")`its certificate ${all}; ${advice}`;
}

/** What libraries say when the signer may be the reason. */
const UNTRUSTED = /unable to|issuer|BadSignature|self-signed/i;

/** A signature that TLS libraries find too weak. */
function signatureProblem({ raw }: X509Certificate): string | undefined {
  const { weakHash, signerBits = RSA_BITS } = shapeOf(raw) ?? {};
  if (weakHash !== undefined) return `is signed with ${weakHash}, which is too weak`;
  return signerBits < RSA_BITS ? `is signed with an RSA key of ${signerBits} bits, which is too short` : undefined;
}

/** What is wrong with the signer of a certificate, and what helps. */
interface SignerProblem {
  readonly problem: Phrased;
  readonly advice?: Phrased;
  /** Whether it is one in any case, whatever the platform trusts. */
  readonly sure?: boolean;
}

function signerProblem(
  leaf: X509Certificate,
  sent: readonly X509Certificate[],
  trusted: readonly X509Certificate[],
  hasCa: boolean,
): SignerProblem | undefined {
  const prints = trusted.map(fingerprintOf);
  if (prints.includes(fingerprintOf(leaf))) return undefined;
  if (isSelfSigned(leaf)) {
    return hasCa
      ? { problem: say("self-signed-not-ca")`is self-signed and is not the one that --ca names`, sure: true }
      : { problem: say("self-signed")`is self-signed`, advice: TRUSTS_IT, sure: true };
  }
  if (leaf.ca) return { problem: "is for an authority, not for a server (CA:TRUE)", advice: TRUSTS_IT, sure: true };
  let last = leaf;
  for (let next; !isSelfSigned(last) && (next = sent.find((one) => one.subject === last.issuer));) {
    const fault = prints.includes(fingerprintOf(next)) ? undefined : intermediateProblem(next);
    if (fault) return { problem: `is signed by ${quote(nameOf(next.subject))}, ${fault}`, sure: true };
    sent = sent.filter((one) => one !== next);
    last = next;
  }
  if (prints.includes(fingerprintOf(last))) return undefined;
  const authority = quote(nameOf(last.issuer));
  const known = trusted.find((one) => one.subject === last.issuer);
  if (known) return knownProblem(last, known, authority);
  const isSent = isSelfSigned(last);
  if (hasCa) {
    const state = isSent
      ? say("not-in-ca")`which is not in --ca`
      : say("neither-in-ca")`which is neither in --ca nor sent by the server`;
    return { problem: say("signed-by")`is signed by ${authority}, ${state}` };
  }
  // Authorities that everybody trusts say where the certificate of an intermediate is to be had.
  const isMissing = last === leaf && /CA Issuers/.test(leaf.infoAccess ?? "");
  const state = isMissing
    ? say("not-sent")`whose certificate the server does not send`
    : say("not-trusted")`an authority that is not trusted`;
  return {
    problem: say("signed-by")`is signed by ${authority}, ${state}`,
    advice: say("ca-adds")`--ca FILE adds it`,
  };
}

/** What is wrong with a certificate between the server's and that of the authority. */
function intermediateProblem(certificate: X509Certificate): string | undefined {
  const own = isSelfSigned(certificate) ? undefined : timeProblem(certificate) ?? signatureProblem(certificate);
  if (own !== undefined) return `whose certificate ${own}`;
  return certificate.ca ? undefined : "which is no authority (CA:FALSE)";
}

/** What is wrong where an authority of that name is trusted. */
function knownProblem(last: X509Certificate, known: X509Certificate, authority: string): SignerProblem | undefined {
  if (signatureProblem(last) !== undefined) return undefined;
  const isSigner = ifReadable(() => last.verify(known.publicKey)) ?? true;
  return isSigner ? undefined : { problem: `is signed by another key than that of ${authority} in --ca` };
}

/** A key that TLS libraries without old algorithms cannot use, checked or not, and what they take instead. */
function keyProblem({ raw }: X509Certificate): { has: string; taken: string } | undefined {
  const { key = "", bits = 0, curve = "" } = shapeOf(raw) ?? {};
  const isTaken = key === "rsa" ? bits >= RSA_BITS && bits <= 8192 : key === "ed25519" || CURVES.includes(curve);
  if (isTaken) return undefined;
  if (key === "rsa") return { has: `an RSA key of ${bits} bits`, taken: "RSA with 2048 to 8192 bits" };
  if (key === "ec") return { has: `a key of the curve ${curve}`, taken: CURVES.join(", ") };
  return { has: ODD_KEYS[key] ?? "a key of an unknown kind", taken: "RSA, ECDSA and Ed25519" };
}

/** Why a server ends the handshake whose version and certificate are fine. */
function refusalReason({ cipher = 0, group, asksForCertificate }: Inspection): Phrased | undefined {
  const isGroupTaken = group === undefined || GROUPS.includes(group);
  if (MODERN_CIPHERS.includes(cipher) && isGroupTaken) return asksForCertificate ? ASKS_FOR_CERTIFICATE : undefined;
  const [what, number] = isGroupTaken ? ["ciphers", cipher] : ["curves for the exchange of keys", group];
  const taken = isGroupTaken ? "ECDHE with AES-GCM or ChaCha20, and those of TLS 1.3" : "X25519, P-256 and P-384";
  return `it has only ${what} that are not taken (0x${
    number.toString(16).padStart(4, "0")
  }); this program has ${taken}`;
}

function foreignProblem(foreign: Uint8Array): Phrased {
  // A record of a handshake that holds a ClientHello: our own.
  if (foreign[0] === 0x16) return say("tls-echo")`it does not speak TLS: it sends back what it gets`;
  const [line = ""] = new TextDecoder().decode(foreign.subarray(0, GREETING_MAX)).trim().split(/\r?\n/, 1);
  if (/^HTTP\//.test(line)) {
    return say("tls-http")`it does not speak TLS but plain HTTP: its address begins with http://`;
  }
  const isText = line !== "" && !line.includes("\0") && !line.includes("\ufffd");
  return isText
    ? say("tls-says")`it does not speak TLS but says ${quote(line)}; try it without TLS`
    : say("tls-without")`it does not speak TLS; try it without TLS`;
}

function isSelfSigned({ subject, issuer }: X509Certificate): boolean {
  return subject === issuer;
}

/** The common name of a subject, or all of it. */
function nameOf(subject: string): string {
  return /^CN=(.*)$/m.exec(subject)?.[1] ?? subject.replaceAll("\n", ", ");
}

function parse(der: Uint8Array): X509Certificate | undefined {
  return ifReadable(() => new X509Certificate(der));
}

function ifReadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined; // The platform reads no such certificate, or key.
  }
}
