/**
 * The options of a client's conversation: what to send, and when it ends.
 *
 * @module
 */

import type { Report } from "../events.ts";

/** How to converse. */
export interface ExchangeOptions {
  /** Ends the conversation; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without a byte in either direction. Default 0: no limit. */
  readonly idle?: number | undefined;
  /**
   * Milliseconds to wait for answers after everything is sent, with our half open; then the conversation is done.
   * Default: no limit, and our half ends when no answer is awaited any more.
   */
  readonly wait?: number | undefined;
  /**
   * Milliseconds without anything to send after which a peer that has ended its half counts as gone; Infinity sends
   * everything. Default {@linkcode IDLE_AFTER_END_MS}.
   */
  readonly idleAfterEnd?: number | undefined;
  /** Whether it is a failure if such a peer has got a part of the input and the rest has not arrived. */
  readonly needsAll?: boolean | undefined;
  /** Called with the bytes of each read; true when nothing more is needed. */
  readonly until?: ((bytes: Uint8Array) => boolean) | undefined;
  /** Called when the peer sends no more. */
  readonly ended?: (() => void) | undefined;
  /** Takes open, half-close, close. */
  readonly on?: Report | undefined;
  /** Takes every read and write. */
  readonly onTraffic?: Report | undefined;
}

/** What a client sends: bytes, or an instruction. */
export type Outgoing = AsyncIterable<Uint8Array | typeof FIN | typeof CLOSE | typeof DONE>;

/** Nothing more will be sent: our half ends now. */
export const FIN: unique symbol = Symbol("fin");

/** The person leaves. Bytes on their way still arrive, but we do not wait for the peer's FIN. */
export const CLOSE: unique symbol = Symbol("close");

/** All expectations were met, and the conversation is over. */
export const DONE: unique symbol = Symbol("done");
