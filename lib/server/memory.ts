/**
 * Returns memory to the system after many connections were opened and closed: V8 collects garbage to make room for new
 * objects but keeps its pages, and after 8000 clients have left it holds as much as while they were there.
 *
 * @module
 */

import type { Totals } from "../events.ts";
import { TRIM_BUSY_MS, TRIM_CHANGES, TRIM_QUIET_BYTES, TRIM_QUIET_MS } from "./limits.ts";

/** V8's `gc()`; the last-resort flavour also returns unused pages to the system. */
type Collect = (options: { type: "major"; execution: "sync"; flavor: "last-resort" }) => void;

/** What a peer has sent and received, in bytes. */
type Traffic = Pick<Totals, "received" | "sent">;

/** Counts opened and closed connections and, after enough of them, trims memory in the next quiet moment. */
export class MemoryTrimmer {
  readonly #peers: Iterable<Traffic>;
  readonly #trim: () => Promise<void>;
  /** Connections opened or closed since memory was last trimmed. */
  #changes = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Makes a trimmer.
   *
   * @param peers those that are connected at the moment
   * @param trim must not reject
   */
  constructor(peers: Iterable<Traffic>, trim: () => Promise<void> = trimMemory) {
    this.#peers = peers;
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

  /** Bytes that the connected peers have sent and received. */
  get #moved(): number {
    let bytes = 0;
    for (const { received, sent } of this.#peers) bytes += received + sent;
    return bytes;
  }

  /**
   * Waits for a while without changes or much traffic: a collection pauses the process for up to a tenth of a second. Traffic
   * that does not end puts it off for so many milliseconds.
   */
  #wait(busyMs = TRIM_BUSY_MS): void {
    const before = this.#changes;
    const moved = this.#moved;
    this.#timer = setTimeout(() => {
      if (this.#changes !== before) return this.#wait();
      if (busyMs > 0 && this.#moved - moved > TRIM_QUIET_BYTES) return this.#wait(busyMs - TRIM_QUIET_MS);
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
