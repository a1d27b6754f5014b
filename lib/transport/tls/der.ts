/**
 * Reads facts from a certificate's DER (RFC 5280 section 4.1) that the platform reports for none or not for all: its
 * version, the kind of its key, and a signature that is weak.
 *
 * @module
 */

/** A certificate's version, key and signature. */
export interface CertificateShape {
  /** X.509 v1, v2 or v3. */
  readonly version: number;
  /** The algorithm of the key: `rsa`, `rsa-pss`, `ec`, `ed25519`, `ed448`, `dsa`, or its object identifier in hex. */
  readonly key: string;
  /** The size of the key, of `rsa` and `rsa-pss`. */
  readonly bits?: number;
  /** The curve, of `ec`: `P-256`, or its object identifier in hex. */
  readonly curve?: string;
  /** The hash of its signature when that is too weak for TLS libraries: `SHA-1`, `MD5`. */
  readonly weakHash?: string;
  /** The size of the key that signed it, where that is one of RSA. */
  readonly signerBits?: number;
}

/** Object identifiers of keys and curves, the body of their DER in hex. */
const NAMES: Readonly<Record<string, string>> = {
  "2a864886f70d010101": "rsa",
  "2a864886f70d01010a": "rsa-pss",
  "2a8648ce3d0201": "ec",
  "2b6570": "ed25519",
  "2b6571": "ed448",
  "2a8648ce380401": "dsa",
  "2a8648ce3d030107": "P-256",
  "2b81040022": "P-384",
  "2b81040023": "P-521",
  "2b8104000a": "secp256k1",
  "2b2403030208010107": "brainpoolP256r1",
  "2b240303020801010b": "brainpoolP384r1",
  "2b240303020801010d": "brainpoolP512r1",
};

/** Object identifiers of signatures with a weak hash: by RSA, ECDSA and DSA. */
const WEAK_HASHES: Readonly<Record<string, string>> = {
  "2a864886f70d010102": "MD2",
  "2a864886f70d010104": "MD5",
  "2a864886f70d010105": "SHA-1",
  "2a864886f70d01010e": "SHA-224",
  "2a8648ce3d0401": "SHA-1",
  "2a8648ce3d040301": "SHA-224",
  "2a8648ce380403": "SHA-1",
};

/** How the object identifiers of signatures by RSA begin. */
const RSA_SIGNATURES = "2a864886f70d0101";

const TAG_VERSION = 0xa0;

interface Element {
  readonly tag: number;
  readonly body: Uint8Array;
}

/** Reads a certificate in DER; undefined when it is none. */
export function shapeOf(der: Uint8Array): CertificateShape | undefined {
  const [certificate] = elementsOf(der);
  const [signed, signature, sealed] = elementsOf(certificate?.body);
  const [first, ...others] = elementsOf(signed?.body);
  const hasVersion = first?.tag === TAG_VERSION;
  const version = hasVersion ? (elementsOf(first.body)[0]?.body[0] ?? 0) + 1 : 1;
  // After the version: serial number, signature, issuer, validity, subject, key.
  const [algorithm, bitString] = elementsOf(others[hasVersion ? 5 : 4]?.body);
  const [identifier, parameters] = elementsOf(algorithm?.body);
  if (!identifier || !bitString) return undefined;
  const key = nameOf(identifier.body);
  const signatureName = elementsOf(signature?.body)[0]?.body.toHex() ?? "";
  const weakHash = WEAK_HASHES[signatureName];
  // A signature by RSA is as long as the key (RFC 8017 section 8); before it stands the count of unused bits.
  const isByRsa = signatureName.startsWith(RSA_SIGNATURES) && sealed !== undefined;
  return {
    version,
    key,
    ...(key === "ec" && parameters && { curve: nameOf(parameters.body) }),
    ...(key.startsWith("rsa") && { bits: modulusBits(bitString.body.subarray(1)) }),
    ...(weakHash !== undefined && { weakHash }),
    ...(isByRsa && { signerBits: (sealed.body.length - 1) * 8 }),
  };
}

function modulusBits(key: Uint8Array): number {
  const [modulus] = elementsOf(elementsOf(key)[0]?.body);
  const bytes = modulus?.body ?? new Uint8Array();
  const start = bytes.findIndex((byte) => byte !== 0);
  return start < 0 ? 0 : (bytes.length - start) * 8 - Math.clz32(bytes[start] ?? 0) + 24;
}

function nameOf(identifier: Uint8Array): string {
  const digits = identifier.toHex();
  return NAMES[digits] ?? digits;
}

/** The elements that follow each other in some bytes, as far as they are whole. */
function elementsOf(bytes: Uint8Array = new Uint8Array()): Element[] {
  const elements: Element[] = [];
  for (let at = 0; at + 2 <= bytes.length;) {
    const [tag = 0, short = 0] = bytes.subarray(at);
    const lengthBytes = short < 0x80 ? 0 : short - 0x80;
    const length = lengthBytes === 0
      ? short
      : bytes.subarray(at + 2, at + 2 + lengthBytes).reduce((sum, byte) => sum * 256 + byte, 0);
    const start = at + 2 + lengthBytes;
    if (start + length > bytes.length) break;
    elements.push({ tag, body: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return elements;
}
