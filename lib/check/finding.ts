/**
 * What a case of `check` found out. Findings are data: the report words them, in either language.
 *
 * @module
 */

import type { Bilingual } from "../language.ts";

/** `weak` breaks a SHOULD, or is a habit that bites later; `unknown` could not be judged. */
export type Verdict = "ok" | "weak" | "fail" | "unknown";

/** How one end of a connection knows the other: still there, ended in order, or gone with a reset. */
export type End = "open" | "fin" | "reset";

/**
 * One thing that a case did on a connection: a `send` is one write (over TCP a segment, over UDP a datagram), `half-close`
 * says that no more is sent (FIN), `close` and `reset` end it.
 */
export type Step =
  | { readonly does: "send"; readonly bytes: Uint8Array }
  | { readonly does: "pause"; readonly ms: number }
  | { readonly does: "half-close" | "close" | "reset" };

/** The conversation that decided a verdict, from our side. */
export interface Evidence {
  /** What we did, in order. */
  readonly steps: readonly Step[];
  /** The bytes that would have been right, or what they must be like. */
  readonly expected?: Uint8Array | Bilingual;
  /** The bytes that came. */
  readonly received: Uint8Array;
  /** The first byte of `received` that is wrong, its length where bytes are missing. Default: none is. */
  readonly at?: number;
  /** How the connection stood when the case looked last. */
  readonly end: End;
}

/** What a case found out. */
export interface Finding {
  /** What it says about the program. */
  readonly verdict: Verdict;
  /** Why, in a sentence or two that a learner understands; for every verdict but `ok`. */
  readonly reason?: Bilingual;
  /** What was seen; for `weak` and `fail`. */
  readonly evidence?: Evidence;
  /** Of a case that tries many ways: how many went wrong. */
  readonly tries?: {
    readonly failed: number;
    readonly of: number;
    readonly what: "cuts" | "clients";
    /** How many there are, where only some were tried, which the seed chose; also with `ok`. */
    readonly among?: number;
  };
  /** The words after `sockeye` that show it by hand, without the address: `["client", "--send", "hello", "--cut", "3"]`. */
  readonly again?: readonly string[] | undefined;
}
