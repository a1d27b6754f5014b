/**
 * An open WebSocket as a {@linkcode Channel} over any stream. Messages keep their boundaries: each write sends one, each
 * receive brings one. Bytes are read only while a message is asked for, so a slow reader slows the peer down; pings are
 * answered, and the peer's end is seen, by the same reads.
 *
 * A WebSocket has no half-close: our close frame says that we send no more, and reading goes on until the peer's.
 *
 * @module
 */

import { concat } from "../../bytes.ts";
import type { Channel } from "../channel.ts";
import { LINGER_MS, SOCKET_BUFFER } from "../limits.ts";
import { checkClose, type CloseEvent, type FrameEvent, FrameParser, WebSocketError } from "./frames.ts";
import { FrameWriter } from "./frame_writer.ts";
import { SilenceWatch } from "./silence.ts";
import { isUtf8 } from "./utf8.ts";
import { CLOSE_CODES, closePayload, framesOf, OPCODES } from "./write_frame.ts";

/** The two kinds of messages. */
export type MessageType = "text" | "binary";

/** What a WebSocket is besides its stream. */
export interface WebSocketOptions {
  /** Our side: a client masks its frames. */
  readonly role: "client" | "server";
  /** Bytes that came behind the handshake. */
  readonly rest?: Uint8Array | undefined;
  /** The subprotocol that both sides agreed on. */
  readonly subprotocol?: string | undefined;
  /** Bytes of the longest message. Default: 1 MiB. */
  readonly messageMax?: number | undefined;
  /** Sends every message as binary. Default: see {@linkcode WebSocketChannel.write}. */
  readonly binary?: boolean | undefined;
}

const EMPTY: Uint8Array = new Uint8Array();

/** A WebSocket after its handshake. */
export class WebSocketChannel implements Channel {
  /** How bytes travel. */
  readonly transport: "ws" | "wss";
  /** The peer's host alone. */
  readonly host: string;
  /** The peer's address as people read it. */
  readonly peer: string;
  /** The encoding of text messages (RFC 6455 section 5.6). */
  readonly encoding = "utf-8";
  /** The subprotocol that both sides agreed on. */
  readonly subprotocol: string | undefined;
  /** Bytes of the longest message, where that was chosen. */
  readonly messageMax: number | undefined;
  /** Settles when the stream underneath is closed. */
  readonly finished: Promise<void>;
  readonly #inner: Channel;
  readonly #role: "client" | "server";
  readonly #binary: boolean;
  readonly #parser: FrameParser;
  readonly #writer: FrameWriter;
  readonly #silence: SilenceWatch;
  readonly #finish: () => void;
  #lastType: MessageType | undefined;
  /** Events of the last read that were not taken yet; the next read waits until there are none. */
  #events: Generator<FrameEvent, void> | undefined;
  /** For the next read; made at the first one. */
  #buffer = EMPTY;
  /** What a read into a short buffer left of its message. */
  #unread = EMPTY;
  /** The read of the stream that is under way; where the receive that began it was interrupted, it stays set. */
  #reading: Promise<number | null> | undefined;
  /** Rejects the receive that is under way. */
  #interrupt: ((why: Error) => void) | undefined;
  /** The peer's close frame; `ended` when the stream ended without one. */
  #peerClose: CloseEvent | "ended" | undefined;
  /** Thrown by every further receive. */
  #failure: Error | undefined;
  /** Set once: by close() or by a failure. */
  #leaving = false;

  /**
   * Takes over a stream whose handshake is done.
   *
   * @param inner TCP, TLS or a Unix socket; this object owns it from now on
   * @param options our role, and what was agreed on
   */
  constructor(inner: Channel, { role, rest, subprotocol, messageMax, binary = false }: WebSocketOptions) {
    this.#inner = inner;
    this.transport = inner.transport === "tls" ? "wss" : "ws";
    this.host = inner.host;
    this.peer = inner.peer;
    this.#role = role;
    this.#binary = binary;
    this.#writer = new FrameWriter(inner, role);
    this.#parser = new FrameParser({ from: role === "client" ? "server" : "client", messageMax });
    this.subprotocol = subprotocol;
    this.messageMax = messageMax;
    // A copy: the buffer that the handshake was read into is freed.
    if (rest && rest.length > 0) this.#events = this.#parser.push(rest.slice());
    const { promise, resolve } = Promise.withResolvers<void>();
    this.finished = promise;
    this.#finish = resolve;
    this.#silence = new SilenceWatch(() => this.#writer.ping(), (why) => this.#fail(why));
  }

  /** Whether the message that was received last was a text; undefined before the first one. */
  get lastType(): MessageType | undefined {
    return this.#lastType;
  }

