/**
 * The server loop. The caller opens the listener and owns the stop signal; the loop accepts, checks who may stay, runs one
 * {@linkcode ServedPeer} for each and, on stop, ends them politely within the drain time.
 *
 * @module
 */

import { messageOf } from "../errors.ts";
import type { Report } from "../events.ts";
import type { AccessList } from "./access.ts";
import { Buffers } from "./read_buffers.ts";
import type { Channel, Listener } from "../transport/channel.ts";
import { Coalescer } from "./write_batcher.ts";
import { type Desk, OwnDesk } from "./connection_counter.ts";
import { isClosed, isOutOfFiles, isStillborn } from "../transport/failure.ts";
import {
  DRAIN_MS,
  MAX_CONNECTIONS,
  REFUSAL_NOTICE_MS,
  REFUSALS_LINGERING,
  SLOT_WAIT_MS,
  UDP_IDLE_MS,
} from "./limits.ts";
import { ACCEPT_PAUSE_MS, LINGER_MS } from "../transport/limits.ts";
import type { Mode } from "./mode.ts";
import { ServedPeer } from "./peer.ts";
import { Tidier } from "./memory.ts";
import { Turns } from "./fair_scheduler.ts";

/** What a server allows. */
export interface ServerLimits {
  /** Connections at a time. Default {@linkcode MAX_CONNECTIONS}. */
  readonly maxConnections?: number | undefined;
  /** Connections at a time from one host. Default: no limit. */
  readonly maxPerHost?: number | undefined;
  /** Milliseconds without a byte before a peer is dropped; 0 = never. Default 0, over UDP {@linkcode UDP_IDLE_MS}. */
  readonly idle?: number | undefined;
  /** Milliseconds that a stop waits for the peers. Default {@linkcode DRAIN_MS}. */
  readonly drain?: number | undefined;
  /** Who may connect. Default: everyone. */
  readonly access?: AccessList | undefined;
}

/** How to serve. */
export interface ServeOptions {
  /** Stops the server. */
  readonly signal?: AbortSignal | undefined;
  /** What it allows. */
  readonly limits?: ServerLimits | undefined;
  /** Numbers the peers and counts them for `maxConnections`. Default: one for this server alone. */
  readonly desk?: Desk | undefined;
  /** Serve one connection, then return. Default false. */
  readonly once?: boolean | undefined;
  /** Hears opens, closes, notices. */
  readonly on?: Report | undefined;
  /** Hears every read and write; leave it out and none is told. */
  readonly onTraffic?: Report | undefined;
}

/** What a server did. */
export interface ServeTotals {
  /** Connections served. */
  readonly peers: number;
  /** Bytes received. */
  readonly received: number;
  /** Bytes sent. */
  readonly sent: number;
}

/**
 * Serves until stopped.
 *
 * @param listener where peers come from; closed before the promise settles
 * @param mode what is done with what comes
 * @param options limits, stop signal, observers
 * @returns the totals, when every peer is gone
 */
export async function serve(listener: Listener, mode: Mode, options: ServeOptions = {}): Promise<ServeTotals> {
  return await new Server(listener, mode, options).run();
}

class Server {
  readonly #listener: Listener;
  readonly #mode: Mode;
  readonly #options: ServeOptions;
  readonly #access: AccessList | undefined;
  readonly #desk: Desk;
  readonly #peers = new Set<ServedPeer>();
  readonly #perHost = new Map<string, number>();
  readonly #totals = { peers: 0, received: 0, sent: 0 };
  readonly #refused = new Map<string, { told: number; more: number }>();
  readonly #refusals = new Map<Channel, Promise<void>>();
  readonly #tidier = new Tidier();
  readonly #coalescer = new Coalescer();
  readonly #buffers = new Buffers();
  readonly #turns = new Turns();
  readonly #stop = Promise.withResolvers<void>();
  #stopping = false;
  #endPause = () => {};
  /** A full server that has heard of nobody who leaves turns others away at once for a while. */
  #deafUntil = 0;

  constructor(listener: Listener, mode: Mode, options: ServeOptions) {
    this.#listener = listener;
    this.#mode = mode;
    this.#options = options;
    this.#access = options.limits?.access;
    this.#desk = options.desk ?? new OwnDesk();
  }

