/**
 * Reads a capture from a file or from standard input, and reports the parts that could not be read.
 *
 * @module
 */

import type { ByteReader } from "../../bytes.ts";
import { CaptureError, CaptureParser } from "../../capture/capture_parser.ts";
import type { CaptureHandler } from "../../capture/captured.ts";
import { type CaptureCounts, Conversations } from "../../capture/conversations.ts";
import { SockeyeError } from "../../errors.ts";
import { withFileErrors } from "../../files.ts";
import { type Phrased, say } from "../../phrase.ts";
import { quote } from "../../printable.ts";
import { unlessAborted } from "../../wait.ts";
import { plural } from "../../wording.ts";

/** Bytes that are read at once. */
const CHUNK_BYTES = 256 * 1024;

/** How to read. */
export interface ReadOptions {
  /** Stops it. */
  readonly signal: AbortSignal;
  /** Receives the conversations. */
  readonly handler: CaptureHandler;
  /** Number of the conversation that it takes. Default: all. */
  readonly only?: number | undefined;
  /** Waits until the output is no longer behind. */
  readonly caughtUp: () => Promise<void> | undefined;
  /** Called when all that was found was passed on. */
  readonly finished: () => void;
  /** Whether the output still has a reader. */
  readonly isWanted: () => boolean;
  /** Called with notices about the file. */
  readonly notice: (message: Phrased, detail?: boolean) => void;
}

/**
 * Reads to the end, or as far as the file can be read.
 *
 * @param name the file, for messages
 * @returns the number of conversations
 * @throws {SockeyeError} `file`: it is not a capture, or is invalid at an offset; the contents before it were passed on
 */
export async function readCapture(file: ByteReader, name: string, options: ReadOptions): Promise<number> {
  const { signal, handler, only, caughtUp, finished, isWanted, notice } = options;
  const conversations = new Conversations(handler, only);
  const parser = new CaptureParser((packet) => conversations.take(packet));
  const buffer = new Uint8Array(CHUNK_BYTES);
  const read = () => withFileErrors(say("read")`read ${quote(name)}`, () => unlessAborted(file.read(buffer), signal));
  let failure: CaptureError | undefined;
  try {
    for (let count; (count = await read()) !== null;) {
      parser.push(buffer.subarray(0, count));
      await caughtUp();
      signal.throwIfAborted();
      if (!isWanted()) return conversations.count;
    }
    const cutAt = parser.end();
    if (cutAt !== undefined) {
      notice(say("file-cut")`The file is cut within the block at byte ${cutAt}: what comes before it was read`);
    }
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    failure = error;
  }
  conversations.end();
  await caughtUp();
  finished();
  tellSkipped(conversations.counts, notice);
  if (failure) throw asSockeyeError(failure, name);
  return conversations.count;
}

function asSockeyeError(cause: CaptureError, name: string): SockeyeError {
  const place = cause.offset > 0 ? ` beyond byte ${cause.offset}` : "";
  return new SockeyeError("file", `Cannot read ${quote(name)}${place}: ${cause.message}`, { cause });
}

function tellSkipped({ packets, skipped, unknownLinks }: CaptureCounts, notice: ReadOptions["notice"]): void {
  const { fragment, malformed, other } = skipped;
  if (fragment > 0) notice(`${plural(fragment, "fragment")} of IP packets passed over`);
  if (malformed > 0) notice(`${plural(malformed, "packet")} with bad headers passed over`);
  if (unknownLinks.size > 0) notice(`Packets of link type ${[...unknownLinks].join(", ")} cannot be read`);
  if (other > 0) notice(`${other} of ${plural(packets, "packet")} are neither TCP nor UDP`, true);
}
