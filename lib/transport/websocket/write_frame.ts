/**
 * Writes WebSocket frames (RFC 6455 section 5), for both roles.
 *
 * @module
 */

import { concat } from "../../bytes.ts";
import { allocate } from "../blocks.ts";
import { isUtf8 } from "./utf8.ts";

/** Kinds of frames (section 5.2). */
export const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** Close codes that an endpoint of this program sends (section 7.4.1). */
export const CLOSE_CODES = {
  normal: 1000,
  goingAway: 1001,
  protocol: 1002,
  notUtf8: 1007,
  policy: 1008,
  tooBig: 1009,
  /** In the register of IANA, not in the RFC. */
  timeout: 3008,
} as const;

/** Bytes of the longest control frame's payload (section 5.5). */
export const CONTROL_MAX = 125;

/**
 * Masks or unmasks a part of a payload in place (section 5.3); both are the same.
 *
 * @param mask the four bytes of the mask as one number, the first byte highest
 * @param phase bytes of the payload that came before the part
 */
export function applyMask(bytes: Uint8Array, from: number, to: number, mask: number, phase: number): void {
  // The four bytes of the mask in the order in which they meet the bytes from `from` on.
  const turned = phase & 3 ? (mask << 8 * (phase & 3)) | (mask >>> 32 - 8 * (phase & 3)) : mask;
  const [a, b, c, d] = [turned >>> 24, (turned >>> 16) & 0xff, (turned >>> 8) & 0xff, turned & 0xff];
  let at = from;
  for (; at + 4 <= to; at += 4) {
    bytes[at]! ^= a;
    bytes[at + 1]! ^= b;
    bytes[at + 2]! ^= c;
    bytes[at + 3]! ^= d;
  }
  if (at < to) bytes[at++]! ^= a;
  if (at < to) bytes[at++]! ^= b;
  if (at < to) bytes[at]! ^= c;
}

/**
 * Writes a whole message or a control frame; `payload` is copied.
 *
 * @param mask four unpredictable bytes, for the frames of a client (section 5.3)
 */
export function writeFrame(opcode: number, payload: Uint8Array, mask?: Uint8Array): Uint8Array {
  const { length } = payload;
  const lengthBytes = length <= 125 ? 0 : length <= 0xffff ? 2 : 8;
  const start = 2 + lengthBytes + (mask ? 4 : 0);
  const frame = allocate(start + length);
  frame[0] = 0x80 | opcode;
  frame[1] = (mask ? 0x80 : 0) | (lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127);
  for (let at = 1 + lengthBytes, rest = length; at > 1; at--, rest = Math.floor(rest / 256)) frame[at] = rest & 0xff;
  frame.set(payload, start);
  if (mask) {
    frame.set(mask, start - 4);
    applyMask(frame, start, frame.length, new DataView(frame.buffer, frame.byteOffset).getUint32(start - 4), 0);
  }
  return frame;
}

/** The payload of a close frame; the part of the reason that does not fit is left out. */
export function closePayload(code: number, reason = ""): Uint8Array {
  const payload = new Uint8Array(CONTROL_MAX);
  new DataView(payload.buffer).setUint16(0, code);
  return payload.subarray(0, 2 + new TextEncoder().encodeInto(reason, payload.subarray(2)).written);
}

const FRAMES = new WeakMap<readonly Uint8Array[], Uint8Array>();

/** A group of messages as a server sends them, texts where it can be; encoded once for each array. */
export function framesOf(messages: readonly Uint8Array[]): Uint8Array {
  let frames = FRAMES.get(messages);
  if (frames) return frames;
  frames = concat(messages.map((bytes) => writeFrame(isUtf8(bytes) ? OPCODES.text : OPCODES.binary, bytes)));
  FRAMES.set(messages, frames);
  return frames;
}
