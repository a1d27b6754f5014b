/**
 * `echo`: sends every byte back (RFC 862).
 *
 * @module
 */

import { defineMode, type ModeSpec } from "../server/mode.ts";

/** The table entry. */
export const echo: ModeSpec = defineMode({
  name: "echo",
  summary: "send every byte back",
  example: "echo :9000",
  options: {},
  stateless: true,
  create: () => ({ joins: true, data: (peer, bytes) => peer.send(bytes) }),
});
