/**
 * IP, TCP and UDP headers of captured packets.
 *
 * @module
 */

import { addressText, type Endpoint } from "./endpoint.ts";
import { FLAG, PROTOCOL } from "./format.ts";

/** Why a packet is passed over. */
export type Skipped = "fragment" | "other" | "malformed";

/** A segment or a datagram. */
export interface Segment {
  /** Sender. */
  readonly source: Endpoint;
  /** Receiver. */
  readonly target: Endpoint;
  /** What it carries, as far as it was captured: a view that is valid as long as the packet. */
  readonly payload: Uint8Array;
  /** Bytes at the end of what it carries that were not captured. */
  readonly missing: number;
  /** The TCP header; undefined for a datagram. */
  readonly tcp?: { readonly seq: number; readonly ack: number; readonly flags: number };
}

/** Headers of IPv6 between its own and that of the transport, in units of eight bytes after the first eight. */
const EXTENSIONS: ReadonlySet<number> = new Set([0, 43, 60, 135, 139, 140]);
const FRAGMENT = 44;
/** Its length is in units of four bytes. */
const AUTHENTICATION = 51;

/** Content of an IP packet. */
interface Content {
  readonly source: string;
  readonly target: string;
  readonly protocol: number;
  readonly bytes: Uint8Array;
  readonly missing: number;
}

/** Reads a packet from its IP header on. */
export function readSegment(bytes: Uint8Array): Segment | Skipped {
  const version = bytes.length > 0 ? bytes[0]! >> 4 : 0;
  const content = version === 4 ? readIPv4(bytes) : version === 6 ? readIPv6(bytes) : "malformed";
  if (typeof content === "string") return content;
  if (content.protocol === PROTOCOL.tcp) return readTcp(content);
  return content.protocol === PROTOCOL.udp ? readUdp(content) : "other";
}

function readIPv4(bytes: Uint8Array): Content | Skipped {
  if (bytes.length < 20) return "malformed";
  const head = (bytes[0]! & 15) * 4;
  // A packet that the network card is to cut has no length yet.
  const total = word(bytes, 2) || bytes.length;
  if (head < 20 || total < head || bytes.length < head) return "malformed";
  if ((word(bytes, 6) & 0x3fff) !== 0) return "fragment";
  return {
    source: addressText(bytes.subarray(12, 16)),
    target: addressText(bytes.subarray(16, 20)),
    protocol: bytes[9]!,
    bytes: bytes.subarray(head, total),
    missing: Math.max(total - bytes.length, 0),
  };
}

function readIPv6(bytes: Uint8Array): Content | Skipped {
  if (bytes.length < 40) return "malformed";
  const total = 40 + (word(bytes, 4) || bytes.length - 40);
  let [protocol, at] = [bytes[6]!, 40];
  while (EXTENSIONS.has(protocol) || protocol === FRAGMENT || protocol === AUTHENTICATION) {
    if (at + 8 > bytes.length) return "malformed";
    if (protocol === FRAGMENT && (word(bytes, at + 2) & 0xfff9) !== 0) return "fragment";
    const length = protocol === FRAGMENT
      ? 8
      : protocol === AUTHENTICATION
      ? (bytes[at + 1]! + 2) * 4
      : (bytes[at + 1]! + 1) * 8;
    protocol = bytes[at]!;
    at += length;
  }
  if (at > total || at > bytes.length) return "malformed";
  return {
    source: addressText(bytes.subarray(8, 24)),
    target: addressText(bytes.subarray(24, 40)),
    protocol,
    bytes: bytes.subarray(at, total),
    missing: Math.max(total - bytes.length, 0),
  };
}

function readTcp({ source, target, bytes, missing }: Content): Segment | Skipped {
  if (bytes.length < 20) return "malformed";
  const head = (bytes[12]! >> 4) * 4;
  if (head < 20 || head > bytes.length + missing) return "malformed";
  return {
    source: { hostname: source, port: word(bytes, 0) },
    target: { hostname: target, port: word(bytes, 2) },
    payload: bytes.subarray(head),
    missing: Math.min(missing, bytes.length + missing - head),
    tcp: {
      seq: long(bytes, 4),
      ack: long(bytes, 8),
      flags: bytes[13]! & (FLAG.fin | FLAG.syn | FLAG.rst | FLAG.psh | FLAG.ack),
    },
  };
}

function readUdp({ source, target, bytes, missing }: Content): Segment | Skipped {
  if (bytes.length < 8) return "malformed";
  const length = word(bytes, 4) || bytes.length + missing;
  if (length < 8 || length > bytes.length + missing) return "malformed";
  return {
    source: { hostname: source, port: word(bytes, 0) },
    target: { hostname: target, port: word(bytes, 2) },
    payload: bytes.subarray(8, length),
    missing: Math.max(length - bytes.length, 0),
  };
}

function word(bytes: Uint8Array, at: number): number {
  return bytes[at]! << 8 | bytes[at + 1]!;
}

function long(bytes: Uint8Array, at: number): number {
  return (word(bytes, at) * 0x10000) + word(bytes, at + 2);
}
