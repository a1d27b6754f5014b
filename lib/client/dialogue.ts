/**
 * Messages and expectations in order: `--expect 220 --send QUIT` sends QUIT once the greeting has arrived.
 *
 * @module
 */

import type { Given } from "../options.ts";
import { DONE, FIN, type Outgoing } from "./exchange_options.ts";
import type { Expectations } from "./expect.ts";
import { isMessage, type Message } from "./messages.ts";

/**
 * One step: something to send; how many expectations must have been met before the next step; or the end of our half,
 * after the last thing that is sent.
 */
export type Step = { readonly send: () => ReturnType<Message> | Outgoing } | { readonly met: number } | typeof FIN;

/**
 * Puts messages and expectations into the order of the command line.
 *
 * @param messages those of `given`, in their order
 */
export function stepsOf(given: readonly Given[], messages: readonly Message[]): Step[] {
  const rest = messages.values();
  let met = 0;
  return given.flatMap(({ name }): Step[] => {
    if (name === "expect") return [{ met: ++met }];
    const send = isMessage(name) ? rest.next().value : undefined;
    return send ? [{ send }] : [];
  });
}

/** Where nothing is left to send: the index of the first step after the last one that sends. */
export function endOfSending(steps: readonly Step[]): number {
  return steps.findLastIndex((step) => step !== FIN && "send" in step) + 1;
}

/** How to play a dialogue. */
export interface DialogueOptions {
  /** Milliseconds that each expectation may take, from its turn on. */
  readonly limit: number;
  /** Ends when all expectations are met, though not everything has been said. Default false. */
  readonly eager?: boolean;
}

/** One dialogue. */
export class Dialogue {
  readonly #steps: readonly Step[];
  readonly #expectations: Expectations;
  readonly #limit: number;
  /** Whether nothing but expectations decides about the end. */
  #onlyExpects: boolean;

  /** Nothing is said yet. */
  constructor(steps: readonly Step[], expectations: Expectations, { limit, eager = false }: DialogueOptions) {
    this.#steps = steps;
    this.#expectations = expectations;
    this.#limit = limit;
    this.#onlyExpects = eager;
  }

  /**
   * Sends one message after the other.
   *
   * @throws {SockeyeError} `expect` when an expectation is not met, and what the messages throw
   */
  async *outgoing(): Outgoing {
    const rest = endOfSending(this.#steps);
    for (const [i, step] of this.#steps.entries()) {
      if (step === FIN) yield FIN;
      else if ("send" in step) yield* step.send();
      else {
        this.#onlyExpects ||= i >= rest;
        await this.#expectations.wait(step.met, this.#limit);
      }
    }
    if (this.#onlyExpects) yield DONE;
  }

  /** Takes more of the answer; true when nothing is left to say and to expect. */
  take(bytes: Uint8Array): boolean {
    this.#expectations.take(bytes);
    return this.#onlyExpects && this.#expectations.met;
  }
}
