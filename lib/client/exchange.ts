/**
 * A client's conversation. What it sends goes out while answers come in; after the last byte it ends its half (FIN) and
 * reads until the peer's FIN. A peer that ends first may still read: we go on sending what is at hand, as piped input,
 * but do not wait for what may come much later, as a typed line.
 *
 * @module
 */

import { writeAll } from "../bytes.ts";
import { SockeyeError } from "../errors.ts";
import type { PeerFields, Report, TrafficEvent } from "../events.ts";
import type { Channel } from "../transport/channel.ts";
import { endOf, explainAlert } from "../transport/failure.ts";
import { LINGER_MS, READ_BUFFER_MAX } from "../transport/limits.ts";
import { traitsOf, transportField } from "../transport/mod.ts";
import type { Traits } from "../transport/transport.ts";

/** How to converse. */
export interface ExchangeOptions {
  /** Ends the conversation; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without a byte in either direction. Default 0: no limit. */
  readonly idle?: number | undefined;
  /** Milliseconds to wait for answers after everything is sent; then the conversation is done. Default: no limit. */
  readonly wait?: number | undefined;
  /**
   * Milliseconds without anything to send after which a peer that has ended its half counts as gone; Infinity sends
   * everything. Default {@linkcode IDLE_AFTER_END_MS}.
   */
  readonly idleAfterEnd?: number | undefined;
  /** Called with the bytes of each read; true when nothing more is needed. */
  readonly until?: ((bytes: Uint8Array) => boolean) | undefined;
  /** Takes open, half-close, close. */
  readonly on?: Report | undefined;
  /** Takes every read and write. */
  readonly onTraffic?: Report | undefined;
}

/** What a client sends: bytes, or {@linkcode CLOSE} to leave without waiting for the peer. */
export type Outgoing = AsyncIterable<Uint8Array | typeof CLOSE>;

/** In place of bytes: the person leaves. Bytes on their way still arrive, but we do not wait for the peer's FIN. */
export const CLOSE: unique symbol = Symbol("close");

/** Milliseconds between two parts of typed or pasted text, at the most. */
const IDLE_AFTER_END_MS = 100;

/** Milliseconds between two checks for something to send. */
const TICK_MS = 100;

