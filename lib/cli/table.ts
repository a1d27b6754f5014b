/**
 * The table of commands. It has only their names: the code of a command is loaded when it runs, so that it does not
 * slow the start of the others. A new command is its file, its test and one line here.
 *
 * @module
 */

import type { CommandSpec } from "./command.ts";

/** A command that is not loaded yet. */
export interface CommandEntry {
  /** The word on the command line. */
  readonly name: string;
  /** Loads the command. The path has to be a literal, or `deno compile` leaves the file out. */
  load(): Promise<CommandSpec>;
}

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  { name: "server", load: async () => (await import("./commands/server.ts")).serverCommand },
  { name: "client", load: async () => (await import("./commands/client.ts")).clientCommand },
  { name: "tap", load: async () => (await import("./commands/tap.ts")).tapCommand },
  { name: "probe", load: async () => (await import("./commands/probe.ts")).probeCommand },
  { name: "fetch", load: async () => (await import("./commands/fetch.ts")).fetchCommand },
  { name: "show", load: async () => (await import("./commands/show.ts")).showCommand },
  { name: "replay", load: async () => (await import("./commands/replay.ts")).replayCommand },
  { name: "check", load: async () => (await import("./commands/check.ts")).checkCommand },
  { name: "cert", load: async () => (await import("./commands/cert.ts")).certCommand },
  { name: "completions", load: async () => (await import("./commands/completions.ts")).completionsCommand },
  { name: "man", load: async () => (await import("./commands/man.ts")).manCommand },
];

/** Loads all commands, for texts about the whole program. */
export function loadCommands(): Promise<CommandSpec[]> {
  return Promise.all(COMMANDS.map((entry) => entry.load()));
}
