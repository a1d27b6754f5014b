/**
 * What a room knows of other servers: a bus that brings every deed back in one order for all of them. How it does that is the
 * business of `lib/chat/bus`; a room without a bus needs nothing but memory.
 *
 * Data flows one way: somebody here does something, the room gives it to the bus, the bus brings it back among what the
 * people of the other servers did, and only then does it happen.
 *
 * @module
 */

import type { Person } from "../member.ts";

/** Something that everybody in the room is to see. */
export type Deed =
  | { readonly does: "say" | "act"; readonly who: Person; readonly texts: readonly string[] }
  | { readonly does: "join"; readonly who: Person }
  | { readonly does: "leave"; readonly who: Person; readonly how: string }
  /** `why` is for who gets another name without having asked for it. */
  | { readonly does: "name"; readonly who: Person; readonly name: string; readonly why?: string };

/** A room as its bus sees it. */
export interface Home {
  /** All who are at this server. */
  readonly people: readonly Person[];
  /** Who is here under a name, however it is written. */
  find(name: string): Person | undefined;
  /**
   * Makes a deed happen. Of people here each deed that was sent happens once, whatever becomes of the bus.
   *
   * @param deed whose texts and names are safe for a terminal
   */
  happen(deed: Deed): void;
  /**
   * Tells somebody here what has become of something they did.
   *
   * @param who whom to tell
   * @param text one line
   */
  tell(who: Person, text: string): void;
  /** Somebody here must take another name: somebody elsewhere has the same one, with more right to it. */
  giveWay(who: Person): void;
  /**
   * Tells somebody here what somebody elsewhere said to them alone.
   *
   * @param from the name of who says it
   * @param to who hears it
   * @param text a line, safe for a terminal
   */
  whisper(from: string, to: Person, text: string): void;
  /** Tells all who are here something about the servers. */
  announce(text: string): void;
  /** Whether the readers here are behind those who pour out text. */
  full(): boolean;
  /** Settles when they are not. */
  ready(): Promise<void>;
}

/** The way to the people of other servers. */
export interface Bus {
  /** Stands in the names that this server gives: no other server of the room has the same. */
  readonly tag: string;
  /** What newcomers are told of the other servers; undefined when they are in reach. */
  readonly warning: string | undefined;
  /** All who are at other servers. */
  readonly people: readonly Person[];
  /** Takes part, from now to {@linkcode Bus.leave}. */
  join(home: Home): void;
  /** Who is elsewhere under a name, however it is written. */
  find(name: string): Person | undefined;
  /** Sends a deed of somebody here; while the others are out of reach it happens here alone. */
  send(deed: Deed): void;
  /**
   * Says something to one person elsewhere; who says it hears when it does not arrive.
   *
   * @returns false for somebody who is not elsewhere
   */
  whisper(from: Person, to: Person, text: string): boolean;
  /** Whether too much is on its way already, or readers elsewhere are behind those who pour out text. */
  full(pouring: boolean): boolean;
  /** Settles when something has changed about that. */
  ready(): Promise<void>;
  /** What is on its way happens now, and the other servers are told that the people of this one leave. */
  leave(): void;
}
