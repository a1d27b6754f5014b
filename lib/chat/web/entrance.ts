/**
 * Browsers on the port of a chat. A connection that begins like an HTTP request gets the page, and becomes a WebSocket when it
 * asks for the room; every other one is a text client. It stays one connection with one descriptor: limits and access lists
 * count it from its first byte.
 *
 * @module
 */

import { concat, latin1, writeAll } from "../../bytes.ts";
import { SockeyeError } from "../../errors.ts";
import type { TransportName } from "../../events.ts";
import { beginsLikeRequest } from "../../http/request_begin.ts";
import { writeResponse } from "../../http/response_writer.ts";
import type { Channel, Listener } from "../../transport/channel.ts";
import { beginsLikeTls, SPEAKS_TLS } from "../../transport/tls/hello.ts";
import { WebSocketServerChannel } from "../../transport/websocket/server.ts";
import { CLOSE_CODES } from "../../transport/websocket/write_frame.ts";
import { settledWithin } from "../../wait.ts";
import { type Site, siteOf } from "./site.ts";

/**
 * Milliseconds of silence after which a connection is a text client. A browser sends its request at once, but a packet may be
 * lost or the machine busy; a silent text client is greeted only after this time. It must be clearly less than a refusal may
 * take to be written, and than a full server gives a handshake.
 */
const SILENCE_MS = 700;

/**
 * Milliseconds after a browser asked for a file in which a silent connection of the same host is taken for a spare one of its
 * browser: less than a server waits for a handshake, else a silent text client would be refused.
 */
const BROWSING_MS = 9_500;

/** What a browser sends first, and at once: a request line and the name of a field. People type one line at a time. */
const BROWSER_REQUEST = /^[A-Z]{3,16} \/\S* HTTP\/1\.1\r\n[A-Za-z-]+:/;

/** Why a browser is turned away that was greeted as a text client: its request stays out of the room. */
const LATE = "its HTTP request came too late";

/** Bytes of one read until the kind of the client is known. */
const FIRST_READ_BYTES = 1024;

const LF = 0x0a;

/** Hosts whose last request is remembered; the oldest is forgotten first. */
const HOSTS_MAX = 4096;

/** Takes over a bound listener of streams: it takes browsers as well. */
export function listenForBrowsers(inner: Listener, site: Site = {}): Listener {
  const answer = siteOf(site);
  const loads = new PageLoads();
  return {
    address: inner.address,
    accept: async () => new EntranceChannel(await inner.accept(), answer, loads),
    close: () => inner.close(),
  };
}

/** When a browser of each host last asked for a file, in milliseconds of `performance.now()`. */
class PageLoads {
  readonly #last = new Map<string, number>();

