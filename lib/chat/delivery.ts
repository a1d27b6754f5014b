/**
 * How events get to the members. Everything that all are sent goes through one function, so there is one order for all.
 *
 * @module
 */

import { BackPressure } from "./back_pressure.ts";
import { Broadcast } from "./broadcast.ts";
import type { Participant } from "./contract.ts";
import type { RoomEvent } from "./events.ts";
import { History } from "./history.ts";
import type { ChatHost } from "./host.ts";
import { Member } from "./member.ts";
import type { ChatRoom } from "./room.ts";

/** The way to the members of a room. */
export class Delivery {
  /** Keeps those that send behind those that read. */
  readonly pressure: BackPressure;
  readonly #history: History;

  /** Delivers to the members of a room. */
  constructor(readonly host: ChatHost, readonly room: ChatRoom) {
    this.#history = new History(host.history, host.earlier, host.store);
    // The screen of the server is a reader too: a flood must not outrun the file that it may be redirected to.
    const screen = { flush: () => host.written() };
    this.pressure = new BackPressure(() => [screen, ...room.members.map(({ peer }) => peer)]);
  }

  /** Sends events to all members; `own` caused them, or is what they are about. */
  toAll(events: readonly RoomEvent[], own?: Participant): void {
    const lines = new Broadcast(events, this.room.log?.add(events));
    const isSpeech = events.some(({ kind }) => kind === "say" || kind === "act");
    const operator = isSpeech && own === this.room.operator ? "operator" : undefined;
    for (const event of events) this.host.show(event, own instanceof Member ? own.peer : operator);
    if (isSpeech) this.#history.add(events);
    const stuck = this.room.members.filter((one) => !(one === own ? one.sendOwn(lines) : one.send(lines)));
    this.pressure.posted(lines.bytes);
    // Only now, so that all get the news of their end after these events.
    for (const member of stuck) this.room.drop(member);
  }

  /** Sends events to one participant. They count like those for all: they fill an outbox as well. */
  toOne(participant: Participant, events: readonly RoomEvent[]): void {
    const lines = new Broadcast(events);
    this.#settle(participant, participant.send(lines), lines);
  }

  /** Sends earlier events to a newcomer. */
  toNewcomer(member: Member): void {
    const { events } = this.#history;
    if (events.length === 0) return;
    const lines = new Broadcast(events.map(({ event }) => event));
    this.#settle(member, member.sendHistory(events, lines), lines);
  }

  #settle(participant: Participant, sent: boolean, lines: Broadcast): void {
    if (!sent && participant instanceof Member) this.room.drop(participant);
    else this.pressure.posted(lines.bytes);
  }
}
