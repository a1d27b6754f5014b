/**
 * Ends a connection so that its last bytes arrive.
 *
 * @module
 */

import type { Channel } from "./channel.ts";
import { LINGER_MS, SOCKET_BUFFER } from "./limits.ts";

/**
 * Sends FIN, reads to the peer's, and closes, all within {@linkcode LINGER_MS}: a reset would destroy what the peer has not read.
 *
 * @param sendEnd sends more than FIN; true when the peer has ended already
 */
export async function lingerClose(
  channel: Pick<Channel, "closeWrite" | "read" | "close">,
  sendEnd: () => Promise<boolean | void> = () => channel.closeWrite(),
): Promise<void> {
  const timer = setTimeout(() => channel.close(), LINGER_MS);
  try {
    const buffer = new Uint8Array(SOCKET_BUFFER.idle);
    for (let ended = await sendEnd() === true; !ended;) ended = await channel.read(buffer) === null;
  } catch {
    // The peer is gone, or the time is over.
  } finally {
    clearTimeout(timer);
    channel.close();
  }
}
