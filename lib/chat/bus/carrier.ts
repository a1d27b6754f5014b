/**
 * What the bus needs of a messaging system: one channel that brings every message to all, the sender as well, what one
 * server says in its order, and questions to one server.
 *
 * @module
 */

/** Hears what a carrier brings. */
export interface Ears {
  /** The way is open: what is published from now on is heard by all who are there. */
  up(): void;
  /** The way is closed: what was published and has not come back may have reached others or not. */
  down(): void;
  /** A message to all. */
  message(bytes: Uint8Array): void;
  /** A question to this server; the answer goes back. */
  asked(bytes: Uint8Array): Uint8Array;
}

/** A way to other servers. It opens again by itself when it was closed. */
export interface Carrier {
  /** Bytes that one message may have; it may change when the way opens again. */
  readonly limit: number;
  /** Begins to listen; {@linkcode Ears.up} follows, at once or later. */
  listen(ears: Ears): void;
  /** Sends a message to all. */
  publish(bytes: Uint8Array): void;
  /**
   * Asks one server.
   *
   * @param server its id
   * @param bytes the question
   * @returns its answer; rejects when there is none
   */
  ask(server: string, bytes: Uint8Array): Promise<Uint8Array>;
  /**
   * Whether a server still has a way to the others, as far as one can know at once.
   *
   * @param server its id
   */
  isThere(server: string): Promise<boolean>;
  /** Closes a way on which nothing comes back, and opens it again. */
  restart(why: string): void;
}
