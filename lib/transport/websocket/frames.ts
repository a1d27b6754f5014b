/**
 * Reads WebSocket frames (RFC 6455 section 5) without I/O: bytes in, whole messages and control frames out, for both roles.
 * The same bytes give the same events however they are cut.
 *
 * @module
 */

import { SockeyeError } from "../../errors.ts";
import { escapeControls } from "../../printable.ts";
import { byteLimit } from "../../wording.ts";
import { allocate } from "../blocks.ts";
import { MESSAGE_MAX } from "../limits.ts";
import { Utf8Check } from "./utf8.ts";
import { applyMask, CLOSE_CODES, CONTROL_MAX, OPCODES } from "./write_frame.ts";

/** The sides of a WebSocket. */
export type Role = "client" | "server";

/** The end of a peer's sending. */
export interface CloseEvent {
  /** Discriminator. */
  readonly type: "close";
  /** Why (section 7.4); undefined when the frame says nothing. */
  readonly code: number | undefined;
  /** Why, in words; empty when the frame says nothing. */
  readonly reason: string;
}

/** A whole message; a text is UTF-8. */
export type Message = { readonly type: "text" | "binary"; readonly data: Uint8Array };

/** What arrived. */
export type FrameEvent = Message | { readonly type: "ping" | "pong"; readonly data: Uint8Array } | CloseEvent;

/** The peer broke the rules of WebSocket. */
export class WebSocketError extends SockeyeError {
  /** The close code that answers it. */
  readonly code: 1002 | 1007 | 1009;

  /** Makes a failure, which is answered with a code and its message. */
  constructor(code: WebSocketError["code"], message: string) {
    super("protocol", message);
    this.code = code;
  }
}

/** The part of a frame that the next byte belongs to. */
type Stage = "opcode" | "length" | "longLength" | "mask" | "payload";

const EMPTY: Uint8Array = new Uint8Array();

/** Parses the frames of one direction of a connection. Between messages it holds no memory but its own few fields. */
export class FrameParser {
  readonly #masked: boolean;
  readonly #messageMax: number;
  readonly #option: string;
  #stage: Stage = "opcode";
  /** Header bytes that are still to come in this stage. */
  #missing = 0;
  /** Fields of the frame under way. */
  #opcode = 0;
  #fin = false;
  #length = 0;
  /** The shortest length that may be written in as many bytes. */
  #shortest = 0;
  #mask = 0;
  /** Payload bytes of the frame under way that are still to come. */
  #left = 0;
  /** Payload of the control frame under way. */
  #control = EMPTY;
  /** Opcode of the message under way; undefined between messages. */
  #kind: 1 | 2 | undefined;
  /** Memory for the message under way, and how much of it is filled. */
  #message = EMPTY;
  #filled = 0;
  /** Checks the text message under way. */
  #utf8: Utf8Check | undefined;
  #closed = false;

  /**
   * Makes a parser for one direction.
   *
   * @param from the side that sends: the frames of a client are masked (section 5.1)
   * @param messageMax bytes of the longest message, where an option may choose them. Default {@linkcode MESSAGE_MAX}
   */
  constructor(from: Role, messageMax?: number) {
    this.#masked = from === "client";
    this.#messageMax = messageMax ?? MESSAGE_MAX;
    this.#option = messageMax === undefined ? "" : " (--frame-max)";
  }

  /** Whether the bytes until now end with a whole message, and no frame has begun. */
  get idle(): boolean {
    return this.#stage === "opcode" && this.#kind === undefined;
  }

