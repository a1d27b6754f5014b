/**
 * Returns memory to the system after many connections were opened and closed: V8 collects garbage to make room for new
 * objects but keeps its pages, and after 8000 clients have left it holds as much as while they were there.
 *
 * @module
 */

import { TRIM_CHANGES, TRIM_QUIET_MS } from "./limits.ts";

/** V8's `gc()`; the last-resort flavour also returns unused pages to the system. */
type Collect = (options: { type: "major"; execution: "sync"; flavor: "last-resort" }) => void;

/** Counts opened and closed connections and, after enough of them, trims memory in the next quiet moment. */
export class MemoryTrimmer {
  readonly #trim: () => Promise<void>;
  /** Connections opened or closed since memory was last trimmed. */
  #changes = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Makes a trimmer; `trim` must not reject. */
  constructor(trim: () => Promise<void> = trimMemory) {
    this.#trim = trim;
  }

  /** Counts a connection that was opened or closed. */
  changed(): void {
    if (++this.#changes === TRIM_CHANGES) this.#wait();
  }

  /** Cancels a pending trim. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Waits for a while without changes: a collection pauses the process for up to a tenth of a second. */
  #wait(): void {
    const before = this.#changes;
    this.#timer = setTimeout(() => {
      if (this.#changes !== before) return this.#wait();
      this.#changes = 0;
      void this.#trim();
    }, TRIM_QUIET_MS);
  }
}

/** Runs the collection. If the engine offers no `gc()`, memory is kept and used again. Never rejects. */
export async function trimMemory(): Promise<void> {
  const collect = await findCollector().catch(() => undefined);
  collect?.({ type: "major", execution: "sync", flavor: "last-resort" });
}

/** A compiled program has a global `gc()` (scripts/compile.ts); otherwise a context made after the flag is set has one. */
async function findCollector(): Promise<Collect> {
  const { gc } = globalThis as { readonly gc?: Collect };
  if (gc) return gc;
  const [{ setFlagsFromString }, { runInNewContext }] = await Promise.all([import("node:v8"), import("node:vm")]);
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc");
}
