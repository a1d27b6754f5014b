/**
 * Browsers on the port of a chat. A connection that begins like an HTTP request gets the page, and becomes a WebSocket when it
 * asks for the room; every other one is a text client. It stays one connection with one descriptor: limits and access lists
 * count it from its first byte.
 *
 * @module
 */

import { concat, writeAll } from "../../bytes.ts";
import type { TransportName } from "../../events.ts";
import { beginsLikeRequest } from "../../http/request_begin.ts";
import { writeResponse } from "../../http/response_writer.ts";
import type { Address } from "../../transport/address.ts";
import type { Channel, Listener } from "../../transport/channel.ts";
import { WebSocketServerChannel } from "../../transport/websocket/server.ts";
import { CLOSE_CODES } from "../../transport/websocket/write_frame.ts";
import { settledWithin } from "../../wait.ts";
import { ChatSite } from "./site.ts";

/** Milliseconds of silence after which a connection is a text client: a browser sends its request at once. */
const SILENCE_MS = 300;

/**
 * Milliseconds after a file was asked for in which a silent connection of the same host is taken for a spare one of its
 * browser: less than a server waits for a handshake, else a silent text client would be refused.
 */
const BROWSING_MS = 9_500;

/** Bytes of one read until the kind of the client is known. */
const FIRST_READ_BYTES = 1024;

/** Hosts whose last request is remembered; the oldest is forgotten first. */
const HOSTS_MAX = 4096;

/** A listener that takes browsers as well. */
export class WebEntrance implements Listener {
  readonly #inner: Listener;
  readonly #site: ChatSite;
  readonly #loads = new PageLoads();

  /**
   * Takes over a listener.
   *
   * @param inner a bound listener of streams; this object owns it from now on
   * @param names by which browsers may call this server
   */
  constructor(inner: Listener, names: readonly string[] = []) {
    this.#inner = inner;
    this.#site = new ChatSite(names);
  }

  /** Where it listens. */
  get address(): Address {
    return this.#inner.address;
  }

  /** Waits for the next peer. */
  async accept(): Promise<Channel> {
    return new EntranceChannel(await this.#inner.accept(), this.#site, this.#loads);
  }

  /** Stops listening. */
  close(): void {
    this.#inner.close();
  }
}

/** When each host last asked for a file, in milliseconds of `performance.now()`. */
class PageLoads {
  readonly #last = new Map<string, number>();

