/**
 * Rooms at several servers, joined by NATS JetStream. A room knows its bus only by the contract.
 *
 * @module
 */

import { type BusAddress, parseBusAddress, parseRoomName } from "./address.ts";
import { type BusOptions, Nats } from "./nats.ts";
import { RoomStream } from "./stream.ts";

export { type BusAddress, type BusOptions, parseBusAddress, parseRoomName, type RoomStream };

/** Opens the way to the other servers of a room. If NATS cannot be reached now, it is tried again and again later. */
export async function openBus(address: BusAddress, options: BusOptions): Promise<RoomStream> {
  const nats = new Nats(address, options);
  return new RoomStream(nats, await nats.open());
}
