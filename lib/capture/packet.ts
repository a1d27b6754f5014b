/**
 * Packets with made-up IP and TCP or UDP headers, which carry the traffic in a recording.
 *
 * @module
 */

import type { BlockBuffer } from "./block_buffer.ts";
import { BLOCK, FLAG, OPTION, PROTOCOL } from "./format.ts";

/** Two ends, with addresses of the same length. */
export interface Flow {
  /** Bytes of the sender's address. */
  readonly source: Uint8Array;
  /** Bytes of the receiver's address. */
  readonly target: Uint8Array;
  /** Port of the sender. */
  readonly sourcePort: number;
  /** Port of the receiver. */
  readonly targetPort: number;
}

/** What a TCP header says besides the ports. */
export interface TcpFields {
  /** Number of the first byte. */
  readonly seq: number;
  /** Number of the next byte that the sender expects; counts with the flag `ack`. */
  readonly ack: number;
  /** A sum of {@linkcode FLAG}. */
  readonly flags: number;
}

/** One packet of a recording. */
export interface Packet {
  /** From where to where. */
  readonly flow: Flow;
  /** The TCP header; undefined for a datagram. */
  readonly tcp?: TcpFields | undefined;
  /** What it carries. */
  readonly payload: Uint8Array;
  /** Milliseconds since 1970, with fractions. */
  readonly time: number;
  /** A comment for the reader. Default: none. */
  readonly comment?: Uint8Array | undefined;
}

/** Bytes of an enhanced packet block before its packet. */
const BLOCK_HEAD = 28;

/** Bytes of the options of a SYN: the largest segment, and a window of 1 GiB, for no window is full in a recording. */
const SYN_OPTIONS = Uint8Array.of(2, 4, 0xff, 0xff, 1, 3, 3, 14);

/** The window in units of 2^14 bytes. */
const WINDOW = 0xffff;

/** Hops that a packet may go, as systems set it. */
const TTL = 64;

/** Bytes of a block besides the payload: head, IP and TCP or UDP header, comment, trailer. */
export function overheadOf({ flow, tcp, comment }: Omit<Packet, "payload">): number {
  return BLOCK_HEAD + headersOf(flow, tcp) + optionsOf(comment) + 4;
}

function headersOf({ source }: Flow, tcp: TcpFields | undefined): number {
  return (source.length === 4 ? 20 : 40) + (tcp ? 20 + (tcp.flags & FLAG.syn ? SYN_OPTIONS.length : 0) : 8);
}

/** A comment with its head, and the end of the options. */
function optionsOf(comment: Uint8Array | undefined): number {
  return comment ? 4 + padded(comment.length) + 4 : 0;
}

/** The next multiple of 4. */
export function padded(length: number): number {
  return (length + 3) & ~3;
}

/** Writes an enhanced packet block. */
export function writePacket(buffer: BlockBuffer, packet: Packet): void {
  const { flow, tcp, payload, time, comment } = packet;
  const length = headersOf(flow, tcp) + payload.length;
  const size = BLOCK_HEAD + padded(length) + optionsOf(comment) + 4;
  let at = buffer.reserve(size);
  const { view, bytes } = buffer;
  const ns = nanoseconds(time);
  view.setUint32(at, BLOCK.enhancedPacket, true);
  view.setUint32(at + 4, size, true);
  view.setUint32(at + 8, 0, true); // The only interface.
  view.setUint32(at + 12, Number(ns >> 32n), true);
  view.setUint32(at + 16, Number(ns & 0xffffffffn), true);
  view.setUint32(at + 20, length, true);
  view.setUint32(at + 24, length, true);
  at += BLOCK_HEAD;
  writeHeaders(buffer, at, packet, length);
  bytes.set(payload, at + length - payload.length);
  bytes.fill(0, at + length, at + padded(length));
  const start = at + (flow.source.length === 4 ? 20 : 40);
  const sum = checksum(
    bytes,
    start,
    at + length,
    pseudoSum(flow, tcp ? PROTOCOL.tcp : PROTOCOL.udp, at + length - start),
  );
  // A sum of 0 in UDP would mean that there is none.
  view.setUint16(start + (tcp ? 16 : 6), sum === 0 && !tcp ? 0xffff : sum);
  at += padded(length);
  if (comment) at = writeComment(view, bytes, at, comment);
  view.setUint32(at, size, true);
}

