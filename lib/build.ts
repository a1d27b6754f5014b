/**
 * What a compiled program knows about its making. `scripts/compile.ts` writes this file anew in the copy that it compiles;
 * from source there is nothing to know.
 *
 * @module
 */

/** The commit, with `+` when there were changes that it does not have; empty when sockeye runs from source. */
export const COMMIT: string = "";
