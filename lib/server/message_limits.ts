/**
 * Which messages may be sent to a peer: none that is too long for its transport, and no more than the limit for an
 * address that may be forged.
 *
 * @module
 */

import type { SockeyeError } from "../errors.ts";
import type { Channel } from "../transport/channel.ts";
import { mayBeForged, tooLong } from "../transport/failure.ts";
import { traitsOf } from "../transport/mod.ts";

/** What a channel says about messages; a handshake may choose it. */
export type MessageChannel = Pick<Channel, "transport" | "host" | "messageMax" | "unproven">;

/** Bytes of the longest message that a channel takes; Infinity for a stream. */
export function longestMessage({ transport, messageMax }: Pick<MessageChannel, "transport" | "messageMax">): number {
  const traits = traitsOf(transport);
  return traits.messageBoundaries ? messageMax ?? traits.messageMax ?? Infinity : Infinity;
}

/** The limits of one peer. */
export class MessageLimits {
  /** Bytes of the longest message. */
  readonly longest: number;
  readonly #channel: MessageChannel;

  /** Takes the limits of a channel after its handshake. */
  constructor(channel: MessageChannel) {
    this.#channel = channel;
    this.longest = longestMessage(channel);
  }

  /** Why a message may not be sent; undefined where it may, and counts then. */
  whyNot(length: number): SockeyeError | undefined {
    if (length > this.longest) return tooLong(length, this.longest);
    const { unproven, host } = this.#channel;
    return unproven?.claim(length) === false ? mayBeForged(length, host) : undefined;
  }

  /** Those that may be sent: the same array, if all may. */
  leaveOut(messages: readonly Uint8Array[], onLeftOut: (problem: SockeyeError) => void): readonly Uint8Array[] {
    if (!this.#channel.unproven && messages.every(({ length }) => length <= this.longest)) return messages;
    return messages.filter(({ length }) => {
      const problem = this.whyNot(length);
      if (problem) onLeftOut(problem);
      return !problem;
    });
  }
}
