/**
 * The server loop. The caller opens the listener and owns the stop signal; the loop accepts, asks {@linkcode Admission}, runs
 * one {@linkcode ServedPeer} for each connection and, on stop, ends them gracefully within the drain time.
 *
 * @module
 */

import { messageOf } from "../errors.ts";
import type { Totals } from "../events.ts";
import { type Phrased, say } from "../phrase.ts";
import type { Channel, Listener, Unproven } from "../transport/channel.ts";
import { isAbortedBeforeAccept, isClosed, isOutOfFiles } from "../transport/failure.ts";
import { ACCEPT_PAUSE_MS, LINGER_MS } from "../transport/limits.ts";
import { traitsOf } from "../transport/mod.ts";
import { CLOSE_CODES } from "../transport/websocket/write_frame.ts";
import { settledWithin, wait } from "../wait.ts";
import { Admission, type AdmissionLimits } from "./admission.ts";
import type { ConnectionCounter } from "./connection_counter.ts";
import type { DescriptorReserve } from "./descriptors.ts";
import { ActivityWatch, describeDrain } from "./drain.ts";
import { DRAIN_MS, HANDSHAKE_GRACE_MS, REPORT_MS, SLOT_WAIT_MS, UDP_IDLE_MS, UNPROVEN_IDLE_MS } from "./limits.ts";
import { MemoryTrimmer } from "./memory.ts";
import type { Mode } from "./mode.ts";
import { ServedPeer } from "./peer.ts";
import type { Observers } from "./peer_events.ts";
import { ReadingContext } from "./reading.ts";
import { STOPPED_WAITING, STOPS } from "./reasons.ts";
import { ReportLimiter } from "./report_limiter.ts";
import { WriteBatcher } from "./write_batcher.ts";

/** What a server allows. */
export interface ServerLimits extends AdmissionLimits {
  /** Milliseconds without a byte before a peer is dropped; 0 = never. Default 0, over UDP {@linkcode UDP_IDLE_MS}. */
  readonly idle?: number | undefined;
  /**
   * Milliseconds that peers which are not idle go on for when the server stops. Default: all are ended at once, and have
   * {@linkcode DRAIN_MS} for that.
   */
  readonly drain?: number | undefined;
}

/** How to serve. */
export interface ServeOptions extends Observers {
  /** Stops the server. */
  readonly signal?: AbortSignal | undefined;
  /** What it allows. */
  readonly limits?: ServerLimits | undefined;
  /** Numbers and counts connections. Default: those of this server alone. */
  readonly counter?: ConnectionCounter | undefined;
  /** Descriptors for when there are no others. Default: none. */
  readonly reserve?: DescriptorReserve | undefined;
  /** Serve one connection, then return. Default false. */
  readonly once?: boolean | undefined;
  /** Whether a full server forgets silent peers whose addresses may be forged, before it refuses others. Default false. */
  readonly forgetful?: boolean | undefined;
}

/**
 * Serves until stopped, closes the listener, and returns the totals when every peer is gone.
 *
 * @example
 * ```ts ignore
 * const listener = await listen(parseAddress("9000"));
 * await serve(listener, { data: (peer, bytes) => peer.send(bytes) }, { signal });
 * ```
 */
export async function serve(listener: Listener, mode: Mode, options: ServeOptions = {}): Promise<Totals> {
  return await new Server(listener, mode, options).run();
}

