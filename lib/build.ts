/**
 * Build information, which `scripts/compile.ts` fills in, in the copy of the sources that it compiles.
 *
 * @module
 */

/** Commit hash, with `+` after it if the sources had uncommitted changes; empty when sockeye runs from source. */
export const COMMIT: string = "";