  /**
   * Receives the next message. One caller at a time.
   *
   * @returns its bytes, a text as UTF-8; null when the peer has closed
   * @throws {WebSocketError} when the peer breaks the protocol
   * @throws {Error} when the peer closes with a code that means a failure
   */
  async receive(): Promise<Uint8Array | null> {
    if (this.#unread.length > 0) return this.#takeUnread(this.#unread.length);
    try {
      while (true) {
        if (this.#failure) throw this.#failure;
        if (this.#peerClose) break;
        const event = this.#nextEvent();
        const message = event && this.#handle(event);
        if (message) return message;
        if (!event) this.#takeRead(await this.#readInner());
      }
    } catch (error) {
      this.#fail(error);
      throw error;
    }
    if (this.#peerClose !== "ended") checkClose(this.#peerClose);
    return null;
  }

  /** Reads one message; what does not fit is handed out by the next reads. */
  async read(buffer: Uint8Array): Promise<number | null> {
    if (this.#unread.length === 0) {
      const message = await this.receive();
      if (message === null) return null;
      this.#unread = message;
    }
    const part = this.#takeUnread(buffer.length);
    buffer.set(part);
    return part.length;
  }

  /**
   * Sends one message. Its type is that of the last received message, so that an echo keeps it; before the first one it is
   * text. Bytes that are not UTF-8 are always sent as binary.
   *
   * @param bytes must stay as they are until the promise settles
   * @returns their number, when the stream took the whole frame
   */
  async write(bytes: Uint8Array): Promise<number> {
    this.#checkOpen();
    const isText = !this.#binary && this.#lastType !== "binary" && isUtf8(bytes);
    await this.#writer.send(isText ? OPCODES.text : OPCODES.binary, bytes);
    return bytes.length;
  }

  /**
   * Sends groups of messages with one write. A group that many peers get is encoded once.
   *
   * @param groups arrays that are not changed any more
   */
  async writeMessages(groups: readonly (readonly Uint8Array[])[]): Promise<void> {
    this.#checkOpen();
    const shared = this.#role === "server" && !this.#binary && this.#lastType !== "binary";
    if (shared) return await this.#writer.sendFrames(concat(groups.map(framesOf)));
    for (const message of groups.flat()) await this.write(message);
  }

  /**
   * Sends a close frame: we send no more. It answers the peer's with the same code.
   *
   * @param code why (RFC 6455 section 7.4). Default 1000
   */
  async closeWrite(code: number = CLOSE_CODES.normal): Promise<void> {
    if (this.#leaving) throw closed();
    if (!this.#writer.closed) await this.#writer.close(this.#closePayload(code));
  }

  /** Sends a close frame if there was none, and closes the stream as soon as the peer has had a chance to read it. */
  close(): void {
    this.#fail(closed());
  }

  #checkOpen(): void {
    if (this.#leaving) throw closed();
    if (this.#writer.closed) throw new Deno.errors.BrokenPipe("The WebSocket was closed for sending");
  }

  #takeUnread(count: number): Uint8Array {
    const part = this.#unread.subarray(0, count);
    this.#unread = part.length < this.#unread.length ? this.#unread.subarray(count) : EMPTY;
    return part;
  }

  #nextEvent(): FrameEvent | undefined {
    const event = this.#events?.next().value ?? undefined;
    if (!event) this.#events = undefined;
    return event;
  }

  /** A message, if the event is one. */
  #handle(event: FrameEvent): Uint8Array | undefined {
    switch (event.type) {
      case "text":
      case "binary":
        this.#lastType = event.type;
        return event.data;
      case "ping":
        this.#writer.answerPing(event.data);
        return undefined;
      case "close":
        this.#peerClose = event;
        this.#silence.stop();
        return undefined;
      case "pong":
        return undefined; // It came, and that was all that was asked for.
    }
  }

  /** Takes what a read of the stream brought into the buffer. */
  #takeRead(count: number | null): void {
    this.#reading = this.#interrupt = undefined;
    this.#silence.end();
    if (count === null) {
      if (!this.#parser.idle) throw new Error("gone in the middle of a message");
      this.#peerClose = "ended";
      this.#silence.stop();
      return;
    }
    const buffer = this.#buffer;
    this.#events = this.#parser.push(buffer.subarray(0, count));
    // The next read waits until all events of this one are taken; a buffer that was not filled has emptied the stream.
    const size = count === buffer.length ? SOCKET_BUFFER.busy : SOCKET_BUFFER.idle;
    if (size !== buffer.length) this.#buffer = new Uint8Array(size);
  }

  /** Reads from the stream, until {@linkcode #fail} is called: the read of the stream goes on then. */
  #readInner(): Promise<number | null> {
    this.#silence.begin();
    if (this.#buffer.length === 0) this.#buffer = new Uint8Array(SOCKET_BUFFER.idle);
    return new Promise((resolve, reject) => {
      this.#interrupt = reject;
      this.#reading = this.#inner.read(this.#buffer);
      this.#reading.then(resolve, reject);
    });
  }

  #closePayload(own: number = CLOSE_CODES.normal): Uint8Array {
    if (this.#failure instanceof WebSocketError) return closePayload(this.#failure.code, this.#failure.message);
    const code = typeof this.#peerClose === "object" ? this.#peerClose.code : own;
    return code === undefined ? EMPTY : closePayload(code);
  }

  /** Ends both directions; only the first call counts. */
  #fail(why: unknown): void {
    if (this.#leaving) return;
    this.#leaving = true;
    this.#failure = why instanceof Error ? why : new Error(String(why));
    this.#silence.stop();
    this.#events = undefined;
    this.#unread = EMPTY;
    this.#interrupt?.(this.#failure);
    void this.#leave();
  }

  async #leave(): Promise<void> {
    const isBroken = !(this.#failure instanceof WebSocketError || this.#failure instanceof Deno.errors.BadResource);
    if (!isBroken) await this.#linger();
    this.#inner.close();
    this.#finish();
  }

  /** A reset would destroy the close frame on its way: the peer has some time to read it and to end the stream. */
  async #linger(): Promise<void> {
    const timer = setTimeout(() => this.#inner.close(), LINGER_MS);
    try {
      if (!this.#writer.closed) await this.#writer.close(this.#closePayload());
      await this.#writer.flushed();
      await this.#inner.closeWrite();
      if (this.#peerClose) return;
      const buffer = new Uint8Array(SOCKET_BUFFER.idle);
      for (let count = await this.#reading; count !== null; count = await this.#inner.read(buffer));
    } catch {
      // The peer is gone, or the time is over.
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The failure of a read or write after the end. */
function closed(): Error {
  return new Deno.errors.BadResource("The channel was closed");
}
