/**
 * Memory for short messages. An array of its own would cost more than all the rest of a short message's handling, so
 * they share blocks.
 *
 * @module
 */

import { BLOCK_BYTES, SHORT_BYTES } from "./limits.ts";

let block = new Uint8Array();
/** Bytes of the block that were handed out. */
let used = 0;

/** Allocates bytes that are handed out once; up to {@linkcode SHORT_BYTES} they are a part of a larger array. */
export function allocate(length: number): Uint8Array {
  if (length > SHORT_BYTES) return new Uint8Array(length);
  if (used + length > block.length) [block, used] = [new Uint8Array(BLOCK_BYTES), 0];
  return block.subarray(used, used += length);
}
