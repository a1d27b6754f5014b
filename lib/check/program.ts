/**
 * The program under test, as it is met at its address.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import type { Bilingual } from "../language.ts";
import { say } from "../phrase.ts";
import { type Address, formatAddress } from "../transport/address.ts";
import { dial } from "../transport/dial.ts";
import { isRefusal } from "../transport/failure.ts";
import { transportOf } from "../transport/mod.ts";
import type { DialOptions } from "../transport/transport.ts";
import { wait } from "../wait.ts";
import type { ProgramKind } from "./case.ts";
import { Conversation } from "./conversation.ts";
import type { Pace } from "./pace.ts";
import { REASONS, Unjudged } from "./reasons.ts";

/** Milliseconds in which a one-shot that has served its client ends. */
const ENDING_MS = 150;

/** How often it is looked at then: a program that ends each connection at once is not about to end itself. */
const ENDING_TRIES = 3;

/** First and longest pause between two attempts to connect, in milliseconds. */
const PAUSE_MS = { first: 25, longest: 400 } as const;

/** Milliseconds of one attempt, unless the user chose: a full queue of connections shows as silence. */
const CONNECT_MS = 5_000;

/** Milliseconds of an attempt to connect beside another client. */
const BESIDE_MS = 1_000;

/** What a program is at a moment. */
export type Condition = "alive" | "ended" | "stalled";

/** How to reach a program. */
export interface Access {
  /** Where it listens. */
  readonly address: Address;
  /** How to connect. */
  readonly dial: DialOptions | undefined;
  /** What a client may say first, and is answered. */
  readonly hello: Uint8Array | undefined;
  /** Takes what the user has to know or do. */
  readonly notice: ((text: Bilingual) => void) | undefined;
}

/** The program under test. */
export class Program implements AsyncDisposable {
  /** How it serves its clients; `parallel` until something else is known. */
  kind: ProgramKind = "parallel";
  /** Whether it has ever answered a hello: only of such a program silence says something. */
  answers = false;
  readonly #access: Access;
  readonly #pace: Pace;
  /** A connection that has been made, and on which nothing has been said. */
  #ready: Conversation | undefined;
  /** The last attempt to connect. They follow each other, for the queue of a learner's server may be short. */
  #connecting: Promise<unknown> = Promise.resolve();
  /** The wait for a program that has ended. */
  #returning: Promise<boolean> | undefined;

  /** Connects to nothing yet. */
  constructor(access: Access, pace: Pace) {
    this.#access = access;
    this.#pace = pace;
  }

