/**
 * Random numbers that a seed repeats.
 *
 * @module
 */

/** Gives the next number, at least 0 and below 1. */
export type Random = () => number;

/** Makes the numbers of a key: the same key gives the same numbers (sfc32 by Chris Doty-Humphrey, seeded by a hash). */
export function randomOf(key: string): Random {
  let a = hash(key, 0x9e3779b9), b = hash(key, 0x243f6a88), c = hash(key, 0xb7e15162), counter = 1;
  const next = () => {
    const sum = (a + b + counter++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21 | c >>> 11) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  // The first numbers still resemble the seed.
  for (let i = 0; i < 12; i++) next();
  return next;
}

/** FNV-1a with the finish of MurmurHash3, which spreads keys that differ in one digit. */
function hash(key: string, seed: number): number {
  let h = seed;
  for (let i = 0; i < key.length; i++) h = Math.imul(h ^ key.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ h >>> 16, 0x85ebca6b);
  h = Math.imul(h ^ h >>> 13, 0xc2b2ae35);
  return h ^ h >>> 16;
}

/** Draws how many fail before the next hit, each of which has the same chance (a geometric distribution). */
export function missesBefore(chance: number, random: Random): number {
  if (chance >= 1) return 0;
  return chance <= 0 ? Infinity : Math.floor(Math.log(1 - random()) / Math.log1p(-chance));
}