  add(host: string): void {
    this.#last.delete(host);
    this.#last.set(host, performance.now());
    if (this.#last.size > HOSTS_MAX) this.#last.delete(this.#last.keys().next().value ?? "");
  }

  /** Milliseconds of silence after which a new connection of a host is a text client. */
  silenceMs(host: string): number {
    const rest = (this.#last.get(host) ?? -Infinity) + BROWSING_MS - performance.now();
    return Math.max(SILENCE_MS, rest);
  }
}

/** A connection whose kind shows with its first bytes. */
class EntranceChannel implements Channel {
  readonly #inner: PeekedChannel;
  readonly #site: ChatSite;
  readonly #loads: PageLoads;
  /** The text client, or the HTTP connection once the first bytes show it. */
  #active: Channel;
  /** The look at the first bytes, from the moment that it was asked for. */
  #sniffed: Promise<boolean> | undefined;

  constructor(inner: Channel, site: ChatSite, loads: PageLoads) {
    this.#inner = new PeekedChannel(inner);
    this.#site = site;
    this.#loads = loads;
    this.#active = this.#inner;
  }

  get transport(): TransportName {
    return this.#active.transport;
  }

  get host(): string {
    return this.#inner.host;
  }

  get peer(): string {
    return this.#inner.peer;
  }

  get encoding(): string | undefined {
    return this.#active.encoding;
  }

  get subprotocol(): string | undefined {
    return this.#active.subprotocol;
  }

  get refusal(): string | undefined {
    return this.#active.refusal;
  }

  /** Only a WebSocket has messages. */
  get receive(): Channel["receive"] {
    return this.#active.receive?.bind(this.#active);
  }

  async handshake(): Promise<boolean> {
    if (await this.#inner.handshake() === false) return false;
    if (!await this.#isRequest()) return true;
    const http = new WebSocketServerChannel(this.#inner, (head) => {
      const answer = this.#site.answer(head);
      if ("response" in answer) this.#loads.add(this.host);
      return answer;
    });
    this.#active = http;
    return await http.handshake();
  }

  read(buffer: Uint8Array): Promise<number | null> {
    return this.#active.read(buffer);
  }

  /** Before the handshake only the reason of a refusal is written: a browser gets it as a response. */
  async write(bytes: Uint8Array): Promise<number> {
    if (this.#sniffed) return await this.#active.write(bytes);
    const fields = [["Content-Type", "text/plain"]] as const;
    // The request is not read, so its method is not known.
    const wrapped = await this.#isRequest() ? writeResponse("GET", 503, fields, bytes) : bytes;
    await writeAll(this.#inner, wrapped);
    return bytes.length;
  }

  get writeMessages(): Channel["writeMessages"] {
    return this.#active.writeMessages?.bind(this.#active);
  }

  closeWrite(code?: number): Promise<void> {
    return this.#active.closeWrite(code);
  }

  /** A WebSocket that was not ended before is cut off: its page may come back, which code 1000 would forbid. */
  close(): void {
    const active = this.#active;
    if (active instanceof WebSocketServerChannel && active.finished) {
      active.closeWrite(CLOSE_CODES.goingAway).catch(() => {});
    }
    active.close();
  }

  #isRequest(): Promise<boolean> {
    return this.#sniffed ??= this.#inner.beginsLikeRequest(this.#loads.silenceMs(this.host));
  }
}

/** A channel whose beginning can be looked at before it is read. */
class PeekedChannel implements Channel {
  readonly transport: TransportName;
  readonly host: string;
  readonly peer: string;
  readonly #inner: Channel;
  /** Bytes that were looked at and not read. */
  #held: Uint8Array = new Uint8Array();
  /** A read of the inner channel that a look began and did not wait for. */
  #pending: Promise<void> | undefined;
  #ended = false;

  constructor(inner: Channel) {
    this.#inner = inner;
    this.transport = inner.transport;
    this.host = inner.host;
    this.peer = inner.peer;
  }

  async handshake(): Promise<boolean | void> {
    return await this.#inner.handshake?.();
  }

  /** Whether the stream begins like an HTTP request; false as soon as it cannot be one, or after so much silence. */
  async beginsLikeRequest(silenceMs: number): Promise<boolean> {
    while (!this.#ended) {
      this.#pending ??= this.#fetch();
      // On a busy machine the timer may fire before bytes that have come are read: the second wait lets them in.
      const came = await settledWithin(this.#pending, silenceMs) || await settledWithin(this.#pending, 1);
      if (!came) return false;
      if (await this.#pending.then(() => true, () => false) === false) return false; // The next read reports it.
      this.#pending = undefined;
      const verdict = beginsLikeRequest(this.#held);
      if (verdict !== undefined) return verdict;
    }
    return false;
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    if (this.#pending) {
      const pending = this.#pending;
      this.#pending = undefined;
      await pending;
    }
    if (this.#held.length > 0) {
      const part = this.#held.subarray(0, buffer.length);
      buffer.set(part);
      this.#held = this.#held.subarray(part.length);
      return part.length;
    }
    return this.#ended ? null : await this.#inner.read(buffer);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#inner.write(bytes);
  }

  closeWrite(): Promise<void> {
    return this.#inner.closeWrite();
  }

  close(): void {
    this.#inner.close();
  }

  #fetch(): Promise<void> {
    const buffer = new Uint8Array(FIRST_READ_BYTES);
    const pending = this.#inner.read(buffer).then((count) => {
      if (count === null) this.#ended = true;
      else this.#held = concat([this.#held, buffer.subarray(0, count)]);
    });
    pending.catch(() => {}); // The next read reports it; it may be much later.
    return pending;
  }
}
