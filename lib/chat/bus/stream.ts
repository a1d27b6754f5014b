/**
 * What servers say to all, in one order (see `order.ts`). What this server says is numbered, sent, and waits in a queue until
 * it comes back; then it waits for its turn among what the others say.
 *
 * @module
 */

import type { Deed } from "./contract.ts";
import type { Carrier } from "./carrier.ts";
import { Clock, isBefore, type Place, type Turn, Waiting } from "./order.ts";
import type { Server } from "./roster.ts";
import { type Sent, SentQueue } from "./sent.ts";
import { type Body, encode, type Message } from "./wire.ts";

/** Milliseconds of waiting for a server after which it is asked whether it lives: NATS knows at once of one that was killed. */
const STUCK_MS = 250;

/**
 * Such waits for one turn after which who holds it up is dropped, though it beats. They are counted by a timer and not by a
 * clock: a process that was stopped for a while has not heard yet what came in that time.
 */
const STUCK_MAX = 20;

/** Bytes that wait for their turns from which nobody is waited for any more: what eight servers may have on their way. */
const WAITING_MAX = 8 * 1024 * 1024;

/** Milliseconds after which a message that has not come back raises doubt whether the way is open. */
const DOUBT_MS = 1_500;

/** Whether something came back, so that all who are known hear it; or the way broke before. */
export type Reach = "all" | "perhaps";

/** What a stream needs of its surroundings. */
export interface StreamEars {
  /** The servers that may say something earlier than what waits. */
  servers(): Iterable<Server>;
  /** Whether the readers here are behind: what has its turn waits for them. */
  full(): boolean;
  /** Settles when they are not. */
  ready(): Promise<void>;
  /** Something of this server has its turn, or will not come back. */
  settle(sent: Sent, reach: Reach): void;
  /** A time has passed here too: the others wait to hear so. */
  beat(): void;
  /** Everything waits for a server. */
  stuck(server: Server): void;
  /** It has waited too long: until the server has come to this time it is not waited for any more. */
  behind(server: Server, time: number): void;
}

/** All that is said, in one order. */
export class Stream {
  readonly #id: string;
  readonly #carrier: Carrier;
  readonly #ears: StreamEars;
  readonly #clock = new Clock();
  readonly #sent = new SentQueue();
  readonly #waiting = new Waiting();
  #n = 0;
  /** The time of what was sent last, and the latest one that others wait to hear of. */
  #said = 0;
  #wanted = 0;
  /** The latest that had its turn. */
  #last: Place = { at: 0, server: "" };
  #open = false;
  #settling = false;
  #releasing = false;
  #resting = false;
  #stuck: ReturnType<typeof setTimeout> | undefined;
  /** The turn that is waited for, and how often that was seen. */
  #held: Turn | undefined;
  #looks = 0;
  #echoed = 0;

  /**
   * Begins closed.
   *
   * @param id this server
   * @param carrier the way to the others
   * @param ears whom to tell
   */
  constructor(id: string, carrier: Carrier, ears: StreamEars) {
    this.#id = id;
    this.#carrier = carrier;
    this.#ears = ears;
  }

  /** When the oldest message was sent that has not come back; Infinity when there is none. */
  get since(): number {
    return this.#sent.since;
  }

  /** Bytes that one message may have. */
  get limit(): number {
    return this.#carrier.limit;
  }

  /** When a message came back the last time. */
  get echoed(): number {
    return this.#echoed;
  }

  /** The way is open. Nothing has its turn yet: there may be servers of which nothing was heard. */
  open(): void {
    this.#open = true;
    this.#settling = true;
  }

  /** All servers have been heard. */
  begin(): void {
    this.#settling = false;
    this.release();
  }

