/**
 * The room: who is in it, what is said in it, and in which order. Everything that all are told goes through one function, so
 * there is one order for everybody. What a client says stands behind `<name> `, `* name ` or `[name] `; only the room itself
 * begins a line with `*** `.
 *
 * @module
 */

import type { Peer } from "../../net/mode.ts";
import type { Room } from "../spec.ts";
import type { Rate } from "./allowance.ts";
import type { Bus, Deed } from "./bus.ts";
import { History } from "./history.ts";
import { homeOf, OUT_OF_REACH, unheard } from "./home.ts";
import { Lines } from "./lines.ts";
import { Member, type Person } from "./member.ts";
import { foldName, givenName, notThatName, OPERATOR_NAME, operatorName, whyNotName } from "./names.ts";
import { Pace } from "./pace.ts";

/** Milliseconds that somebody who was removed, or has left in words, has to read the last lines. */
const FAREWELL_MS = 1_000;

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
  readonly #host: Room;
  readonly #limits: ChatLimits;
  readonly #members = new Map<Peer, Member>();
  readonly #names = new Map<string, Person>();
  readonly #dropped: Member[] = [];
  readonly #farewells = new Map<Peer, ReturnType<typeof setTimeout>>();
  readonly #history: History;
  readonly #bus: Bus | undefined;
  /** What the person at the server sees is a reader too: a flood must not outrun the file that it goes to. */
  readonly #screen = { flush: () => this.#host.written() };
  readonly #pace = new Pace(() => [this.#screen, ...this.#members.keys()]);
  #closed = false;

  /**
   * Opens an empty room.
   *
   * @param host the server around it
   * @param limits what the options ask for
   */
  constructor(host: Room, limits: ChatLimits) {
    this.#host = host;
    this.#limits = limits;
    this.#history = new History(limits.history, host.store);
    this.#bus = host.bus;
    const name = operatorName(this.#bus?.tag);
    this.operator = { name, hear: (lines) => (lines.texts.forEach((text) => host.notice(text)), true) };
    if (host.operator.interactive) this.#names.set(name, this.operator);
    this.#bus?.join(homeOf(this, this.#pace));
    host.meet?.(() => this.people.map(({ name }) => name));
  }

  /** The clients who are here, in the order of their coming. */
  get members(): Member[] {
    return [...this.#members.values()];
  }

  /** All at this server who can be spoken to: the clients, and the person there if there is one. */
  get here(): Person[] {
    return [...this.#members.values(), ...(this.#names.has(this.operator.name) ? [this.operator] : [])];
  }

  /** All who can be spoken to, here and at other servers. */
  get people(): Person[] {
    return [...this.here, ...(this.#bus?.people ?? [])];
  }

  /** Whether those who write must wait for those who read, or for the bus. */
  full(pouring: boolean): boolean {
    return this.#pace.full(pouring) || (this.#bus?.full(pouring) ?? false);
  }

  /** Waits until those who read have come along, and the bus. */
  async ready(pouring: boolean): Promise<void> {
    await this.#pace.ready(pouring);
    if (this.#bus?.full(pouring)) await this.#bus.ready();
  }

  /** The member that a peer is; undefined before it came and after it left. */
  of(peer: Peer): Member | undefined {
    return this.#members.get(peer);
  }

  /** Who is called so, however it is written, here or at another server. */
  find(name: string): Person | undefined {
    return this.findHere(name) ?? this.#bus?.find(name);
  }

  /** Who is called so at this server. */
  findHere(name: string): Person | undefined {
    return this.#names.get(foldName(name));
  }

  /** Somebody comes in. */
  join(peer: Peer): void {
    const wanted = peer.name?.normalize("NFC");
    const problem = wanted === undefined ? undefined : this.#whyNot(wanted, peer);
    const member = new Member(peer, {
      name: wanted === undefined || problem !== undefined ? this.#given(peer) : wanted,
      encoding: peer.encoding ?? this.#host.encoding,
      whole: this.#host.frame?.by === "gap" || peer.transport === "udp",
      rate: this.#limits.rate,
      messageMax: this.#host.messageMax,
    });
    this.#names.set(foldName(member.name), member);
    this.#share({ does: "join", who: member });
    this.#members.set(peer, member);
    this.tell(member, `You are ${member.name}; ${countOthers(this.people.length - 1)}. /help lists the commands`);
    if (wanted !== undefined && problem !== undefined) this.tell(member, notThatName(wanted, problem));
    if (this.#bus && !this.#bus.up) this.tell(member, OUT_OF_REACH);
    const { lines } = this.#history;
    if (lines.length > 0) this.#show(member, new Lines(lines));
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

  /**
   * Ends the connection of somebody who has left. What was said before still goes out, to who reads it.
   *
   * @param peer whose
   * @param how told in the close event if they do not go
   */
  dismiss(peer: Peer, how: string): void {
    void peer.end();
    this.allowTime(peer, FAREWELL_MS, how);
  }

  /**
   * Gives somebody who has left some time to read; after that the connection is cut.
   *
   * @param peer whose
   * @param ms milliseconds
   * @param how told in the close event then
   */
  allowTime(peer: Peer, ms: number, how: string): void {
    this.settle(peer);
    this.#farewells.set(peer, setTimeout(() => peer.kick(how), ms));
  }

  /** The connection is over. */
  settle(peer: Peer): void {
    clearTimeout(this.#farewells.get(peer));
    this.#farewells.delete(peer);
  }

  /** The person at the server has no more to say, and hears nobody. */
  operatorLeaves(): void {
    const { operator } = this;
    if (this.#names.delete(operator.name) && this.#bus) this.#share({ does: "leave", who: operator, how: "left" });
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
    if (member.peer.open) this.dismiss(member.peer, how);
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
    return undefined;
  }

  /** Takes a name from somebody here: somebody at another server has it too, with more right to it. */
  giveWay(person: Person): void {
    if (!(person instanceof Member)) return;
    let name = this.#given(person.peer);
    while (this.find(name)) name = givenName(person.peer.id, randomTag());
    this.tell(person, `Somebody at another server is called ${person.name} too`);
    this.#share({ does: "name", who: person, name });
  }

  /**
   * Makes a deed happen here.
   *
   * @param deed what somebody did, here or at another server
   */
  happen(deed: Deed): void {
    const { does, who } = deed;
    const peer = who instanceof Member ? who.peer : undefined;
    switch (does) {
      case "say":
        return this.#publish(deed.texts.map((text) => `<${who.name}> ${text}`), who, true);
      case "act":
        return this.#publish(deed.texts.map((text) => `* ${who.name} ${text}`), who, true);
      case "join":
        return this.announce(`${who.name} joined`, peer);
      case "leave":
        return this.announce(`${who.name} ${deed.how}`, peer);
      case "name": {
        const before = who.name;
        if (who instanceof Member) this.#name(who, deed.name);
        return this.announce(`${before} is ${deed.name} now`, peer);
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
    if (this.#bus) this.#share({ does: "say", who: person, texts });
    else if (!this.#closed) this.#publish(texts.map((text) => `<${person.name}> ${text}`), person, true);
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
    if (!this.#bus?.whisper(from, to, text)) this.#show(to, new Lines([`[${from.name}] ${text}`]));
  }

  /**
   * The room tells all who are here something.
   *
   * @param text a line
   * @param peer whom it is about, who is not told
   */
  announce(text: string, peer?: Peer): void {
    if (!this.#closed) this.#publish([`*** ${text}`], peer && this.#members.get(peer), false, peer);
  }

  /**
   * The room tells one something.
   *
   * @param person who
   * @param texts lines
   */
  tell(person: Person, ...texts: string[]): void {
    this.#show(person, new Lines(texts.map((text) => `*** ${text}`)));
  }

  /** The server stops: everybody is told, and nothing is after that. */
  close(): void {
    this.#bus?.leave();
    this.#closed = true;
    this.#publish(["*** The server stops. Goodbye"], undefined, false);
    for (const member of this.#members.values()) this.#forget(member);
  }

  /** With a bus a deed happens when it comes back, without one at once. */
  #share(deed: Deed): void {
    if (this.#closed) return;
    if (this.#bus?.up) return this.#bus.send(deed);
    this.happen(deed);
    if (this.#bus && "texts" in deed) this.tell(deed.who, unheard(deed.texts, "here"));
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

  #name(member: Member, name: string): void {
    if (this.#names.get(foldName(member.name)) === member) {
      this.#names.delete(foldName(member.name));
      this.#names.set(foldName(name), member);
    }
    member.name = name;
  }

  /** The one way to all who are here. */
  #publish(texts: readonly string[], speaker: Person | undefined, kept: boolean, about?: Peer): void {
    const from = speaker === this.operator ? "operator" : speaker instanceof Member ? speaker.peer : about;
    for (const text of texts) this.#host.show(text, from);
    if (kept) this.#history.add(texts);
    const lines = new Lines(texts);
    const stuck: Member[] = [];
    for (const member of this.#members.values()) {
      if (member !== speaker && !member.hear(lines)) stuck.push(member);
    }
    this.#pace.posted(lines.length);
    // Only now, so that what is said about them comes after this for everybody.
    for (const member of stuck) this.#drop(member);
  }

  /** What one is told counts like what all are told: it fills an outbox as well. */
  #show(person: Person, lines: Lines): void {
    if (!person.hear(lines) && person instanceof Member) this.#drop(person);
    else this.#pace.posted(lines.length);
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
    if (!this.#members.delete(member.peer)) return false;
    this.#names.delete(foldName(member.name));
    member.leave();
    return true;
  }
}

/** Tells a server from others as the tag of a bus does. */
function randomTag(): string {
  return `x${Math.random().toString(36).slice(2, 5).padEnd(3, "0")}`;
}

function countOthers(count: number): string {
  if (count === 0) return "nobody else is here";
  return count === 1 ? "1 other is here" : `${count} others are here`;
}
