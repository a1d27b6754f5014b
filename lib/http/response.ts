/**
 * An HTTP/1.x response as a state machine that owns no socket: bytes in, events out. The same bytes give the same events
 * however they are cut. Body bytes are views of what was pushed; nothing of a body is ever kept, and of a head at most 64 KiB.
 *
 * @module
 */

import { concat } from "../bytes.ts";
import { ChunkReader } from "./chunks.ts";
import { type Framing, framingOf } from "./framing.ts";
import { badAnswer, Fields, parseFieldLine, parseStatusLine, type StatusLine } from "./head.ts";
import { LineBuffer, withoutEnd } from "./lines.ts";
import { HEAD_LIMIT, INTERIM_LIMIT } from "./limits.ts";

/** A complete head. */
export interface HeadEvent extends StatusLine {
  /** `interim` for 1xx, of which several may come before the head. */
  readonly type: "head" | "interim";
  /** The head as sent, with the empty line at its end. */
  readonly raw: Uint8Array;
  /** The fields in order. */
  readonly fields: Fields;
  /** How the body ends. */
  readonly framing: Framing;
}

/** A piece of the body, transfer coding undone. */
export interface BodyEvent {
  /** Discriminator. */
  readonly type: "body";
  /** A view of what was pushed. */
  readonly bytes: Uint8Array;
}

/** The response is complete. */
export interface EndEvent {
  /** Discriminator. */
  readonly type: "end";
  /** Fields after a chunked body. */
  readonly trailer: Fields;
  /** Bytes that were pushed and belong to something else: a view. */
  readonly rest: Uint8Array;
}

/** What a parser gives. */
export type ResponseEvent = HeadEvent | BodyEvent | EndEvent;

const NOTHING = new Uint8Array();

/** Parses one response. */
export class ResponseParser {
  readonly #method: string;
  #state: "head" | "body" | "trailer" | "end" = "head";
  #lines = new LineBuffer("the header", HEAD_LIMIT);
  #raw: Uint8Array[] = [];
  #status: StatusLine | undefined;
  #fields = new Fields();
  #framing: Framing = { by: "nothing" };
  #left = 0;
  #chunks = new ChunkReader();
  #interim = 0;
  #heard = false;

  /**
   * Makes a parser for one response.
   *
   * @param method of the request: it decides whether a body follows
   */
  constructor(method: string) {
    this.#method = method;
  }

  /** Whether the response is complete. */
  get complete(): boolean {
    return this.#state === "end";
  }

  /**
   * Parses on. Take all events of one push before the next one, or before the pushed buffer is used again.
   *
   * @param bytes what arrived
   * @returns events, in order
   * @throws {SockeyeError} `protocol`; the parser is of no use afterwards
   */
  *push(bytes: Uint8Array): Generator<ResponseEvent, void> {
    this.#heard ||= bytes.length > 0;
    let at = 0;
    while (at < bytes.length && this.#state !== "end") {
      if (this.#state === "body") at = yield* this.#body(bytes, at);
      else at = yield* this.#line(bytes, at);
    }
  }

  /**
   * The connection ended.
   *
   * @returns the end event, when the end of the connection is the end of the body
   * @throws {SockeyeError} `protocol` when something is missing
   */
  *close(): Generator<ResponseEvent, void> {
    if (this.#state === "end") return;
    if (this.#state === "body" && this.#framing.by === "close") return void (yield this.#end(NOTHING));
    throw badAnswer(this.#whatIsMissing(), { transient: true });
  }

  #whatIsMissing(): string {
    if (!this.#heard) return "the server closed the connection without a word";
    if (this.#state === "head") return "the connection ended inside the header";
    if (this.#state === "trailer") return "the connection ended inside the trailer of the last chunk";
    if (this.#framing.by !== "length") return "the connection ended before the last chunk";
    const { length } = this.#framing;
    return `the body was cut off after ${length - this.#left} of ${length} bytes`;
  }

  *#body(bytes: Uint8Array, at: number): Generator<ResponseEvent, number> {
    if (this.#framing.by === "chunks") return yield* this.#chunked(bytes, at);
    const end = this.#framing.by === "close" ? bytes.length : Math.min(bytes.length, at + this.#left);
    this.#left -= end - at;
    yield { type: "body", bytes: bytes.subarray(at, end) };
    if (this.#framing.by === "length" && this.#left === 0) yield this.#end(bytes.subarray(end));
    return end;
  }

  *#chunked(bytes: Uint8Array, at: number): Generator<ResponseEvent, number> {
    const { data, next } = this.#chunks.read(bytes, at);
    if (data) yield { type: "body", bytes: data };
    if (this.#chunks.done) {
      this.#state = "trailer";
      this.#fields = new Fields();
      this.#lines = new LineBuffer("the trailer", HEAD_LIMIT);
    }
    return next;
  }

  /** One line of a head or a trailer. */
  *#line(bytes: Uint8Array, at: number): Generator<ResponseEvent, number> {
    const { line, next } = this.#lines.take(bytes, at);
    if (!line) return next;
    const text = withoutEnd(line);
    if (this.#state === "trailer") {
      if (text.length > 0) parseFieldLine(text, this.#fields);
      else yield this.#end(bytes.subarray(next));
      return next;
    }
    this.#raw.push(line.slice());
    if (this.#status === undefined) this.#statusLine(text);
    else if (text.length > 0) parseFieldLine(text, this.#fields);
    else yield* this.#head(this.#status, bytes.subarray(next));
    return next;
  }

  /** Empty lines before a status line are left over from nothing in particular; they do no harm. */
  #statusLine(text: Uint8Array): void {
    if (text.length > 0) this.#status = parseStatusLine(text);
    else this.#raw = [];
  }

  *#head(status: StatusLine, rest: Uint8Array): Generator<ResponseEvent, void> {
    const fields = this.#fields;
    const framing = framingOf(this.#method, status, fields);
    const raw = concat(this.#raw);
    const interim = status.status < 200;
    this.#status = undefined;
    this.#raw = [];
    this.#fields = new Fields();
    this.#lines = new LineBuffer("the header", HEAD_LIMIT);
    if (interim) this.#checkInterim(status.status);
    else this.#begin(framing);
    yield { type: interim ? "interim" : "head", ...status, raw, fields, framing };
    if (!interim && this.#isEmpty(framing)) yield this.#end(rest);
  }

  #checkInterim(status: number): void {
    if (status === 101) throw badAnswer("it switches to a protocol that was not asked for (101)");
    if (++this.#interim > INTERIM_LIMIT) throw badAnswer(`more than ${INTERIM_LIMIT} interim answers (1xx)`);
  }

  #begin(framing: Framing): void {
    this.#state = "body";
    this.#framing = framing;
    this.#left = framing.by === "length" ? framing.length : Infinity;
  }

  #isEmpty(framing: Framing): boolean {
    return framing.by === "nothing" || (framing.by === "length" && framing.length === 0);
  }

  #end(rest: Uint8Array): EndEvent {
    const trailer = this.#state === "trailer" ? this.#fields : new Fields();
    this.#state = "end";
    return { type: "end", trailer, rest };
  }
}
