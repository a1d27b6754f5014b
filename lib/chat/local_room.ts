/**
 * A room as its bus sees it.
 *
 * @module
 */

import type { Home } from "./bus/contract.ts";
import type { Pace } from "./back_pressure.ts";
import type { ChatRoom } from "./room.ts";

/**
 * Shows a room to its bus.
 *
 * @param room the room
 * @param pace how far its readers are
 * @returns what a bus may do with it
 */
export function homeOf(room: ChatRoom, pace: Pace): Home {
  return {
    get people() {
      return room.here;
    },
    find: (name) => room.findHere(name),
    happen: (deed) => room.happen(deed),
    tell: (who, text) => room.tell(who, text),
    giveWay: (who) => room.giveWay(who),
    whisper: (name, to, text) => room.whisper({ name, hear: () => true }, to, text),
    announce: (text) => room.announce(text),
    full: () => pace.full(true),
    ready: () => pace.ready(true),
  };
}
