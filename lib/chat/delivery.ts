/**
 * How events get to the members. Everything that all are sent goes through one function, so there is one order for all.
 *
 * @module
 */

import { BackPressure } from "./back_pressure.ts";
import { Broadcast } from "./broadcast.ts";
import type { Participant } from "./contract.ts";
import type { RoomEvent } from "./events.ts";
import { History, type StoredEvent } from "./history.ts";
import type { ChatHost } from "./host.ts";
import { Member } from "./member.ts";
import type { ChatRoom } from "./room.ts";

/**
 * Milliseconds after which a member that reads none of its queued data counts as gone. A vanished member keeps its name
 * until then. A person whose terminal is paused has missed more than a minute by then, because the system's buffers
 * fill first.
 */
const STUCK_MS = 60_000;

/** The way to the members of a room. */
export class Delivery {
  /** Keeps those that send behind those that read. */
  readonly pressure: BackPressure;
  readonly #history: History;

  /** Delivers to the members of a room. */
  constructor(readonly host: ChatHost, readonly room: ChatRoom) {
    this.#history = new History(host.history, host.earlier, host.store);
    this.pressure = new BackPressure(() => room.members.map(({ peer }) => peer));
  }

  /** Sends events to all members; `own` is the member that caused them or that they are about. */
  toAll(events: readonly RoomEvent[], own?: Participant): void {
    const t = Date.now();
    const lines = new Broadcast(events, this.room.log?.add(events, t));
    const isSpeech = events.some(({ kind }) => kind === "say" || kind === "act");
    const operator = isSpeech && own === this.room.operator ? "operator" : undefined;
    for (const event of events) this.host.show(event, own instanceof Member ? own.peer : operator);
    if (isSpeech) this.#history.add(events, t);
    const long = performance.now() - STUCK_MS;
    const stuck = this.room.members.filter((one) => {
      const sent = one === own ? one.sendOwn(lines) : one.send(lines);
      return !sent || (one.peer.stuckSince ?? Infinity) < long;
    });
    this.pressure.posted(lines.bytes);
    // Only now, so that all get the news of their end after these events.
    for (const member of stuck) this.room.drop(member);
  }

  /** Sends events to one participant. They count like those for all: they fill an outbox as well. */
  toOne(participant: Participant, events: readonly RoomEvent[]): void {
    const lines = new Broadcast(events);
    this.#settle(participant, participant.send(lines), lines);
  }

  /** Events that are kept beyond those that newcomers get: none where they get none. */
  older(t: number, skip: number, count: number): readonly StoredEvent[] {
    return this.host.history > 0 ? this.host.store?.before?.(t, skip, count) ?? [] : [];
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
