/**
 * A client's conversation. It sends and receives at the same time. Many peers close on FIN and send no more replies, as
 * Node and asyncio do by default, and others reply only after it. So our half ends when a reply has begun and pauses,
 * or when none begins, and then we read until the peer's FIN. A peer that ends first may still read: we keep sending
 * available data, such as piped input, but do not wait for data that may take long, such as a typed line.
 *
 * @module
 */

import { writeAll } from "../bytes.ts";
import { SockeyeError } from "../errors.ts";
import type { PeerFields, TrafficEvent } from "../events.ts";
import type { Phrased } from "../phrase.ts";
import type { Channel } from "../transport/channel.ts";
import { LINGER_MS } from "../transport/limits.ts";
import { traitsOf, transportField } from "../transport/mod.ts";
import type { Traits } from "../transport/transport.ts";
import { settledWithin } from "../wait.ts";
import { brokenBy, BY_PEER, BY_US, CLOSED, EXPECTED, idleTooLong, leftEarly, reasonOf, WAIT_OVER } from "./ending.ts";
import { CLOSE, DONE, type ExchangeOptions, FIN, type Outgoing } from "./exchange_options.ts";
import { readerOf } from "./reader.ts";
import { Timers } from "./timers.ts";
import { ANSWER_PAUSE_MS, ANSWER_START_MS, FAREWELL_MS, IDLE_AFTER_END_MS, RESET_MS, TICK_MS } from "./limits.ts";

/** Number of the only peer of a client. */
const PEER_ID = 1;

/**
 * Converses until the peer ends, or we do.
 *
 * @param channel a connection; closed before the promise settles
 * @param outgoing what to send; when the peer ends first it is abandoned, not awaited
 * @throws {SockeyeError} `session` when the connection breaks, `timeout` after `idle`, whatever `outgoing` throws, or
 * the signal's reason
 */
export async function exchange(channel: Channel, outgoing: Outgoing, options: ExchangeOptions = {}): Promise<void> {
  await new Exchange(channel, options).run(outgoing);
}

class Exchange {
  readonly #channel: Channel;
  readonly #options: ExchangeOptions;
  readonly #since = performance.now();
  /** Settles with the reason of the end. */
  readonly #over = Promise.withResolvers<Phrased>();
  #ended = false;
  /** Bytes of `outgoing` are not with the system yet. */
  #sending = false;
  /** `outgoing` is at its end. */
  #allSent = false;
  /** The peer's FIN has arrived. */
  #peerEnded = false;
  /** Bytes were sent after that. */
  #sentLate = false;
  /** Data has arrived since we last sent something. */
  #answered = false;
  /** Received data is being shown: nothing is read meanwhile. */
  #showing = false;
  /** Our end was sent. */
  #finSent = false;
  /** Why it is over when a WebSocket's peer answers our close frame. */
  #byUs: Phrased | undefined;
  #received = 0;
  #sent = 0;
  /** When bytes were last received or sent, in milliseconds of `performance.now()`. */
  #active = performance.now();
  /** Cleared at the end. */
  readonly #timers = new Timers();

  constructor(channel: Channel, options: ExchangeOptions) {
    this.#channel = channel;
    this.#options = options;
    this.#over.promise.catch(() => {}); // `run` throws it; it may come before `run` waits.
  }

