/**
 * A client's conversation: what it has to say goes out while answers come in. When it has said everything it ends its half
 * (FIN) and reads on until the peer ends too. A peer that ends first may still listen: what flows goes on flowing to it, but
 * nobody waits for words that may come some time, as those of a person at a terminal.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import type { Report, SockeyeEvent } from "../events.ts";
import type { Channel } from "../transport/channel.ts";
import { endOf, explainAlert } from "../transport/failure.ts";
import { LINGER_MS, READ_BUFFER_MAX } from "../transport/limits.ts";

/** How to converse. */
export interface ExchangeOptions {
  /** Ends the conversation; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without a byte in either direction. Default 0: no limit. */
  readonly idle?: number | undefined;
  /** Milliseconds to wait for answers after everything is said; then the conversation is done. Default: no limit. */
  readonly wait?: number | undefined;
  /**
   * Milliseconds without a word to say after which a peer that has ended its half counts as gone; Infinity says everything.
   * Default {@linkcode TYPING_PATIENCE_MS}.
   */
  readonly patience?: number | undefined;
  /** Asked with each read; true when nothing more is needed. */
  readonly satisfied?: ((bytes: Uint8Array) => boolean) | undefined;
  /** Hears open, half-close, close. */
  readonly on?: Report | undefined;
  /** Hears every read and write. */
  readonly onTraffic?: Report | undefined;
}

/** What was exchanged. */
export interface ExchangeTotals {
  /** Bytes received. */
  readonly received: number;
  /** Bytes sent. */
  readonly sent: number;
}

/** What is to be said: bytes, or {@linkcode HANG_UP} to leave without waiting for the peer. */
export type Speech = AsyncIterable<Uint8Array | typeof HANG_UP>;

/** Said instead of bytes by a person who wants to leave: what is on its way still arrives, but we do not wait for the peer's end. */
export const HANG_UP: unique symbol = Symbol("hang up");

/** What is typed or pasted goes on without a pause, or may as well not be said to a peer that has ended. */
const TYPING_PATIENCE_MS = 100;

/** Milliseconds between two looks whether there was a word. */
const TICK_MS = 100;

/** How a conversation ends when the peer ends it. */
const BY_PEER = "closed by the peer";

/** Number of the only peer of a client. */
const PEER_ID = 1;

/**
 * Converses until the peer ends, or we leave.
 *
 * @param channel a connection; closed before the promise settles
 * @param speech what to say; it is abandoned, not awaited, when the peer ends first
 * @param options time limits, stop signal, observers
 * @returns the totals
 * @throws {SockeyeError} `session` when the connection breaks, `timeout` after `idle`, whatever `speech` throws, or the signal's reason
 */
export async function exchange(
  channel: Channel,
  speech: Speech,
  options: ExchangeOptions = {},
): Promise<ExchangeTotals> {
  return await new Exchange(channel, options).run(speech);
}

