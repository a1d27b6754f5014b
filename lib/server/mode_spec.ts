/**
 * How a mode presents itself: its place in the table, its options, its factory. Help, completions and README come from here.
 *
 * @module
 */

import type { Mode, Peer } from "./mode.ts";
import type { Bus } from "../chat/bus/contract.ts";
import type { Store } from "../chat/history.ts";
import type { Frame } from "../modes/frame.ts";
import type { OptionTable, Values } from "../options.ts";

/** What a mode is given besides its options. */
export interface Room {
  /** The encoding of text on the wire, `utf-8` or another name. */
  readonly encoding: string;
  /** Where a message ends; without it a message is what one read brings. */
  readonly frame?: Frame | undefined;
  /** The most bytes of one message, where each send is a message of its own (UDP). Default: no limit. */
  readonly messageMax?: number | undefined;
  /** The person at the server, for modes with `operator: true`. */
  readonly operator: Operator;
  /** The way to people at other servers, for a mode with an option `bus`. */
  readonly bus?: Bus | undefined;
  /** Where what is said is kept, for a mode with an option `history-file`. */
  readonly store?: Store | undefined;
  /**
   * Tells the person at the server something.
   *
   * @param message one line
   * @param peer whom it is about
   */
  notice(message: string, peer?: Peer): void;
  /**
   * Shows the person at the server what is said, for modes with `tells: true`.
   *
   * @param text one line
   * @param from who said it, or whom it is about
   */
  show(text: string, from?: Peer | "operator"): void;
  /**
   * Hears once how to ask who can be spoken to, from a mode with an option `bus`.
   *
   * @param people gives their names; while something is shown, they may not yet be those after it
   */
  meet?(people: () => readonly string[]): void;
  /** Settles when what was shown until now has been written. */
  written(): Promise<void>;
}

/** The person at the server. */
export interface Operator {
  /** Whether it is a person at a terminal, not a pipe. */
  readonly interactive: boolean;
  /** What was typed, line by line; it ends when the input does. */
  lines(): AsyncIterable<string>;
  /**
   * Shows whom the next line is for.
   *
   * @param text what stands before the line being typed
   */
  prompt(text: string): void;
}

/** A mode as the table knows it. */
export interface ModeSpec {
  /** The word on the command line. */
  readonly name: string;
  /** One line for the help. */
  readonly summary: string;
  /** Arguments after `sockeye server` that show it at work. */
  readonly example: string;
  /** Its own options. */
  readonly options: OptionTable;
  /** Whether it reads what the operator types. */
  readonly operator: boolean;
  /** Whether it shows by itself what is said. What each client sends is then a detail. */
  readonly tells: boolean;
  /** Whether its peers have nothing to do with each other, so that threads may share them out. */
  readonly apart: boolean;
  /**
   * Makes the mode for one server.
   *
   * @param values its own options as given
   * @param room the server around it
   * @returns a new mode
   * @throws {SockeyeError} `usage` when the options do not fit together
   */
  create(values: Record<string, unknown>, room: Room): Mode;
}

/** A mode as its file writes it, with typed options. */
export interface ModeDefinition<T extends OptionTable> {
  /** The word on the command line. */
  readonly name: string;
  /** One line for the help. */
  readonly summary: string;
  /** Arguments after `sockeye server` that show it at work. */
  readonly example: string;
  /** Its own options. Default: none. */
  readonly options?: T;
  /** Whether it reads what the operator types. Default false. */
  readonly operator?: boolean;
  /** Whether it shows by itself what is said. Default false. */
  readonly tells?: boolean;
  /** Whether its peers have nothing to do with each other. Default false. */
  readonly apart?: boolean;
  /** Makes the mode for one server. */
  create(values: Values<T>, room: Room): Mode;
}

/**
 * Turns a definition into a table entry.
 *
 * @param definition the mode
 * @returns the entry; the command line reader guarantees that it gets the values of its own option table
 */
export function defineMode<T extends OptionTable>(definition: ModeDefinition<T>): ModeSpec {
  const { options = {}, operator = false, tells = false, apart = false, ...rest } = definition;
  const create = (values: Record<string, unknown>, room: Room) => definition.create(values as Values<T>, room);
  return { ...rest, options, operator, tells, apart, create };
}
