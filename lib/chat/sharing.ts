/**
 * What the options of a chat ask for besides the chat itself: a bus to other servers, a file for its history.
 *
 * @module
 */

import { type BusAddress, openBus, parseBusAddress, parseRoomName } from "./bus/mod.ts";
import { SockeyeError } from "../errors.ts";
import { readText } from "../files.ts";
import type { Room } from "../server/mode_spec.ts";
import { HistoryFile } from "./history_file.ts";

/** The options that are meant. */
export interface SharingOptions {
  /** Where the bus is. */
  readonly bus?: string | undefined;
  /** The room on it. */
  readonly room?: string | undefined;
  /** File with the certificate of the authority that signed for the bus. */
  readonly "bus-ca"?: string | undefined;
  /** File that the history is kept in. */
  readonly "history-file"?: string | undefined;
  /** Lines that it keeps. */
  readonly "history-max"?: number | undefined;
}

/** Whom to tell what. */
export interface SharingEars {
  /** What a person should know. */
  notice(message: string): void;
  /** Lines of the history that are lost. */
  lose(message: string): void;
}

/** What was opened. */
export interface Sharing extends Pick<Room, "bus" | "store">, AsyncDisposable {
  /** Settles when the room knows who is at other servers: its first client shall see them. */
  arrived(): Promise<void>;
}

/** The room of those who name none. */
const DEFAULT_ROOM = "chat";

/** What an option is good for only with another one. */
const NEEDS = { "room": "bus", "bus-ca": "bus", "history-max": "history-file" } as const;

/**
 * Opens what was asked for; it closes with its scope.
 *
 * @param options what was given
 * @param ears whom to tell
 * @returns what a room is given of it
 * @throws {SockeyeError} `usage`, `permission`, `file`, `connect`, `tls`
 */
export async function openSharing(
  options: SharingOptions,
  ears: SharingEars,
): Promise<Sharing> {
  for (const [name, other] of Object.entries(NEEDS) as [keyof typeof NEEDS, "bus" | "history-file"][]) {
    if (options[name] === undefined || options[other] !== undefined) continue;
    throw new SockeyeError("usage", `Option --${name} needs --${other} too`);
  }
  const { bus, "history-file": file, "history-max": max } = options;
  const address = bus === undefined ? undefined : parseBusAddress(bus);
  const room = parseRoomName(options.room ?? DEFAULT_ROOM);
  await using stack = new AsyncDisposableStack();
  const store = file === undefined ? undefined : stack.use(await HistoryFile.open(file, ears.lose, max));
  const joined = address && stack.use(await join(address, room, options["bus-ca"], ears));
  const opened = stack.move();
  return {
    bus: joined,
    store,
    arrived: () => joined?.arrived() ?? Promise.resolve(),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function join(address: BusAddress, room: string, ca: string | undefined, { notice }: SharingEars) {
  return await openBus(address, { room, notice, ca: ca === undefined ? undefined : await readText(ca) });
}