class Exchange {
  readonly #channel: Channel;
  readonly #options: ExchangeOptions;
  readonly #since = performance.now();
  /** Settles when the conversation is over, whoever ended it first. */
  readonly #over = Promise.withResolvers<string>();
  #ended = false;
  /** There is a word that is not on its way yet. */
  #saying = false;
  /** Nothing more will be said. */
  #spoken = false;
  #peerEnded = false;
  #received = 0;
  #sent = 0;
  #active = performance.now();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(channel: Channel, options: ExchangeOptions) {
    this.#channel = channel;
    this.#options = options;
    this.#over.promise.catch(() => {}); // `run` throws it; it may come before `run` waits.
  }

  async run(speech: Speech): Promise<ExchangeTotals> {
    const { signal } = this.#options;
    const stop = () => this.#over.reject(signal?.reason);
    signal?.addEventListener("abort", stop, { once: true });
    let reason = "broken";
    try {
      if (signal?.aborted) stop();
      await this.#tell({ event: "open" });
      this.#watchIdle();
      void this.#listen();
      void this.#speak(speech);
      reason = await this.#over.promise;
    } catch (error) {
      if (error instanceof SockeyeError) reason = this.#reasonOf(error);
      throw error;
    } finally {
      this.#ended = true;
      signal?.removeEventListener("abort", stop);
      for (const timer of this.#timers) clearTimeout(timer);
      this.#channel.close();
      const ms = Math.round(performance.now() - this.#since);
      // Nobody waits until it is read: who was told to stop would not, while a reader has stalled.
      void this.#tell({ event: "close", reason, received: this.#received, sent: this.#sent, ms });
    }
    return { received: this.#received, sent: this.#sent };
  }

  async #listen(): Promise<void> {
    const buffer = new Uint8Array(READ_BUFFER_MAX);
    const { satisfied, onTraffic } = this.#options;
    try {
      for (let count; (count = await this.#channel.read(buffer)) !== null;) {
        this.#received += count;
        this.#active = performance.now();
        const data = buffer.subarray(0, count);
        const peer = this.#channel.from ?? this.#channel.peer;
        await onTraffic?.({ event: "recv", id: PEER_ID, peer, data, ...this.#kind });
        if (satisfied?.(data)) return this.#over.resolve("closed: what was expected came");
      }
      await this.#hearEnd();
    } catch (cause) {
      this.#break(cause);
    }
  }

  async #hearEnd(): Promise<void> {
    this.#peerEnded = true;
    if (this.#spoken) return this.#over.resolve(BY_PEER);
    await this.#tell({ event: "half-close", dir: "in" });
    const { patience = TYPING_PATIENCE_MS } = this.#options;
    if (patience < Infinity) this.#awaitSilence(patience);
  }

  /** Ends the conversation when nothing was said for so long. Ticks are counted: while the process gets no time, none pass. */
  #awaitSilence(patience: number): void {
    let sent = this.#sent;
    let silence = 0;
    const look = () => {
      silence = this.#saying || this.#sent > sent ? 0 : silence + TICK_MS;
      sent = this.#sent;
      if (silence >= patience) this.#over.resolve(BY_PEER);
      else this.#after(TICK_MS, look);
    };
    this.#after(TICK_MS, look);
  }

  async #speak(speech: Speech): Promise<void> {
    try {
      for await (const part of speech) {
        if (this.#ended) return;
        if (part === HANG_UP) {
          this.#spoken = true;
          return await this.#leave(this.#channel.receive ? 0 : LINGER_MS, "closed");
        }
        this.#saying = true;
        const { peer } = this.#channel;
        await this.#options.onTraffic?.({ event: "send", id: PEER_ID, peer, data: part, ...this.#kind });
        if (!await this.#write(part)) return;
        this.#saying = false;
      }
    } catch (error) {
      return this.#over.reject(error);
    }
    this.#spoken = true;
    await this.#leave(this.#options.wait, "closed: the wait for answers is over");
  }

  /** False when the connection broke. */
  async #write(bytes: Uint8Array): Promise<boolean> {
    try {
      // An empty datagram is a message too.
      if (bytes.length === 0 && this.#channel.receive) await this.#channel.write(bytes);
      for (let at = 0; at < bytes.length;) {
        const count = await this.#channel.write(bytes.subarray(at));
        at += count;
        this.#sent += count;
        this.#active = performance.now();
      }
      return true;
    } catch (cause) {
      this.#spoken = true;
      if (cause instanceof SockeyeError) this.#over.reject(cause);
      else if (this.#peerEnded) this.#over.resolve(BY_PEER);
      else await this.#breakAfterReading(cause);
      return false;
    }
  }

  /** Everything is said: FIN, then wait for the peer's end, for `wait` milliseconds if that is given. */
  async #leave(wait: number | undefined, reason: string): Promise<void> {
    if (this.#ended) return;
    try {
      await this.#channel.closeWrite();
      if (!this.#channel.receive) await this.#tell({ event: "half-close", dir: "out" });
    } catch {
      // The peer was faster; the reading side knows.
    }
    if (this.#peerEnded) return this.#over.resolve(BY_PEER);
    if (wait !== undefined) this.#after(wait, () => this.#over.resolve(reason));
  }

  /** A peer that broke off may have said why: what it sent is read before the failure is told. */
  async #breakAfterReading(cause: unknown): Promise<void> {
    const patience = Promise.withResolvers<void>();
    this.#after(LINGER_MS, patience.resolve);
    await Promise.race([patience.promise, this.#over.promise.catch(() => {})]);
    this.#break(cause);
  }

  #break(cause: unknown): void {
    const { peer, transport } = this.#channel;
    const what = transport === "udp" ? `Talk with ${peer} broken` : `Connection to ${peer} lost`;
    const kind = explainAlert(cause, "") === undefined ? "session" : "tls";
    this.#over.reject(new SockeyeError(kind, `${what}: ${endOf(cause)}`, { cause }));
  }

  /** Whether each read and write is a message of its own. */
  get #kind(): { whole?: true } {
    return this.#channel.receive ? { whole: true } : {};
  }

  /** What follows "Connection" or "Talk" in a sentence. */
  #reasonOf({ kind, cause, message }: SockeyeError): string {
    if (kind !== "session" && kind !== "tls") return `given up (${kind})`;
    if (cause === undefined) return `given up: ${message}`;
    return `${this.#channel.transport === "udp" ? "broken" : "lost"}: ${endOf(cause)}`;
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

  #tell(
    what:
      | { event: "open" }
      | { event: "half-close"; dir: "in" | "out" }
      | { event: "close"; reason: string; received: number; sent: number; ms: number },
  ): void | Promise<void> {
    const { event, ...fields } = what;
    const { peer, transport } = this.#channel;
    const means = transport === "tcp" || event === "half-close" ? {} : { transport };
    return this.#options.on?.({ event, id: PEER_ID, peer, ...means, ...fields } as SockeyeEvent);
  }
}
