/**
 * What travels from one connection to another, ends included.
 *
 * @module
 */

import type { Channel } from "./channel.ts";
import { RELAY_BYTES } from "./limits.ts";

/** One end; a {@linkcode Channel} and a connection of Deno's are both. */
export type Pipe = Pick<Channel, "read" | "write" | "closeWrite" | "close">;

/**
 * Makes two connections one until both have said their last. The end of one half is passed on; a failure of either closes both.
 *
 * @param one one of them; the caller closes it
 * @param other the other one; the caller closes it
 * @returns settles when there is no more to carry
 */
export async function relay(one: Pipe, other: Pipe): Promise<void> {
  const failed = Promise.withResolvers<void>();
  const carry = (from: Pipe, to: Pipe) => pump(from, to).then((failure) => void (failure && failed.resolve()));
  // Before Deno 2.9 a write that is under way may never hear that its connection was closed: the first failure is the end.
  await Promise.race([Promise.all([carry(one, other), carry(other, one)]), failed.promise]);
}

/**
 * Carries bytes in one direction, and the end after them. A failure closes both.
 *
 * @param from where they come from
 * @param to where they go
 * @returns when the last one has been taken: what broke it, undefined when it came to its end
 */
export async function pump(from: Pipe, to: Pipe): Promise<unknown> {
  const buffer = new Uint8Array(RELAY_BYTES);
  try {
    for (let count; (count = await from.read(buffer)) !== null;) {
      for (let at = 0; at < count;) at += await to.write(buffer.subarray(at, count));
    }
    await to.closeWrite();
    return undefined;
  } catch (error) {
    close(from);
    close(to);
    return error;
  }
}

/**
 * Closes what may be closed already.
 *
 * @param pipe a connection
 */
export function close(pipe: Pick<Pipe, "close">): void {
  try {
    pipe.close();
  } catch {
    // It is.
  }
}
