/**
 * One client of a server: its read loop, its outbox, its end. A peer is `open` until one side wants to stop, then `ending`
 * (our FIN is out or on its way, what still comes is read and dropped), then finished. Finishing is one function that may
 * be called from anywhere and acts once, so that no failure is told twice and nothing is left behind.
 *
 * @module
 */

import { messageOf, SockeyeError } from "../errors.ts";
import type { Transport } from "../transport/address.ts";
import { Buffers, ReadBuffer } from "./read_buffers.ts";
import type { Channel } from "../transport/channel.ts";
import type { Coalescer } from "./write_batcher.ts";
import { endOf } from "../transport/failure.ts";
import { IdleWatch } from "./idle.ts";
import { HANDSHAKE_MS } from "./limits.ts";
import { DATAGRAM_MAX, LINGER_MS } from "../transport/limits.ts";
import type { Mode, Peer } from "./mode.ts";
import { Outbox } from "./outbox.ts";
import { type Hearers, Telling } from "./peer_events.ts";
import { Turns } from "./fair_scheduler.ts";

/** What a peer needs besides its channel. */
export interface PeerOptions extends Hearers {
  /** Milliseconds without a byte in either direction before the peer is dropped; 0 = no limit. */
  readonly idle: number;
  /** Where its read buffer comes from. Default: none but its own. */
  readonly buffers?: Buffers | undefined;
  /** Says whose turn it is to be read from. Default: always its own. */
  readonly turns?: Turns | undefined;
  /** Says when what the mode posts is written. Default: at once. */
  readonly coalescer?: Coalescer | undefined;
}

/** A connected client. */
export class ServedPeer implements Peer {
  /** Number of the peer, from 1. */
  readonly id: number;
  /** Bytes that came. */
  received = 0;
  /** Settles when the peer is gone and told so. */
  readonly finished: Promise<void>;
  readonly #channel: Channel;
  readonly #mode: Mode;
  readonly #idle: number;
  readonly #buffers: Buffers;
  readonly #turns: Turns;
  readonly #telling: Telling;
  readonly #outbox: Outbox;
  readonly #settle: () => void;
  #state: "open" | "ending" | "finished" = "open";
  #fin: Promise<void> | undefined;
  #reason = "closed by the peer";
  #announcement: PromiseWithResolvers<boolean> | undefined;
  #announced = false;
  #opened = false;
  #opening: Promise<void> | undefined;
  #peerEnded = false;
  #idleWatch: IdleWatch | undefined;
  #lingerTimer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Makes a peer; {@linkcode run} serves it.
   *
   * @param id number of the peer
   * @param channel the conversation; this object owns it from now on
   * @param mode what is done with what comes
   * @param options observers and limits
   */
  constructor(id: number, channel: Channel, mode: Mode, options: PeerOptions) {
    this.id = id;
    this.#channel = channel;
    this.#mode = mode;
    this.#idle = options.idle;
    this.#buffers = options.buffers ?? new Buffers();
    this.#turns = options.turns ?? new Turns();
    this.#telling = new Telling(id, channel, options);
    this.#outbox = new Outbox(this.#writer(), (error) => this.#finish(reasonOf(error)), {
      borders: channel.receive !== undefined,
      coalescer: options.coalescer,
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    this.finished = promise;
    this.#settle = resolve;
  }