  add(host: string): void {
    this.#last.delete(host);
    this.#last.set(host, performance.now());
    if (this.#last.size > HOSTS_MAX) this.#last.delete(this.#last.keys().next().value ?? "");
  }

  /** Milliseconds of silence after which a new connection of a host is a text client. */
  silenceMs(host: string): number {
    return Math.max(SILENCE_MS, (this.#last.get(host) ?? -Infinity) + BROWSING_MS - performance.now());
  }
}

/** A connection whose kind shows with its first bytes. */
class EntranceChannel implements Channel {
  readonly host: string;
  readonly peer: string;
  /** What it is once the first bytes show a request. */
  #http: WebSocketServerChannel | undefined;
  /** The look at the first bytes, from the moment that it was asked for. */
  #sniffed: Promise<boolean> | undefined;
  /** Bytes that were looked at and not read. */
  #held: Uint8Array = new Uint8Array();
  /** Bytes of it that are looked at. */
  #judgeFrom = 0;
  /** A read of the inner channel that the look began and did not wait for. */
  #pending: Promise<void> | undefined;
  #ended = false;
  /** It is a text client because it sent nothing, and still has sent nothing. */
  #silent = false;

  constructor(readonly inner: Channel, readonly answer: ReturnType<typeof siteOf>, readonly loads: PageLoads) {
    this.host = inner.host;
    this.peer = inner.peer;
  }

  get transport(): TransportName {
    return (this.#http ?? this.inner).transport;
  }

  get encoding(): string | undefined {
    return this.#http?.encoding;
  }

  get subprotocol(): string | undefined {
    return this.#http?.subprotocol;
  }

  get local(): Channel["local"] {
    return this.inner.local;
  }

  get certificate(): Channel["certificate"] {
    return this.inner.certificate;
  }

  get refusal(): string | undefined {
    return this.#http?.refusal;
  }

  /** Only a WebSocket has messages. */
  get receive(): Channel["receive"] {
    return this.#http?.receive.bind(this.#http);
  }

  get writeMessages(): Channel["writeMessages"] {
    return this.#http?.writeMessages.bind(this.#http);
  }

  async handshake(): Promise<boolean> {
    if (await this.inner.handshake?.() === false) return false;
    if (!await this.#isRequest(this.loads.silenceMs(this.host))) {
      if (beginsLikeTls(this.#held)) throw new SockeyeError("protocol", SPEAKS_TLS);
      return true;
    }
    const stream: Channel = {
      transport: this.transport,
      host: this.host,
      peer: this.peer,
      read: (buffer) => this.#readStream(buffer),
      write: (bytes) => this.inner.write(bytes),
      closeWrite: () => this.inner.closeWrite(),
      close: () => this.inner.close(),
    };
    this.#http = new WebSocketServerChannel(stream, async (head) => {
      const answer = await this.answer(head);
      if ("response" in answer) this.loads.add(this.host);
      return answer;
    });
    return await this.#http.handshake();
  }

  read(buffer: Uint8Array): Promise<number | null> {
    return this.#http ? this.#http.read(buffer) : this.#readStream(buffer);
  }

  /**
   * Before the handshake only the reason of a refusal is written: a browser gets it as a response. It cannot wait for a spare
   * connection to be used.
   */
  async write(bytes: Uint8Array): Promise<number> {
    if (this.#sniffed) return await (this.#http ?? this.inner).write(bytes);
    const fields = [["Content-Type", "text/plain"]] as const;
    // The request is not read, so its method is not known.
    const wrapped = await this.#isRequest(SILENCE_MS) ? writeResponse("GET", 503, fields, bytes) : bytes;
    await writeAll(this.inner, wrapped);
    return bytes.length;
  }

  closeWrite(code?: number, reason?: string): Promise<void> {
    return (this.#http ?? this.inner).closeWrite(code, reason);
  }

  /** A WebSocket that was not ended before is cut off: its page may come back, which code 1000 would forbid. */
  close(): void {
    if (this.#http?.finished) this.#http.closeWrite(CLOSE_CODES.goingAway).catch(() => {});
    (this.#http ?? this.inner).close();
  }

  /** Whether the stream begins like an HTTP request; false as soon as it cannot be one, or after so much silence. */
  #isRequest(silenceMs: number): Promise<boolean> {
    return this.#sniffed ??= this.#sniff(silenceMs);
  }

  async #sniff(silenceMs: number): Promise<boolean> {
    while (!this.#ended) {
      this.#pending ??= this.#fetch();
      this.#pending.catch(() => {}); // The next read reports it; it may be much later.
      // On a busy machine the timer may fire before received bytes are read: the second wait lets them in.
      const came = await settledWithin(this.#pending, silenceMs) || await settledWithin(this.#pending, 1);
      this.#silent = !came && this.#held.length === 0;
      if (!came || !await this.#pending.then(() => true, () => false)) break; // The next read reports a failure.
      this.#pending = undefined;
      const { length } = this.#held;
      if (length < this.#judgeFrom && this.#held.at(-1) !== LF) continue;
      const verdict = beginsLikeRequest(this.#held);
      if (verdict !== undefined) return verdict;
      // It must grow by an eighth before it is examined again, so that a request line sent byte by byte stays cheap.
      this.#judgeFrom = length + (length >> 3);
    }
    return beginsLikeRequest(this.#held) ?? false;
  }

  /** Reads the stream, with the bytes that were looked at. */
  async #readStream(buffer: Uint8Array): Promise<number | null> {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending) await pending;
    if (this.#silent) this.#hearFirst();
    if (this.#held.length > 0) {
      const part = this.#held.subarray(0, buffer.length);
      buffer.set(part);
      this.#held = this.#held.subarray(part.length);
      return part.length;
    }
    return this.#ended ? null : await this.inner.read(buffer);
  }

  /** Looks at the first bytes of a client that was silent. The next connections of a browser's host get more time. */
  #hearFirst(): void {
    this.#silent = false;
    if (!BROWSER_REQUEST.test(latin1(this.#held))) return;
    this.loads.add(this.host);
    throw new SockeyeError("protocol", LATE);
  }

  async #fetch(): Promise<void> {
    const buffer = new Uint8Array(FIRST_READ_BYTES);
    const count = await this.inner.read(buffer);
    if (count === null) this.#ended = true;
    else this.#held = concat([this.#held, buffer.subarray(0, count)]);
  }
}
