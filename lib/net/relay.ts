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
 * Makes two connections one until both have said their last, then closes both. The end of one half is passed on; a failure
 * of either closes both.
 *
 * @param one closed when done
 * @param other closed when done
 * @returns what broke it; undefined when both came to their end
 */
export async function relay(one: Pipe, other: Pipe): Promise<unknown> {
  const [there, back] = await Promise.all([pump(one, other), pump(other, one)]);
  close(one);
  close(other);
  return there ?? back;
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
