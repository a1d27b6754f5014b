/** Captures for tests, byte by byte. */

import { concat } from "../../lib/bytes.ts";
import { FLAG } from "../../lib/capture/format.ts";

/** Runs with a new folder, which is removed. */
export async function inFolder<T>(run: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "sockeye-capture-" });
  try {
    return await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

export interface TcpOptions {
  readonly seq: number;
  readonly ack?: number;
  readonly flags?: number;
  readonly payload?: string | Uint8Array;
  /** From the server to the client. */
  readonly down?: boolean;
  readonly port?: number;
}

const CLIENT = [10, 0, 0, 1];
const SERVER = [10, 0, 0, 2];

function bytesOf(text: string | Uint8Array): Uint8Array {
  return typeof text === "string" ? new TextEncoder().encode(text) : text;
}

/** An IPv4 packet; `extra` are fields that differ, by offset in the header. */
export function ipv4(
  protocol: number,
  content: Uint8Array,
  down = false,
  extra: Record<number, number> = {},
): Uint8Array {
  const bytes = new Uint8Array(20 + content.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0x4500);
  view.setUint16(2, bytes.length);
  view.setUint16(8, 64 << 8 | protocol);
  bytes.set(down ? [...SERVER, ...CLIENT] : [...CLIENT, ...SERVER], 12);
  for (const [at, value] of Object.entries(extra)) view.setUint16(Number(at), value);
  bytes.set(content, 20);
  return bytes;
}

/** A TCP segment without an IP header. */
export function segment(
  { seq, ack = 0, flags = FLAG.ack | FLAG.psh, payload = "", down = false, port = 4000 }: TcpOptions,
) {
  const content = bytesOf(payload);
  const bytes = new Uint8Array(20 + content.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, down ? 80 : port);
  view.setUint16(2, down ? port : 80);
  view.setUint32(4, seq);
  view.setUint32(8, ack);
  view.setUint32(12, 5 << 28 | flags << 16 | 0xffff);
  bytes.set(content, 20);
  return bytes;
}

/** An IPv4 packet of a connection between 10.0.0.1:4000 and 10.0.0.2:80. */
export function tcp(options: TcpOptions): Uint8Array {
  return ipv4(6, segment(options), options.down);
}

/** A datagram without an IP header. */
export function datagram(payload: string, down = false): Uint8Array {
  const content = bytesOf(payload);
  const ports = down ? [53, 4000] : [4000, 53];
  return concat([Uint8Array.from([...ports, 8 + content.length, 0].flatMap((n) => [n >> 8, n & 255])), content]);
}

/** An IPv6 packet whose content begins with headers of its extensions. */
export function ipv6(next: number, content: Uint8Array): Uint8Array {
  const head = new Uint8Array(40);
  new DataView(head.buffer).setUint32(0, 0x60000000);
  new DataView(head.buffer).setUint32(4, content.length << 16 | next << 8 | 64);
  head.set([0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 8);
  head.set([0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2], 24);
  return concat([head, content]);
}

export interface FileOptions {
  readonly link?: number;
  readonly little?: boolean;
  readonly nano?: boolean;
  /** Bytes that are kept of each packet. */
  readonly snap?: number;
}

/** A pcap file: a packet each millisecond from 2026-12-01 on. */
export function pcap(packets: readonly Uint8Array[], options: FileOptions = {}): Uint8Array {
  const { link = 101, little = true, nano = false, snap = 262_144 } = options;
  const head = words([
    nano ? 0xa1b23c4d : 0xa1b2c3d4,
    2 << (little ? 0 : 16) | 4 << (little ? 16 : 0),
    0,
    0,
    snap,
    link,
  ], little);
  return concat([
    head,
    ...packets.flatMap((packet, i) => {
      const kept = packet.subarray(0, snap);
      return [words([START, i * (nano ? 1_000_000 : 1_000), kept.length, packet.length], little), kept];
    }),
  ]);
}

const START = Date.UTC(2026, 11, 1) / 1000;

/** A pcapng file of one section. */
export function pcapng(packets: readonly Uint8Array[], options: FileOptions = {}): Uint8Array {
  const { link = 101, little = true, nano = false, snap = 0 } = options;
  const order = words([0x1a2b3c4d, little ? 1 : 1 << 16, 0xffffffff, 0xffffffff], little);
  const resolution = nano
    ? concat([words([little ? 9 | 1 << 16 : 9 << 16 | 1], little), Uint8Array.of(9, 0, 0, 0)])
    : [];
  const face = concat([words([little ? link : link << 16, snap], little), Uint8Array.from(resolution)]);
  const time = (i: number) => (BigInt(START) * 1000n + BigInt(i)) * (nano ? 1_000_000n : 1_000n);
  return concat([
    block(0x0a0d0d0a, order, little),
    block(1, face, little),
    ...packets.map((packet, i) => {
      const stamp = [Number(time(i) >> 32n), Number(time(i) & 0xffffffffn)];
      const kept = packet.subarray(0, snap || undefined);
      return block(6, concat([words([0, ...stamp, kept.length, packet.length], little), kept]), little);
    }),
  ]);
}

/** A block of pcapng. */
export function block(type: number, content: Uint8Array, little = true): Uint8Array {
  const padding = new Uint8Array((4 - content.length % 4) % 4);
  const size = words([12 + content.length + padding.length], little);
  return concat([words([type], little), size, content, padding, size]);
}

/** Numbers of four bytes. */
export function words(numbers: readonly number[], little = true): Uint8Array {
  const bytes = new Uint8Array(4 * numbers.length);
  numbers.forEach((number, i) => new DataView(bytes.buffer).setUint32(4 * i, number, little));
  return bytes;
}
