/**
 * The options that say what a message is, for every command that shows traffic.
 *
 * @module
 */

import { asMessageSize, one, type Values } from "../options.ts";
import { asChecksum, CHECKSUM_NAMES } from "../text/checksum.ts";
import { asFrame, FRAME_EXAMPLES } from "../text/framing.ts";
import type { MessageForm } from "../text/message_form.ts";

/** The options. */
export const FORM_OPTIONS = {
  "frame": one("RULE", "a message ends by: line, gap:D, fixed:N, until:HEX, between:HEX,HEX, length:u16be", asFrame, {
    choices: FRAME_EXAMPLES,
  }),
  "frame-max": one("S", "the longest message, of --frame or ws (1m)", asMessageSize),
  "checksum": one("NAME", "add it to what is said, judge it in what comes: NAME[:le|:be][@FROM..TO]", asChecksum, {
    choices: CHECKSUM_NAMES,
  }),
} as const;

/** What a message is; undefined where it is what one read brings, without a checksum. */
export function formOf(values: Values<typeof FORM_OPTIONS>): MessageForm | undefined {
  const { frame, "frame-max": max, checksum } = values;
  return frame || checksum ? { frame, max, checksum } : undefined;
}