  /** Whether it came to be told of: false when its handshake failed. */
  get announced(): Promise<boolean> {
    if (this.#announced || this.#gone()) return Promise.resolve(this.#announced);
    this.#announcement ??= Promise.withResolvers();
    return this.#announcement.promise;
  }

  /** Address as people read it. */
  get address(): string {
    return this.#channel.peer;
  }

  /** How it is connected. */
  get transport(): Transport {
    return this.#channel.transport;
  }

  /** The encoding that its transport prescribes. */
  get encoding(): string | undefined {
    return this.#channel.encoding;
  }

  /** The name that it asks for. */
  get name(): string | undefined {
    return this.#channel.name;
  }

  /** Whether it can still be sent to. */
  get open(): boolean {
    return this.#state === "open";
  }

  /** Bytes that the system took. */
  get sent(): number {
    return this.#outbox.sent;
  }

  /** Sends bytes and waits until the system took them. */
  send(bytes: Uint8Array): Promise<void> {
    if (this.#state !== "open") return Promise.reject(new SockeyeError("session", "Cannot send: the talk is over"));
    if (this.#isTooLong(bytes)) return Promise.resolve(this.#telling.leftOut(bytes.length, true));
    const shown = this.#telling.traffic("send", bytes);
    return this.#outbox.send(bytes, shown);
  }

  /** Queues bytes. */
  post(bytes: Uint8Array): boolean {
    if (this.#state !== "open") return false;
    if (this.#isTooLong(bytes)) {
      void this.#telling.leftOut(bytes.length, false);
      return true;
    }
    if (!this.#outbox.post(bytes)) return false;
    void this.#telling.traffic("send", bytes, true);
    return true;
  }

  /** Waits until what is queued was taken. */
  flush(): Promise<void> {
    return this.#outbox.flush();
  }

  /** Sends what is queued, then FIN. */
  end(): Promise<void> {
    this.#fin ??= this.#sendFin("closed");
    return this.#fin;
  }

  /**
   * {@linkcode end} for the server's own reasons.
   *
   * @param reason told in the close event
   * @param linger milliseconds to wait for the peer's FIN after ours
   */
  dismiss(reason: string, linger = LINGER_MS): Promise<void> {
    this.#fin ??= this.#sendFin(reason, linger);
    return this.#fin;
  }

  /** Ends the conversation at once. */
  kick(reason: string): void {
    this.#finish(reason);
  }

  /** Serves the peer until it is gone. Never rejects. */
  async run(): Promise<void> {
    try {
      if (this.#channel.handshake && !await this.#shakeHands()) return;
      this.#announced = true;
      this.#announcement?.resolve(true);
      this.#telling.opened();
      this.#opened = true;
      this.#opening = this.#mode.open?.(this) ?? undefined;
      this.#opening?.catch(() => {}); // It is awaited before the first bytes are handed over.
      this.#watchIdle();
      const { receive } = this.#channel;
      const serving = receive ? this.#serveMessages(receive.bind(this.#channel)) : this.#serve();
      if (await serving) await this.#sayGoodbye();
      else await this.#fin;
      this.#finish(this.#reason);
    } catch (error) {
      this.#finish(this.#state === "open" ? reasonOf(error) : this.#reason);
    }
  }

  /** Nobody is told of a peer before it has shown that it speaks our language. */
  async #shakeHands(): Promise<boolean> {
    const refuse = (why: string) => {
      if (this.#gone()) return;
      this.#telling.turnedAway(why);
      this.#finish(why);
    };
    const timer = setTimeout(() => refuse("its TLS handshake takes too long"), HANDSHAKE_MS);
    try {
      if (await this.#channel.handshake?.() === false) this.#finish("came for something else");
    } catch (error) {
      refuse(messageOf(error));
    } finally {
      clearTimeout(timer);
    }
    return !this.#gone();
  }

  #isTooLong({ length }: Uint8Array): boolean {
    return length > DATAGRAM_MAX && this.#channel.receive !== undefined;
  }

  /** A peer that takes bytes is not idle, however slowly it does; a datagram is taken at once. */
  #writer(): (bytes: Uint8Array) => Promise<number> {
    const channel = this.#channel;
    if (this.#idle <= 0) return (bytes) => channel.write(bytes);
    if (channel.receive) {
      return (bytes) => {
        this.#idleWatch?.touch();
        return channel.write(bytes);
      };
    }
    return async (bytes) => {
      const count = await channel.write(bytes);
      this.#idleWatch?.touch();
      return count;
    };
  }

  /** Reads until the peer's FIN or our own end; true when the peer finished first. */
  async #serve(): Promise<boolean> {
    const buffer = new ReadBuffer(this.#buffers);
    const turns = this.#turns;
    turns.enter();
    try {
      while (true) {
        const count = await this.#channel.read(buffer.bytes);
        if (count === null) return this.#state === "open";
        turns.served();
        if (this.#opening) await this.#awaitTurn();
        const handled = this.#take(buffer.bytes.subarray(0, count));
        if (handled) await handled;
        buffer.adapt(count);
        const turn = turns.next();
        if (turn) await turn;
      }
    } finally {
      turns.leave();
      buffer.release();
    }
  }

  /** The same for messages that keep their borders. */
  async #serveMessages(receive: () => Promise<Uint8Array | null>): Promise<boolean> {
    for (let bytes; (bytes = await receive()) !== null;) {
      if (this.#opening) await this.#awaitTurn();
      await this.#take(bytes);
    }
    return this.#state === "open";
  }

  /** Hands on what came; a promise when that takes time. */
  #take(bytes: Uint8Array): void | Promise<void> {
    this.received += bytes.length;
    this.#idleWatch?.touch();
    const shown = this.#telling.traffic("recv", bytes);
    if (shown) return shown.then(() => this.#state === "open" ? this.#mode.data(this, bytes) : undefined);
    return this.#state === "open" ? this.#mode.data(this, bytes) : undefined;
  }

  /** The mode is not ready for this peer yet. What it says waits in the buffer, so that its leaving is noticed all the same. */
  async #awaitTurn(): Promise<void> {
    const opening = this.#opening;
    this.#opening = undefined;
    await opening;
    this.#idleWatch?.touch();
  }

  /** The peer sends no more: the mode has the last word, then we finish too. */
  async #sayGoodbye(): Promise<void> {
    this.#peerEnded = true;
    this.#telling.halfClosed();
    await this.#mode.end?.(this);
    if (this.#state !== "open") return void await this.#fin;
    this.#state = "ending";
    await this.#outbox.flush();
    await this.#channel.closeWrite();
  }

  async #sendFin(reason: string, linger = LINGER_MS): Promise<void> {
    if (this.#state !== "open") return;
    if (!this.#announced) return this.#finish(reason);
    this.#state = "ending";
    this.#reason = reason;
    await this.#outbox.flush();
    if (this.#gone()) return;
    if (this.#peerEnded) return this.#endBoth(reason);
    this.#lingerTimer = setTimeout(() => this.#finish(reason), linger);
    try {
      await this.#channel.closeWrite();
    } catch {
      this.#finish(reason); // The peer left first: there is nobody to say it to.
    }
  }

  /** The peer's FIN is here, ours goes out: nobody has to wait for anything. */
  async #endBoth(reason: string): Promise<void> {
    await this.#channel.closeWrite().catch(() => {});
    this.#finish(reason);
  }

  /** Politeness needs a peer that reads: one that does not is closed at once. */
  #dropIdle(reason: string): void {
    if (this.#state === "open" && !this.#outbox.busy) void this.dismiss(reason);
    else this.#finish(reason);
  }

  /** Asked after an await, where the compiler would still believe the state of before. */
  #gone(): boolean {
    return this.#state === "finished";
  }

  #finish(reason: string): void {
    if (this.#state === "finished") return;
    this.#state = "finished";
    this.#idleWatch?.stop();
    clearTimeout(this.#lingerTimer);
    this.#channel.close();
    this.#outbox.fail(new SockeyeError("session", "Cannot send: the peer is gone"));
    try {
      if (this.#opened) this.#mode.close?.(this);
    } catch (error) {
      reason = `${reason} (${messageOf(error)})`;
    }
    this.#announcement?.resolve(false);
    if (this.#announced) this.#telling.closed(reason, this);
    this.#settle();
  }

  #watchIdle(): void {
    const idle = this.#idle;
    if (idle <= 0 || this.#state !== "open") return;
    this.#idleWatch = new IdleWatch(idle, () => this.#dropIdle(`idle for ${idle / 1000} s`));
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof SockeyeError) return error.cause === undefined ? error.message : endOf(error.cause);
  return endOf(error);
}
