/**
 * Copies bytes from one connection to another, ends included.
 *
 * @module
 */

import type { Channel } from "./channel.ts";
import { RELAY_BYTES } from "./limits.ts";

/** One end: a {@linkcode Channel}, or a connection of Deno's. */
export type Pipe = Pick<Channel, "read" | "write" | "closeWrite" | "close">;

/**
 * Copies in both directions until both have ended. A FIN is passed on; a failure of either connection closes both.
 *
 * @param one one connection; the caller closes it
 * @param other the other one; the caller closes it
 */
export async function relay(one: Pipe, other: Pipe): Promise<void> {
  await Promise.all([pump(one, other), pump(other, one)]);
}

/**
 * Copies in one direction, the FIN included. A failure closes both connections.
 *
 * @returns the failure; undefined when everything has been written and the FIN sent
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
 * Closes a connection that may be closed already.
 *
 * @param pipe a connection, or a listener
 */
export function close(pipe: Pick<Pipe, "close">): void {
  try {
    pipe.close();
  } catch {
    // It was closed already.
  }
}
