/**
 * Names that the participants of this server hold. A name is a key of the bucket, the same for all its spellings: the server
 * whose put comes first has it, until it removes the key or its lease ends.
 *
 * @module
 */

import { foldName } from "../names.ts";
import type { Entry, Link } from "./nats.ts";
import { decodePerson, encode } from "./wire.ts";

/** The names of one server. */
export class Names {
  readonly #server: string;
  readonly #isAlive: (server: string) => boolean;
  /** Keys that a participant holds and the revisions of their values, by its number. */
  readonly #held = new Map<number, Map<string, number>>();
  /** Participants that have left, and hold their names until the others have heard of it. */
  readonly #left = new Set<number>();

  /** Holds nothing. `isAlive` says whether a server may still renew its lease. */
  constructor(server: string, isAlive: (server: string) => boolean) {
    this.#server = server;
    this.#isAlive = isAlive;
  }

  /** Whether a participant holds a name. */
  has(id: number, name: string): boolean {
    return this.#held.get(id)?.has(keyOf(name)) ?? false;
  }

  /** Claims a name for a participant; false when another one has it. */
  async claim(link: Link, id: number, name: string): Promise<boolean> {
    const key = keyOf(name);
    const value = encode({ s: this.#server, id, name });
    let entry: Entry | undefined;
    do {
      // The value of a server that is gone may be removed between the two.
      const revision = await link.put(key, value, entry?.revision);
      if (revision !== undefined) {
        this.#hold(id, key, revision);
        return true;
      }
      entry = await link.get(key);
    } while (!entry || this.#isFree(entry.data, id));
    return false;
  }

  /** Claims names after a break, in which another server may have taken some. What else this server held is given back. */
  async claimAll(link: Link, people: readonly (readonly [id: number, name: string])[]): Promise<void> {
    this.#held.clear();
    const wanted = new Map(people.map(([id, name]) => [keyOf(name), { id, name }]));
    for (const { key, data, revision } of await link.entries()) {
      const { s, id, name } = decodePerson(data) ?? {};
      if (id === undefined || s !== this.#server) continue;
      const person = wanted.get(key);
      if (person?.id !== id) await link.remove(revision);
      else if (person.name === name && wanted.delete(key)) this.#hold(id, key, revision);
    }
    await Promise.all([...wanted.values()].map(({ id, name }) => this.claim(link, id, name)));
  }

  /** A participant leaves: others here may take its names. */
  leave(id: number): void {
    this.#left.add(id);
  }

  /** Gives the names of a participant back but some. Without a connection the next {@linkcode claimAll} does it. */
  async release(link: Link | undefined, id: number, kept: readonly string[]): Promise<void> {
    const held = this.#held.get(id);
    const keys = kept.map(keyOf);
    if (keys.length === 0) {
      this.#held.delete(id);
      this.#left.delete(id);
    }
    for (const [key, revision] of [...held ?? []]) {
      if (keys.includes(key)) continue;
      held?.delete(key);
      await link?.remove(revision);
    }
  }

  /** Whether a claim is the participant's own in another spelling, or of one that has left or has lost its server. */
  #isFree(data: Uint8Array, id: number): boolean {
    const claim = decodePerson(data);
    if (claim?.s !== this.#server) return !claim || !this.#isAlive(claim.s);
    return claim.id === id || this.#left.has(claim.id);
  }

  #hold(id: number, key: string, revision: number): void {
    this.#held.set(id, (this.#held.get(id) ?? new Map<string, number>()).set(key, revision));
  }
}

function keyOf(name: string): string {
  const bytes = new TextEncoder().encode(foldName(name));
  return `name.${bytes.toBase64({ alphabet: "base64url", omitPadding: true })}`;
}
