/**
 * Who is in a room at this server, and under which name.
 *
 * @module
 */

import type { Peer } from "../server/mode.ts";
import type { Member, Person } from "./member.ts";
import { foldName } from "./names.ts";

/** The list of those who are here. */
export class Register {
  readonly #members = new Map<Peer, Member>();
  readonly #names = new Map<string, Person>();

  /** The clients, in the order of their coming. */
  get members(): Iterable<Member> {
    return this.#members.values();
  }

  /** Their connections. */
  get peers(): Iterable<Peer> {
    return this.#members.keys();
  }

  /** The client that a peer is. */
  of(peer: Peer): Member | undefined {
    return this.#members.get(peer);
  }

  /** Who is called so, however it is written. */
  find(name: string): Person | undefined {
    return this.#names.get(foldName(name));
  }

  /** A client is here. */
  add(member: Member): void {
    this.#members.set(member.peer, member);
    this.call(member);
  }

  /** Somebody can be spoken to by their name. */
  call(person: Person): void {
    this.#names.set(foldName(person.name), person);
  }

  /** Somebody cannot be spoken to any more; false when they could not before. */
  silence(person: Person): boolean {
    return this.find(person.name) === person && this.#names.delete(foldName(person.name));
  }

  /** Somebody has another name; who has left keeps it, but cannot be spoken to by it. */
  rename(member: Member, name: string): void {
    const isHere = this.silence(member);
    member.name = name;
    if (isHere) this.call(member);
  }

  /** A client is not here any more; false when it was not before. */
  remove(member: Member): boolean {
    if (!this.#members.delete(member.peer)) return false;
    this.silence(member);
    return true;
  }
}