class Server {
  readonly #listener: Listener;
  readonly #mode: Mode;
  readonly #options: ServeOptions;
  readonly #limits: ServerLimits;
  readonly #admission: Admission;
  /** Connections that are not finished. */
  readonly #peers = new Set<ServedPeer>();
  /** Those whose addresses may be forged. */
  readonly #unproven = new Map<ServedPeer, Unproven>();
  /** When they were last looked at. */
  #silentSince = -Infinity;
  /** Those of them that have not shaken hands, the oldest first. */
  readonly #connecting = new Set<ServedPeer>();
  readonly #totals = { peers: 0, received: 0, sent: 0 };
  readonly #trimmer = new MemoryTrimmer(this.#peers);
  readonly #batcher = new WriteBatcher();
  readonly #reading = new ReadingContext();
  readonly #reports = new ReportLimiter(REPORT_MS);
  readonly #activity: ActivityWatch | undefined;
  #accepting = true;
  /** Peers go on, though no others are accepted. */
  #draining = false;
  /** The last report on why connections cannot be accepted, and its time. */
  #failure: { readonly message: string; readonly at: number } = { message: "", at: -Infinity };
  /** Ends the pause under way, if there is one. */
  #endPause = () => {};
  /** While the server is full: until when new connections are refused without waiting for a slot. */
  #fullUntil = 0;

  constructor(listener: Listener, mode: Mode, options: ServeOptions) {
    this.#listener = listener;
    this.#options = options;
    this.#limits = options.limits ?? {};
    this.#activity = this.#limits.drain ? new ActivityWatch(mode) : undefined;
    this.#mode = this.#activity ?? mode;
    this.#admission = new Admission(this.#limits, (message) => this.#notice(message), options.counter);
  }

  async run(): Promise<Totals> {
    const { signal } = this.#options;
    let drained: Promise<void> | undefined;
    const stop = () => drained = this.#drain();
    signal?.addEventListener("abort", stop, { once: true });
    try {
      if (signal?.aborted) stop();
      await this.#acceptAll();
      await this.#whenEmpty();
      await drained;
    } finally {
      signal?.removeEventListener("abort", stop);
      this.#listener.close();
      this.#trimmer.stop();
      this.#batcher.stop();
      this.#reading.scheduler.stop();
      await this.#admission.stop();
    }
    return this.#totals;
  }

