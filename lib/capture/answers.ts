/**
 * Compares a server's replies with the recorded ones.
 *
 * @module
 */

import { ByteBuffer, concat } from "../bytes.ts";
import { compare, type IgnorePattern, isSame } from "./mask.ts";
import type { RecordedMessage } from "./recording.ts";

/** The first difference. */
export interface Difference {
  /** Number of the recorded message; undefined for data after the end of the recording. */
  readonly message: number | undefined;
  /** Offset in it. */
  readonly at: number;
  /** The recorded message. */
  readonly recorded: Uint8Array;
  /** The data received in its place, as far as known. */
  readonly received: Uint8Array;
  /** Offset of the difference in the received data. */
  readonly receivedAt: number;
}

/** How to compare. */
export interface AnswersOptions {
  /** Whether messages are compared one by one; else bytes count, however they were cut. */
  readonly whole: boolean;
  /** What may differ. */
  readonly ignore: readonly IgnorePattern[];
}

/** Up to so many bytes are compared again at each read; longer data only after it has grown by an eighth. */
const SMALL_BYTES = 4096;

const NOTHING = new Uint8Array(0);

/** The answers of one conversation. */
export class Answers {
  readonly #turns: readonly (readonly RecordedMessage[])[];
  readonly #options: AnswersOptions;
  /** The turn that is compared. */
  #turn = 0;
  /** All of its bytes. */
  #recorded: Uint8Array = NOTHING;
  /** The received bytes, if there are patterns; without patterns bytes are compared at once and not kept. */
  #matched = 0;
  /** Received data that has not been compared yet. */
  readonly #received = new ByteBuffer();
  /** Likewise, where messages are compared. */
  readonly #messages: Uint8Array[] = [];
  /** The number of bytes at which they are compared again. */
  #enough = 0;

  /** `turns` are the answers: messages between two of the client; each message is one where they are compared one by one. */
  constructor(turns: readonly (readonly RecordedMessage[])[], options: AnswersOptions) {
    this.#turns = options.whole ? turns.flatMap((turn) => turn.map((message) => [message])) : turns;
    this.#options = options;
    this.#begin(0);
  }

  /** Turns received so far, or messages where these are compared one by one. */
  get count(): number {
    return this.#turn;
  }

  /** Whether all has come. */
  get complete(): boolean {
    return this.#turn === this.#turns.length;
  }

  /** Takes bytes, or a message; returns the first difference. */
  take(bytes: Uint8Array): Difference | undefined {
    if (this.#options.whole) {
      this.#messages.push(bytes.slice());
      return this.#compareMessages();
    }
    if (this.#options.ignore.length === 0) return this.#compareBytes(bytes);
    this.#received.push(bytes);
    const { length } = this.#received;
    if (length > SMALL_BYTES && length < this.#enough) return undefined;
    this.#enough = length * 9 / 8;
    return this.#compareMasked(false);
  }

  /** The difference once no more data arrives; undefined if exactly the recorded data has arrived. */
  finish(): Difference | undefined {
    if (this.#options.whole) {
      if (this.#messages.length > 0 || !this.complete) return this.#difference(0, this.#messages[0] ?? NOTHING, 0);
      return undefined;
    }
    if (this.#options.ignore.length > 0) return this.#compareMasked(true);
    return this.complete ? undefined : this.#difference(this.#matched, NOTHING, this.#matched);
  }

  #begin(turn: number): void {
    this.#turn = turn;
    this.#recorded = concat((this.#turns[turn] ?? []).map(({ bytes }) => bytes));
    this.#matched = 0;
  }

  #compareMessages(): Difference | undefined {
    for (let message; (message = this.#messages[0]);) {
      if (this.complete || !isSame(this.#recorded, message, this.#options.ignore)) {
        const { recordedAt, receivedAt } = compare(this.#recorded, message, this.#options.ignore);
        return this.#difference(recordedAt, message, receivedAt);
      }
      this.#messages.shift();
      this.#begin(this.#turn + 1);
    }
    return undefined;
  }

  #compareBytes(bytes: Uint8Array): Difference | undefined {
    for (let at = 0; at < bytes.length;) {
      if (this.complete) return this.#difference(0, bytes.slice(at), 0);
      const rest = bytes.subarray(at);
      const { fits, recordedAt: count, complete } = compare(this.#recorded.subarray(this.#matched), rest, []);
      if (!fits) {
        const received = concat([this.#recorded.subarray(0, this.#matched), rest]);
        return this.#difference(this.#matched + count, received, this.#matched + count);
      }
      at += count;
      if (complete) this.#begin(this.#turn + 1);
      else this.#matched += count;
    }
    return undefined;
  }

  /** What is not there yet may make a pattern fit: only at the end does a difference count. */
  #compareMasked(ended: boolean): Difference | undefined {
    const received = this.#received.take();
    let from = 0;
    while (!this.complete) {
      const rest = received.subarray(from);
      const { complete, recordedAt, receivedAt } = compare(this.#recorded, rest, this.#options.ignore);
      if (!complete) {
        if (ended) return this.#difference(recordedAt, rest, receivedAt);
        break;
      }
      from += receivedAt;
      this.#begin(this.#turn + 1);
    }
    const rest = received.subarray(from);
    if (this.complete && rest.length > 0) return this.#difference(0, rest, 0);
    this.#received.push(rest);
    return undefined;
  }

  /** Finds the message in its turn. */
  #difference(at: number, received: Uint8Array, receivedAt: number): Difference {
    let before = 0;
    const turn = this.#turns[this.#turn] ?? [];
    const message = turn.find(({ bytes }, i) => {
      if (at < before + bytes.length || i === turn.length - 1) return true;
      before += bytes.length;
      return false;
    });
    const known = received.slice(Math.min(before, received.length));
    return {
      message: message?.number,
      at: at - before,
      recorded: message?.bytes ?? NOTHING,
      received: known,
      receivedAt: Math.max(receivedAt - before, 0),
    };
  }
}