  async run(outgoing: Outgoing): Promise<void> {
    const { signal, on } = this.#options;
    const transport = transportField(this.#channel.transport);
    const stop = () => this.#over.reject(signal?.reason);
    signal?.addEventListener("abort", stop, { once: true });
    let reason: Phrased = "broken";
    try {
      if (signal?.aborted) stop();
      await on?.({ event: "open", ...this.#who, ...transport });
      this.#watchIdle();
      void this.#receive();
      void this.#send(outgoing);
      reason = await this.#over.promise;
      await this.#sayGoodbye();
    } catch (error) {
      if (error instanceof SockeyeError) {
        reason = reasonOf(error, this.#traits.connectionless);
        if (error.kind === "expect") await this.#sayGoodbye();
      }
      throw error;
    } finally {
      this.#ended = true;
      signal?.removeEventListener("abort", stop);
      this.#timers.clear();
      this.#channel.close();
      const totals = { received: this.#received, sent: this.#sent, ms: Math.round(performance.now() - this.#since) };
      // Not awaited: a stalled reader of the output must not keep a client from stopping.
      void on?.({ event: "close", ...this.#who, ...transport, reason, ...totals });
    }
  }

  async #receive(): Promise<void> {
    const { until } = this.#options;
    const next = readerOf(this.#channel);
    try {
      for (let data; (data = await next()) !== null;) {
        this.#received += data.length;
        this.#showing = true;
        await this.#traffic("recv", data, this.#channel.from);
        this.#showing = false;
        this.#answered = true;
        this.#active = performance.now();
        if (until?.(data)) return this.#over.resolve(EXPECTED);
      }
      await this.#receiveEnd();
    } catch (cause) {
      this.#break(cause);
    }
  }

  async #receiveEnd(): Promise<void> {
    this.#peerEnded = true;
    this.#options.ended?.();
    // A WebSocket has no half-close: nothing may be sent after the peer's close frame (RFC 6455 section 5.5.1).
    if (this.#traits.messageBoundaries && !this.#mayLackRest) return this.#over.resolve(this.#byUs ?? BY_PEER);
    if (this.#allSent) return this.#over.resolve(this.#byUs === BY_US ? BY_US : BY_PEER);
    await this.#options.on?.({ event: "half-close", ...this.#who, dir: "in" });
    const { idleAfterEnd = IDLE_AFTER_END_MS } = this.#options;
    if (idleAfterEnd < Infinity) this.#awaitIdle(idleAfterEnd);
  }

  /** Ends the conversation when nothing was sent for `limit` ms, counted in ticks: a suspended process counts none. */
  #awaitIdle(limit: number): void {
    let sent = this.#sent;
    let idle = 0;
    const check = () => {
      idle = this.#sending || this.#sent > sent ? 0 : idle + TICK_MS;
      sent = this.#sent;
      if (idle >= limit) this.#leaveRest();
      else this.#after(TICK_MS, check);
    };
    this.#after(TICK_MS, check);
  }

  /** The peer is gone, and no more input has arrived. */
  #leaveRest(): void {
    if (!this.#mayLackRest) return this.#over.resolve(BY_PEER);
    this.#over.reject(leftEarly(this.#channel.peer));
  }

  /** Whether the peer may have got only a part of the input. */
  get #mayLackRest(): boolean {
    return this.#options.needsAll === true && this.#sent > 0 && !this.#allSent;
  }

  async #send(outgoing: Outgoing): Promise<void> {
    try {
      for await (const part of outgoing) {
        if (this.#ended) return;
        if (part === DONE) return this.#over.resolve(EXPECTED);
        if (part === FIN) {
          await this.#sendFin(undefined, BY_US);
          continue;
        }
        if (part === CLOSE) {
          this.#allSent = true;
          return await this.#sendFin(this.#traits.connectionless ? 0 : LINGER_MS, BY_US);
        }
        this.#sending = true;
        await this.#traffic("send", part);
        if (!await this.#write(part)) return;
        this.#sending = false;
      }
    } catch (error) {
      return this.#over.reject(error);
    }
    this.#allSent = true;
    await this.#finish();
  }

  /** After the last byte: ends our half, at once or when no answer is awaited any more. */
  async #finish(): Promise<void> {
    const { wait } = this.#options;
    const { messageBoundaries } = this.#traits;
    if (this.#finSent) return wait === undefined ? undefined : this.#after(wait, () => this.#over.resolve(WAIT_OVER));
    const atOnce = this.#peerEnded || this.#traits.connectionless || (messageBoundaries && wait === undefined);
    if (atOnce || wait === 0) return await this.#sendFin(wait, wait === undefined ? CLOSED : WAIT_OVER);
    if (wait === undefined) return this.#awaitAnswer();
    this.#after(
      wait,
      () => messageBoundaries ? void this.#sendFin(LINGER_MS, WAIT_OVER) : this.#over.resolve(WAIT_OVER),
    );
  }

  /** Ends our half when the reply pauses, or none begins. */
  #awaitAnswer(): void {
    const limit = this.#answered ? ANSWER_PAUSE_MS : ANSWER_START_MS;
    const rest = this.#showing ? limit : this.#active + limit - performance.now();
    if (rest > 0) return this.#after(Math.min(rest, TICK_MS), () => this.#awaitAnswer());
    void this.#sendFin(undefined, "closed");
  }

  /** Whether a peer that had ended its half accepted later data: if it had closed its socket, ours was reset. */
  async #judgeLate(): Promise<void> {
    try {
      await this.#channel.write(new Uint8Array()); // Sends nothing, and fails after a reset.
      await this.#channel.closeWrite();
      this.#over.resolve(BY_PEER);
    } catch (cause) {
      this.#break(cause);
    }
  }

  /** False when the connection broke. */
  async #write(bytes: Uint8Array): Promise<boolean> {
    try {
      // An empty datagram is a message, too.
      if (bytes.length === 0 && this.#traits.messageBoundaries) await this.#channel.write(bytes);
      const write = async (part: Uint8Array) => {
        const count = await this.#channel.write(part);
        this.#sent += count;
        this.#sentLate ||= this.#peerEnded;
        this.#answered = false;
        this.#active = performance.now();
        return count;
      };
      await writeAll({ write }, bytes);
      return true;
    } catch (cause) {
      this.#allSent = true;
      if (cause instanceof SockeyeError) this.#over.reject(cause);
      else if (this.#peerEnded) this.#break(cause);
      // A peer that broke the connection may have sent the reason first: that is read before the failure is reported.
      else this.#after(LINGER_MS, () => this.#break(cause));
      return false;
    }
  }

  /** Sends FIN, or a close frame, then waits for the peer's, for `wait` milliseconds if that is given. */
  async #sendFin(wait: number | undefined, reason: Phrased): Promise<void> {
    if (this.#ended) return;
    this.#finSent = true;
    if (this.#sentLate) return this.#after(RESET_MS, () => void this.#judgeLate());
    if (!this.#traits.connectionless && !this.#peerEnded) this.#byUs = reason;
    try {
      await this.#channel.closeWrite();
      if (!this.#traits.connectionless) await this.#options.on?.({ event: "half-close", ...this.#who, dir: "out" });
    } catch {
      // The peer was faster; the reading side finds out.
    }
    if (this.#peerEnded) return this.#over.resolve(BY_PEER);
    if (wait !== undefined) this.#after(wait, () => this.#over.resolve(reason));
  }

  /** Says under TLS and over a WebSocket that this is the end, where that was not said yet. */
  async #sayGoodbye(): Promise<void> {
    if (this.#finSent || this.#traits.connectionless) return;
    await settledWithin(this.#channel.closeWrite(), FAREWELL_MS);
  }

  #break(cause: unknown): void {
    this.#over.reject(brokenBy(cause, this.#channel));
  }

  get #traits(): Traits {
    return traitsOf(this.#channel.transport);
  }

  #watchIdle(): void {
    const { idle } = this.#options;
    if (!idle) return;
    const check = () => {
      const rest = this.#active + idle - performance.now();
      if (rest > 0) return this.#after(rest, check);
      this.#over.reject(idleTooLong(idle));
    };
    this.#after(idle, check);
  }

  #after(ms: number, act: () => void): void {
    if (!this.#ended) this.#timers.start(ms, act);
  }

  #traffic(event: TrafficEvent["event"], data: Uint8Array, peer = this.#channel.peer): void | Promise<void> {
    const whole = this.#traits.messageBoundaries
      ? { whole: true, ...transportField(this.#channel.transport) } as const
      : {};
    const other = peer === this.#channel.peer ? {} : { other: true } as const;
    return this.#options.onTraffic?.({ event, id: PEER_ID, peer, data, ...other, ...whole });
  }

  get #who(): PeerFields {
    return { id: PEER_ID, peer: this.#channel.peer };
  }
}
