/**
 * What `check` reports of a case, beside the other events.
 *
 * @module
 */

/** Bytes of a conversation: `text` where they are valid in the encoding, `hex` with `--hex`, else `base64`. */
export interface CaseBytes {
  /** How many there are. */
  readonly bytes: number;
  /** Where the part that is given begins, of more bytes than one event should have. */
  readonly from?: number;
  /** As text. */
  readonly text?: string;
  /** As hex digits. */
  readonly hex?: string;
  /** In base64. */
  readonly base64?: string;
}

/** What was done on a connection: one write, a pause in milliseconds, or an end. */
export type CaseStep = CaseBytes | { readonly pause: number } | { readonly does: "half-close" | "close" | "reset" };

/** A case of `check` was judged; in a list of cases, none of what judging brings is there. */
export interface CaseEvent {
  /** Kind of the event. */
  readonly event: "case";
  /** Its id, `echo/4`. */
  readonly id: string;
  /** What is tried, in half a line. */
  readonly title: string;
  /** What was found: `weak` breaks a SHOULD, `unknown` could not be judged. */
  readonly verdict?: "ok" | "weak" | "fail" | "unknown";
  /** Why, for every verdict but `ok`. */
  readonly reason?: string;
  /** Of a case that tries many ways: how many went wrong, and how many there are, where only some were tried. */
  readonly tries?: { readonly failed: number; readonly of: number; readonly what: string; readonly among?: number };
  /** What was done on the connection that decided it. */
  readonly sent?: readonly CaseStep[];
  /** What would have been right: the bytes, or what they must be like. */
  readonly expected?: CaseBytes | string;
  /** What came. */
  readonly received?: CaseBytes;
  /** The first byte of it that is wrong, its length where bytes are missing. */
  readonly at?: number;
  /** How the connection stood then. */
  readonly end?: "open" | "fin" | "reset";
  /** Command lines that show it again. */
  readonly again?: readonly string[];
  /** Milliseconds that it took. */
  readonly ms?: number;
}

/** Result of a check. */
export interface Checked {
  /** How many cases got each verdict. */
  readonly verdicts: Readonly<Record<"ok" | "weak" | "fail" | "unknown", number>>;
  /** Repeats its random choices. */
  readonly seed: number;
}
