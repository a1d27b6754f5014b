/**
 * `discard`: reads everything and answers nothing (RFC 863). The server counts the bytes of every peer in any mode; on
 * request they are kept in files.
 *
 * @module
 */

import { asText, one } from "../options.ts";
import { defineMode, type ModeSpec } from "../server/mode.ts";
import { ReceivedFiles } from "./received_files.ts";

/** The table entry. */
export const discard: ModeSpec = defineMode({
  name: "discard",
  summary: "read and count, send nothing",
  example: "discard 9000",
  options: {
    output: one("FILE", "save what a client sends; {id} is its number, for several at a time", asText, {
      short: "o",
      needs: ["write"],
    }),
  },
  stateless: true,
  create: ({ output }, context) => output === undefined ? { data: () => {} } : new ReceivedFiles(output, context),
});