  /** Whether connecting tells that there is a program. */
  get hasConnections(): boolean {
    return !transportOf(this.#access.address).connectionless;
  }

  /**
   * Waits until something listens.
   *
   * @throws {SockeyeError} `connect` after 15 s; at once what waiting does not mend
   */
  async reach(): Promise<void> {
    const where = formatAddress(this.#access.address);
    const { portMs } = this.#pace.limits;
    const seconds = portMs / 1000;
    const en = `Nothing listens at ${where} yet: waiting up to ${seconds} s.`;
    const zh = `${where} 还没有程序在监听，最多等 ${seconds} 秒。`;
    const found = await this.#await(portMs, { en, zh });
    if (!found) {
      const text = say("nothing-listened")`Cannot connect to ${where}: nothing listened there for ${seconds} s`;
      throw new SockeyeError("connect", text);
    }
  }

  /**
   * Connects; the caller disposes of the connection.
   *
   * @param waits whether a program that has ended may be started again first
   * @throws {Unjudged} when it was not
   * @throws {SockeyeError} what the sockets say
   */
  async connect(waits: boolean): Promise<Conversation> {
    const ready = this.#takeReady();
    if (ready?.end === "open") return ready;
    await ready?.[Symbol.asyncDispose]();
    if (!this.#returning) {
      try {
        return await this.#dialLiving();
      } catch (error) {
        if (!isGone(error) || !waits) throw error;
      }
    }
    this.#returning ??= this.#await(this.#pace.limits.returnMs * this.#pace.stretch, {
      en: "The program has ended: start it again, or in a loop.",
      zh: "程序已经退出：请再启动一次，或用循环反复启动。",
    });
    if (!await this.#returning) throw new Unjudged(this.kind === "one-shot" ? REASONS.notAgain : REASONS.gone);
    this.#returning = undefined;
    return await this.connect(waits);
  }

  /** Whether it is reached by a stream without TLS, at a port. */
  get isPlain(): boolean {
    const { hasPort, secured, messageBoundaries } = transportOf(this.#access.address);
    return hasPort && !secured && !messageBoundaries;
  }

  /** The error for a TLS server that was reached without TLS. */
  speaksTls(): SockeyeError {
    const where = formatAddress(this.#access.address);
    const right = where.replace(/^tcp/, "tls");
    return new SockeyeError("tls", say("check-tls")`Cannot check ${where}: a TLS server listens there; check ${right}`);
  }

  /** Connects beside a client that is there; undefined where the program takes no other. */
  async beside(): Promise<Conversation | undefined> {
    try {
      return await this.#dial(BESIDE_MS);
    } catch (error) {
      if (isGone(error) || isLate(error)) return undefined;
      throw error;
    }
  }

  /** Looks whether it lives: whether a new client is answered, waits in vain, or is refused. */
  async condition(): Promise<Condition> {
    if (!this.hasConnections) return "alive";
    if (this.#returning) return "ended";
    try {
      const { hello } = this.#access;
      if (!hello || !this.answers) {
        this.#ready ??= await this.#dial();
        return "alive";
      }
      const ready = this.#takeReady();
      await ready?.[Symbol.asyncDispose]();
      const isAnswered = async (ms: number) => {
        await using client = await this.#dial();
        await client.send(hello);
        return await client.bytes(1, ms);
      };
      const { answerMs } = this.#pace;
      return await isAnswered(answerMs) || await isAnswered(2 * answerMs) ? "alive" : "stalled";
    } catch (error) {
      if (isGone(error)) return "ended";
      if (isLate(error)) return "stalled";
      throw error;
    }
  }

  /** Ends the connection that has not been used. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#takeReady()?.[Symbol.asyncDispose]();
  }

  #takeReady(): Conversation | undefined {
    const ready = this.#ready;
    this.#ready = undefined;
    return ready;
  }

  /** Waits until it can be connected to, which makes the connection that is used first. */
  async #await(ms: number, notice: Bilingual): Promise<boolean> {
    const end = performance.now() + ms;
    let pause: number = PAUSE_MS.first;
    for (let told = false;; told = true) {
      const left = end - performance.now();
      if (left <= 0) return false;
      try {
        this.#ready = await this.#dial(left);
        return true;
      } catch (error) {
        if (!(error instanceof SockeyeError) || !/^(connect|timeout)$/.test(error.kind)) throw error;
      }
      if (!told) this.#access.notice?.(notice);
      await wait(Math.min(pause, left), this.#pace.signal);
      pause = Math.min(pause * 2, PAUSE_MS.longest);
    }
  }

  /** A one-shot that is about to end may still take a connection, which is reset then. */
  async #dialLiving(): Promise<Conversation> {
    for (let tries = 1;; tries++) {
      const found = await this.#dial();
      if (this.kind !== "one-shot" || tries === ENDING_TRIES || !await found.ended(ENDING_MS)) return found;
      await found[Symbol.asyncDispose]();
    }
  }

  #dial(most = CONNECT_MS): Promise<Conversation> {
    const { address, dial: options } = this.#access;
    const timeout = Math.max(1, Math.min(most, options?.timeout ?? CONNECT_MS, this.#pace.left));
    const { signal } = this.#pace;
    const connected = this.#connecting.then(async () =>
      new Conversation(await dial(address, { ...options, resets: true, often: true, timeout, signal }))
    );
    this.#connecting = connected.catch(() => {});
    return connected;
  }
}

function isLate(error: unknown): boolean {
  return error instanceof SockeyeError && error.kind === "timeout";
}

/** Whether connecting failed because nothing listens there any more. */
function isGone(error: unknown): boolean {
  if (!(error instanceof SockeyeError)) return false;
  return error.kind === "connect" && (isRefusal(error.cause) || (error.cause as { code?: string })?.code === "ENOENT");
}
