/**
 * What a certificate may be used for: the platform does not tell, so its DER is read (X.690, RFC 5280 section 4.1).
 *
 * @module
 */

/** Tags of the examined fields. */
const [BOOLEAN, OBJECT_IDENTIFIER, SEQUENCE, EXTENSIONS] = [0x01, 0x06, 0x30, 0xa3];

/** The extension that has the purposes. */
const EXTENDED_KEY_USAGE = "2.5.29.37";

/** One element: its tag and its contents. */
interface Element {
  readonly tag: number;
  readonly body: Uint8Array;
}

/**
 * Finds the purposes of a certificate.
 *
 * @param der one that the platform has parsed already
 * @returns object identifiers such as `1.3.6.1.5.5.7.3.2`; undefined when it is for every purpose
 */
export function extendedKeyUsage(der: Uint8Array): string[] | undefined {
  const [certificate] = elements(der);
  const [signed] = elements(certificate?.body);
  const list = elements(signed?.body).find(({ tag }) => tag === EXTENSIONS);
  for (const extension of elements(elements(list?.body)[0]?.body)) {
    const [id, ...rest] = elements(extension.body);
    if (!id || objectIdentifier(id.body) !== EXTENDED_KEY_USAGE) continue;
    const value = rest.find(({ tag }) => tag !== BOOLEAN);
    const purposes = elements(value?.body).find(({ tag }) => tag === SEQUENCE);
    return elements(purposes?.body).filter(({ tag }) => tag === OBJECT_IDENTIFIER).map(({ body }) =>
      objectIdentifier(body)
    );
  }
  return undefined;
}

function elements(bytes: Uint8Array = new Uint8Array()): Element[] {
  const found: Element[] = [];
  for (let at = 0; at + 1 < bytes.length;) {
    const tag = bytes[at] ?? 0;
    const short = bytes[at + 1] ?? 0;
    const digits = short < 0x80 ? 0 : short & 0x7f;
    const start = at + 2 + digits;
    const length = digits === 0 ? short : bytes.subarray(at + 2, start).reduce((sum, byte) => sum * 256 + byte, 0);
    found.push({ tag, body: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return found;
}

/** The first byte holds two numbers; of the others each but the last of a number has its highest bit set. */
function objectIdentifier(body: Uint8Array): string {
  const [first = 0, ...rest] = body;
  const root = Math.min(2, Math.floor(first / 40));
  const numbers = [root, first - root * 40];
  let number = 0;
  for (const byte of rest) {
    number = number * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    numbers.push(number);
    number = 0;
  }
  return numbers.join(".");
}
