/**
 * Whether the address of a datagram is its sender's own: then what that address is sent can be read there (RFC 9000
 * section 8.1). It is sent a token, and a datagram with the token comes back. Nothing is kept of those that were asked,
 * so forged addresses cost no memory: a token is a code of the address, the time and a secret of this run.
 *
 * @module
 */

import { createHmac, randomBytes } from "node:crypto";
import { FORGED_MAX, TOKEN_MS } from "./limits.ts";

/** Without the letters that are read as digits (Crockford's base 32). */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** Characters of a token: 35 bits, so that guessing takes days. The shortest question fits an answer to `hi` and its line end. */
const LENGTH = 7;

const TOKENS = new RegExp(`(?<![0-9a-z])[${ALPHABET}]{${LENGTH}}(?![0-9a-z])`, "g");

/** Bytes of an answer that are looked at: a token and some words around it. */
const ANSWER_MAX = 64;

/** What is sent, the clearest first; each is for datagrams of at least a third of its length. */
const QUESTIONS: readonly ((token: string) => string)[] = [
  (token) => `*** Send /${token} to come in\n`,
  (token) => `*** Send /${token}\n`,
  (token) => `/${token}\n`,
];

/** Asks senders of datagrams and knows their answers. */
export class Challenge {
  readonly #secret = randomBytes(32);

  /** `now` is a clock in milliseconds. */
  constructor(readonly now: () => number = () => performance.now()) {}

  /** Whether a datagram has the token of its address; one is good for one to two times {@linkcode TOKEN_MS}. */
  isAnswered(datagram: Uint8Array, address: string): boolean {
    const text = String.fromCharCode(...datagram.subarray(0, ANSWER_MAX)).toLowerCase();
    const words: readonly string[] = text.match(TOKENS) ?? [];
    return words.length > 0 && [0, 1].some((age) => words.includes(this.#token(address, age)));
  }

  /** What the sender of so many bytes is asked; undefined where they are too few for any question. */
  question(length: number, address: string): Uint8Array | undefined {
    const token = this.#token(address);
    const text = QUESTIONS.map((write) => write(token)).find((text) => text.length <= FORGED_MAX * length);
    return text === undefined ? undefined : new TextEncoder().encode(text);
  }

  #token(address: string, age = 0): string {
    const time = Math.floor(this.now() / TOKEN_MS) - age;
    const code = createHmac("sha256", this.#secret).update(`${time} ${address}`).digest();
    return Array.from(code.subarray(0, LENGTH), (byte) => ALPHABET[byte % ALPHABET.length]).join("");
  }
}
