/**
 * What a client says over UDP, where every message is a datagram: lines stay apart, a file goes out as one.
 *
 * @module
 */

import { concat } from "../bytes.ts";
import type { Speech } from "./exchange.ts";
import { LineSplitter } from "../text/lines.ts";
import type { Message } from "./messages.ts";

/** The most bytes that fit into one Ethernet frame (1500) behind the headers of IPv4 and UDP. */
const UNFRAGMENTED = 1_472;

/**
 * Puts a message together.
 *
 * @param message may come in parts
 * @returns the same in one part
 */
export function inOne(message: Message): Message {
  return async function* () {
    yield concat(await Array.fromAsync(message(), (part) => part.slice()));
  };
}

/**
 * Cuts what flows into lines.
 *
 * @param input bytes as they come
 * @returns each line with its end, the last one also without
 */
export async function* cutLines(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const splitter = new LineSplitter();
  for await (const bytes of input) yield* splitter.push(bytes);
  const rest = splitter.end();
  if (rest) yield rest;
}

/**
 * Tells once that a datagram is longer than most networks carry in one piece.
 *
 * @param speech what is said
 * @param notice told so
 * @returns the same
 */
export async function* warnOfFragments(speech: Speech, notice: (message: string) => void): Speech {
  let told = false;
  for await (const part of speech) {
    if (!told && typeof part !== "symbol" && part.length > UNFRAGMENTED) {
      told = true;
      notice(`A datagram of ${part.length} bytes travels in fragments on most networks (over ${UNFRAGMENTED})`);
    }
    yield part;
  }
}
