/** `sockeye tap` among a thousand random conversations. */

import { needs } from "../../support/harness.ts";
import { converseThroughTap } from "../../support/random_streams.ts";

Deno.test(
  "tap gives 1,000 random conversations of Python every byte, half-close and reset",
  needs(["python3"]),
  () => converseThroughTap(1_000),
);