/** Why a conversation is over when the peer ended it. */
const BY_PEER = "closed by the peer";

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
  /** Settles with a reason when the conversation is over, whichever side ended it. */
  readonly #over = Promise.withResolvers<string>();
  #ended = false;
  /** Bytes were taken from `outgoing` and are not with the system yet. */
  #sending = false;
  /** `outgoing` is at its end. */
  #allSent = false;
  /** The peer's FIN has come. */
  #peerEnded = false;
  /** Why it is over when a WebSocket's peer answers our close frame. */
  #byUs: string | undefined;
  #received = 0;
  #sent = 0;
  /** When bytes last came or went, in milliseconds of `performance.now()`. */
  #active = performance.now();
  /** Cleared at the end. */
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();

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
    let reason = "broken";
    try {
      if (signal?.aborted) stop();
      await on?.({ event: "open", ...this.#who, ...transport });
      this.#watchIdle();
      void this.#receive();
      void this.#send(outgoing);
      reason = await this.#over.promise;
    } catch (error) {
      if (error instanceof SockeyeError) reason = this.#reasonOf(error);
      throw error;
    } finally {
      this.#ended = true;
      signal?.removeEventListener("abort", stop);
      for (const timer of this.#timers) clearTimeout(timer);
      this.#channel.close();
      const totals = { received: this.#received, sent: this.#sent, ms: Math.round(performance.now() - this.#since) };
      // Not awaited: a stalled reader of the output must not keep a client from stopping.
      void on?.({ event: "close", ...this.#who, ...transport, reason, ...totals });
    }
  }

  async #receive(): Promise<void> {
    const { until } = this.#options;
    const next = this.#reader();
    try {
      for (let data; (data = await next()) !== null;) {
        this.#received += data.length;
        this.#active = performance.now();
        await this.#traffic("recv", data, this.#channel.from);
        if (until?.(data)) return this.#over.resolve("closed: what was expected came");
      }
      await this.#receiveEnd();
    } catch (cause) {
      this.#break(cause);
    }
  }

  /** Reads a stream or datagrams into one buffer; other messages may be longer than that. */
  #reader(): () => Promise<Uint8Array | null> {
    const channel = this.#channel;
    if (channel.receive && !this.#connectionless) return channel.receive.bind(channel);
    const buffer = new Uint8Array(READ_BUFFER_MAX);
    return () => channel.read(buffer).then((count) => count === null ? null : buffer.subarray(0, count));
  }

  async #receiveEnd(): Promise<void> {
    this.#peerEnded = true;
    // A WebSocket has no half-close: nothing may be sent after the peer's close frame (RFC 6455 section 5.5.1).
    if (this.#traits.messageBoundaries) return this.#over.resolve(this.#byUs ?? BY_PEER);
    if (this.#allSent) return this.#over.resolve(BY_PEER);
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
      if (idle >= limit) this.#over.resolve(BY_PEER);
      else this.#after(TICK_MS, check);
    };
    this.#after(TICK_MS, check);
  }

  async #send(outgoing: Outgoing): Promise<void> {
    try {
      for await (const part of outgoing) {
        if (this.#ended) return;
        if (part === CLOSE) {
          this.#allSent = true;
          return await this.#sendFin(this.#connectionless ? 0 : LINGER_MS, "closed");
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
    const { wait } = this.#options;
    const reason = "closed: the wait for answers is over";
    if (!wait || !this.#traits.messageBoundaries || this.#connectionless) return await this.#sendFin(wait, reason);
    // Where our end is also that of the answers (WebSocket), it comes after the wait for them.
    this.#after(wait, () => void this.#sendFin(LINGER_MS, reason));
  }

  /** False when the connection broke. */
  async #write(bytes: Uint8Array): Promise<boolean> {
    try {
      // An empty datagram is a message, too.
      if (bytes.length === 0 && this.#traits.messageBoundaries) await this.#channel.write(bytes);
      const write = async (part: Uint8Array) => {
        const count = await this.#channel.write(part);
        this.#sent += count;
        this.#active = performance.now();
        return count;
      };
      await writeAll({ write }, bytes);
      return true;
    } catch (cause) {
      this.#allSent = true;
      if (cause instanceof SockeyeError) this.#over.reject(cause);
      else if (this.#peerEnded) this.#over.resolve(BY_PEER);
      // A peer that broke the connection may have sent the reason first: that is read before the failure is reported.
      else this.#after(LINGER_MS, () => this.#break(cause));
      return false;
    }
  }

  /** Sends FIN, or a close frame, then waits for the peer's, for `wait` milliseconds if that is given. */
  async #sendFin(wait: number | undefined, reason: string): Promise<void> {
    if (this.#ended) return;
    if (!this.#connectionless && !this.#peerEnded) this.#byUs = wait === undefined ? "closed" : reason;
    try {
      await this.#channel.closeWrite();
      if (!this.#connectionless) await this.#options.on?.({ event: "half-close", ...this.#who, dir: "out" });
    } catch {
      // The peer was faster; the reading side finds out.
    }
    if (this.#peerEnded) return this.#over.resolve(BY_PEER);
    if (wait !== undefined) this.#after(wait, () => this.#over.resolve(reason));
  }

  #break(cause: unknown): void {
    const { peer } = this.#channel;
    const what = this.#connectionless ? `Talk with ${peer} broken` : `Connection to ${peer} lost`;
    const kind = cause instanceof SockeyeError ? cause.kind : explainAlert(cause, "") === undefined ? "session" : "tls";
    this.#over.reject(new SockeyeError(kind, `${what}: ${endOf(cause)}`, { cause }));
  }

  /** The words after "Connection" or "Talk" in a message. */
  #reasonOf({ kind, cause, message }: SockeyeError): string {
    if (kind !== "session" && kind !== "tls" && kind !== "protocol") return `given up (${kind})`;
    if (cause === undefined) return `given up: ${message}`;
    return `${this.#connectionless ? "broken" : "lost"}: ${endOf(cause)}`;
  }

  get #traits(): Traits {
    return traitsOf(this.#channel.transport);
  }

  get #connectionless(): boolean {
    return this.#traits.connectionless;
  }

  #watchIdle(): void {
    const { idle } = this.#options;
    if (!idle) return;
    const check = () => {
      const rest = this.#active + idle - performance.now();
      if (rest > 0) return this.#after(rest, check);
      this.#over.reject(new SockeyeError("timeout", `Nothing came or went for ${idle / 1000} s (idle timeout)`));
    };
    this.#after(idle, check);
  }

  #after(ms: number, act: () => void): void {
    if (this.#ended) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
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
