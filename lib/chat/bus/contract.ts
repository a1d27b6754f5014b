/**
 * The contract between a room and its bus. Data flows one way: a participant here does something, the room gives the action to
 * the bus, the bus brings it back among the actions at other servers, in one order for all of them, and only then the room
 * applies it. A room without a bus applies actions at once.
 *
 * @module
 */

import type { LeaveCode, Note } from "../events.ts";
import type { Broadcast } from "../broadcast.ts";

/** A member, an operator or a member of another server: it has a name and can be sent private lines. */
export interface Participant {
  /** Stands before what it says. */
  readonly name: string;
  /**
   * Sends lines to it.
   *
   * @returns false when it takes no more: its outbox is full
   */
  send(lines: Broadcast): boolean;
}

/** Something that a participant does, for all to see. Texts and names are safe for a terminal. */
export type RoomAction =
  | { readonly kind: "say" | "act"; readonly from: Participant; readonly texts: readonly string[] }
  | { readonly kind: "join"; readonly from: Participant }
  | { readonly kind: "leave"; readonly from: Participant; readonly how: LeaveCode; readonly text?: string }
  /** `yielded`: another server has the better right to the old name. */
  | { readonly kind: "rename"; readonly from: Participant; readonly to: string; readonly yielded?: boolean };

/** A room as its bus sees it. */
export interface LocalRoom {
  /** All participants at this server. */
  readonly here: readonly Participant[];
  /** The participant at this server with a name, in any spelling. */
  find(name: string): Participant | undefined;
  /**
   * Applies an action. Each action of a participant here that was sent is applied once, whatever becomes of the bus.
   *
   * @param action of a participant here or at another server
   */
  apply(action: RoomAction): void;
  /** Sends a note to one participant here. */
  notify(to: Participant, note: Note): void;
  /** Sends a note to all participants here. */
  announce(note: Note): void;
  /** Gives a participant here another name: another server has the better right to the one it has. */
  yieldName(participant: Participant): void;
  /**
   * Delivers a private line from another server.
   *
   * @param text safe for a terminal
   */
  deliverPrivate(from: string, to: Participant, text: string): void;
  /** Whether the readers here are behind those that flood. */
  full(): boolean;
  /** Settles when they are not. */
  ready(): Promise<void>;
}

/** The way to the participants of other servers. */
export interface Bus {
  /** Stands in the names that this server gives: no other server of the room has the same. */
  readonly tag: string;
  /** A note for newcomers; undefined while the other servers are in reach. */
  readonly warning: Note | undefined;
  /** All participants at other servers. */
  readonly elsewhere: readonly Participant[];
  /** Takes part, until {@linkcode Bus.leave}. */
  join(room: LocalRoom): void;
  /** The participant at another server with a name, in any spelling. */
  find(name: string): Participant | undefined;
  /** The participant at another server with a name that looks like this one. */
  findAlike(name: string): Participant | undefined;
  /** Sends an action of a participant here; while the other servers are out of reach it is applied here alone. */
  send(action: RoomAction): void;
  /**
   * Sends a private line; the sender gets a note if it does not arrive.
   *
   * @returns false when the receiver is not at another server
   */
  sendPrivate(from: Participant, to: Participant, text: string): boolean;
  /** Whether senders must wait: too much is under way, or readers elsewhere are behind those that flood. */
  full(flooding: boolean): boolean;
  /** Settles when that may have changed. */
  ready(): Promise<void>;
  /** Applies the actions under way, and announces to the other servers that the participants of this one leave. */
  leave(): void;
}
