/**
 * One connection to a port that takes browsers: a text client, a visit to the inner web server, or a visit that became a
 * WebSocket.
 *
 * @module
 */

import { concat } from "../../bytes.ts";
import { wait } from "../../wait.ts";
import type { TransportName } from "../../events.ts";
import type { Channel } from "../../transport/channel.ts";
import { HANDSHAKE_MS } from "../../server/limits.ts";
import { LINGER_MS } from "../../transport/limits.ts";
import { relay } from "../../transport/pipe.ts";
import { SILENCE_MS, SniffedChannel } from "./sniff.ts";
import { MESSAGE_MAX, type WebSocketLink } from "./web_socket.ts";
import type { WebPeer } from "./ws.ts";

/**
 * Milliseconds that a visit may take which does not become a talk: enough for a page over a slow network. A little less than the
 * server allows for a handshake, since the end of a visit is nothing to tell anybody.
 */
const VISIT_MS = HANDSHAKE_MS - 500;

/** Milliseconds without a byte after which a visit is over: a browser keeps connections for later that others may need now. */
const VISIT_IDLE_MS = 2_000;

/** Milliseconds in which a message that is too long may turn out to have been several. */
const DOUBT_MS = 1_000;

/** Milliseconds between two looks while in doubt. */
const LOOK_MS = 10;

/** What a connection needs of its listener. */
export interface Reception {
  /** Opens a way into the inner web server. */
  dial(visitor: WebChannel): Promise<{ readonly channel: Channel; hangUp(): void }>;
  /** The connection is over, and nothing is left of it. */
  forget(visitor: WebChannel): void;
}

/** A connection that shows what it is with its first bytes. */
export class WebChannel implements Channel {
  readonly #outer: SniffedChannel;
  readonly #raw: Channel;
  readonly #number: number;
  readonly #reception: Reception;
  readonly #stop = new AbortController();
  readonly #upgraded = Promise.withResolvers<Channel>();
  #talk: Channel;
  #received = false;
  #link: WebSocketLink | undefined;
  #relaying: Promise<void> | undefined;
  #unseen = 0;
  #idleTimer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Takes over a connection.
   *
   * @param raw as it was accepted; this object owns it from now on
   * @param number of the connection, from 1
   * @param reception its listener
   */
  constructor(raw: Channel, number: number, reception: Reception) {
    this.#raw = raw;
    this.#outer = new SniffedChannel(raw);
    this.#talk = this.#outer;
    this.#number = number;
    this.#reception = reception;
  }

  /** How bytes travel: `ws` or `wss` once it is a WebSocket. */
  get transport(): TransportName {
    return this.#talk.transport;
  }

  /** The peer's host alone. */
  get host(): string {
    return this.#raw.host;
  }

  /** The peer's address as people read it. */
  get peer(): string {
    return this.#talk.peer;
  }

  /** The encoding that a WebSocket prescribes. */
  get encoding(): string | undefined {
    return this.#talk.encoding;
  }

  /** The name that a page asks for. */
  get name(): string | undefined {
    return this.#talk.name;
  }

