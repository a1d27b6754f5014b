/**
 * Rooms at several servers, joined by NATS JetStream. A room knows its bus only by `contract.ts`. `room_bus` is what the room
 * sees; `publisher` sends what participants here do, `presence` knows those at other servers, `names` holds the names of those
 * here; `wire` is what messages look like, and `nats` makes connections.
 *
 * @module
 */

import { type BusAddress, parseBusAddress, parseRoomName } from "./address.ts";
import type { BusOptions } from "./link.ts";
import { Nats } from "./nats.ts";
import { RoomBus } from "./room_bus.ts";

export { parseBusAddress, parseRoomName };
export type { BusAddress, BusOptions, RoomBus };

/**
 * Opens the way to the other servers of a room. One that cannot be reached now is tried again and again later.
 *
 * @returns the bus, for one room
 * @throws {SockeyeError} `connect` when a library does not come, or the bus has no JetStream, refuses the login or a right; `tls`
 */
export async function openBus(address: BusAddress, options: BusOptions): Promise<RoomBus> {
  const id = crypto.getRandomValues(new Uint8Array(8)).toHex();
  const nats = new Nats(address, options, id);
  return new RoomBus(nats, await nats.open(), id, options.notice);
}
