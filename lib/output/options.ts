/**
 * How a command shows what it does.
 *
 * @module
 */

import type { Stream } from "./sink.ts";

/** What the common flags ask for. */
export interface OutputOptions {
  /** NDJSON instead of a transcript. */
  readonly json: boolean;
  /** Only errors, and for a client what it received. */
  readonly quiet: boolean;
  /** Details as well. */
  readonly verbose: boolean;
  /** Hex beside text, both directions. */
  readonly hex: boolean;
  /** The time before every line. */
  readonly time: boolean;
  /** Encoding of text on the wire, a canonical name. */
  readonly encoding: string;
  /** Stdout is a terminal: what a peer says must not drive it. */
  readonly terminal: boolean;
  /** Where a fetch shows the heads of answers. Default: nowhere. */
  readonly heads?: Stream | undefined;
  /** Whether a fetch shows the heads of its requests. */
  readonly requests?: boolean | undefined;
  /** A client passes bytes on as they come: its stdout is not a terminal and no encoding was asked for. */
  readonly raw: boolean;
}