  /**
   * Finds out who it is. A visit lasts until it becomes a WebSocket or is over.
   *
   * @returns false for a visit that is over
   */
  async handshake(): Promise<boolean> {
    this.#received = true;
    if (await this.#raw.handshake?.() === false) return false;
    if (!await this.#outer.isRequest(SILENCE_MS)) return true;
    const timer = setTimeout(() => this.#stop.abort(), VISIT_MS);
    try {
      return await this.#visit();
    } finally {
      clearTimeout(timer);
      clearTimeout(this.#idleTimer);
    }
  }

  /** Reads what is there. */
  read(buffer: Uint8Array): Promise<number | null> {
    return this.#talk.read(buffer);
  }

  /** Writes some of the bytes. */
  write(bytes: Uint8Array): Promise<number> {
    return this.#received ? this.#talk.write(bytes) : this.#turnAway(bytes);
  }

  /** Says that we send no more. */
  closeWrite(): Promise<void> {
    return this.#talk.closeWrite();
  }

  /** Ends it. What a WebSocket has been given before still goes out, as with every socket. */
  close(): void {
    if (this.#stop.signal.aborted && !this.#relaying) return;
    this.#stop.abort();
    if (this.#relaying) return this.#talk.close();
    this.#outer.close();
    this.#reception.forget(this);
  }

  /** A message has come whole. */
  onMessage(): void {
    this.#unseen = 0;
  }

  /**
   * The visit has become a WebSocket, once: what comes besides is no way to it.
   *
   * @param link the WebSocket
   * @param begin makes a channel of it
   */
  upgrade(link: WebSocketLink, begin: (who: WebPeer) => Channel): void {
    if (this.#link) return link.abort();
    this.#link = link;
    clearTimeout(this.#idleTimer);
    const { host, peer, transport } = this.#raw;
    // Those who come through a Unix socket have no address of their own, and must be told apart.
    const name = transport === "unix" ? `${peer}#${this.#number}` : peer;
    this.#upgraded.resolve(begin({ transport: transport === "tls" ? "wss" : "ws", host, peer: name }));
  }

  /** Who is written to before anybody has listened is told why not: a browser in its own words. */
  async #turnAway(bytes: Uint8Array): Promise<number> {
    this.#received = true;
    const browser = await this.#outer.isRequest(SILENCE_MS);
    await this.#tell(browser ? concat([new TextEncoder().encode(unavailable(bytes.length)), bytes]) : bytes);
    return bytes.length;
  }

  /** There is no way into the inner server: no descriptor is free, or it has just been given up. */
  async #sendAway(): Promise<false> {
    const words = "The server has no room for another visit now\n";
    await this.#tell(new TextEncoder().encode(unavailable(words.length) + words)).catch(() => {});
    return false;
  }

  async #tell(words: Uint8Array): Promise<void> {
    for (let at = 0; at < words.length;) at += await this.#outer.write(words.subarray(at));
  }

  async #visit(): Promise<boolean> {
    const way = await this.#reception.dial(this).catch(() => undefined);
    if (!way) return this.#sendAway();
    const { channel, hangUp } = way;
    const over = Promise.withResolvers<undefined>();
    this.#stop.signal.addEventListener("abort", () => over.resolve(undefined));
    this.#relaying = relay(this.#incoming(), channel).finally(() => over.resolve(undefined));
    void this.#attend(hangUp);
    if (this.#stop.signal.aborted) return false;
    const talk = await Promise.race([this.#upgraded.promise, over.promise]);
    if (!talk) return this.#leave();
    this.#talk = talk;
    const joined = await Promise.race([talk.handshake?.().catch(() => false), over.promise.then(() => false)]);
    return joined === false ? this.#leave() : true;
  }

  #leave(): false {
    this.#stop.abort();
    return false;
  }

  /** Sees to it that nothing is left, however it ends: by itself, or a moment after somebody closed it. */
  async #attend(hangUp: () => void): Promise<void> {
    const relaying = this.#relaying?.then(() => true);
    const { promise: stopped, resolve: stop } = Promise.withResolvers<boolean>();
    const { signal } = this.#stop;
    if (signal.aborted) stop(false);
    signal.addEventListener("abort", () => stop(false));
    if (!await Promise.race([relaying, stopped])) await this.#linger();
    hangUp();
    this.#outer.close();
    this.#reception.forget(this);
  }

  /** What was sent last is on its way through the inner server; a WebSocket says goodbye as well. */
  async #linger(): Promise<void> {
    if (!this.#link) return;
    this.#link.abort();
    const late = new AbortController();
    void this.#relaying?.then(() => late.abort());
    await wait(LINGER_MS, late.signal).catch(() => {});
  }

  /** What comes from the browser: held while it is not read, and not without end. */
  #incoming(): Channel {
    const outer = this.#outer;
    return {
      transport: outer.transport,
      host: outer.host,
      peer: outer.peer,
      read: async (buffer) => {
        await this.#link?.ready();
        if (this.#unseen > MESSAGE_MAX) await this.#doubt();
        const count = await outer.read(buffer);
        this.#unseen += count ?? 0;
        this.#touch();
        return count;
      },
      write: (bytes) => {
        this.#touch();
        return outer.write(bytes);
      },
      closeWrite: () => outer.closeWrite(),
      close: () => outer.close(),
    };
  }

  #touch(): void {
    if (this.#link || this.#stop.signal.aborted) return;
    clearTimeout(this.#idleTimer);
    this.#idleTimer = setTimeout(() => this.#stop.abort(), VISIT_IDLE_MS);
  }

  /** The inner server keeps a message until it is whole, however long that is. */
  async #doubt(): Promise<void> {
    for (const start = performance.now(); this.#unseen > MESSAGE_MAX; await wait(LOOK_MS, this.#stop.signal)) {
      if (performance.now() - start > DOUBT_MS) throw new Error("its message is too big");
    }
  }
}

/** RFC 9110 section 15.6.4. */
function unavailable(length: number): string {
  const head = [
    "HTTP/1.1 503 Service Unavailable",
    "Content-Type: text/plain",
    `Content-Length: ${length}`,
    "Connection: close",
  ];
  return [...head, "", ""].join("\r\n");
}
