/**
 * An open WebSocket as a {@linkcode Channel} over any stream: each write sends a message, each receive returns one.
 * Frames are read while the owner waits for a message; now and then also while it is busy, so that pings are answered
 * and the peer's end is seen, but no more than a few messages ahead: a slow owner slows the peer down.
 *
 * A WebSocket has no half-close: our close frame says that we send no more, and reading goes on until the peer's.
 *
 * @module
 */

import { concat } from "../../bytes.ts";
import { type Channel, resetChannel } from "../channel.ts";
import { closedError, isClosed } from "../failure.ts";
import { AHEAD_BYTES, AHEAD_COST, SOCKET_BUFFER } from "../limits.ts";
import { lingerClose } from "../linger.ts";
import {
  checkClose,
  type CloseEvent,
  type FrameEvent,
  FrameParser,
  type Message,
  type Role,
  WebSocketError,
} from "./frames.ts";
import { FrameWriter } from "./frame_writer.ts";
import { SilenceWatch } from "./silence.ts";
import { isUtf8 } from "./utf8.ts";
import { CLOSE_CODES, closePayload, framesOf, OPCODES } from "./write_frame.ts";

/** What a WebSocket is besides its stream. */
export interface WebSocketOptions {
  /** Our side: a client masks its frames. */
  readonly role: Role;
  /** Bytes that followed the handshake. */
  readonly rest?: Uint8Array | undefined;
  /** The subprotocol that both sides agreed on. */
  readonly subprotocol?: string | undefined;
  /** Bytes of the longest message. Default: 1 MiB. */
  readonly messageMax?: number | undefined;
  /** Sends every message as binary. Default: see {@linkcode WebSocketChannel.write}. */
  readonly binary?: boolean | undefined;
}

/** Types of messages that were received: one that is passed on as it is, also to another WebSocket, keeps its own. */
const types = new WeakMap<Uint8Array, Message["type"]>();

const EMPTY: Uint8Array = new Uint8Array();

/** How a stream ends that no close frame has ended; 1006 is the code for it that is never sent (RFC 6455 section 7.1.5). */
const NO_CLOSE_FRAME = "closed without a close frame (1006)";
const CUT_OFF = "gone in the middle of a message";

/** A WebSocket after its handshake. */
export class WebSocketChannel implements Channel {
  readonly transport: "ws" | "wss";
  readonly host: string;
  readonly peer: string;
  readonly encoding = "utf-8";
  readonly subprotocol: string | undefined;
  readonly messageMax: number | undefined;
  readonly #over = Promise.withResolvers<void>();
  /** Settles when the stream underneath is closed. */
  readonly finished: Promise<void> = this.#over.promise;
  readonly #inner: Channel;
  readonly #role: Role;
  readonly #binary: boolean;
  readonly #parser: FrameParser;
  readonly #writer: FrameWriter;
  readonly #silence: SilenceWatch;
  /** Whether the message that was received last was binary. */
  #heardBinary = false;
  /** Messages that the owner has not received, and their total cost. */
  readonly #queue: Message[] = [];
  #queued = 0;
  /** For the next read; made at the first one. */
  #buffer = EMPTY;
  /** The read of the stream that is under way. */
  #reading: Promise<number | null> | undefined;
  /** Continues the receive that waits. */
  #wake: (() => void) | undefined;
  #peerClose: CloseEvent | undefined;
  /** Set once, by close() or by the failure of the connection; thrown from then on. */
  #failure: Error | undefined;

  /**
   * Takes over a stream whose handshake is done.
   *
   * @param inner TCP, TLS or a Unix socket; this object owns it from now on
   */
  constructor(inner: Channel, { role, rest, subprotocol, messageMax, binary = false }: WebSocketOptions) {
    this.#inner = inner;
    this.transport = inner.transport === "tls" ? "wss" : "ws";
    this.host = inner.host;
    this.peer = inner.peer;
    this.#role = role;
    this.#binary = binary;
    this.#writer = new FrameWriter(inner, role, () => this.#silence.touch());
    this.#parser = new FrameParser(role === "client" ? "server" : "client", messageMax);
    this.subprotocol = subprotocol;
    this.messageMax = messageMax;
    this.#silence = new SilenceWatch(() => this.#writer.ping(), () => this.#readOn(), (why) => this.#fail(why));
    // A copy: the buffer that the handshake was read into is freed.
    if (rest && rest.length > 0) this.#parse(rest.slice());
  }

  /** This end. */
  get local(): Channel["local"] {
    return this.#inner.local;
  }

