/**
 * The form of a message, as `--frame` and `--checksum` define it: where it ends, and its checksum.
 *
 * @module
 */

import type { ChecksumVerdict } from "../events.ts";
import { addChecksum, type Checksum, judgeChecksum } from "./checksum.ts";
import { tailLength } from "./frame_parts.ts";
import type { Frame } from "./framing.ts";

/** The form of all messages of a conversation. */
export interface MessageForm {
  /** Where a message ends. Default: at the end of each read. */
  readonly frame?: Frame | undefined;
  /** Bytes of the longest one. */
  readonly max?: number | undefined;
  /** What it ends with, before a line end or a tail. Default: nothing. */
  readonly checksum?: Checksum | undefined;
}

/** Adds the checksum to a message that is to be sent; the same array where messages have none. */
export function seal({ frame, checksum }: MessageForm, message: Uint8Array): Uint8Array {
  return checksum ? addChecksum(checksum, message, tailLength(frame, message)) : message;
}

/** Verifies a received message; undefined if messages have no checksum. */
export function judge({ frame, checksum }: MessageForm, message: Uint8Array): ChecksumVerdict | undefined {
  return checksum && judgeChecksum(checksum, message, tailLength(frame, message));
}
