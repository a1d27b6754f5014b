/** People who talk in a chat while something goes on around them: each line arrives once, in order, and soon. */

import { assertEquals, assertLess } from "@std/assert";
import type { Chatter } from "./chatter.ts";

/** A line is heard sooner, even when the machine is busy. */
const PROMPT_MS = 10_000;

/** What matters here: what people say, and what the room says about those who misbehave. */
export const matters = (line: string): boolean =>
  /^<user\d+> talk \d+ |^\*\*\* .*(?:joined|left|was dropped)/.test(line);

/**
 * While an event goes on, people say one line after the other, each when a neighbour has heard the one before. No line may
 * take long, and all must be heard. Lines have `length` characters; those of the last person are short, as people's are.
 */
export async function talkDuring(event: Promise<unknown>, people: readonly Chatter[], length = 0): Promise<void> {
  let over = false;
  const stop = () => void (over = true);
  event.then(stop, stop);
  const counts = await Promise.all(people.map(async (person, i) => {
    const neighbour = people[(i + 1) % people.length] ?? person;
    let count = 0;
    do {
      const start = performance.now();
      const text = `talk ${++count} `;
      await person.say(i === people.length - 1 ? text : text.padEnd(length, "."));
      await neighbour.hears(new RegExp(`^<${person.name}> ${text}`));
      assertLess(performance.now() - start, PROMPT_MS, `"${text}" of ${person.name}`);
    } while (!over);
    return count;
  }));
  await event;
  await assertComplete(people, counts);
}

/** Everybody heard every line of everybody else, once and in order. */
async function assertComplete(people: readonly Chatter[], counts: readonly number[]): Promise<void> {
  const total = counts.reduce((sum, count) => sum + count);
  await Promise.all(people.map(async (person, i) => {
    const heard = await person.all(/^<\w+> talk /, total - (counts[i] ?? 0));
    const lines = Map.groupBy(heard, (text) => /^<(\w+)>/.exec(text)?.[1]);
    people.forEach(({ name }, j) => {
      if (i === j) return;
      const expected = Array.from({ length: counts[j] ?? 0 }, (_, n) => `<${name}> talk ${n + 1}`);
      const actual = lines.get(name)?.map((text) => text.replace(/ \.*$/, ""));
      assertEquals(actual, expected, `what ${person.name} heard of ${name}`);
    });
  }));
}
