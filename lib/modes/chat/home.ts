/**
 * A room as its bus sees it, and what its people are told about the bus.
 *
 * @module
 */

import { quote } from "../../printable.ts";
import type { Home, Reach } from "./bus.ts";
import type { Pace } from "./pace.ts";
import type { ChatRoom } from "./room.ts";

/** What those are told who are alone, or come while the room is alone. */
export const OUT_OF_REACH = "The other servers are out of reach: only those at this one hear you";

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
    happen: (deed, reach) => {
      room.happen(deed);
      if (deed.does === "name") room.tell(deed.who, `You are ${deed.name} now`);
      else if ("texts" in deed && reach !== "all") room.tell(deed.who, unheard(deed.texts, reach));
    },
    refuse: (who, text) => room.tell(who, text),
    giveWay: (who) => room.giveWay(who),
    whisper: (from, to, text) => {
      const who = room.findHere(to);
      if (who) room.whisper(from, who, text);
      return who !== undefined;
    },
    announce: (text) => room.announce(text),
    full: () => pace.full(true),
    ready: () => pace.ready(true),
  };
}

/**
 * What somebody is told whose words did not reach all.
 *
 * @param texts their lines
 * @param reach who heard them
 * @returns one line
 */
export function unheard(texts: readonly string[], reach: Reach): string {
  const [first = "", ...more] = texts;
  const what = quote(first) + (more.length > 0 ? ` and ${more.length} more` : "");
  if (reach === "most") return `Another server was out of reach and did not hear ${what}`;
  return `${reach === "here" ? "Only" : "Perhaps only"} those at this server heard ${what}`;
}
