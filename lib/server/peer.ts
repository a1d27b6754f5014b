/**
 * One client of a server: its read loop, its outbox, its end. A peer is `connecting` until its handshake is done,
 * `open` until one side wants to stop, `ending` while our FIN is out or on its way (received bytes are dropped), then
 * `finished`. Finishing may be called from anywhere and acts once: no failure is reported twice, and nothing leaks.
 *
 * @module
 */

import { phraseOf, SockeyeError } from "../errors.ts";
import type { TransportName } from "../events.ts";
import type { Phrased } from "../phrase.ts";
import { type Channel, resetChannel } from "../transport/channel.ts";
import { endOf } from "../transport/failure.ts";
import { LINGER_MS } from "../transport/limits.ts";
import { traitsOf } from "../transport/mod.ts";
import { IdleWatch } from "./idle.ts";
import { HANDSHAKE_MS } from "./limits.ts";
import { MessageLimits } from "./message_limits.ts";
import type { Mode, Peer } from "./mode.ts";
import { Outbox } from "./outbox.ts";
import { PeerEvents, type PeerObservers } from "./peer_events.ts";
import { type ReadingContext, readToEnd } from "./reading.ts";
import { BY_PEER, CLOSED, idleFor, NO_PEER, SLOW_HANDSHAKE } from "./reasons.ts";
import type { WriteBatcher } from "./write_batcher.ts";

/** What a peer needs besides its channel. */
export interface PeerOptions extends PeerObservers {
  /** Milliseconds without a byte in either direction before the peer is dropped; 0 = no limit. */
  readonly idle: number;
  /** Called when the peer has passed its handshake and is served. */
  readonly onOpen?: ((peer: ServedPeer) => void) | undefined;
  /** Shared by all peers of a server. Default: the peer's own. */
  readonly reading?: ReadingContext | undefined;
  /** Decides when the mode's messages are written. Default: at once. */
  readonly batcher?: WriteBatcher | undefined;
}

/** A connected client. */
export class ServedPeer implements Peer {
  /** Number of the peer, from 1. */
  readonly id: number;
  /** Bytes received. */
  received = 0;
  readonly #over = Promise.withResolvers<void>();
  /** Settles when the peer is gone and its end was reported. */
  readonly finished: Promise<void> = this.#over.promise;
  readonly #channel: Channel;
  readonly #mode: Mode;
  readonly #options: PeerOptions;
  readonly #events: PeerEvents;
  /** Made after the handshake, which decides about message boundaries; without it no end is reported, and the mode hears of none. */
  #outbox: Outbox | undefined;
  /** Bytes of the longest message that it takes. */
  messageMax: number = Infinity;
  #limits: MessageLimits | undefined;
  readonly #began = performance.now();
  #state: "connecting" | "open" | "ending" | "finished" = "connecting";
  /** The mode's `open`, until the first bytes have waited for it. */
  #opening: Promise<void> | undefined;
  /** The peer's FIN has arrived. */
  #peerEnded = false;
  /** Our own FIN, once it was asked for. */
  #fin: Promise<void> | undefined;
  /** The end of our half alone, once it was asked for. */
  #half: Promise<void> | undefined;
  /** Why it ends, from the moment that it is known. */
  #reason: Phrased = BY_PEER;
  /** From open to finished, where there is a limit. */
  #idleWatch: IdleWatch | undefined;
  /** From our FIN to the peer's. */
  #lingerTimer: ReturnType<typeof setTimeout> | undefined;

  /** Makes a peer, which owns the channel from now on; {@linkcode run} serves it. */
  constructor(id: number, channel: Channel, mode: Mode, options: PeerOptions) {
    this.id = id;
    this.#channel = channel;
    this.#mode = mode;
    this.#options = options;
    this.#events = new PeerEvents(id, channel, options);
  }

  /** Address as people read it. */
  get address(): string {
    return this.#channel.peer;
  }

  /** How it is connected. */
  get transport(): TransportName {
    return this.#channel.transport;
  }

  /** Whether messages arrive as they were sent. */
  get messageBoundaries(): boolean {
    return traitsOf(this.transport).messageBoundaries;
  }

