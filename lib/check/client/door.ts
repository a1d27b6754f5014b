/**
 * Where clients under test come in: one connection at a time, and a word to the person who starts them when none comes.
 *
 * @module
 */

import type { Bilingual } from "../../language.ts";
import type { Address } from "../../transport/address.ts";
import type { Channel, Listener } from "../../transport/channel.ts";
import { settledWithin, unlessAborted } from "../../wait.ts";
import type { Reception } from "../case.ts";
import { Conversation } from "../conversation.ts";

/** Part of the time for a connection after which the person is asked for it: a client in a loop has come by then. */
const ASK = 0.1;

/** The same after a client that did not end with its connection. */
const ASK_STUCK = 0.02;

/** Thrown when no client has come. */
export class NoClient extends Error {}

/** The listener, and what is known of its clients. It lives as long as the run. */
export class ClientDoor implements Reception {
  waitsForGreeting: boolean | undefined;
  tookPiece: string | undefined;
  /** The case whose client had not ended when its connection was closed; the last one of that kind, until a client comes. */
  stuck: string | undefined;
  /** Takes what the person should know. */
  readonly notice: (text: Bilingual) => void;
  readonly #listener: Listener;
  readonly #signal: AbortSignal;
  readonly #connectMs: number;
  /** The connection that comes next; replaced once it is taken. */
  #next: Promise<Channel> | undefined;
  /** What is waited for: the case, and how many come after it. */
  #waitsFor = { id: "", left: 0 };
  /** Whether the person has been asked in this wait. The first time the start of the run asks. */
  #asked = true;

  /** Takes over a listener; a client is waited for so many milliseconds. */
  constructor(listener: Listener, connectMs: number, notice: (text: Bilingual) => void, signal: AbortSignal) {
    this.#listener = listener;
    this.#connectMs = connectMs;
    this.notice = notice;
    this.#signal = signal;
  }

  /** Where it listens, with the real port. */
  get address(): Address {
    return this.#listener.address;
  }

  /** Says which case comes, and how many cases come after it. */
  expect(id: string, left: number): void {
    this.#waitsFor = { id, left };
  }

  /** Waits for a further connection without taking it; `asks` the person for it when none comes. */
  async arrival(ms: number, asks = false): Promise<boolean> {
    this.#next ??= this.#listener.accept();
    const coming = unlessAborted(this.#next, this.#signal);
    const alone = asks && !this.#asked ? Math.min(ms, this.#connectMs * (this.stuck ? ASK_STUCK : ASK)) : ms;
    if (!await settledWithin(coming, alone)) {
      if (alone === ms) return false;
      this.notice(again(this.#waitsFor));
      this.#asked = true;
      if (!await settledWithin(coming, ms - alone)) return false;
    }
    return await coming.then(() => true, () => false);
  }

  /**
   * Takes the client's next connection.
   *
   * @throws {NoClient} when none comes
   */
  async take(signal: AbortSignal): Promise<Conversation> {
    if (!await this.arrival(this.#connectMs, true)) {
      signal.throwIfAborted();
      throw new NoClient();
    }
    const channel = await this.#next!;
    this.#next = undefined;
    this.#asked = false;
    this.stuck = undefined;
    return new Conversation(channel);
  }

  /** Stops listening; a connection that came and was not taken is closed. */
  close(): void {
    this.#next?.then((channel) => channel.close(), () => {});
    this.#listener.close();
  }
}

function again({ id, left }: { readonly id: string; readonly left: number }): Bilingual {
  return {
    en: `Start the client again, for ${id}${
      left > 0 ? ` (${left} more after it)` : ""
    }; stop it first if it still runs.`,
    zh: `请再次启动客户端，用于 ${id}${left > 0 ? `（之后还有 ${left} 个）` : ""}；如果它还没退出，请先停掉它。`,
  };
}
