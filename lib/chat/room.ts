/**
 * The room: who is in it, what is said in it, and in which order. What a client says stands behind `<name> `, `* name ` or
 * `[name] `; only the room itself begins a line with `*** `.
 *
 * @module
 */

import type { Peer } from "../server/mode.ts";
import type { ChatHost } from "./host.ts";
import type { Rate } from "./token_bucket.ts";
import type { Bus, Deed } from "./bus/contract.ts";
import { Delivery } from "./delivery.ts";
import { Farewells } from "./disconnect_timers.ts";
import { homeOf } from "./local_room.ts";
import { Member, type Person } from "./member.ts";
import { givenName, notThatName, OPERATOR_NAME, operatorName, spareName, whyNotName } from "./names.ts";
import { Register } from "./member_index.ts";

/** What the options of the mode ask for. */
export interface ChatLimits {
  /** Lines that a newcomer gets. */
  readonly history: number;
  /** How often each member may speak. */
  readonly rate?: Rate | undefined;
}

/** Why somebody is cut off. */
export const UNREAD = "does not read what it is sent";

/** A group of people who hear each other. */
export class ChatRoom {
  /** The person at the server. */
  readonly operator: Person;
  /** The ends of connections. */
  readonly farewells = new Farewells();
  readonly #host: ChatHost;
  readonly #limits: ChatLimits;
  readonly #register = new Register();
  readonly #dropped: Member[] = [];
  readonly #bus: Bus | undefined;
  readonly #delivery: Delivery;
  #closed = false;

