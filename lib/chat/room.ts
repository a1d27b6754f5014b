/**
 * The room: its members, their messages, and the order of these. A member's text follows `<name> `, `* name ` or
 * `[name] `; only lines of the room itself begin with `*** `.
 *
 * @module
 */

import type { Peer } from "../server/mode.ts";
import { type Announcement, Announcements } from "./announcements.ts";
import type { Bus, LocalRoom, Participant, RoomAction } from "./contract.ts";
import { Delivery } from "./delivery.ts";
import { DisconnectTimers } from "./disconnect_timers.ts";
import { type LeaveCode, type Note, note, phrasesOf, type RoomEvent } from "./events.ts";
import type { StoredEvent } from "./history.ts";
import type { ChatHost } from "./host.ts";
import { Member } from "./member.ts";
import { MemberIndex } from "./member_index.ts";
import { givenName, isTagged, operatorName, refusedName, spareName, whyNotName } from "./names.ts";
import { ReplayLog } from "./replay_log.ts";

/** Close reason of a member that does not read. */
export const UNREAD = "does not read what it is sent";

/** A group of members that all get what each of them sends. */
export class ChatRoom implements LocalRoom {
  /** The person at the server. */
  readonly operator: Participant;
  /** Ends of connections. */
  readonly disconnects: DisconnectTimers = new DisconnectTimers();
  /** Events by number, for pages that come back; undefined where no page can join. */
  readonly log: ReplayLog | undefined;
  readonly #index = new MemberIndex();
  /** Members that are being dropped, in their order. */
  readonly #dropped: Member[] = [];
  readonly #bus: Bus | undefined;
  readonly #delivery: Delivery;
  readonly #announcements = new Announcements((event, about) => this.#delivery.toAll([event], about));
  #closed = false;