  /**
   * Parses on. Take all events of one push before the next one, or before the pushed buffer is used again; their data is theirs
   * alone. What follows a close frame is passed over (section 5.5.1).
   *
   * @throws {WebSocketError} as early as the mistake is certain; the parser is of no use afterwards
   */
  *push(bytes: Uint8Array): Generator<FrameEvent, void> {
    for (let at = 0; at < bytes.length && !this.#closed;) {
      if (this.#stage === "payload") at = this.#takePayload(bytes, at);
      else this.#takeHeader(bytes[at++]!);
      if (this.#stage !== "payload" || this.#left > 0) continue;
      this.#stage = "opcode";
      const event = this.#endFrame();
      if (event) yield event;
    }
  }

  #takeHeader(byte: number): void {
    if (this.#stage === "opcode") return this.#takeOpcode(byte);
    if (this.#stage === "length") return this.#takeLength(byte);
    if (this.#stage === "longLength") return this.#takeLongLength(byte);
    this.#mask = (this.#mask << 8) | byte;
    if (--this.#missing === 0) this.#beginPayload();
  }

  #takeOpcode(byte: number): void {
    const opcode = byte & 0x0f;
    this.#fin = byte >= 0x80;
    this.#opcode = opcode;
    this.#stage = "length";
    if (byte & 0x70) throw broken("a reserved bit is set");
    if (opcode >= OPCODES.close) {
      if (opcode > OPCODES.pong) throw broken(`the opcode ${opcode} is reserved`);
      if (!this.#fin) throw broken("a control frame is fragmented");
    } else if (opcode > OPCODES.binary) throw broken(`the opcode ${opcode} is reserved`);
    else if (opcode === OPCODES.continuation) {
      if (this.#kind === undefined) throw broken("a continuation without a beginning");
    } else if (this.#kind !== undefined) throw broken("a message begins inside another one");
  }

  #takeLength(byte: number): void {
    if (byte >= 0x80 !== this.#masked) {
      throw broken(this.#masked ? "a client's frame is not masked" : "a server's frame is masked");
    }
    this.#length = byte & 0x7f;
    if (this.#isControl && this.#length > CONTROL_MAX) {
      throw broken(`a control frame is longer than ${CONTROL_MAX} bytes`);
    }
    if (this.#length <= 125) return this.#endLength();
    [this.#missing, this.#shortest] = this.#length === 126 ? [2, 126] : [8, 65_536];
    this.#length = 0;
    this.#stage = "longLength";
  }

  #takeLongLength(byte: number): void {
    if (this.#missing === 8 && byte >= 0x80) throw broken("the highest bit of a length is set");
    // Beyond 2^53 this is not exact, but far above every limit.
    this.#length = this.#length * 256 + byte;
    if (--this.#missing > 0) return;
    if (this.#length < this.#shortest) throw broken("a length takes more bytes than it needs");
    this.#endLength();
  }

  /** The length is known: it is judged before any memory is taken. */
  #endLength(): void {
    if (!this.#isControl && this.#filled + this.#length > this.#messageMax) {
      const limit = byteLimit(this.#messageMax);
      throw new WebSocketError(CLOSE_CODES.tooBig, `Message too long: more than ${limit}${this.#option}`);
    }
    this.#mask = 0;
    this.#missing = 4;
    this.#stage = "mask";
    if (!this.#masked) this.#beginPayload();
  }

  #beginPayload(): void {
    this.#stage = "payload";
    this.#left = this.#length;
    if (this.#isControl) {
      this.#control = new Uint8Array(this.#length);
      return;
    }
    if (this.#opcode !== OPCODES.continuation) {
      this.#kind = this.#opcode as 1 | 2;
      this.#utf8 = this.#kind === OPCODES.text ? new Utf8Check() : undefined;
    }
    const needed = this.#filled + this.#length;
    if (needed <= this.#message.length) return;
    // A message of one frame gets just what it needs. One of many frames doubles, so that it is not moved for each of them.
    const doubled = this.#fin ? needed : Math.min(this.#message.length * 2, this.#messageMax);
    const grown = allocate(Math.max(needed, doubled));
    grown.set(this.#message.subarray(0, this.#filled));
    this.#message = grown;
  }

  /** Copies payload bytes to where they stay, unmasked. */
  #takePayload(bytes: Uint8Array, at: number): number {
    const count = Math.min(this.#left, bytes.length - at);
    const done = this.#length - this.#left;
    const [to, from] = this.#isControl ? [this.#control, done] : [this.#message, this.#filled];
    to.set(bytes.subarray(at, at + count), from);
    if (this.#masked) applyMask(to, from, from + count, this.#mask, done);
    this.#left -= count;
    if (this.#isControl) return at + count;
    this.#filled += count;
    if (this.#utf8?.push(to, from, this.#filled) === false) throw notUtf8("a text");
    return at + count;
  }

  #endFrame(): FrameEvent | undefined {
    if (this.#isControl) return this.#endControl();
    if (!this.#fin) return undefined;
    if (this.#utf8?.complete === false) throw notUtf8("a text");
    const data = this.#filled === this.#message.length ? this.#message : this.#message.subarray(0, this.#filled);
    const type = this.#kind === OPCODES.text ? "text" : "binary";
    this.#message = EMPTY;
    this.#filled = 0;
    this.#kind = undefined;
    this.#utf8 = undefined;
    return { type, data };
  }

  #endControl(): FrameEvent {
    const data = this.#control;
    this.#control = EMPTY;
    if (this.#opcode !== OPCODES.close) return { type: this.#opcode === OPCODES.ping ? "ping" : "pong", data };
    this.#closed = true;
    return readClose(data);
  }

  get #isControl(): boolean {
    return this.#opcode >= OPCODES.close;
  }
}

function broken(what: string): WebSocketError {
  return new WebSocketError(CLOSE_CODES.protocol, `Bad WebSocket frame: ${what}`);
}

function notUtf8(what: string): WebSocketError {
  return new WebSocketError(CLOSE_CODES.notUtf8, `Bad WebSocket frame: ${what} is not UTF-8`);
}

/** Reads the payload of a close frame (section 5.5.1). */
function readClose(payload: Uint8Array): CloseEvent {
  if (payload.length === 0) return { type: "close", code: undefined, reason: "" };
  if (payload.length === 1) throw broken("a close code of one byte");
  const code = payload[0]! * 256 + payload[1]!;
  if (!isCloseCode(code)) throw broken(`the close code ${code} may not be sent`);
  const check = new Utf8Check();
  if (!check.push(payload, 2) || !check.complete) throw notUtf8("the reason of a close");
  return { type: "close", code, reason: new TextDecoder().decode(payload.subarray(2)) };
}

/** Codes that may be sent: those that are defined and registered, and those of libraries and applications (section 7.4). */
function isCloseCode(code: number): boolean {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

/** Codes that mean no failure (RFC 6455 section 7.4.1): done, going away. */
const REGULAR: readonly (number | undefined)[] = [undefined, CLOSE_CODES.normal, CLOSE_CODES.goingAway];

/**
 * Checks why the peer closed.
 *
 * @throws {Error} with code and reason, for a code that means a failure
 */
export function checkClose({ code, reason }: CloseEvent): void {
  if (REGULAR.includes(code)) return;
  throw new Error(`closed by the peer with code ${code}${reason === "" ? "" : `: ${escapeControls(reason)}`}`);
}
