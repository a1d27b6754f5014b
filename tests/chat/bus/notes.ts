/**
 * What notes of a room say about lines that did not reach everybody.
 *
 * @module
 */

const ONE = /^\*\*\* .*(?:heard|did not hear) "(.*)"(?: and (\d+) more)?(?:, and only they hear you .*)?$/;
const MANY = /^\*\*\* Only those at this server heard (\d+) lines of yours, from "(.*)" to "(.*)"$/;

/**
 * The lines of somebody that did not reach everybody, as far as they were told.
 *
 * @param heard what they heard
 * @param said what they said, in this order
 */
export function refusedOf(heard: Iterable<string>, said: readonly string[]): Set<string> {
  const refused = new Set<string>();
  for (const line of heard) {
    const many = MANY.exec(line);
    const [, first = "", more = 0] = many ? [] : ONE.exec(line) ?? [];
    const from = said.indexOf(many?.[2] ?? first);
    if (from < 0) continue;
    const count = many ? Number(many[1]) : 1 + Number(more);
    const lines = said.slice(from, from + count);
    if (many && lines.at(-1) !== many[3]) throw new Error(`${line}: not so many lines`);
    for (const one of lines) refused.add(one);
  }
  return refused;
}
