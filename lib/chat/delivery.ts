/**
 * How events get to the members. Everything that all are sent goes through one function, so there is one order for all.
 *
 * @module
 */

import type { Peer } from "../server/mode.ts";
import { BackPressure } from "./back_pressure.ts";
import { Broadcast } from "./broadcast.ts";
import type { Participant } from "./contract.ts";
import type { RoomEvent } from "./events.ts";
import { History } from "./history.ts";
import type { ChatHost } from "./host.ts";
import { Member } from "./member.ts";
import type { ReplayLog } from "./replay_log.ts";

/** Events for all members. */
export interface Delivered {
  /** In their order. */
  readonly events: readonly RoomEvent[];
  /** The member that caused them, or that they are about. */
  readonly own?: Participant | undefined;
  /** Where they are from, for the person at the server. */
  readonly from?: Peer | "operator" | undefined;
  /** Whether newcomers get them too. */
  readonly kept: boolean;
}

/** What a delivery needs of its room. */
export interface DeliveryOptions {
  /** Numbers events for pages that come back; undefined where no page can join. */
  readonly log: ReplayLog | undefined;
  /** The members at the moment. */
  members(): Iterable<Member>;
  /** Removes a member that does not read. */
  drop(member: Member): void;
}

/** The way to the members of a room. */
export class Delivery {
  /** Keeps those that send behind those that read. */
  readonly pressure: BackPressure;
  readonly #host: ChatHost;
  readonly #options: DeliveryOptions;
  readonly #history: History;

  /** Delivers to the members of a room. */
  constructor(host: ChatHost, options: DeliveryOptions) {
    this.#host = host;
    this.#options = options;
    this.#history = new History(host.history, host.earlier, host.store);
    // The screen of the server is a reader too: a flood must not outrun the file that it may be redirected to.
    const screen = { flush: () => host.written() };
    this.pressure = new BackPressure(() => [screen, ...Array.from(options.members(), ({ peer }) => peer)]);
  }

  /** Sends events to all members. */
  toAll({ events, own, from, kept }: Delivered): void {
    const lines = new Broadcast(events, this.#options.log?.add(events));
    for (const line of lines.lines) this.#host.show(line, from);
    if (kept) this.#history.add(events);
    const stuck: Member[] = [];
    for (const member of this.#options.members()) {
      if (!(member === own ? member.sendOwn(lines) : member.send(lines))) stuck.push(member);
    }
    this.pressure.posted(lines.bytes);
    // Only now, so that all get the news of their end after these events.
    for (const member of stuck) this.#options.drop(member);
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
    if (!sent && participant instanceof Member) this.#options.drop(participant);
    else this.pressure.posted(lines.bytes);
  }
}