  async run(): Promise<ServeTotals> {
    const { signal } = this.#options;
    const stop = () => this.#halt();
    signal?.addEventListener("abort", stop, { once: true });
    try {
      if (signal?.aborted) this.#halt();
      await this.#acceptAll();
      await Promise.race([this.#whenEmpty(), this.#stop.promise]);
      if (this.#stopping) await this.#drain();
    } finally {
      signal?.removeEventListener("abort", stop);
      this.#listener.close();
      this.#tidier.stop();
      this.#coalescer.stop();
      this.#turns.stop();
      await this.#dropRefused();
    }
    return this.#totals;
  }

  #halt(): void {
    this.#stopping = true;
    this.#listener.close();
    this.#endPause();
    this.#stop.resolve();
  }

  /** Accepts before serving: a burst of connections is taken off the backlog first. */
  async #acceptAll(): Promise<void> {
    let pause = 0;
    while (!this.#stopping) {
      try {
        const channel = await this.#listener.accept();
        pause = 0;
        if (this.#full) await this.#hearFarewell();
        if (this.#stopping) return channel.close();
        const peer = this.#admit(channel);
        if (!this.#options.once || !peer) continue;
        if (!channel.handshake) return this.#listener.close();
        void peer.announced.then((served) => served && this.#serveOnly(peer));
      } catch (error) {
        if (this.#stopping || isClosed(error)) return;
        if (isStillborn(error)) continue;
        if (pause === 0) this.#tellAcceptFailure(error);
        pause = Math.min(pause * 2 || ACCEPT_PAUSE_MS.first, ACCEPT_PAUSE_MS.longest);
        await this.#pause(pause);
      }
    }
  }

  /** Whether somebody has to leave before another one may come in. */
  get #full(): boolean {
    const { size } = this.#peers;
    return size > 0 && size >= (this.#options.limits?.maxConnections ?? MAX_CONNECTIONS);
  }

  /** Who has left must not keep anybody out: in a burst connections are accepted before it is heard that others have ended. */
  async #hearFarewell(): Promise<void> {
    if (performance.now() < this.#deafUntil) return;
    await this.#pause(SLOT_WAIT_MS);
    if (this.#full) this.#deafUntil = performance.now() + SLOT_WAIT_MS;
  }

  /** Of those who shake hands at the same time the first one to finish is the one that is served. */
  #serveOnly(peer: ServedPeer): void {
    this.#listener.close();
    for (const other of this.#peers) if (other !== peer) other.kick("another one is served");
  }

  /** Serves a connection or turns it away. */
  #admit(channel: Channel): ServedPeer | undefined {
    if (channel.transport !== "unix" && this.#access?.permits(channel.host) === false) {
      this.#tellRefusal(channel, "may not connect");
      channel.close();
      return undefined;
    }
    const full = this.#enter(channel);
    if (full === undefined) return this.#serve(channel);
    this.#tellRefusal(channel, `turned away: ${full}`);
    this.#refuse(channel, full);
    return undefined;
  }

  /** A host that comes again and again is told of now and then. */
  #tellRefusal({ host, peer }: Channel, why: string): void {
    const now = performance.now();
    const refusal = this.#refused.get(host);
    if (refusal && now - refusal.told < REFUSAL_NOTICE_MS) return void refusal.more++;
    if (this.#refused.size >= MAX_CONNECTIONS) this.#refused.clear();
    this.#refused.set(host, { told: now, more: 0 });
    this.#notice(`${peer} ${why}${refusal?.more ? ` (and ${refusal.more} more of that host since)` : ""}`);
  }

  /** Takes a place at the desk; why there is none, otherwise. */
  #enter({ host, transport }: Channel): string | undefined {
    const them = transport === "udp" ? "peers" : "connections";
    const { maxConnections = MAX_CONNECTIONS, maxPerHost = Infinity } = this.#options.limits ?? {};
    if (!this.#desk.enter(maxConnections)) return `too many ${them} (limit ${maxConnections})`;
    if ((this.#perHost.get(host) ?? 0) >= maxPerHost) {
      this.#desk.leave();
      return `too many ${them} from ${host} (limit ${maxPerHost})`;
    }
    return undefined;
  }

  #serve(channel: Channel): ServedPeer {
    const { on, onTraffic, limits } = this.#options;
    this.#totals.peers++;
    const peer = new ServedPeer(this.#desk.number(), channel, this.#mode, {
      on,
      onTraffic,
      idle: limits?.idle ?? idleOf(channel),
      buffers: this.#buffers,
      turns: this.#turns,
      coalescer: this.#coalescer,
    });
    this.#peers.add(peer);
    this.#tidier.changed();
    this.#perHost.set(channel.host, (this.#perHost.get(channel.host) ?? 0) + 1);
    void peer.finished.then(() => this.#forget(peer, channel.host));
    void peer.run();
    return peer;
  }

  #forget(peer: ServedPeer, host: string): void {
    this.#peers.delete(peer);
    this.#desk.leave();
    this.#endPause();
    this.#tidier.changed();
    this.#totals.received += peer.received;
    this.#totals.sent += peer.sent;
    const left = (this.#perHost.get(host) ?? 1) - 1;
    if (left > 0) this.#perHost.set(host, left);
    else this.#perHost.delete(host);
  }

  /** A refused connection lingers for a moment, so that a reset does not eat the line that says why. */
  #refuse(channel: Channel, why: string): void {
    // An answer to a datagram may go to whoever the sender pretends to be, and would be longer than what came.
    if (this.#refusals.size >= REFUSALS_LINGERING || channel.transport === "udp") return channel.close();
    this.#refusals.set(channel, turnAway(channel, why).then(() => void this.#refusals.delete(channel)));
  }

  async #dropRefused(): Promise<void> {
    for (const channel of this.#refusals.keys()) channel.close();
    await Promise.all(this.#refusals.values());
  }

  async #drain(): Promise<void> {
    const { drain } = this.#options.limits ?? {};
    this.#tellMode();
    // Who asks for a drain time gives it to clients that are slow to leave as well.
    for (const peer of this.#peers) void peer.dismiss("the server stops", drain);
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, drain ?? DRAIN_MS);
    await Promise.race([this.#whenEmpty(), late.promise]);
    clearTimeout(timer);
    for (const peer of this.#peers) peer.kick("the server stopped waiting");
    await this.#whenEmpty();
  }

  /** A mode that fails here must not keep the peers from their end. */
  #tellMode(): void {
    try {
      this.#mode.stop?.();
    } catch (error) {
      this.#notice(`Cannot say goodbye: ${messageOf(error)}`);
    }
  }

  async #whenEmpty(): Promise<void> {
    while (this.#peers.size > 0) await Promise.all([...this.#peers].map((peer) => peer.finished));
  }

  #tellAcceptFailure(error: unknown): void {
    const why = isOutOfFiles(error) ? "no file descriptor is free; waiting for one" : messageOf(error);
    void this.#options.on?.({ event: "error", kind: "connect", message: `Cannot accept a connection: ${why}` });
  }

  #notice(message: string): void {
    void this.#options.on?.({ event: "notice", message });
  }

  /** Waits, but not longer than until somebody leaves or the server stops. */
  async #pause(ms: number): Promise<void> {
    const over = Promise.withResolvers<void>();
    const timer = setTimeout(over.resolve, ms);
    this.#endPause = over.resolve;
    await over.promise;
    clearTimeout(timer);
  }
}

/** UDP has no end but silence. */
function idleOf({ transport }: Channel): number {
  return transport === "udp" ? UDP_IDLE_MS : 0;
}

/** Says why in one line, then FIN, then waits a moment for the client's. */
async function turnAway(channel: Channel, why: string): Promise<void> {
  const timer = setTimeout(() => channel.close(), LINGER_MS);
  try {
    await channel.write(new TextEncoder().encode(`sockeye: ${why}\n`));
    await channel.closeWrite();
    const sink = new Uint8Array(1024);
    while (await channel.read(sink) !== null);
  } catch {
    // It left, or the wait is over.
  } finally {
    clearTimeout(timer);
    channel.close();
  }
}
