/**
 * UDP as {@linkcode Listener} and {@linkcode Channel}: one socket, and a channel for each remote address that has sent
 * something. Messages keep their boundaries: each read returns a datagram, each write sends one.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { AsyncQueue } from "../queue.ts";
import { wait } from "../wait.ts";
import { type Address, formatAddress, formatHostPort, type InetAddress, unmapIPv4 } from "./address.ts";
import { AddressMap } from "./address_map.ts";
import { allocate } from "./blocks.ts";
import type { Channel, Listener, Unproven } from "./channel.ts";
import { closedError, isClosed, tooLong } from "./failure.ts";
import {
  ACCEPT_PAUSE_MS,
  BACKLOG,
  DATAGRAM_COST,
  DATAGRAM_MAX,
  DATAGRAM_ROOM,
  FORGED_MAX,
  INBOX_LIMIT,
  RECEIVES,
} from "./limits.ts";
import { isMulticast } from "./multicast.ts";
import { onInterfaces } from "./tcp.ts";
import type { ListenOptions, SenderRules } from "./transport.ts";
import type { Challenge } from "./udp_challenge.ts";
import { isLinkLocal, withZone, zoneOf } from "./zone.ts";

/** What a channel needs of the listener that made it. */
interface UdpSocket {
  /** The zone of all link-local addresses, where the socket is bound to one. */
  readonly zone: string | undefined;
  send(bytes: Uint8Array, to: Deno.NetAddr): Promise<number>;
  /** Removes the channel; `rest` are datagrams that arrived after its end. */
  forget(rest: readonly Uint8Array[]): void;
}

/** The budget of an address: {@linkcode FORGED_MAX} times the bytes received from there. */
class Allowance implements Unproven {
  silent = false;
  #left = 0;

  add(length: number): void {
    this.silent = false;
    this.#left += FORGED_MAX * length;
  }

  claim(length: number): boolean {
    const may = length <= this.#left;
    if (may) this.#left -= length;
    return may;
  }
}

/** The conversation with one remote address. */
class UdpChannel implements Channel {
  readonly transport = "udp";
  readonly host: string;
  readonly peer: string;
  readonly #socket: UdpSocket;
  readonly #to: Deno.NetAddr;
  /** The budget of the address, unless it is known not to be forged. */
  readonly unproven: Allowance | undefined;
  readonly #inbox: Uint8Array[] = [];
  /** Cost of the inbox. */
  #waiting = 0;
  #ended = false;
  #closed = false;
  /** The receive that waits for the next datagram. */
  #reader: PromiseWithResolvers<Uint8Array | null> | undefined;

  constructor(socket: UdpSocket, to: Deno.NetAddr, allowance?: Allowance) {
    this.#socket = socket;
    this.#to = to;
    this.unproven = allowance;
    this.host = unmapIPv4(to.hostname);
    this.peer = formatHostPort(withZone(to.hostname, socket.zone), to.port);
  }

  /** Takes a received datagram. */
  take(datagram: Uint8Array): void {
    this.unproven?.add(datagram.length);
    this.deliver(copyOf(datagram));
  }

