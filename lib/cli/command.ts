/**
 * What a command is: a row of the command table.
 *
 * @module
 */

import type { OptionTable, Values } from "../options.ts";
import type { Output } from "../output/output.ts";
import type { Sink } from "../output/sink.ts";
import type { Given } from "./parse.ts";
import type { System } from "./system.ts";
import type { COMMON_OPTIONS } from "./common.ts";

/** One run of a command. */
export interface Run {
  /** The words that are no options. */
  readonly operands: readonly string[];
  /** Every option in the order given. */
  readonly given: readonly Given[];
  /** The process. */
  readonly system: System;
  /** The way to its streams. */
  readonly sink: Sink;
  /** Told by the command once there is one: where an error and the end are reported. */
  onOutput(output: Output): void;
}

/** One line of the help's example list. */
export interface Example {
  /** Words after `sockeye`. */
  readonly args: string;
  /** What it does. */
  readonly does: string;
}

/** A word that an operand may be, as help and completions tell it. */
export interface Word {
  /** The word. */
  readonly name: string;
  /** One line about it. */
  readonly summary: string;
  /** Options of the command that go with this word, and not with those words that lack them. */
  readonly options?: OptionTable;
}

/** What the first operand of a command may be. */
export interface Words {
  /** What they are, `Modes (default echo)`. */
  readonly title: string;
  /** The words, in the order of the help. */
  readonly list: readonly Word[];
}

/** A command as the table knows it. */
export interface CommandSpec {
  /** The word on the command line. */
  readonly name: string;
  /** One line for the help. */
  readonly summary: string;
  /** What follows the name, `[MODE] [ADDRESS]`. */
  readonly operands: string;
  /** A few lines about the operands. */
  readonly about: string;
  /** The words that its first operand may be, if they are known. */
  readonly words?: Words;
  /** Its own options. */
  readonly options: OptionTable;
  /** Shown at the end of its help. */
  readonly examples: readonly Example[];
  /**
   * Does the work.
   *
   * @param values its own options and the common ones, as given
   * @param run everything else
   * @returns the exit code, for a command that has told its end and its failures itself; else nothing
   * @throws {SockeyeError} when it failed
   */
  run(values: Record<string, unknown>, run: Run): Promise<number | void>;
}

/** A command as its file writes it, with typed options. */
export interface CommandDefinition<T extends OptionTable> extends Omit<CommandSpec, "run" | "options"> {
  /** Its own options. */
  readonly options: T;
  /** Does the work. */
  run(values: Values<T & typeof COMMON_OPTIONS>, run: Run): Promise<number | void>;
}

/**
 * Turns a definition into a table entry.
 *
 * @param definition the command
 * @returns the entry; the dispatcher guarantees that it gets the values of its own option table
 */
export function defineCommand<T extends OptionTable>(definition: CommandDefinition<T>): CommandSpec {
  return { ...definition, run: (values, run) => definition.run(values as Values<T & typeof COMMON_OPTIONS>, run) };
}
