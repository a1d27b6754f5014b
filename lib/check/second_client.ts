/**
 * Finds out how a program serves its clients. A second client speaks while the first one is there and silent: a program that serves
 * several answers it at once. With any other the first connection is not wasted, for it may be the only one of the program's life:
 * the case that says most is run on it, and what the second client sees then tells the rest.
 *
 * @module
 */

import type { ProgramKind } from "./case.ts";
import type { Conversation } from "./conversation.ts";
import type { Pace } from "./pace.ts";
import type { Program } from "./program.ts";

/** Milliseconds in which a program that serves several clients answers one, however it is loaded by the first. */
const BESIDE_MS = 250;

/** The second client, which speaks beside the first. */
export class SecondClient implements AsyncDisposable {
  readonly #program: Program;
  readonly #pace: Pace;
  /** Undefined where the program refused it. */
  readonly #conversation: Conversation | undefined;
  /** Whether its connection was ended while the first client was there and silent: then the program had taken it. */
  #wasTaken = false;
  /** Whether the machine was busy when it had not been answered in time. */
  #wasBusy = false;

  private constructor(program: Program, pace: Pace, conversation: Conversation | undefined) {
    this.#program = program;
    this.#pace = pace;
    this.#conversation = conversation;
  }

  /** Connects beside a client that is there, and speaks. */
  static async join(program: Program, pace: Pace, hello: Uint8Array): Promise<SecondClient> {
    const conversation = await program.beside();
    await conversation?.send(hello);
    const joined = new SecondClient(program, pace, conversation);
    if (await conversation?.bytes(1, BESIDE_MS * pace.stretch)) program.answers = true;
    joined.#wasBusy = pace.isBusy;
    joined.#wasTaken = conversation !== undefined && conversation.end !== "open";
    return joined;
  }

  /** Whether it has been answered so far: while the first client is there, this shows a program that serves several. */
  get isServed(): boolean {
    return (this.#conversation?.received.length ?? 0) > 0;
  }

  /** Whether its answer came late on a busy machine: a program that serves several may only have been slow. */
  get wasLate(): boolean {
    return this.#wasBusy && this.isServed;
  }

  /**
   * Whether it got a TLS alert: a record of type 21 and version 3.x with two bytes, the first of which is 1 or 2 (RFC 8446
   * sections 5.1 and 6). Some TLS servers answer so to what is no handshake.
   */
  get gotTlsAlert(): boolean {
    const [type, major, , high, length, level = 0] = this.#conversation?.received ?? [];
    return type === 0x15 && major === 3 && high === 0 && length === 2 && (level === 1 || level === 2);
  }

  /** Waits a moment for its answer, while the first client, which has been answered, is still there. */
  async servedBeside(): Promise<boolean> {
    return await this.#conversation?.bytes(1, BESIDE_MS / 2 * this.#pace.stretch) ?? false;
  }

  /** Whether it is still waiting. */
  get isWaiting(): boolean {
    return this.#conversation?.end === "open" && !this.isServed;
  }

  /**
   * Says what the program is, after the first client has been served and has left.
   *
   * @param answered whether the first client got an answer
   */
  async kind(answered: boolean): Promise<ProgramKind> {
    const conversation = this.#conversation;
    if (!conversation) return await this.#program.condition() === "ended" ? "one-shot" : "sequential";
    const { answerMs, stretch } = this.#pace;
    if (await conversation.bytes(1, answered ? answerMs : BESIDE_MS * stretch)) {
      this.#program.answers = true;
      return "sequential";
    }
    if (conversation.end === "open" && !answered) {
      // It may collect everything up to the end before it answers.
      await conversation.halfClose();
      if (await conversation.bytes(1, 2 * BESIDE_MS * stretch)) return "sequential";
      if (conversation.end === "open") return "by-hand";
    }
    return conversation.end === "reset" && !this.#wasTaken ? "one-shot" : "sequential";
  }

  /** Ends its connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#conversation?.[Symbol.asyncDispose]();
  }
}
