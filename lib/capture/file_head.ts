/**
 * The blocks that a pcapng file begins with.
 *
 * @module
 */

import type { BlockBuffer } from "./block_buffer.ts";
import { BLOCK, BYTE_ORDER_MAGIC, LINK, OPTION } from "./format.ts";
import { padded } from "./packet.ts";

/** Writes a section header and the only interface: raw IP, stamps in nanoseconds. */
export function writeFileHead(buffer: BlockBuffer, application: string): void {
  const name = new TextEncoder().encode(application);
  const sectionSize = 28 + 4 + padded(name.length) + 4;
  let at = buffer.reserve(sectionSize);
  const { view, bytes } = buffer;
  view.setUint32(at, BLOCK.section, true);
  view.setUint32(at + 4, sectionSize, true);
  view.setUint32(at + 8, BYTE_ORDER_MAGIC, true);
  view.setUint32(at + 12, 1, true); // Version 1.0.
  view.setBigInt64(at + 16, -1n, true); // The length of the section is not known yet.
  view.setUint16(at + 24, OPTION.userApplication, true);
  view.setUint16(at + 26, name.length, true);
  bytes.fill(0, at + 28, at + sectionSize);
  bytes.set(name, at + 28);
  view.setUint32(at + sectionSize - 4, sectionSize, true);

  const size = 32;
  at = buffer.reserve(size);
  view.setUint32(at, BLOCK.interface, true);
  view.setUint32(at + 4, size, true);
  view.setUint32(at + 8, LINK.raw, true);
  view.setUint32(at + 12, 0, true); // Packets of any length.
  view.setUint32(at + 16, OPTION.timeResolution | 1 << 16, true);
  view.setUint32(at + 20, 9, true); // Units of 10^-9 seconds.
  view.setUint32(at + 24, OPTION.end, true);
  view.setUint32(at + 28, size, true);
}
