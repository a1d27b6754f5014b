/**
 * The contract between a room and its bus. Data flows one way: a participant here does something, the room gives the action to
 * the bus, the bus brings it back among the actions at other servers, in one order for all of them, and only then the room
 * applies it. A room without a bus applies actions at once.
 *
 * @module
 */

import type { Broadcast } from "./broadcast.ts";
import type { LeaveCode, Note } from "./events.ts";

/** A member, an operator or a member of another server: it has a name and can be sent private lines. */
export interface Participant {
  /** The prefix of its lines. */
  readonly name: string;
  /** Sends lines to it; false when it takes no more: its outbox is full. */
  send(lines: Broadcast): boolean;
}

/** Something that a participant does, for all to see. Texts are lines, as they were written. */
export type RoomAction =
  | { readonly kind: "say" | "act"; readonly from: Participant; readonly texts: readonly string[] }
  | { readonly kind: "join"; readonly from: Participant }
  | { readonly kind: "leave"; readonly from: Participant; readonly how: LeaveCode; readonly text?: string | undefined }
  /** `yielded`: another server has the better right to the old name. */
  | { readonly kind: "rename"; readonly from: Participant; readonly to: string; readonly yielded?: boolean };

/** A room as its bus sees it. */
export interface LocalRoom {
  /** All participants at this server. */
  readonly here: readonly Participant[];
  /** The participant at this server with a name that is this one, in any spelling, or one to choose that looks like it. */
  findAlike(name: string): Participant | undefined;
  /** Applies an action. Each one that was sent by a participant here is applied once, whatever becomes of the bus. */
  apply(action: RoomAction): void;
  /** Sends a note to one participant here. */
  notify(to: Participant, note: Note): void;
  /** Sends a note to all participants here. */
  announce(note: Note): void;
  /** Gives a participant here another name: another server has the better right to the one it has. */
  yieldName(participant: Participant): void;
  /** Delivers a private line from another server; it is one line, as it was written. */
  deliverPrivate(from: string, to: Participant, text: string): void;
  /** Whether the readers here are behind those that flood. */
  full(): boolean;
  /** Settles when they are not. */
  ready(): Promise<void>;
}

/** What a room joins. */
export interface BusEntrance {
  /** Takes part, until {@linkcode Bus.leave}. Nothing of the room is used before the next turn of the event loop. */
  join(room: LocalRoom): Bus;
}

/** The way to the participants of other servers. */
export interface Bus {
  /** Stands in the names that this server gives: no other server of the room has the same. */
  readonly tag: string;
  /** A note for newcomers; undefined while the other servers are in reach. */
  readonly warning: Note | undefined;
  /** All participants at other servers. */
  readonly elsewhere: readonly Participant[];
  /** The participant at another server with a name, in any spelling. */
  find(name: string): Participant | undefined;
  /** The participant at another server with a name that looks like this one. */
  findAlike(name: string): Participant | undefined;
  /** Sends an action of a participant here; while the other servers are out of reach it is applied here alone. */
  send(action: RoomAction): void;
  /** Sends a private line, or a note to its sender; false when the receiver is not at another server. */
  sendPrivate(from: Participant, to: Participant, text: string): boolean;
  /** Whether senders must wait: too much is under way, or readers elsewhere are behind those that flood. */
  full(flooding: boolean): boolean;
  /** Settles when that may have changed. */
  ready(): Promise<void>;
  /** Applies the actions under way, and announces to the other servers that the participants of this one leave. */
  leave(): void;
}