  /**
   * Sends a message to all.
   *
   * @param body what it says
   * @param deed what happens in its turn
   * @returns its bytes; 0 when they are too many for one message, and it was not sent
   */
  publish(body: Body, deed?: Deed): number {
    const n = this.#n + 1;
    const c = this.#clock.next();
    const bytes = encode({ ...body, s: this.#id, n, c });
    if (bytes.length > this.limit) return 0;
    this.#n = n;
    this.#said = c;
    this.#sent.push({ n, c, body, deed, at: performance.now(), size: bytes.length });
    this.#carrier.publish(bytes);
    return bytes.length;
  }

  /** Something of this server came back; what was sent before it and did not come is lost. */
  comeBack(n: number): void {
    const sent = this.#sent.take(n);
    if (sent.length > 0) this.#echoed = performance.now();
    sent.forEach((one, i) => this.#line(one, i < sent.length - 1 ? "perhaps" : "all"));
    this.release();
  }

  /** Whether the time of a message can be true. */
  believes({ c }: Message): boolean {
    return this.#clock.believes(c);
  }

  /**
   * Somebody else's message came, at a time that can be true.
   *
   * @param server whose
   * @param message what it says
   * @param size its bytes
   * @param run lets it happen in its turn
   * @returns false for words whose turn is over, as can happen to those of before a break: they are not heard here
   */
  hear(server: Server, { k, c }: Message, size: number, run: () => void): boolean {
    this.#clock.hear(c);
    server.clock = c;
    const turn = { at: c, server: server.id, size, run };
    if ((k === "say" || k === "act") && isBefore(turn, this.#last)) return false;
    if (isOrdered(k)) {
      this.#waiting.add(turn);
      this.#answer(c);
      if (this.#waiting.size > WAITING_MAX && !this.#settling) this.#leaveBehind();
    } else run();
    this.release();
    return true;
  }

  /** Lets happen whatever has its turn. */
  release(): void {
    if (this.#releasing || this.#settling) return;
    this.#releasing = true;
    try {
      this.#runAll();
    } finally {
      this.#releasing = false;
    }
    if (this.#open && this.#waiting.first) this.#stuck ??= setTimeout(() => this.#askWhy(), STUCK_MS);
    else this.#free();
  }

  /**
   * Nothing more comes: all that was sent or has come happens now, as fast as the readers here read. Times are the same
   * everywhere, so the order is kept.
   */
  close(reach: Reach): void {
    this.#open = this.#settling = false;
    this.#free();
    for (const sent of this.#sent.drain()) this.#line(sent, reach);
    this.release();
  }

  /** Something happens here alone, after what waits. */
  keep(size: number, run: () => void): void {
    this.#waiting.add({ at: this.#clock.next(), server: this.#id, size, run });
    this.release();
  }

  /** There is no time left: what still waits happens at once. */
  flush(): void {
    for (let first; (first = this.#waiting.take());) this.#run(first);
  }

  /** Goes on when the readers here have come along: many servers together pour out more than an outbox holds. */
  #rest(): void {
    if (this.#resting) return;
    this.#resting = true;
    void this.#ears.ready().then(() => {
      this.#resting = false;
      this.release();
    });
  }

  #runAll(): void {
    for (let first; (first = this.#waiting.first) && this.#isNext(first.at, first.server);) {
      if (this.#ears.full() && (!this.#open || this.#waiting.size <= WAITING_MAX)) return this.#rest();
      this.#waiting.take();
      this.#run(first);
    }
  }

  #run(turn: Turn): void {
    if (isBefore(this.#last, turn)) this.#last = turn;
    turn.run();
  }

  #line(sent: Sent, reach: Reach): void {
    const run = () => this.#ears.settle(sent, reach);
    if (isOrdered(sent.body.k)) this.#waiting.add({ at: sent.c, server: this.#id, size: sent.size, run });
    else run();
  }

  /** Whether nothing earlier can come any more, from here or from elsewhere. */
  #isNext(at: number, server: string): boolean {
    if (!this.#open) return true;
    const own = this.#sent.first;
    if (own && isBefore({ at: own.c, server: this.#id }, { at, server })) return false;
    for (const { clock } of this.#ears.servers()) if (clock < at) return false;
    return true;
  }

  /** Says that a time has passed here too; once for all that came together. */
  #answer(time: number): void {
    if (this.#wanted <= this.#said) {
      queueMicrotask(() => this.#open && this.#wanted > this.#said && this.#ears.beat());
    }
    this.#wanted = Math.max(this.#wanted, time);
  }

  #askWhy(): void {
    this.#free();
    const { first } = this.#waiting;
    if (!first) return;
    if (first !== this.#held) this.#looks = 0;
    this.#held = first;
    // On a way that is closed all are silent.
    if (performance.now() - this.since < DOUBT_MS) this.#looks++;
    if (this.#looks > STUCK_MAX) this.#leaveBehind();
    else for (const server of this.#late(first)) this.#ears.stuck(server);
    if (this.#waiting.first) this.#stuck ??= setTimeout(() => this.#askWhy(), STUCK_MS);
  }

  /** The servers that hold up a turn. */
  #late({ at }: Place): Server[] {
    return [...this.#ears.servers()].filter(({ clock }) => clock < at);
  }

  /** What waits does not wait any longer for those who hold it up. */
  #leaveBehind(): void {
    const { first } = this.#waiting;
    if (first) { for (const server of this.#late(first)) this.#ears.behind(server, first.at); }
    this.release();
  }

  #free(): void {
    clearTimeout(this.#stuck);
    this.#stuck = undefined;
  }
}

/**
 * Whether the order of such messages matters: those about the bus itself are for each server alone. But what a server missed
 * is told in its turn, so that it does not come before the words have had theirs.
 */
function isOrdered(k: Body["k"]): boolean {
  return k !== "beat" && k !== "ask" && k !== "hold";
}