  /**
   * Opens an empty room.
   *
   * @param host the server around it
   * @param limits what the options ask for
   */
  constructor(host: ChatHost, limits: ChatLimits) {
    this.#host = host;
    this.#limits = limits;
    this.#delivery = new Delivery(host, limits.history, () => this.#register.members, (member) => this.#drop(member));
    this.#bus = host.bus;
    const name = operatorName(this.#bus?.tag);
    this.operator = { name, hear: (lines) => (lines.texts.forEach((text) => host.notice(text)), true) };
    if (host.operator.interactive) this.#register.call(this.operator);
    this.#bus?.join(homeOf(this, this.#delivery.pace));
    host.meet?.(() => this.people.map(({ name }) => name));
  }

  /** The clients who are here, in the order of their coming. */
  get members(): Member[] {
    return [...this.#register.members];
  }

  /** All at this server who can be spoken to: the clients, and the person there if there is one. */
  get here(): Person[] {
    const { operator } = this;
    return [...this.#register.members, ...(this.findHere(operator.name) === operator ? [operator] : [])];
  }

  /** All who can be spoken to, here and at other servers. */
  get people(): Person[] {
    return [...this.here, ...(this.#bus?.people ?? [])];
  }

  /** Whether those who write must wait for those who read, or for the bus. */
  full(pouring: boolean): boolean {
    return this.#delivery.pace.full(pouring) || (this.#bus?.full(pouring) ?? false);
  }

  /** Waits until those who read have come along, and the bus. */
  async ready(pouring: boolean): Promise<void> {
    await this.#delivery.pace.ready(pouring);
    if (this.#bus?.full(pouring)) await this.#bus.ready();
  }

  /** The member that a peer is; undefined before it came and after it left. */
  of(peer: Peer): Member | undefined {
    return this.#register.of(peer);
  }

  /** Who is called so, however it is written, here or at another server. */
  find(name: string): Person | undefined {
    return this.findHere(name) ?? this.#bus?.find(name);
  }

  /** Who is called so at this server. */
  findHere(name: string): Person | undefined {
    return this.#register.find(name);
  }

  /** Somebody comes in. */
  join(peer: Peer): void {
    const wanted = peer.name?.normalize("NFC");
    const problem = wanted === undefined ? undefined : this.#whyNot(wanted, peer);
    const member = new Member(peer, {
      name: wanted === undefined || problem !== undefined ? this.#given(peer) : wanted,
      encoding: peer.encoding ?? this.#host.encoding,
      whole: this.#host.frame?.by === "gap" || peer.messageBoundaries,
      rate: this.#limits.rate,
      messageMax: this.#host.messageMax,
    });
    this.#register.add(member);
    this.#share({ does: "join", who: member });
    this.tell(member, `You are ${member.name}; ${countOthers(this.people.length - 1)}. /help lists the commands`);
    if (wanted !== undefined && problem !== undefined) this.tell(member, notThatName(wanted, problem));
    if (this.#bus?.warning !== undefined) this.tell(member, this.#bus.warning);
    this.#delivery.toNewcomer(member);
  }

  /**
   * Somebody goes, for whatever reason; once gone, nothing happens.
   *
   * @param member who
   * @param how `left`
   */
  leave(member: Member, how: string): void {
    if (this.#forget(member)) this.#share({ does: "leave", who: member, how });
  }

  /** The person at the server has no more to say, and hears nobody. */
  operatorLeaves(): void {
    const { operator } = this;
    if (this.#register.silence(operator) && this.#bus) this.#share({ does: "leave", who: operator, how: "left" });
  }

  /**
   * Somebody is sent away.
   *
   * @param member who
   * @param how `was removed by the operator`
   */
  remove(member: Member, how: string): void {
    this.tell(member, `You were removed by the ${OPERATOR_NAME}`);
    this.leave(member, how);
    if (member.peer.open) this.farewells.dismiss(member.peer, how);
  }

  /**
   * Gives somebody another name.
   *
   * @param member who
   * @param wanted the name asked for
   * @returns why not; undefined when it is done
   */
  rename(member: Member, wanted: string): string | undefined {
    const name = wanted.normalize("NFC");
    const problem = this.#whyNot(name, member.peer, member);
    if (problem !== undefined) return problem;
    if (name !== member.name) this.#share({ does: "name", who: member, name });
    else this.tell(member, `You are ${name} now`);
    return undefined;
  }

  /** Takes a name from somebody here: somebody at another server has it too, with more right to it. */
  giveWay(person: Person): void {
    if (!(person instanceof Member)) return;
    let name = this.#given(person.peer);
    while (this.find(name)) name = spareName(person.peer.id);
    this.#share({ does: "name", who: person, name, why: `somebody at another server is called ${person.name}, too` });
  }

  /**
   * Makes a deed happen here.
   *
   * @param deed what somebody did, here or at another server
   */
  happen(deed: Deed): void {
    const { does, who } = deed;
    const peer = who instanceof Member ? who.peer : undefined;
    const from = who === this.operator ? "operator" : peer;
    switch (does) {
      case "say":
      case "act": {
        const texts = deed.texts.map((text) => does === "say" ? `<${who.name}> ${text}` : `* ${who.name} ${text}`);
        return this.#delivery.toAll({ texts, but: who, from, kept: true });
      }
      case "join":
        return this.announce(`${who.name} joined`, peer);
      case "leave":
        return this.announce(`${who.name} ${deed.how}`, peer);
      case "name": {
        const { name, why } = deed;
        const before = who.name;
        if (who instanceof Member) this.#register.rename(who, name);
        this.announce(`${before} is ${name} now`, peer);
        if (who instanceof Member) {
          this.tell(who, why === undefined ? `You are ${name} now` : `You are ${name}; ${why}`);
        }
      }
    }
  }

  /**
   * Somebody says something to all.
   *
   * @param person who does not hear it
   * @param texts lines, safe for a terminal
   */
  say(person: Person, texts: readonly string[]): void {
    this.#share({ does: "say", who: person, texts });
  }

  /**
   * Somebody does something: `* name waves`.
   *
   * @param person who does not hear it
   * @param text what they do
   */
  act(person: Person, text: string): void {
    this.#share({ does: "act", who: person, texts: [text] });
  }

  /**
   * Somebody says something to one.
   *
   * @param from who says it
   * @param to who hears it
   * @param text a line, safe for a terminal
   */
  whisper(from: Person, to: Person, text: string): void {
    if (!this.#bus?.whisper(from, to, text)) this.#delivery.toOne(to, [`[${from.name}] ${text}`]);
  }

  /**
   * The room tells all who are here something.
   *
   * @param text a line
   * @param peer whom it is about, who is not told
   */
  announce(text: string, peer?: Peer): void {
    if (this.#closed) return;
    this.#delivery.toAll({ texts: [`*** ${text}`], but: peer && this.of(peer), from: peer, kept: false });
  }

  /**
   * The room tells one something.
   *
   * @param person who
   * @param texts lines
   */
  tell(person: Person, ...texts: string[]): void {
    this.#delivery.toOne(person, texts.map((text) => `*** ${text}`));
  }

  /** The server stops: everybody is told, and nothing is after that. */
  close(): void {
    this.#bus?.leave();
    this.#closed = true;
    this.#delivery.toAll({ texts: ["*** The server stops. Goodbye"], kept: false });
    for (const member of this.members) this.#forget(member);
  }

  /** With a bus a deed happens when it comes back, without one at once. */
  #share(deed: Deed): void {
    if (this.#closed) return;
    if (this.#bus) this.#bus.send(deed);
    else this.happen(deed);
  }

  /** Why somebody may not be called so. */
  #whyNot(name: string, peer: Peer, who?: Person): string | undefined {
    const problem = whyNotName(name, this.#given(peer));
    if (problem !== undefined) return problem;
    return (this.find(name) ?? who) === who ? undefined : "somebody else has that name";
  }

  #given({ id }: Peer): string {
    return givenName(id, this.#bus?.tag);
  }

  /** Whose outbox is full does not read. Telling the others may find more of that kind: they wait for their turn. */
  #drop(member: Member): void {
    if (!this.#forget(member) || this.#dropped.push(member) > 1) return;
    for (let next; (next = this.#dropped[0]); this.#dropped.shift()) {
      this.#share({ does: "leave", who: next, how: "was dropped: it does not read" });
      next.peer.kick(UNREAD);
    }
  }

  #forget(member: Member): boolean {
    const wasHere = this.#register.remove(member);
    if (wasHere) member.leave();
    return wasHere;
  }
}

function countOthers(count: number): string {
  if (count === 0) return "nobody else is here";
  return count === 1 ? "1 other is here" : `${count} others are here`;
}