  /**
   * Takes bytes that no other code changes. What waits for a slow reader is bounded; more is lost, as it would be in the
   * system.
   */
  deliver(datagram: Uint8Array): void {
    const reader = this.#takeReader();
    if (reader) return reader.resolve(datagram);
    const cost = datagram.length + DATAGRAM_COST;
    if (this.#waiting + cost > INBOX_LIMIT) return;
    this.#inbox.push(datagram);
    this.#waiting += cost;
  }

  /** Waits for the next datagram. */
  receive(): Promise<Uint8Array | null> {
    if (this.#closed) return Promise.reject(closedError("channel"));
    if (this.#ended) return Promise.resolve(null);
    const datagram = this.#inbox.shift();
    if (!datagram) return (this.#reader ??= Promise.withResolvers()).promise;
    this.#waiting -= datagram.length + DATAGRAM_COST;
    return Promise.resolve(datagram);
  }

  /** Reads one datagram; bytes that do not fit are lost. */
  async read(buffer: Uint8Array): Promise<number | null> {
    const datagram = await this.receive();
    if (datagram === null) return null;
    const count = Math.min(datagram.length, buffer.length);
    buffer.set(datagram.subarray(0, count));
    return count;
  }

  write(bytes: Uint8Array): Promise<number> {
    if (this.#closed) return Promise.reject(closedError("channel"));
    if (bytes.length > DATAGRAM_MAX) return Promise.reject(tooLong(bytes.length));
    return this.#socket.send(bytes, this.#to);
  }

  /** UDP has no FIN to send: both directions end. Queued or later datagrams begin a new conversation. */
  closeWrite(): Promise<void> {
    this.#ended = true;
    this.#takeReader()?.resolve(null);
    return Promise.resolve();
  }

  /** Forgets the remote address; its next datagram begins a new conversation. Drops queued ones unless it had ended. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#takeReader()?.reject(closedError("channel"));
    this.#socket.forget(this.#ended ? this.#inbox.splice(0) : []);
  }

  #takeReader(): PromiseWithResolvers<Uint8Array | null> | undefined {
    const reader = this.#reader;
    this.#reader = undefined;
    return reader;
  }
}

/**
 * Binds a UDP listener, which the caller closes.
 *
 * @throws {SockeyeError} `usage` for a multicast group, or what the system says
 */
export async function listenUdp(address: InetAddress, { senders, notice }: ListenOptions): Promise<Listener> {
  if (isMulticast(address.host)) {
    // It could be bound, but would receive nothing: a group has to be joined.
    const where = formatAddress(address);
    const message = `Cannot listen on ${where}: that is a group; client ${where} --join ${address.host} hears it`;
    throw new SockeyeError("usage", message);
  }
  const { host, port } = address;
  // Few servers ask, and node:crypto takes its time to load.
  const challenge = senders?.asks && new (await import("./udp_challenge.ts")).Challenge();
  const socket = onInterfaces(host, (hostname) => Deno.listenDatagram({ transport: "udp", port, hostname }));
  return new UdpListener(socket, { zone: zoneOf(host), senders, challenge, notice });
}

/** What a listener needs besides its socket. */
interface UdpRules {
  readonly zone: string | undefined;
  readonly senders: SenderRules | undefined;
  readonly challenge: Challenge | undefined | false;
  readonly notice: ListenOptions["notice"];
}

/** A bound UDP socket. */
class UdpListener implements Listener {
  readonly address: Address;
  readonly #socket: Deno.DatagramConn;
  readonly #rules: UdpRules;
  readonly #channels = new AddressMap<UdpChannel>();
  /** Channels that were not accepted yet. */
  readonly #arrivals = new AsyncQueue<UdpChannel>();
  #released = false;
  #zoneMissed = false;

  constructor(socket: Deno.DatagramConn, rules: UdpRules) {
    this.#socket = socket;
    this.#rules = rules;
    const { hostname, port } = socket.addr as Deno.NetAddr;
    this.address = { transport: "udp", host: withZone(hostname, rules.zone), port };
    for (let i = 0; i < RECEIVES; i++) void this.#receive();
  }

  /** Waits for a remote address that has no channel. */
  async accept(): Promise<Channel> {
    const channel = await this.#arrivals.next();
    if (!channel) throw closedError("listener");
    return channel;
  }

  /** Takes no new remote addresses; the socket lives as long as there are channels. */
  close(): void {
    if (this.#arrivals.closed) return;
    this.#arrivals.close();
    for (const channel of this.#arrivals.drain()) channel.close();
    this.#closeIfIdle();
  }

  async #receive(): Promise<void> {
    const buffer = new Uint8Array(DATAGRAM_ROOM);
    while (!this.#released) {
      try {
        const [datagram, from] = await this.#socket.receive(buffer);
        this.#take(datagram, from as Deno.NetAddr);
      } catch (error) {
        if (isClosed(error) || error instanceof Deno.errors.Interrupted) return;
        // Some systems report here that an earlier datagram found no socket: that concerns one address, not this socket.
        await wait(ACCEPT_PAUSE_MS.first);
      }
    }
  }

  #take(datagram: Uint8Array, from: Deno.NetAddr): void {
    const known = this.#channels.get(from);
    if (known) return known.take(datagram);
    this.#missZone(from);
    const { senders, challenge } = this.#rules;
    if (!challenge || !senders?.asks?.(from.hostname)) {
      return this.#open(from, senders?.trusts(from.hostname) ? undefined : new Allowance())?.take(datagram);
    }
    const key = challengeKey(from);
    if (challenge.isAnswered(datagram, key)) return this.#welcome(from, key, challenge);
    if (!this.#mayOpen) return;
    const question = challenge.question(datagram, key);
    // One that cannot be sent is lost, as any datagram may be.
    if (question) void this.#socket.send(question, from).catch(() => {});
    senders.onAsked?.(unmapIPv4(from.hostname), formatHostPort(from.hostname, from.port), question !== undefined);
  }

  /** The address is not forged: earlier datagrams from there begin the conversation. */
  #welcome(from: Deno.NetAddr, key: string, challenge: Challenge): void {
    const channel = this.#open(from);
    if (channel) { for (const datagram of challenge.release(key)) channel.deliver(datagram); }
  }

  /**
   * Warns once about a link-local address without its interface: on a machine with several, the system chooses the one
   * for replies.
   */
  #missZone({ hostname, port }: Deno.NetAddr): void {
    if (this.#zoneMissed || this.#rules.zone !== undefined || !isLinkLocal(hostname)) return;
    this.#zoneMissed = true;
    const advice = "to be sure, listen on an address of one, as in [fe80::1%eth0]:PORT";
    const message = `${
      formatHostPort(hostname, port)
    } came by an interface that is not known, so answers may go by another one`;
    this.#rules.notice?.(`${message}; ${advice}`);
  }

  get #mayOpen(): boolean {
    return !this.#arrivals.closed && this.#arrivals.length < BACKLOG;
  }

  /** A new channel, unless too many wait to be accepted or no more are. */
  #open(from: Deno.NetAddr, allowance?: Allowance): UdpChannel | undefined {
    if (!this.#mayOpen) return undefined;
    const send = (bytes: Uint8Array, to: Deno.NetAddr) => this.#socket.send(bytes, to);
    const forget = (rest: readonly Uint8Array[]) => {
      this.#channels.delete(from);
      // They have been counted.
      const next = rest.length > 0 ? this.#open(from, allowance) : undefined;
      for (const datagram of rest) next?.deliver(datagram);
      this.#closeIfIdle();
    };
    const channel = new UdpChannel({ zone: this.#rules.zone, send, forget }, from, allowance);
    this.#channels.set(from, channel);
    this.#arrivals.push(channel);
    return channel;
  }

  #closeIfIdle(): void {
    if (!this.#arrivals.closed || this.#released || !this.#channels.isEmpty) return;
    this.#released = true;
    this.#socket.close();
  }
}

function challengeKey({ port, hostname }: Deno.NetAddr): string {
  return `${port} ${hostname}`;
}

/** A copy that stays as it is. */
function copyOf(datagram: Uint8Array): Uint8Array {
  const copy = allocate(datagram.length);
  copy.set(datagram);
  return copy;
}