function writeComment(view: DataView, bytes: Uint8Array, at: number, comment: Uint8Array): number {
  view.setUint16(at, OPTION.comment, true);
  view.setUint16(at + 2, comment.length, true);
  bytes.set(comment, at + 4);
  bytes.fill(0, at + 4 + comment.length, at + 4 + padded(comment.length) + 4);
  return at + 4 + padded(comment.length) + 4;
}

function writeHeaders({ view, bytes }: BlockBuffer, at: number, { flow, tcp }: Packet, length: number): void {
  const protocol = tcp ? PROTOCOL.tcp : PROTOCOL.udp;
  const { source, target } = flow;
  let start = at + 20;
  if (source.length === 4) {
    view.setUint32(at, 0x45000000 | length); // Version 4, a header of five words.
    view.setUint32(at + 4, 0x00004000); // Not to be fragmented.
    view.setUint32(at + 8, TTL << 24 | protocol << 16);
    bytes.set(source, at + 12);
    bytes.set(target, at + 16);
    view.setUint16(at + 10, checksum(bytes, at, at + 20, 0));
  } else {
    start = at + 40;
    view.setUint32(at, 0x60000000);
    view.setUint32(at + 4, (length - 40) << 16 | protocol << 8 | TTL);
    bytes.set(source, at + 8);
    bytes.set(target, at + 24);
  }
  view.setUint16(start, flow.sourcePort);
  view.setUint16(start + 2, flow.targetPort);
  if (!tcp) {
    view.setUint32(start + 4, (at + length - start) << 16);
    return;
  }
  const syn = (tcp.flags & FLAG.syn) !== 0;
  view.setUint32(start + 4, tcp.seq);
  view.setUint32(start + 8, tcp.flags & FLAG.ack ? tcp.ack : 0);
  view.setUint32(start + 12, (syn ? 7 : 5) << 28 | tcp.flags << 16 | WINDOW);
  view.setUint32(start + 16, 0);
  if (syn) bytes.set(SYN_OPTIONS, start + 20);
}

/** Nanoseconds since 1970. A double has them to a fifth of a microsecond. */
function nanoseconds(ms: number): bigint {
  const whole = Math.floor(ms);
  return BigInt(whole) * 1_000_000n + BigInt(Math.floor((ms - whole) * 1e6));
}

/** The sum over the pseudo-header of a segment (RFC 9293 section 3.1, RFC 8200 section 8.1). */
function pseudoSum({ source, target }: Flow, protocol: number, length: number): number {
  let sum = protocol + length;
  for (let i = 0; i < source.length; i += 2) {
    sum += (source[i]! << 8 | source[i + 1]!) + (target[i]! << 8 | target[i + 1]!);
  }
  return sum;
}

/**
 * The Internet checksum (RFC 1071) of up to 64 KiB, aligned to four bytes and padded with zeros to a multiple of four.
 * Words of 32 bits, in the byte order of the machine, are added in half the time of words of 16 bits.
 */
function checksum(bytes: Uint8Array, from: number, to: number, start: number): number {
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + from, padded(to - from) / 4);
  let all = 0;
  let upper = 0; // `all - (upper << 16)` is the sum of the lower halves.
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    all = (all + word) | 0;
    upper = (upper + (word >>> 16)) | 0;
  }
  const sum = fold(fold((all - (upper << 16)) >>> 0) + fold(upper));
  // Swapping the bytes of the sum is swapping those of every word.
  return ~fold(start + (LITTLE ? (sum & 0xff) << 8 | sum >> 8 : sum)) & 0xffff;
}

function fold(sum: number): number {
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}

/** Whether this machine has the low byte of a word first. */
const LITTLE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
