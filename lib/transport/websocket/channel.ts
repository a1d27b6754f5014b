/**
 * An open WebSocket as a {@linkcode Channel} over any stream. Messages keep their boundaries: each write sends one, each
 * receive brings one. Frames are read while the owner waits for a message; now and then also while it is busy, so that pings are
 * answered and the peer's end is seen, but no more than a few messages ahead: a slow owner slows the peer down.
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
import { MessageQueue, type MessageType } from "./message_queue.ts";
import { SilenceWatch } from "./silence.ts";
import { isUtf8 } from "./utf8.ts";
import { CLOSE_CODES, closePayload, framesOf, OPCODES } from "./write_frame.ts";

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
  /** Messages that the owner has not received. */
  readonly #queue = new MessageQueue();
  /** For the next read; made at the first one. */
  #buffer = EMPTY;
  /** What a read into a short buffer left of its message. */
  #unread = EMPTY;
  /** The read of the stream that is under way. */
  #reading: Promise<number | null> | undefined;
  /** Continues the receive that waits. */
  #wake: (() => void) | undefined;
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
    this.#writer = new FrameWriter(inner, role, () => this.#silence.touch());
    this.#parser = new FrameParser({ from: role === "client" ? "server" : "client", messageMax });
    this.subprotocol = subprotocol;
    this.messageMax = messageMax;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.finished = promise;
    this.#finish = resolve;
    this.#silence = new SilenceWatch(() => this.#writer.ping(), () => this.#readOn(), (why) => this.#fail(why));
    // A copy: the buffer that the handshake was read into is freed.
    if (rest && rest.length > 0) this.#parse(rest.slice());
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
    while (true) {
      const message = this.#queue.shift();
      if (message) {
        this.#lastType = message.type;
        return message.data;
      }
      if (this.#failure) throw this.#failure;
      if (this.#peerClose) break;
      this.#readOn();
      await new Promise<void>((resolve) => this.#wake = resolve);
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
   * Sends groups of messages with one write, as texts: they answer nothing. A group that many peers get is encoded once.
   *
   * @param groups arrays that are not changed any more
   */
  async writeMessages(groups: readonly (readonly Uint8Array[])[]): Promise<void> {
    this.#checkOpen();
    const shared = this.#role === "server" && !this.#binary;
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
    if (this.#peerClose) await this.#inner.closeWrite();
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

  /** Reads on, unless enough waits for the owner. */
  #readOn(): void {
    if (this.#reading || this.#leaving || this.#peerClose || this.#queue.full) return;
    if (this.#buffer.length === 0) this.#buffer = new Uint8Array(SOCKET_BUFFER.idle);
    this.#silence.begin();
    this.#reading = this.#inner.read(this.#buffer);
    this.#reading.then((count) => this.#takeRead(count), (error) => this.#fail(error));
  }

  /** Takes what a read of the stream brought into the buffer. */
  #takeRead(count: number | null): void {
    if (this.#leaving) return;
    this.#reading = undefined;
    this.#silence.end();
    if (count === null) this.#takeEnd();
    else this.#takeBytes(this.#buffer.subarray(0, count));
    if (this.#queue.empty) this.#readOn();
    this.#wake?.();
  }

  #takeEnd(): void {
    if (!this.#parser.idle) return this.#fail(new Error("gone in the middle of a message"));
    this.#peerClose = "ended";
    this.#silence.stop();
  }

  #takeBytes(bytes: Uint8Array): void {
    this.#parse(bytes);
    // A buffer that was not filled has emptied the stream.
    const size = bytes.length === this.#buffer.length ? SOCKET_BUFFER.busy : SOCKET_BUFFER.idle;
    if (size !== this.#buffer.length) this.#buffer = new Uint8Array(size);
  }

  #parse(bytes: Uint8Array): void {
    try {
      for (const event of this.#parser.push(bytes)) this.#handle(event);
    } catch (error) {
      this.#fail(error);
    }
  }

  #handle(event: FrameEvent): void {
    switch (event.type) {
      case "text":
      case "binary":
        return this.#queue.push({ type: event.type, data: event.data });
      case "ping":
        return this.#writer.answerPing(event.data);
      case "close":
        this.#peerClose = event;
        return this.#silence.stop();
      case "pong":
        return; // The read that brought it has ended the silence.
    }
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
    this.#unread = EMPTY;
    // What came before a failure is still received.
    if (this.#failure instanceof Deno.errors.BadResource) this.#queue.clear();
    this.#wake?.();
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
