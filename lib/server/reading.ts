/**
 * The read loop of a peer.
 *
 * @module
 */

import type { Channel } from "../transport/channel.ts";
import { ReadBuffer, ReadBuffers } from "../transport/read_buffers.ts";
import { FairScheduler } from "./fair_scheduler.ts";

/** What the peers of a server share for reading. */
export class ReadingContext {
  /** The source of buffers. */
  readonly buffers: ReadBuffers = new ReadBuffers();
  /** Decides when a peer is read from. */
  readonly scheduler: FairScheduler = new FairScheduler();
}

/** Takes a view of the read buffer, or one message; a promise delays the next read. */
export type TakeBytes = (bytes: Uint8Array) => void | Promise<void>;

/** Reads to the end of the stream. Throws the errors of the channel and of `take`. */
export async function readToEnd(channel: Channel, take: TakeBytes, context = new ReadingContext()): Promise<void> {
  if (!channel.receive) return await readStream(channel, take, context);
  const receive = channel.receive.bind(channel);
  for (let bytes; (bytes = await receive()) !== null;) {
    const taken = take(bytes);
    if (taken) await taken;
  }
}

async function readStream(channel: Channel, take: TakeBytes, { buffers, scheduler }: ReadingContext): Promise<void> {
  const buffer = new ReadBuffer(buffers);
  scheduler.enter();
  try {
    for (let count; (count = await channel.read(buffer.bytes)) !== null;) {
      scheduler.served();
      const taken = take(buffer.bytes.subarray(0, count));
      if (taken) await taken;
      buffer.adapt(count);
      const turn = scheduler.next();
      if (turn) await turn;
    }
  } finally {
    scheduler.leave();
    buffer.release();
  }
}
