/**
 * What a replay says of messages: as text and in hex, on one line.
 *
 * @module
 */

import type { FirstDifference } from "../../client/replay.ts";
import { SockeyeError } from "../../errors.ts";
import { say } from "../../phrase.ts";
import { quote } from "../../printable.ts";
import { TextStream } from "../../text/decode.ts";

/** Bytes that are shown at most, and how many of them stand before a difference. */
const SHOWN = 32;
const BEFORE = 8;

/** Both forms of a message, `"hello" (68 65 6c 6c 6f)`, or of its part around an offset. */
export function messageForms(bytes: Uint8Array, encoding: string, at = 0): string {
  const from = Math.max(0, Math.min(at - BEFORE, bytes.length - SHOWN));
  const part = bytes.subarray(from, from + SHOWN);
  const hex = [...part].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  const [before, after] = [from > 0 ? "…" : "", from + part.length < bytes.length ? "…" : ""];
  return `${before}${quote(new TextStream(encoding).all(part).text)}${after} (${hex}${after && ` ${after}`})`;
}

/** The failure that a difference is. */
export function differenceError(
  { message, at, recorded, received, receivedAt, ended }: FirstDifference,
  stream: number,
  encoding: string,
): SockeyeError {
  const came = messageForms(received, encoding, receivedAt);
  const wanted = messageForms(recorded, encoding, at);
  const missing = receivedAt >= received.length;
  const text = message === undefined
    ? say("sent-more")`The server sent more than in stream ${stream}: ${came}`
    : missing && ended
    ? say(
      "ended-before",
    )`The server ended before byte ${at} of message ${message} of stream ${stream}: recorded ${wanted}`
    : missing
    ? say("did-not-come")`Message ${message} of stream ${stream} did not come from byte ${at} on: recorded ${wanted}`
    : say(
      "differs",
    )`Message ${message} of stream ${stream} differs at byte ${at}: recorded ${wanted}, received ${came}`;
  return new SockeyeError("expect", text);
}
