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
import { History } from "./history.ts";
import { Lines } from "./lines.ts";
import { Member, type Person } from "./member.ts";
import { foldName, givenName, OPERATOR_NAME, whyNotName } from "./names.ts";
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
    this.#history = new History(limits.history);
    this.operator = { name: OPERATOR_NAME, hear: (lines) => (lines.texts.forEach((text) => host.notice(text)), true) };
    if (host.operator.interactive) this.#names.set(OPERATOR_NAME, this.operator);
  }

  /** The clients who are here, in the order of their coming. */
  get members(): Member[] {
    return [...this.#members.values()];
  }

  /** All who can be spoken to: the clients, and the person at the server if there is one. */
  get people(): Person[] {
    return [...this.#members.values(), ...(this.#names.has(OPERATOR_NAME) ? [this.operator] : [])];
  }

  /** Whether those who write must wait for those who read. */
  full(pouring: boolean): boolean {
    return this.#pace.full(pouring);
  }

  /** Waits until those who read have come along. */
  ready(pouring: boolean): Promise<void> {
    return this.#pace.ready(pouring);
  }

  /** The member that a peer is; undefined before it came and after it left. */
  of(peer: Peer): Member | undefined {
    return this.#members.get(peer);
  }

  /** Who is called so, however it is written. */
  find(name: string): Person | undefined {
    return this.#names.get(foldName(name));
  }

  /** Somebody comes in. */
  join(peer: Peer): void {
    const member = new Member(peer, {
      name: givenName(peer.id),
      encoding: peer.encoding ?? this.#host.encoding,
      whole: this.#host.frame?.by === "gap" || peer.transport === "udp",
      rate: this.#limits.rate,
      messageMax: this.#host.messageMax,
    });
    this.#names.set(foldName(member.name), member);
    this.announce(`${member.name} joined`, peer);
    this.#members.set(peer, member);
    this.tell(member, `You are ${member.name}; ${countOthers(this.people.length - 1)}. /help lists the commands`);
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
    if (!this.#forget(member)) return;
    this.announce(`${member.name} ${how}`, member.peer);
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
    this.#names.delete(OPERATOR_NAME);
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
    const problem = whyNotName(name, givenName(member.peer.id));
    if (problem !== undefined) return problem;
    if ((this.find(name) ?? member) !== member) return "somebody else has that name";
    const before = member.name;
    if (before === name) return undefined;
    this.#names.delete(foldName(before));
    this.#names.set(foldName(name), member);
    member.name = name;
    this.announce(`${before} is ${name} now`, member.peer);
    return undefined;
  }

  /**
   * Somebody says something to all.
   *
   * @param person who does not hear it
   * @param texts lines, safe for a terminal
   */
  say(person: Person, texts: readonly string[]): void {
    if (!this.#closed) this.#publish(texts.map((text) => `<${person.name}> ${text}`), person, true);
  }

  /**
   * Somebody does something: `* name waves`.
   *
   * @param person who does not hear it
   * @param text what they do
   */
  act(person: Person, text: string): void {
    if (!this.#closed) this.#publish([`* ${person.name} ${text}`], person, true);
  }

  /**
   * Somebody says something to one.
   *
   * @param from who says it
   * @param to who hears it
   * @param text a line, safe for a terminal
   */
  whisper(from: Person, to: Person, text: string): void {
    this.#show(to, new Lines([`[${from.name}] ${text}`]));
  }

  /**
   * The room tells all something.
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
    this.#closed = true;
    this.#publish(["*** The server stops. Goodbye"], undefined, false);
    for (const member of this.#members.values()) this.#forget(member);
  }

  /** The one way to all. */
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
      this.announce(`${next.name} was dropped: it does not read`, next.peer);
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

function countOthers(count: number): string {
  if (count === 0) return "nobody else is here";
  return count === 1 ? "1 other is here" : `${count} others are here`;
}
