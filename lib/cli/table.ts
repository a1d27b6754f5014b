/**
 * The table of commands. Only their names are here: what a command needs is loaded when it is run, so that no command costs
 * the others their start. A new command is its file, its test and one line here.
 *
 * @module
 */

import type { CommandSpec } from "./command.ts";

/** A command that is not loaded yet. */
export interface CommandEntry {
  /** The word on the command line. */
  readonly name: string;
  /** Loads it. The path has to be a literal: `deno compile` takes along what it can see. */
  load(): Promise<CommandSpec>;
}

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  { name: "server", load: async () => (await import("./commands/server.ts")).serverCommand },
  { name: "client", load: async () => (await import("./commands/client.ts")).clientCommand },
  { name: "fetch", load: async () => (await import("./commands/fetch.ts")).fetchCommand },
  { name: "cert", load: async () => (await import("./commands/cert.ts")).certCommand },
  { name: "completions", load: async () => (await import("./commands/completions.ts")).completionsCommand },
  { name: "man", load: async () => (await import("./commands/man.ts")).manCommand },
];

/**
 * Loads all of them, for texts about the whole program.
 *
 * @returns the commands in the order of the help
 */
export function loadCommands(): Promise<CommandSpec[]> {
  return Promise.all(COMMANDS.map((entry) => entry.load()));
}
