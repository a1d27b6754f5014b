/**
 * Looks at a server with which TLS has failed, on a connection of its own: TLS libraries hand no certificate out that they
 * refuse. Up to TLS 1.2 a server sends its certificate in the clear (RFC 5246 section 7.4.2), so a ClientHello that offers
 * every kind of key and cipher, also those that are never used here, shows what the server is.
 *
 * @module
 */

import { concat, writeAll } from "../../bytes.ts";
import type { Channel } from "../channel.ts";
import { isIP } from "../ip.ts";

/** What a server has shown. */
export interface Inspection {
  /** The newest version that it speaks up to TLS 1.2, as in a record: `0x0301` is TLS 1.0. */
  readonly version?: number;
  /** The cipher suite that it chose of all that exist (IANA's number). */
  readonly cipher?: number;
  /** The group in which it exchanges keys (IANA's number), where the cipher suite has such. */
  readonly group?: number;
  /** Whether it asks for a certificate of the client. */
  readonly asksForCertificate?: boolean;
  /** Its certificate, then those of its signers; each in DER. Empty when none came. */
  readonly certificates: readonly Uint8Array[];
  /** What it sent when that was not TLS. */
  readonly foreign?: Uint8Array;
}

/** A server's whole answer; chains of certificates have some kilobytes. */
const ANSWER_MAX = 64 * 1024;

const RECORD = { alert: 21, handshake: 22 } as const;
const MESSAGE = { serverHello: 2, certificate: 11, serverKeyExchange: 12, certificateRequest: 13, done: 14 } as const;

/** The first byte of a ServerKeyExchange with a group that has a name (RFC 8422 section 5.4). */
const NAMED_CURVE = 3;

/** Those that TLS libraries speak today: ECDHE with an AEAD, for ECDSA and for RSA (RFC 5289, RFC 7905). */
export const MODERN_CIPHERS: readonly number[] = [0xc02b, 0xc02c, 0xcca9, 0xc02f, 0xc030, 0xcca8];

/** Older ones in the order of their strength: DHE, CBC, plain RSA, DSS, 3DES, RC4. */
const OLDER_CIPHERS = [
  ...[0x009e, 0x009f, 0xccaa, 0xc023, 0xc024, 0xc009, 0xc00a, 0xc027, 0xc028, 0xc013, 0xc014, 0x0067, 0x006b, 0x0033],
  ...[0x0039, 0x00a2, 0x00a3, 0x0040, 0x006a, 0x0032, 0x0038, 0x009c, 0x009d, 0x003c, 0x003d, 0x002f, 0x0035, 0x000a],
  ...[0x0016, 0x0013, 0x0005, 0x0004],
];

/** The empty renegotiation information of a first handshake, as a cipher suite (RFC 5746 section 3.3). */
const FIRST_HANDSHAKE = 0x00ff;

/** x25519, x448, P-256, P-384, P-521, secp256k1, three of Brainpool, ffdhe2048 to 4096 (IANA's supported groups). */
const GROUPS = [0x001d, 0x001e, 0x0017, 0x0018, 0x0019, 0x0016, 0x001a, 0x001b, 0x001c, 0x0100, 0x0101, 0x0102];

/** ECDSA, EdDSA, RSA-PSS of both kinds of key, RSA, DSA; with SHA-2, then SHA-1 and MD5 (IANA's signature schemes). */
const SIGNATURES = [
  ...[0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b, 0x0401, 0x0501, 0x0601],
  ...[0x0402, 0x0302, 0x0301, 0x0303, 0x0203, 0x0201, 0x0202, 0x0101],
];

/**
 * Asks a server for its certificate and reads to the end of its first answer.
 *
 * @param channel a new connection, which the caller closes
 * @throws what the channel throws
 */
export async function inspectServer(channel: Channel, serverName: string): Promise<Inspection> {
  await writeAll(channel, clientHello(serverName));
  const buffer = new Uint8Array(16 * 1024);
  let answer: Uint8Array = new Uint8Array();
  while (answer.length < ANSWER_MAX) {
    const count = await channel.read(buffer);
    if (count === null) break;
    answer = concat([answer, buffer.subarray(0, count)]);
    const { inspection, isDone } = readAnswer(answer);
    if (isDone) return inspection;
  }
  return readAnswer(answer).inspection;
}

