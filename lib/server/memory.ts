/**
 * Memory goes back to the system when many connections have come or gone. The engine collects what it needs for new objects
 * but keeps the room that it once had: after 8000 clients have left it holds as much as while they were there.
 *
 * @module
 */

import { TIDY_CHANGES, TIDY_QUIET_MS } from "./limits.ts";

/** Collects garbage and gives back the room. */
type Collect = (options: { type: "major"; execution: "sync"; flavor: "last-resort" }) => void;

/** Watches connections come and go, and tidies up in the next quiet moment. */
export class MemoryTrimmer {
  readonly #tidy: () => Promise<void>;
  #changes = 0;
  #seen = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Watches nothing yet.
   *
   * @param tidy gives back memory; must not reject
   */
  constructor(tidy: () => Promise<void> = giveBack) {
    this.#tidy = tidy;
  }

  /** A connection came or went. */
  changed(): void {
    if (++this.#changes === TIDY_CHANGES) this.#wait();
  }

  /** Watches no longer. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  /** A collection stops the world for a tenth of a second at the worst: not while clients still come or go. */
  #wait(): void {
    this.#seen = this.#changes;
    this.#timer = setTimeout(() => {
      if (this.#changes !== this.#seen) return this.#wait();
      this.#changes = 0;
      void this.#tidy();
    }, TIDY_QUIET_MS);
  }
}

/** Asks the engine for it. Where that cannot be done (`deno run` before 2.9) the memory is kept, and used again. Never rejects. */
export async function giveBack(): Promise<void> {
  const collect = await findCollector().catch(() => undefined);
  collect?.({ type: "major", execution: "sync", flavor: "last-resort" });
}

/** A compiled program has it from the start (scripts/compile.ts). */
async function findCollector(): Promise<Collect> {
  const { gc } = globalThis as { readonly gc?: Collect };
  if (gc) return gc;
  const [{ setFlagsFromString }, { runInNewContext }] = await Promise.all([import("node:v8"), import("node:vm")]);
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc");
}
