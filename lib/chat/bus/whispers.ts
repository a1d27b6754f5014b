/**
 * Words of one person for another one at another server: a question to that server alone, whose answer says whether they were
 * heard.
 *
 * @module
 */

import { messageOf } from "../../errors.ts";
import type { Home } from "./contract.ts";
import type { Person } from "../member.ts";
import type { Carrier } from "./carrier.ts";
import type { Flow } from "./flow.ts";
import type { Far } from "./roster.ts";
import { decodeWhisper, encode } from "./wire.ts";

/** The answer: whether somebody heard it. */
const HEARD = 1;

/** Whispers of one room. */
export class Whispers {
  readonly #id: string;
  readonly #carrier: Carrier;
  readonly #home: Home;
  readonly #flow: Flow;
  readonly #idOf: (who: Person) => number;

  /** Joins a room with a way to others; `id` is that of this server, `idOf` gives the numbers of people here. */
  constructor(id: string, carrier: Carrier, home: Home, flow: Flow, idOf: (who: Person) => number) {
    this.#id = id;
    this.#carrier = carrier;
    this.#home = home;
    this.#flow = flow;
    this.#idOf = idOf;
  }

  /** Says something; who says it hears when it does not arrive. */
  async say(from: Person, to: Far, text: string): Promise<void> {
    const bytes = encode({ s: this.#id, name: from.name, to: to.id, text });
    this.#flow.add(bytes.length);
    try {
      if (bytes.length > this.#carrier.limit) throw new Error("it is too long");
      const [answer] = await this.#carrier.ask(to.server, bytes);
      if (answer !== HEARD) throw new Error("nobody is called so any more");
    } catch (error) {
      this.#home.tell(from, `Not said to ${to.name}: ${messageOf(error)}`);
    } finally {
      this.#flow.done(bytes.length);
    }
  }

  /**
   * Hears a question.
   *
   * @param bytes a whisper, or nothing: who asks wants to know whether this server lives
   * @returns the answer; undefined when it is no question
   */
  answer(bytes: Uint8Array): Uint8Array | undefined {
    const whisper = decodeWhisper(bytes);
    if (!whisper) return bytes.length === 0 ? Uint8Array.of(0) : undefined;
    const who = this.#home.people.find((one) => this.#idOf(one) === whisper.to);
    if (who) this.#home.whisper(whisper.name, who, whisper.text);
    return Uint8Array.of(who ? HEARD : 0);
  }
}
