/**
 * Rooms that stretch over several servers, joined by NATS. A room knows its bus only by the contract in
 * `lib/chat/bus/contract.ts`; the command line joins the two. From the room to the network: `room_bus` is what the room sees;
 * `deeds` are those of people here, `inbox` is what the others say, `presence` and `roster` know who is where; `alone`,
 * `recent` and `gaps` are about what somebody did not hear; `stream`, `order` and `sent` keep the order, `flow` keeps writers
 * behind readers, `whispers` are for one person; `wire` is what messages look like, `nats` carries them.
 *
 * @module
 */

import type { Bus } from "./contract.ts";
import { type BusAddress, parseBusAddress, parseRoomName } from "./address.ts";
import { NatsCarrier } from "./nats.ts";
import { RoomBus } from "./room_bus.ts";

export { parseBusAddress, parseRoomName };
export type { BusAddress };

/** Bytes of a server's id. */
const ID_BYTES = 8;

/** How to join. */
export interface BusOptions {
  /** The room, as {@linkcode parseRoomName} gives it. */
  readonly room: string;
  /** Certificate of the authority to trust instead of those of the system, PEM. */
  readonly ca?: string | undefined;
  /** Tells the person at the server something. */
  notice(message: string): void;
}

/** A bus that leaves the room with its scope. */
export interface OpenBus extends Bus, AsyncDisposable {
  /** Settles when the other servers have said who is there, or cannot. */
  arrived(): Promise<void>;
}

/**
 * Opens the way to the other servers of a room. One that cannot be reached now is tried again and again later.
 *
 * @param address where the bus is
 * @param options the room
 * @returns the bus, for one room
 * @throws {SockeyeError} `connect` when the library does not come or the bus refuses the login, `tls`
 */
export async function openBus(address: BusAddress, options: BusOptions): Promise<OpenBus> {
  const id = crypto.getRandomValues(new Uint8Array(ID_BYTES)).toHex();
  const carrier = await NatsCarrier.open(address, { ...options, id });
  const bus = new RoomBus(carrier, { id, tag: tagOf(id), notice: options.notice });
  return Object.assign(bus, {
    [Symbol.asyncDispose]: () => {
      bus.leave();
      return carrier[Symbol.asyncDispose]();
    },
  });
}

/** A letter, so that it is not taken for a part of the number before it, and three digits or letters. */
function tagOf(id: string): string {
  return String.fromCharCode("a".charCodeAt(0) + Number(`0x${id.slice(0, 2)}`) % 26) + id.slice(2, 5);
}
