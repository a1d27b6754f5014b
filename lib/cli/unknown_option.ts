/**
 * What is said about an option that a command does not have: the way of sockeye for one of nc or curl, or the command
 * that has it. Loads every command, so only for a line that is wrong.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { say } from "../phrase.ts";
import { allOf } from "../wording.ts";
import type { CommandSpec } from "./command.ts";
import { habitFor } from "./habits.ts";
import { UnknownOption } from "./parse.ts";
import { loadCommands } from "./table.ts";

/**
 * Explains an unknown option.
 *
 * @param command the name of the command; undefined without one
 */
export async function explainOption(error: UnknownOption, command: string | undefined): Promise<SockeyeError> {
  const { flag } = error;
  const habit = habitFor(flag, command);
  if (habit !== undefined) return new UnknownOption(flag, say("habit")` - ${habit}`);
  const owners = (await loadCommands()).filter((one) => has(one, flag)).map(({ name }) => name);
  if (owners.length === 0) return error;
  const place = command === undefined
    ? say("behind-word")`and stands behind that word`
    : say("not-for")`not for ${command}`;
  return new SockeyeError("usage", say("option-of")`Option ${flag} is for ${allOf(owners)}, ${place}`);
}

function has({ options }: CommandSpec, flag: string): boolean {
  if (flag.startsWith("--")) return Object.hasOwn(options, flag.slice(2));
  return Object.values(options).some(({ short }) => `-${short}` === flag);
}
