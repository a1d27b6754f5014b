/**
 * Numbers of the two file formats for captures: pcapng (draft-ietf-opsawg-pcapng) and pcap
 * (draft-ietf-opsawg-pcap).
 *
 * @module
 */

/** Block types of pcapng. */
export const BLOCK = {
  section: 0x0a0d0d0a,
  interface: 1,
  /** The packet of older files, which has the length of the lost packets where the enhanced one has the interface. */
  oldPacket: 2,
  simplePacket: 3,
  enhancedPacket: 6,
  /** What it holds is known to the owner of a number; every other program passes over it. */
  custom: 0x40000bad,
} as const;

/** Option codes of pcapng, each for the block that has it. */
export const OPTION = { end: 0, comment: 1, userApplication: 4, timeResolution: 9, timeOffset: 14 } as const;

/** The byte order of a pcapng section is how it writes this number. */
export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

/** First four bytes of a pcap file, read as big endian: the unit of its times in seconds, and its byte order. */
export const PCAP_MAGIC: ReadonlyMap<number, { readonly unit: number; readonly little: boolean }> = new Map([
  [0xa1b2c3d4, { unit: 1e-6, little: false }],
  [0xd4c3b2a1, { unit: 1e-6, little: true }],
  [0xa1b23c4d, { unit: 1e-9, little: false }],
  [0x4d3cb2a1, { unit: 1e-9, little: true }],
]);

/** Link types: what the bytes of a packet begin with. */
export const LINK = {
  null: 0,
  ethernet: 1,
  /** Raw IP, as some systems number it in files. */
  raw12: 12,
  raw14: 14,
  raw: 101,
  loop: 108,
  linuxCooked: 113,
  ipv4: 228,
  ipv6: 229,
  linuxCooked2: 276,
} as const;

/** Numbers of the transports in an IP header. */
export const PROTOCOL = { tcp: 6, udp: 17 } as const;

/** Flags of a TCP header. */
export const FLAG = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 } as const;
