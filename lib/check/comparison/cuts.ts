/**
 * Chooses where messages are cut in two.
 *
 * @module
 */

import type { Random } from "../../random.ts";

/** One cut of a conversation. */
export interface Cut {
  /** Index of the message. */
  readonly message: number;
  /** Bytes of the first piece, at least 1. */
  readonly at: number;
}

/** How many cuts a conversation has. */
export function countCuts(messages: readonly Uint8Array[]): number {
  return messages.reduce((sum, { length }) => sum + Math.max(length - 1, 0), 0);
}

/**
 * Chooses cuts: all where there are no more than `max`; else half of them where programs go wrong - at the ends of messages
 * and of lines, and within characters - and the others anywhere.
 *
 * @returns the cuts in their order
 */
export function chooseCuts(messages: readonly Uint8Array[], max: number, random: Random): Cut[] {
  const all = countCuts(messages);
  const chosen = new Set<number>();
  if (all <= max) { for (let i = 0; i < all; i++) chosen.add(i); }
  else {
    const telling = tellingCuts(messages);
    const half = Math.ceil(max / 2);
    for (let i = 0; i < telling.length && chosen.size < half; i++) {
      const drawn = i + Math.floor(random() * (telling.length - i));
      [telling[i], telling[drawn]] = [telling[drawn]!, telling[i]!];
      chosen.add(telling[i]!);
    }
    while (chosen.size < max) chosen.add(Math.floor(random() * all));
  }
  return cutsAt(messages, [...chosen].sort((a, b) => a - b));
}

/** The numbers, counted over all messages, of cuts where programs go wrong. */
function tellingCuts(messages: readonly Uint8Array[]): number[] {
  const telling: number[] = [];
  let before = 0;
  for (const bytes of messages) {
    for (let at = 1; at < bytes.length; at++) {
      const [left, right] = [bytes[at - 1]!, bytes[at]!];
      const isEdge = at === 1 || at === bytes.length - 1;
      if (isEdge || left === 0x0a || right === 0x0a || right === 0x0d || (left >= 0x80 && right >= 0x80)) {
        telling.push(before + at - 1);
      }
    }
    before += Math.max(bytes.length - 1, 0);
  }
  return telling;
}

/** The cuts with these numbers, which grow. */
function cutsAt(messages: readonly Uint8Array[], numbers: readonly number[]): Cut[] {
  let [message, before] = [0, 0];
  return numbers.map((number) => {
    const size = () => Math.max(messages[message]!.length - 1, 0);
    while (number >= before + size()) before += size(), message++;
    return { message, at: number - before + 1 };
  });
}