  /** The encoding that its transport prescribes. */
  get encoding(): string | undefined {
    return this.#channel.encoding;
  }

  /** The subprotocol of a WebSocket. */
  get subprotocol(): string | undefined {
    return this.#channel.subprotocol;
  }

  /** What it asked for under TLS. */
  get hello(): Channel["hello"] {
    return this.#channel.hello;
  }

  /** Whether it can still be sent to. */
  get open(): boolean {
    return this.#state === "open";
  }

  /** Since when the system has accepted no queued bytes. */
  get stuckSince(): number | undefined {
    return this.#outbox?.stuckSince;
  }

  /** Bytes that the system took. */
  get sent(): number {
    return this.#outbox?.sent ?? 0;
  }

  /** Sends bytes and waits until the system took them. */
  send(bytes: Uint8Array): Promise<void> {
    if (this.#state !== "open") return Promise.reject(new SockeyeError("session", "Cannot send: the talk is over"));
    const problem = this.#limits?.whyNot(bytes.length);
    if (problem) return Promise.resolve(this.#events.leftOut(problem, "answer"));
    return this.#outbox!.send(bytes, this.#events.traffic("send", bytes));
  }

  /** Queues messages. */
  post(posted: readonly Uint8Array[]): boolean {
    if (this.#state !== "open") return false;
    const messages = this.#limits!.leaveOut(posted, (problem) => void this.#events.leftOut(problem, "post"));
    if (messages.length === 0) return true;
    if (!this.#outbox!.post(messages)) return false;
    if (this.#options.onTraffic) { for (const bytes of messages) void this.#events.traffic("send", bytes); }
    return true;
  }

  /** Waits until the system has accepted the queued bytes. */
  async flush(): Promise<void> {
    await this.#outbox?.flush();
  }

  /** Sends the queued bytes, then FIN. */
  end(code?: number, reason: Phrased = CLOSED): Promise<void> {
    return this.close(reason, LINGER_MS, code);
  }

  /** {@linkcode end} for the server's own reasons, which waits so many milliseconds for the peer's FIN. */
  close(reason: Phrased, lingerMs: number, code?: number): Promise<void> {
    this.#fin ??= this.#sendFin(reason, lingerMs, code);
    return this.#fin;
  }

  /** Ends our half. */
  endHalf(): Promise<void> {
    if (this.messageBoundaries) return this.end();
    return this.#half ??= this.flush().then(() => this.#channel.closeWrite()).catch(() => {});
  }

  /** Ends the connection at once. */
  kick(reason: Phrased): void {
    this.#finish(reason);
  }

  /** The same with a reset. */
  reset(reason: Phrased): void {
    if (!this.#gone()) resetChannel(this.#channel);
    this.#finish(reason);
  }

  /** Ends a handshake, if it has lasted so many milliseconds: the peer is reported as refused, never as connected. */
  giveUpHandshake(afterMs: number, why: Phrased): boolean {
    if (this.#state !== "connecting" || performance.now() - this.#began < afterMs) return false;
    this.#refuse(why);
    return true;
  }

  /** Serves the peer until it is gone. Never rejects. */
  async run(): Promise<void> {
    try {
      if (this.#channel.handshake && !await this.#shakeHands()) return;
      this.#begin();
      await readToEnd(this.#channel, (bytes) => this.#take(bytes), this.#options.reading);
      await (this.#state === "open" ? this.#answerEnd() : this.#fin);
      this.#finish(this.#reason);
    } catch (error) {
      this.#finish(this.#state === "open" ? endOf(error) : this.#reason, error);
    }
  }

  async #shakeHands(): Promise<boolean> {
    const timer = setTimeout(() => this.#refuse(SLOW_HANDSHAKE), HANDSHAKE_MS);
    try {
      if (await this.#channel.handshake?.() === false) this.#finish(NO_PEER);
    } catch (error) {
      this.#refuse(phraseOf(error));
    } finally {
      clearTimeout(timer);
    }
    return !this.#gone();
  }

  #refuse(why: Phrased): void {
    if (this.#gone()) return;
    if (this.#channel.refusal === undefined) this.#events.refused(why);
    this.#finish(why);
  }

  #begin(): void {
    const channel = this.#channel;
    const { idle, batcher } = this.#options;
    this.messageMax = (this.#limits = new MessageLimits(channel)).longest;
    const onTaken = () => this.#idleWatch?.touch();
    this.#outbox = new Outbox(channel, (error) => this.#finish(endOf(error), error), { batcher, onTaken });
    this.#state = "open";
    this.#options.onOpen?.(this);
    this.#events.opened();
    this.#opening = this.#mode.open?.(this) ?? undefined;
    this.#opening?.catch((error) => this.#finish(endOf(error), error));
    if (idle > 0 && this.open) this.#idleWatch = new IdleWatch(idle, () => this.#dropIdle(idleFor(idle)));
  }

  /** Hands bytes to the mode; a promise when that takes time. */
  #take(bytes: Uint8Array): void | Promise<void> {
    if (this.#opening) return this.#takeAfterOpening(this.#opening, bytes);
    this.received += bytes.length;
    this.#idleWatch?.touch();
    if (this.#mode.clean) bytes = this.#mode.clean(this, bytes);
    if (bytes.length === 0 && !this.messageBoundaries) return;
    const shown = this.#mode.withholds?.(this) ? undefined : this.#events.traffic("recv", bytes);
    return shown ? shown.then(() => this.#handOver(bytes)) : this.#handOver(bytes);
  }

  #handOver(bytes: Uint8Array): void | Promise<void> {
    if (this.#state === "open") return this.#mode.data(this, bytes);
  }

  /** The mode is not ready for this peer. The first read is made all the same, so that the peer's end is noticed. */
  async #takeAfterOpening(opening: Promise<void>, bytes: Uint8Array): Promise<void> {
    await opening;
    this.#opening = undefined;
    await this.#take(bytes);
  }

  /** After the peer's FIN the mode may still send; then our FIN goes out. */
  async #answerEnd(): Promise<void> {
    this.#peerEnded = true;
    if (this.#mode.ended) this.#mode.ended(this);
    else this.#events.halfClosed();
    // A WebSocket has no half-close: its close frame is answered at once (RFC 6455 section 5.5.1).
    if (!this.messageBoundaries) await this.#mode.end?.(this);
    await this.close(this.#reason, LINGER_MS);
  }

  async #sendFin(reason: Phrased, lingerMs: number, code?: number): Promise<void> {
    if (this.#state !== "open") return this.#state === "connecting" ? this.#finish(reason) : undefined;
    this.#state = "ending";
    this.#reason = reason;
    await this.flush();
    if (this.#gone()) return;
    // With the peer's FIN here, nothing has to be waited for after ours.
    if (this.#peerEnded && this.#channel.closeSendsFin) return this.#finish(reason);
    if (!this.#peerEnded) this.#lingerTimer = setTimeout(() => this.#finish(reason), lingerMs);
    const end = this.#half ?? this.#channel.closeWrite(code, String(reason));
    if (!await end.then(() => true, () => false) || this.#peerEnded) this.#finish(reason);
  }

  /** A graceful end needs a peer that reads: one that does not is closed at once. */
  #dropIdle(reason: Phrased): void {
    if (this.#state === "open" && !this.#outbox?.busy) void this.close(reason, LINGER_MS);
    else this.#finish(reason);
  }

  /** For use after an await, where the compiler would still assume the state of before. */
  #gone(): boolean {
    return this.#state === "finished";
  }

  #finish(reason: Phrased, cause?: unknown): void {
    if (this.#state === "finished") return;
    this.#state = "finished";
    this.#idleWatch?.stop();
    clearTimeout(this.#lingerTimer);
    this.#channel.close();
    if (this.#outbox) {
      this.#outbox.fail();
      this.#events.closed(reason, this, () => this.#mode.close?.(this, cause));
    } else if (this.#channel.refusal !== undefined) this.#events.requestRefused(this.#channel.refusal);
    this.#over.resolve();
  }
}