  #closeListener(): void {
    this.#accepting = false;
    this.#listener.close();
  }

  /** Accepts before it serves: a burst of connections is taken off the accept queue first. */
  async #acceptAll(): Promise<void> {
    let pause = 0;
    while (this.#accepting) {
      try {
        const channel = await this.#listener.accept();
        pause = 0;
        if (this.#full && !await this.#makeRoom()) await this.#waitForSlot();
        if (!this.#accepting && !this.#draining) return channel.close();
        this.#admit(channel);
      } catch (error) {
        if (!this.#accepting || isClosed(error)) return;
        if (isAbortedBeforeAccept(error) || isOutOfFiles(error) && await this.#findDescriptor()) continue;
        const why = isOutOfFiles(error)
          ? say("no-descriptor")`no file descriptor is free; waiting for one`
          : messageOf(error);
        this.#tellFailure(say("cannot-accept")`Cannot accept a connection: ${why}`);
        pause = Math.min(pause * 2 || ACCEPT_PAUSE_MS.first, ACCEPT_PAUSE_MS.longest);
        await this.#pause(pause);
      }
    }
  }

  /** The cause that prevents accepting connections lasts, so it is reported only now and then. */
  #tellFailure(message: Phrased): void {
    const at = performance.now();
    if (String(message) === this.#failure.message && at - this.#failure.at < REPORT_MS) return;
    this.#failure = { message: String(message), at };
    void this.#options.on?.({ event: "error", kind: "connect", message });
  }

  get #full(): boolean {
    const { size } = this.#peers;
    return size > 0 && size >= this.#admission.maxConnections;
  }

  /** Gives up the oldest handshake. Its descriptor is free in the next turn of the event loop. */
  async #makeRoom(): Promise<boolean> {
    for (const peer of this.#connecting) {
      if (!peer.giveUpHandshake(HANDSHAKE_GRACE_MS, "others wait for its place")) return false;
      await wait(0);
      return true;
    }
    return false;
  }

  /** The first time the reserve is given up: with it a client is turned away, which else would wait for a descriptor unheard. */
  async #findDescriptor(): Promise<boolean> {
    if (!this.#options.reserve?.release()) return await this.#makeRoom();
    this.#notice(this.#admission.lowerLimit());
    return true;
  }

  /** In a burst connections are accepted before the ends of others have been noticed: those must not cost a slot. */
  async #waitForSlot(): Promise<void> {
    if (performance.now() < this.#fullUntil) return;
    if (this.#options.forgetful) this.#forgetSilent();
    await this.#pause(SLOT_WAIT_MS);
    if (this.#full) this.#fullUntil = performance.now() + SLOT_WAIT_MS;
  }

  /** Forged addresses could keep all others out until they are idle for too long. */
  #forgetSilent(): void {
    const now = performance.now();
    if (now - this.#silentSince < UNPROVEN_IDLE_MS) return;
    this.#silentSince = now;
    for (const [peer, unproven] of this.#unproven) {
      if (unproven.silent) peer.kick(say("others-wait")`others wait`);
      unproven.silent = true;
    }
  }

  #admit(channel: Channel): void {
    const { host } = channel;
    const id = this.#admission.enter(channel);
    if (id === undefined) return;
    const { on, onTraffic, once } = this.#options;
    const peer = new ServedPeer(id, channel, this.#mode, {
      on,
      onTraffic,
      onOpen: (peer) => {
        this.#connecting.delete(peer);
        if (once) this.#serveOnly(peer);
      },
      idle: this.#limits.idle ?? (traitsOf(channel.transport).connectionless ? UDP_IDLE_MS : 0),
      reading: this.#reading,
      reports: this.#reports,
      batcher: this.#batcher,
    });
    this.#totals.peers++;
    this.#peers.add(peer);
    this.#activity?.watch(peer);
    if (channel.unproven) this.#unproven.set(peer, channel.unproven);
    if (channel.handshake) this.#connecting.add(peer);
    this.#trimmer.changed();
    void peer.finished.then(() => this.#forget(peer, host));
    void peer.run();
  }

  /** With `--once`, of several handshakes at the same time the first one to finish wins. */
  #serveOnly(peer: ServedPeer): void {
    this.#closeListener();
    for (const other of this.#peers) if (other !== peer) other.kick(say("another-served")`another one is served`);
  }

  #forget(peer: ServedPeer, host: string): void {
    this.#peers.delete(peer);
    this.#unproven.delete(peer);
    this.#connecting.delete(peer);
    this.#admission.leave(host);
    this.#endPause();
    this.#trimmer.changed();
    this.#totals.received += peer.received;
    this.#totals.sent += peer.sent;
  }

  async #drain(): Promise<void> {
    const { drain } = this.#limits;
    this.#closeListener();
    this.#endPause();
    if (this.#activity && drain) {
      this.#draining = true;
      const others = this.#activity.begin(this.#peers, drain);
      if (others > 0) this.#notice(describeDrain(others, drain));
      await this.#activity.letFinish(this.#peers, this.#whenEmpty(), drain);
      this.#draining = false;
    }
    try {
      this.#mode.stop?.();
    } catch (error) {
      // A mode that fails here must not keep the peers from their end.
      this.#notice(`The mode failed to stop: ${messageOf(error)}`);
    }
    for (const peer of this.#peers) {
      // One that took its drain time and does not read gets no more.
      if (drain !== undefined && peer.stuckSince !== undefined) {
        peer.kick(STOPPED_WAITING);
      } else void peer.close(STOPS, LINGER_MS, CLOSE_CODES.goingAway);
    }
    await settledWithin(this.#whenEmpty(), drain === undefined ? DRAIN_MS : LINGER_MS);
    for (const peer of this.#peers) peer.kick(STOPPED_WAITING);
    await this.#whenEmpty();
  }

  async #whenEmpty(): Promise<void> {
    while (this.#peers.size > 0) await Promise.all([...this.#peers].map((peer) => peer.finished));
  }

  #notice(message: Phrased): void {
    void this.#options.on?.({ event: "notice", message });
  }

  /** Waits, but not longer than until a peer is gone or the server stops. */
  async #pause(ms: number): Promise<void> {
    const over = Promise.withResolvers<void>();
    this.#endPause = over.resolve;
    await settledWithin(over.promise, ms);
  }
}
