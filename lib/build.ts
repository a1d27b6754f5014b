/**
 * Build information. `scripts/compile.ts` fills it in, in the copy of the sources that it compiles; in the repository
 * it is empty.
 *
 * @module
 */

/** Commit hash, with `+` after it if the sources had uncommitted changes; empty when sockeye runs from source. */
export const COMMIT: string = "";
