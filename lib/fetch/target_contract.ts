/**
 * The contract between a download and the place where its body goes, and the errors of places that cannot take it.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import type { Version } from "../http/range.ts";

/** Says which version of which resource a part file belongs to. The field names are those in `NAME.part.json`. */
export interface PartNote extends Version {
  /** The address that was asked for, without its password. */
  readonly url: string;
}

/** An open target. Its methods reject with a SockeyeError, mostly of kind `file`; after a failure it is abandoned. */
export interface Target {
  /** Bytes in the target, including those of an earlier run. */
  readonly size: number;
  /** Appends bytes; settles when the operating system has them. */
  write(bytes: Uint8Array): Promise<void>;
  /** Whether bytes are passed on at once: a reader may wait for them, and {@linkcode restart} cannot take them back. */
  readonly passesOn: boolean;
  /** Discards everything that was written. */
  restart(): Promise<void>;
  /** Reads back all bytes in order, a piece per call of `take`. Only a target that a later run can continue has it. */
  replay?(take: (bytes: Uint8Array) => void): Promise<void>;
  /** Saves the note by which a later run can continue, or withdraws it. Only a target with `replay` has it. */
  note?(note: PartNote | undefined): Promise<void>;
  /** Turns the complete body into NAME and closes the target; `modified` is its time, in milliseconds since 1970. */
  commit(modified?: number): Promise<void>;
  /** Closes the target and leaves NAME as it was. True if there are bytes, and they are kept in a file beside it. */
  abandon(): Promise<boolean>;
}

/** The error for a body that a terminal cannot show. */
export class NotShowable extends SockeyeError {
  /** `what` the body is; `advice` comes before what always helps. */
  constructor(what: string, advice = "") {
    super("file", `Cannot show the body on a terminal: ${what}; ${advice}-o FILE saves it, --raw shows it anyway`);
  }
}

/** The error for a body that would have to begin again, because of a failure, when so many bytes have been passed on. */
export function passedOn(failure: SockeyeError, bytes: number): SockeyeError {
  const message = `${failure.message}; it cannot begin again, for ${bytes} bytes have been passed on`;
  return new SockeyeError(failure.kind, message, { cause: failure, transient: false });
}
