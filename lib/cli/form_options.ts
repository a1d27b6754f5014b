/**
 * The options that define a message, for every command that shows traffic.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { asMessageSize, one, type Values } from "../options.ts";
import { asChecksum, CHECKSUM_NAMES } from "../text/checksum.ts";
import { asFrame, FRAME_EXAMPLES } from "../text/framing.ts";
import type { MessageForm } from "../text/message_form.ts";
import type { Traits } from "../transport/transport.ts";

/** The options. */
export const FORM_OPTIONS = {
  "frame": one("RULE", "a message ends by: line, gap:D, fixed:N, until:HEX, between:HEX,HEX, length:u16be", asFrame, {
    choices: FRAME_EXAMPLES,
  }),
  "frame-max": one("S", "the longest message, of --frame or ws (1m)", asMessageSize),
  "checksum": one("NAME", "add it to sent messages, check it in received ones: NAME[:le|:be][@FROM..TO]", asChecksum, {
    choices: CHECKSUM_NAMES,
  }),
} as const;

/**
 * Checks that the limits come with a frame rule.
 *
 * @throws {SockeyeError} `usage`
 */
export function checkForm({ frame, "frame-max": max }: Values<typeof FORM_OPTIONS>, transport: Traits): void {
  const { messageBoundaries, connectionless } = transport;
  if (max === undefined || frame || (messageBoundaries && !connectionless)) return;
  const message = "Option --frame-max limits the messages of --frame, or of a WebSocket: add --frame";
  throw new SockeyeError("usage", message);
}

/** What a message is; undefined if it is the data of one read, without a checksum. */
export function formOf(values: Values<typeof FORM_OPTIONS>): MessageForm | undefined {
  const { frame, "frame-max": max, checksum } = values;
  return frame || checksum ? { frame, max, checksum } : undefined;
}
