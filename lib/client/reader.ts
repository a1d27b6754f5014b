/**
 * Reads what a peer sends, whatever the transport.
 *
 * @module
 */

import type { Channel } from "../transport/channel.ts";
import { READ_BUFFER_MAX } from "../transport/limits.ts";
import { traitsOf } from "../transport/mod.ts";

/**
 * Reads a stream or datagrams into one buffer; other messages may be longer than that. The function gives a view that is
 * valid until its next call, and null at the end.
 */
export function readerOf(channel: Channel): () => Promise<Uint8Array | null> {
  if (channel.receive && !traitsOf(channel.transport).connectionless) return channel.receive.bind(channel);
  const buffer = new Uint8Array(READ_BUFFER_MAX);
  return () => channel.read(buffer).then((count) => count === null ? null : buffer.subarray(0, count));
}