  /** Opens an empty room. */
  constructor(host: ChatHost) {
    this.#bus = host.bus?.join(this);
    this.log = host.web ? new ReplayLog(() => this.names, host.bus !== undefined) : undefined;
    this.#delivery = new Delivery(host, this);
    this.operator = {
      name: operatorName(this.#bus?.tag),
      send: ({ events }) => {
        for (const event of events) {
          if (event.kind === "private") host.show(event);
          else for (const line of phrasesOf(event)) host.notice(line);
        }
        return true;
      },
    };
    if (host.operator.interactive) this.#index.addName(this.operator);
  }

  /** The members, in the order of their coming. */
  get members(): Member[] {
    return this.#index.members;
  }

  /** All participants at this server: the members, and the operator if there is one. */
  get here(): Participant[] {
    const hasOperator = this.#index.find(this.operator.name) === this.operator;
    return hasOperator ? [...this.members, this.operator] : this.members;
  }

  /** The names of all participants, here and at other servers. */
  get names(): string[] {
    return [...this.here, ...(this.#bus?.elsewhere ?? [])].map(({ name }) => name);
  }

  /** Whether the readers here are behind those that flood. */
  full(): boolean {
    return this.#delivery.pressure.full(true);
  }

  /** Settles when they are not. */
  ready(): Promise<void> {
    return this.#delivery.pressure.ready(true);
  }

  /** Whether those that send must wait for those that read, or for the bus. */
  mustWait(flooding: boolean): boolean {
    return this.#delivery.pressure.full(flooding) || (this.#bus?.full(flooding) ?? false);
  }

  /** Settles when that may have changed. */
  async unblocked(flooding: boolean): Promise<void> {
    await this.#delivery.pressure.ready(flooding);
    if (this.#bus?.full(flooding)) await this.#bus.ready();
  }

  /** A note for newcomers; undefined while the other servers are in reach, and without a bus. */
  get warning(): Note | undefined {
    return this.#bus?.warning;
  }

  /** The participant at this server with a name, in any spelling. */
  find(name: string): Participant | undefined {
    return this.#index.find(name);
  }

  /** The participant at this server with a name that is this one, in any spelling, or one to choose that looks like it. */
  findAlike(name: string): Participant | undefined {
    return this.find(name) ?? (isTagged(name) ? undefined : this.#index.findAlike(name));
  }

  /** The participant here or at another server with a name, in any spelling. */
  findAnywhere(name: string): Participant | undefined {
    return this.find(name) ?? this.#bus?.find(name);
  }

  /** A member joins. */
  join(member: Member): void {
    const wanted = member.wanted?.normalize("NFC");
    const refusal = wanted === undefined ? undefined : this.#whyNot(wanted, member);
    member.name = wanted === undefined || refusal ? this.#given(member.peer) : wanted;
    this.#index.add(member);
    this.#publish({ kind: "join", from: member });
    this.notify(member, helloOf(member.name, this.names.length - 1));
    if (refusal) this.notify(member, refusal);
    if (this.warning) this.notify(member, this.warning);
    this.#delivery.toNewcomer(member);
  }

  /** A member leaves, for whatever reason; a second call does nothing. */
  leave(member: Member, how: LeaveCode, text?: string): void {
    if (!this.#forget(member)) return;
    this.#publish({ kind: "leave", from: member, how, ...(text !== undefined && { text }) });
  }

  /** The operator's input has ended: the operator leaves the room. */
  operatorLeaves(): void {
    const wasHere = this.#index.removeName(this.operator);
    if (wasHere && this.#bus) this.#publish({ kind: "leave", from: this.operator, how: "left" });
  }

  /** The operator removes a member. */
  remove(member: Member): void {
    this.notify(member, note("removed"));
    this.leave(member, "removed");
    if (member.peer.open) this.disconnects.closeGracefully(member.peer, "was removed by the operator");
  }

  /** Why a member cannot have a name; undefined if it can. */
  refusal(member: Member, wanted: string): Note | undefined {
    return this.#whyNot(wanted.normalize("NFC"), member);
  }

  /** What was said before a time, as far as it is kept, see {@linkcode Delivery.older}. */
  older(t: number, skip: number, count: number): readonly StoredEvent[] {
    return this.#delivery.older(t, skip, count);
  }

  /** Gives a member the name that it asks for, or a note that says why not. */
  rename(member: Member, wanted: string): void {
    const to = wanted.normalize("NFC");
    const refusal = this.#whyNot(to, member);
    if (refusal) this.notify(member, refusal);
    else if (to !== member.name) this.#publish({ kind: "rename", from: member, to });
    else this.notify(member, note("you", to));
  }

  /** Gives a member another name, because the name now belongs to a member of another server. */
  yieldName(participant: Participant): void {
    if (!(participant instanceof Member)) return;
    let to = this.#given(participant.peer);
    while (this.findAnywhere(to)) to = spareName(participant.peer.id);
    this.#publish({ kind: "rename", from: participant, to, yielded: true });
  }

  /** Applies an action of a participant here or at another server. */
  apply(action: RoomAction): void {
    const { kind, from } = action;
    if (kind !== "join" && kind !== "leave") this.#announcements.settle(from);
    switch (kind) {
      case "say":
      case "act":
        return this.#delivery.toAll(action.texts.map((text) => ({ kind, name: from.name, text })), from);
      case "join":
        return this.#comeOrGo(from, { kind, name: from.name });
      case "leave":
        return this.#comeOrGo(from, {
          kind,
          name: from.name,
          how: action.how,
          ...(action.text !== undefined && { words: action.text }),
        });
      case "rename": {
        const { to, yielded } = action;
        const before = from.name;
        if (from instanceof Member) this.#index.rename(from, to);
        this.announce({ kind, name: before, to }, from);
        if (from instanceof Member) this.notify(from, yielded ? note("you-yielded", to, before) : note("you", to));
      }
    }
  }

  /** A participant says or does something (`* name waves`). Here and below texts are lines, as they were written. */
  say(from: Participant, texts: readonly string[], kind: "say" | "act" = "say"): void {
    this.#publish({ kind, from, texts });
  }

  /** A participant says something to one. */
  sendPrivate(from: Participant, to: Participant, text: string): void {
    if (!this.#bus?.sendPrivate(from, to, text)) this.deliverPrivate(from.name, to, text);
  }

  /** Delivers a private line. */
  deliverPrivate(from: string, to: Participant, text: string): void {
    this.#delivery.toOne(to, [{ kind: "private", name: from, text }]);
  }

  /** Sends an event to all. */
  announce(event: RoomEvent, own?: Participant): void {
    if (!this.#closed) this.#delivery.toAll([event], own);
  }

  /** Sends notes of the room to one participant. */
  notify(participant: Participant, ...notes: Note[]): void {
    this.#delivery.toOne(participant, notes);
  }

  /** The server stops: all get a last note, and nothing after it. */
  close(): void {
    this.#bus?.leave();
    this.#announcements.flush();
    this.#closed = true;
    this.#delivery.toAll([note("stop")]);
    for (const member of this.members) this.#forget(member);
  }

  /** Drops a member whose outbox is full. The announcement can fill other outboxes: those members wait for their turn. */
  drop(member: Member): void {
    if (!this.#forget(member) || this.#dropped.push(member) > 1) return;
    for (let next; (next = this.#dropped[0]); this.#dropped.shift()) {
      this.#publish({ kind: "leave", from: next, how: "dropped" });
      next.peer.kick(UNREAD);
    }
  }

  #comeOrGo(from: Participant, event: Announcement): void {
    if (!this.#closed) this.#announcements.add(from, event);
  }

  /** With a bus an action is applied when the bus delivers it, without one at once. */
  #publish(action: RoomAction): void {
    if (this.#closed) return;
    if (this.#bus) this.#bus.send(action);
    else this.apply(action);
  }

  #whyNot(name: string, member: Member): Note | undefined {
    const own = this.#given(member.peer);
    const problem = whyNotName(name, own);
    if (problem) return refusedName(name, problem);
    if ((this.findAnywhere(name) ?? member) !== member) return refusedName(name, "name-taken");
    const alike = this.#index.findAlike(name) ?? this.#bus?.findAlike(name) ?? member;
    return alike === member || name === own ? undefined : refusedName(name, "name-alike", alike.name);
  }

  #given({ id }: Peer): string {
    return givenName(id, this.#bus?.tag);
  }

  #forget(member: Member): boolean {
    const wasHere = this.#index.remove(member);
    if (wasHere) member.leave();
    return wasHere;
  }
}

function helloOf(name: string, others: number): Note {
  if (others === 0) return note("hello-alone", name);
  return others === 1 ? note("hello-one", name) : note("hello", name, String(others));
}
