/**
 * Checks whether the address of a datagram is its sender's own, which can then read data sent there (RFC 9000 section
 * 8.1): the server sends a token to the address and waits for a datagram with it. A token is derived from the address,
 * the time and a secret of this run, so that forged addresses cost no memory; their datagrams are kept within limits.
 *
 * @module
 */

import { createHmac, randomBytes } from "node:crypto";
import { HELD_COST, HELD_MAX_BYTES, HELD_PER_ADDRESS, TOKEN_MS } from "./limits.ts";
import { questionFor, saysSomething, TOKEN_ALPHABET, TOKEN_LENGTH, tokensIn } from "./udp_question.ts";

/** What an address said before it was known. */
interface Held {
  /** When the first of it arrived. */
  readonly since: number;
  readonly datagrams: Uint8Array[];
  /** Bytes that they count. */
  cost: number;
}

/** Asks senders of datagrams and knows their answers. */
export class Challenge {
  readonly #secret = randomBytes(32);
  /** By address, the oldest first. A datagram that does not fit is not kept; kept ones are never dropped for it. */
  readonly #held = new Map<string, Held>();
  #cost = 0;

  /** `now` is a clock in milliseconds. */
  constructor(readonly now: () => number = () => performance.now()) {}

  /** Bytes that all that is kept counts. */
  get cost(): number {
    return this.#cost;
  }

  /** Whether a datagram has the token of its address; one is good for one to two times {@linkcode TOKEN_MS}. */
  isAnswered(datagram: Uint8Array, address: string): boolean {
    const tokens = tokensIn(datagram);
    return tokens.length > 0 && [0, 1].some((age) => tokens.includes(this.#token(address, age)));
  }

  /** Keeps a datagram, and returns the request to its sender; undefined if nothing is sent. */
  question(datagram: Uint8Array, address: string): Uint8Array | undefined {
    const text = questionFor(datagram, this.#token(address), this.#keep(datagram, address));
    return text === undefined ? undefined : new TextEncoder().encode(text);
  }

  /** What an address said before its answer, which is kept no more. */
  release(address: string): readonly Uint8Array[] {
    this.#forgetOld();
    return this.#remove(address)?.datagrams ?? [];
  }

  /** Whether the datagram waits for the token. */
  #keep(datagram: Uint8Array, address: string): boolean {
    if (!saysSomething(datagram)) return false;
    this.#forgetOld();
    const cost = datagram.length + HELD_COST;
    const held = this.#held.get(address) ?? { since: this.now(), datagrams: [], cost: 0 };
    if (held.cost + cost > HELD_PER_ADDRESS || this.#cost + cost > HELD_MAX_BYTES) return false;
    held.datagrams.push(datagram.slice());
    held.cost += cost;
    this.#cost += cost;
    this.#held.set(address, held);
    return true;
  }

  #forgetOld(): void {
    for (const [address, { since }] of this.#held) {
      if (this.now() - since < 2 * TOKEN_MS) return;
      this.#remove(address);
    }
  }

  #remove(address: string): Held | undefined {
    const held = this.#held.get(address);
    this.#held.delete(address);
    this.#cost -= held?.cost ?? 0;
    return held;
  }

  #token(address: string, age = 0): string {
    const time = Math.floor(this.now() / TOKEN_MS) - age;
    const code = createHmac("sha256", this.#secret).update(`${time} ${address}`).digest();
    return Array.from(code.subarray(0, TOKEN_LENGTH), (byte) => TOKEN_ALPHABET[byte % TOKEN_ALPHABET.length]).join("");
  }
}
