/**
 * `discard`: reads everything and answers nothing (RFC 863). The server counts the bytes of every peer in any mode.
 *
 * @module
 */

import { defineMode, type ModeSpec } from "../server/mode.ts";

/** The table entry. */
export const discard: ModeSpec = defineMode({
  name: "discard",
  summary: "read, count and answer nothing",
  example: "discard 9000",
  options: {},
  stateless: true,
  create: () => ({ data: () => {} }),
});
