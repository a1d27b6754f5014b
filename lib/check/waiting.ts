/**
 * Ways to wait and to try that cases share.
 *
 * @module
 */

import type { Actor } from "./actor.ts";
import type { CaseContext } from "./case.ts";

/** Waits until so many bytes have come, as long as more of them come; a program that is slow to begin may be slow to go on. */
export async function arrived(
  client: Actor,
  count: number,
  { answerMs, quietMs }: Pick<CaseContext, "answerMs" | "quietMs">,
): Promise<boolean> {
  const start = performance.now();
  let ms = answerMs;
  for (let came = client.received.length; came < count; came = client.received.length) {
    if (!await client.until(({ length }) => length > came, ms)) return false;
    if (ms === answerMs) ms = Math.min(answerMs - 1, Math.max(quietMs, answerMs / 3, 2 * (performance.now() - start)));
  }
  return true;
}

/** Does something with each item, so many of them at the same time; the results are in the order of the items. */
export async function each<T, R>(items: readonly T[], atOnce: number, act: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const work = async () => {
    for (const [index, item] of queue) results[index] = await act(item);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}