  /**
   * Receives the next message, a text as UTF-8. One caller at a time.
   *
   * @returns null when the peer has sent a close frame
   * @throws {WebSocketError} when the peer breaks the protocol
   * @throws {Error} when the connection breaks, or the peer closes with a code that means a failure
   */
  async receive(): Promise<Uint8Array | null> {
    while (true) {
      const message = this.#queue.shift();
      if (message) {
        this.#queued -= message.data.length + AHEAD_COST;
        this.#heardBinary = message.type === "binary";
        types.set(message.data, message.type);
        return message.data;
      }
      if (this.#failure) throw this.#failure;
      if (this.#peerClose) break;
      this.#readOn();
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    checkClose(this.#peerClose);
    return null;
  }

  /** Reads one message; bytes that do not fit are lost. */
  async read(buffer: Uint8Array): Promise<number | null> {
    const message = await this.receive();
    if (message === null) return null;
    const part = message.subarray(0, buffer.length);
    buffer.set(part);
    return part.length;
  }

  /**
   * Sends one message. An array that any WebSocket received keeps its type; else it is that of the last received message, and
   * before the first one text. Bytes that are not UTF-8 are always sent as binary.
   */
  async write(bytes: Uint8Array): Promise<number> {
    this.#checkOpen();
    const type = types.get(bytes) ?? (this.#heardBinary ? "binary" : "text");
    const isText = !this.#binary && type === "text" && isUtf8(bytes);
    await this.#writer.send(isText ? OPCODES.text : OPCODES.binary, bytes);
    return bytes.length;
  }

  /** Sends groups of messages with one write, as texts: they answer nothing. */
  async writeMessages(groups: readonly (readonly Uint8Array[])[]): Promise<void> {
    this.#checkOpen();
    const shared = this.#role === "server" && !this.#binary;
    if (shared) return await this.#writer.sendFrames(concat(groups.map(framesOf)));
    for (const message of groups.flat()) await this.write(message);
  }

  /** Sends a close frame: we send no more. It answers the peer's with the same code. */
  async closeWrite(code?: number, reason?: string): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (!this.#writer.closed) await this.#writer.close(this.#closePayload(code, reason));
    if (this.#peerClose) await this.#inner.closeWrite();
  }

  /** Sends a close frame if there was none, and closes the stream as soon as the peer has had a chance to read it. */
  close(): void {
    this.#fail(closedError("channel"));
  }

  /** Resets the connection underneath, where it can. */
  reset(): void {
    resetChannel(this.#inner);
    this.#fail(new Error("The channel was reset"));
  }

  #checkOpen(): void {
    if (this.#failure) throw this.#failure;
    if (this.#writer.closed) throw new Deno.errors.BrokenPipe("The WebSocket was closed for sending");
  }

  /** Reads on, unless enough waits for the owner. */
  #readOn(): void {
    if (this.#reading || this.#failure || this.#peerClose || this.#queued >= AHEAD_BYTES) return;
    if (this.#buffer.length === 0) this.#buffer = new Uint8Array(SOCKET_BUFFER.idle);
    this.#silence.begin();
    this.#reading = this.#inner.read(this.#buffer);
    this.#reading.then((count) => this.#takeRead(count), (error) => this.#fail(error));
  }

  #takeRead(count: number | null): void {
    if (this.#failure) return;
    this.#reading = undefined;
    this.#silence.end();
    if (count === null) return this.#fail(new Error(this.#parser.idle ? NO_CLOSE_FRAME : CUT_OFF));
    this.#parse(this.#buffer.subarray(0, count));
    // A buffer that was not filled has emptied the stream.
    const size = count === this.#buffer.length ? SOCKET_BUFFER.busy : SOCKET_BUFFER.idle;
    if (size !== this.#buffer.length) this.#buffer = new Uint8Array(size);
    if (this.#queue.length === 0) this.#readOn();
    this.#wake?.();
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
        this.#queued += event.data.length + AHEAD_COST;
        return void this.#queue.push(event);
      case "ping":
        return this.#writer.answerPing(event.data);
      case "close":
        this.#peerClose = event;
        return this.#silence.stop();
      case "pong":
        return; // The read that brought it has ended the silence.
    }
  }

  #closePayload(own?: number, reason?: string): Uint8Array {
    if (this.#failure instanceof WebSocketError) return closePayload(this.#failure.code, this.#failure.message);
    if (!this.#peerClose) return own === undefined ? closePayload(CLOSE_CODES.normal) : closePayload(own, reason);
    const { code } = this.#peerClose;
    return code === undefined ? EMPTY : closePayload(code);
  }

  /** Ends both directions; only the first call counts. Messages from before a failure are still received. */
  #fail(why: unknown): void {
    if (this.#failure) return;
    this.#failure = why instanceof Error ? why : new Error(String(why));
    this.#silence.stop();
    if (isClosed(why)) this.#queue.length = 0;
    this.#wake?.();
    void this.#leave(isClosed(why) || why instanceof WebSocketError);
  }

  async #leave(politely: boolean): Promise<void> {
    if (politely) await lingerClose(this.#inner, () => this.#sendEnd());
    else this.#inner.close();
    this.#over.resolve();
  }

  /** Sends a close frame if there was none, then FIN; true when the peer has ended already. */
  async #sendEnd(): Promise<boolean> {
    if (!this.#writer.closed) await this.#writer.close(this.#closePayload());
    await this.#writer.written;
    await this.#inner.closeWrite();
    return this.#peerClose !== undefined || await this.#reading === null;
  }
}
