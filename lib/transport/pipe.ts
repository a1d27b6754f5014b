/**
 * Copies bytes from one connection to another, ends included.
 *
 * @module
 */

import { writeAll } from "../bytes.ts";
import type { Channel } from "./channel.ts";
import { ReadBuffer, type ReadBuffers } from "./read_buffers.ts";

/** One end: a {@linkcode Channel}, or a connection of Deno's. */
export type Pipe = Pick<Channel, "read" | "write" | "closeWrite" | "close">;

/**
 * Copies in one direction, the FIN included. A failure closes both connections.
 *
 * @returns the failure; undefined when everything has been written and the FIN sent
 */
export async function pump(from: Pipe, to: Pipe, buffers: ReadBuffers): Promise<unknown> {
  const buffer = new ReadBuffer(buffers);
  try {
    for (let count; (count = await from.read(buffer.bytes)) !== null; buffer.adapt(count)) {
      await writeAll(to, buffer.bytes.subarray(0, count));
    }
    await to.closeWrite();
    return undefined;
  } catch (error) {
    close(from);
    close(to);
    return error;
  } finally {
    buffer.release();
  }
}

/** Closes a connection that may be closed already. */
export function close(pipe: Pick<Pipe, "close">): void {
  try {
    pipe.close();
  } catch {
    // It was closed already.
  }
}
