/**
 * The members of a room at this server, in the order of their coming, and participants by name.
 *
 * @module
 */

import type { Participant } from "./contract.ts";
import type { Member } from "./member.ts";
import { lookOf } from "./look_alikes.ts";
import { foldName } from "./names.ts";

/** The index. */
export class MemberIndex {
  readonly #members = new Set<Member>();
  readonly #names = new Map<string, Participant>();
  /** By what their names look like. */
  readonly #looks = new Map<string, Participant>();

  /** The members, in the order of their coming. */
  get members(): Member[] {
    return [...this.#members];
  }

  /** The participant with a name, in any spelling. */
  find(name: string): Participant | undefined {
    return this.#names.get(foldName(name));
  }

  /** The participant with a name that looks like this one. */
  findAlike(name: string): Participant | undefined {
    return this.#looks.get(lookOf(name));
  }

  /** Adds a member with its name. */
  add(member: Member): void {
    this.#members.add(member);
    this.addName(member);
  }

  /** Makes a participant known by its name. */
  addName(participant: Participant): void {
    this.#names.set(foldName(participant.name), participant);
    this.#looks.set(lookOf(participant.name), participant);
  }

  /** Forgets a participant's name; false when it was not known by it. */
  removeName(participant: Participant): boolean {
    const { name } = participant;
    if (this.findAlike(name) === participant) this.#looks.delete(lookOf(name));
    return this.find(name) === participant && this.#names.delete(foldName(name));
  }

  /** Renames a member; one that has left keeps the name without being known by it. */
  rename(member: Member, name: string): void {
    const isHere = this.removeName(member);
    member.name = name;
    if (isHere) this.addName(member);
  }

  /** Removes a member; false when it was not there. */
  remove(member: Member): boolean {
    this.removeName(member);
    return this.#members.delete(member);
  }
}
