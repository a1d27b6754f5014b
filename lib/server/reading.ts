/**
 * The read loop of a peer.
 *
 * @module
 */

import type { Channel } from "../transport/channel.ts";
import { ReadBuffer, ReadBuffers } from "../transport/read_buffers.ts";
import { FairScheduler } from "./fair_scheduler.ts";

/** What the peers of a server share for reading. */
export interface ReadingContext {
  /** Where buffers come from. */
  readonly buffers: ReadBuffers;
  /** Decides when a peer is read from. */
  readonly scheduler: FairScheduler;
}

/** Takes the bytes of one read, or one message; a promise delays the next read. */
export type TakeBytes = (bytes: Uint8Array) => void | Promise<void>;

/**
 * Reads until no more bytes come.
 *
 * @param channel a stream, or a channel with message boundaries
 * @param take gets a view of the read buffer that is valid until its promise settles
 * @param context buffers, scheduler. Default: of this channel alone
 * @throws what the channel or `take` throws
 */
export async function readToEnd(channel: Channel, take: TakeBytes, context = newContext()): Promise<void> {
  if (channel.receive) await readMessages(channel.receive.bind(channel), take);
  else await readStream(channel, take, context);
}

/**
 * Makes a context.
 *
 * @returns buffers and a scheduler without peers
 */
export function newContext(): ReadingContext {
  return { buffers: new ReadBuffers(), scheduler: new FairScheduler() };
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

async function readMessages(receive: () => Promise<Uint8Array | null>, take: TakeBytes): Promise<void> {
  for (let bytes; (bytes = await receive()) !== null;) {
    const taken = take(bytes);
    if (taken) await taken;
  }
}
