/**
 * `sockeye man`: prints the manual page, so that the single executable carries its own.
 *
 * @module
 */

import { SockeyeError } from "../../errors.ts";
import { keepOnly } from "../../permissions.ts";
import { say } from "../../phrase.ts";
import { quote } from "../../printable.ts";
import { type CommandSpec, COMMON_OPTIONS, defineCommand } from "../command.ts";
import { manPage } from "../manual.ts";
import { loadCommands } from "../table.ts";

/** The table entry. */
export const manCommand: CommandSpec = defineCommand({
  name: "man",
  summary: "the manual page, for man or a file",
  operands: "",
  about: `The page goes to standard output in the format of man(7).`,
  options: {},
  examples: [
    ["man | man -l -", "read it"],
    ["man > sockeye.1", "for a folder man1 of your MANPATH"],
  ],
  run: async (_values, { operands: [extra], sink }) => {
    if (extra !== undefined) {
      throw new SockeyeError("usage", say("unexpected-any")`Unexpected argument ${quote(extra)}: ${"man"} takes none`);
    }
    keepOnly([]);
    void sink.write("stdout", manPage(await loadCommands(), COMMON_OPTIONS));
    return 0;
  },
});
