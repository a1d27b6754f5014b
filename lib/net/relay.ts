/**
 * Two channels made one: what comes out of each goes into the other.
 *
 * @module
 */

import type { Channel } from "./channel.ts";

/** Bytes that are under way in each direction. */
const RELAY_BUFFER = 64 * 1024;

/**
 * Carries bytes both ways until both directions have ended. An end is carried over like the bytes before it; a failure closes
 * both channels.
 *
 * @param a one side
 * @param b the other side
 * @returns settles when there is no more to carry; never rejects. The caller closes both
 */
export async function relay(a: Channel, b: Channel): Promise<void> {
  const failed = Promise.withResolvers<void>();
  const fail = () => {
    a.close();
    b.close();
    failed.resolve(); // On Deno 2.6 a write that is under way may never hear that its channel was closed.
  };
  await Promise.race([Promise.all([pump(a, b).catch(fail), pump(b, a).catch(fail)]), failed.promise]);
}

async function pump(from: Channel, to: Channel): Promise<void> {
  const buffer = new Uint8Array(RELAY_BUFFER);
  for (let count; (count = await from.read(buffer)) !== null;) {
    for (let at = 0; at < count;) at += await to.write(buffer.subarray(at, count));
  }
  await to.closeWrite();
}
