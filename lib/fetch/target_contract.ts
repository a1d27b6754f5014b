/**
 * What a download asks of the place where its body goes.
 *
 * @module
 */

/** What lets a part be continued: it belongs to this very version of what the address gives. */
export interface PartNote {
  /** The address. */
  readonly url: string;
  /** A strong ETag or a Last-Modified date. */
  readonly validator: string;
}

/** A body on its way to a file. */
export interface Target {
  /** Bytes that are there, written and waiting. */
  readonly size: number;
  /** Adds bytes; settles when the system has them. */
  write(bytes: Uint8Array): Promise<void>;
  /** Throws away what was written: the body starts anew. */
  restart(): Promise<void>;
  /** Gives what an earlier run wrote, in order; only what can be continued has it. */
  replay?(take: (bytes: Uint8Array) => void): Promise<void>;
  /** Notes that what is written can be continued later; undefined if it cannot. */
  note(note: PartNote | undefined): Promise<void>;
  /** The body is complete: makes it NAME. */
  commit(): Promise<void>;
  /** The body is not complete: closes the file, and removes it unless a {@linkcode note} says that it can be continued. */
  abandon(): Promise<void>;
}
