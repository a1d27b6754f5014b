import { assertEquals } from "@std/assert";
import { isForeground } from "../../lib/cli/foreground.ts";

const CASES = [
  ["41 (sockeye) S 40 41 40 34816 41 4194304 2674", true],
  ["41 (sockeye) S 40 41 40 34816 40 4194304 2674", false],
  ["41 (a) S 1 9 (b) S 40 41 40 34816 41 4194304 2674", true],
  // Without a terminal there is no foreground.
  ["41 (sockeye) S 40 41 40 0 -1 4194304 2674", false],
] as const;

for (const [stat, expected] of CASES) {
  Deno.test(`isForeground() says ${expected} of ${stat}`, () => assertEquals(isForeground(stat), expected));
}