/** Parses the bytes received so far; `isDone` once the rest would add nothing. */
export function readAnswer(answer: Uint8Array): { inspection: Inspection; isDone: boolean } {
  const [first, major] = answer;
  const isTls = (first === RECORD.alert || first === RECORD.handshake) && (major === undefined || major === 3);
  if (first !== undefined && !isTls) {
    return { inspection: { certificates: [], foreign: answer }, isDone: answer.includes(0x0a) };
  }
  const { handshake, alerted } = splitRecords(answer);
  let inspection: Inspection = { certificates: [] };
  for (let at = 0; at + 4 <= handshake.length;) {
    const length = numberAt(handshake, at + 1, 3);
    const body = handshake.subarray(at + 4, at + 4 + length);
    if (body.length < length) break;
    const type = handshake[at];
    // An echo server gives the ClientHello back.
    if (at === 0 && type !== MESSAGE.serverHello) {
      return { inspection: { ...inspection, foreign: answer }, isDone: true };
    }
    if (type === MESSAGE.done) return { inspection, isDone: true };
    inspection = { ...inspection, ...readMessage(type, body) };
    at += 4 + length;
  }
  return { inspection, isDone: alerted };
}

/** Joins the handshake messages of the records that have come whole. */
function splitRecords(answer: Uint8Array): { handshake: Uint8Array; alerted: boolean } {
  const parts: Uint8Array[] = [];
  for (let at = 0; at + 5 <= answer.length;) {
    const length = numberAt(answer, at + 3, 2);
    if (answer[at] === RECORD.alert) return { handshake: concat(parts), alerted: true };
    if (answer[at] !== RECORD.handshake || at + 5 + length > answer.length) break;
    parts.push(answer.subarray(at + 5, at + 5 + length));
    at += 5 + length;
  }
  return { handshake: concat(parts), alerted: false };
}

function readMessage(type: number | undefined, body: Uint8Array): Partial<Inspection> {
  if (type === MESSAGE.certificate) return { certificates: readList(body) };
  if (type === MESSAGE.certificateRequest) return { asksForCertificate: true };
  if (type === MESSAGE.serverKeyExchange) return body[0] === NAMED_CURVE ? { group: numberAt(body, 1, 2) } : {};
  if (type !== MESSAGE.serverHello) return {};
  const session = body[34] ?? 0;
  return { version: numberAt(body, 0, 2), cipher: numberAt(body, 35 + session, 2) };
}

function readList(body: Uint8Array): Uint8Array[] {
  const certificates: Uint8Array[] = [];
  for (let at = 3; at + 3 <= body.length;) {
    const length = numberAt(body, at, 3);
    certificates.push(body.slice(at + 3, at + 3 + length));
    at += 3 + length;
  }
  return certificates;
}

function numberAt(bytes: Uint8Array, at: number, size: number): number {
  return bytes.subarray(at, at + size).reduce((number, byte) => number * 256 + byte, 0);
}

/** A ClientHello of TLS 1.2 (RFC 5246 section 7.4.1.2) that offers all there is. */
function clientHello(serverName: string): Uint8Array {
  const ciphers = [...MODERN_CIPHERS, ...OLDER_CIPHERS, FIRST_HANDSHAKE];
  const extensions = [
    ...(isIP(serverName) ? [] : [extension(0, sized(2, [0, ...sized(2, new TextEncoder().encode(serverName))]))]),
    extension(10, sized(2, pairs(GROUPS))),
    extension(11, [1, 0]), // Points are not compressed.
    extension(13, sized(2, pairs(SIGNATURES))),
  ].flat();
  const random = crypto.getRandomValues(new Uint8Array(32));
  const body = [3, 3, ...random, 0, ...sized(2, pairs(ciphers)), 1, 0, ...sized(2, extensions)];
  return Uint8Array.from([RECORD.handshake, 3, 1, ...sized(2, [1, ...sized(3, body)])]);
}

function extension(type: number, data: Iterable<number>): number[] {
  return [...pairs([type]), ...sized(2, data)];
}

/** Bytes after their count, which has `size` bytes. */
function sized(size: 2 | 3, data: Iterable<number>): number[] {
  const bytes = [...data];
  const length = bytes.length;
  return [...[length >> 16, length >> 8 & 0xff, length & 0xff].slice(3 - size), ...bytes];
}

function pairs(numbers: readonly number[]): number[] {
  return numbers.flatMap((number) => [number >> 8, number & 0xff]);
}
