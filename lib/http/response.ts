/**
 * Parses an HTTP/1.x response: a state machine that owns no socket, bytes in, events out. The events do not depend on
 * how the bytes were cut. Body bytes are views of the pushed buffer; no part of a body is ever kept, and at most 64 KiB
 * of a head.
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
  /** The head as sent, including the empty line at its end. */
  readonly raw: Uint8Array;
  /** The fields in order. */
  readonly fields: Fields;
  /** The way in which the end of the body is found. */
  readonly framing: Framing;
}

/** A piece of the body, without transfer coding. */
export interface BodyEvent {
  /** Discriminator. */
  readonly type: "body";
  /** A view of the pushed buffer. */
  readonly bytes: Uint8Array;
}

/** The response is complete. */
export interface EndEvent {
  /** Discriminator. */
  readonly type: "end";
  /** Fields after a chunked body. */
  readonly trailer: Fields;
  /** Pushed bytes after the response: a view of the pushed buffer. */
  readonly rest: Uint8Array;
}

/** An event of {@linkcode ResponseParser}. */
export type ResponseEvent = HeadEvent | BodyEvent | EndEvent;

const NOTHING = new Uint8Array();

/**
 * Parses one response.
 *
 * @example
 * ```ts ignore
 * const parser = new ResponseParser("GET");
 * for (let count; !parser.complete && (count = await conn.read(buffer)) !== null;) {
 *   for (const event of parser.push(buffer.subarray(0, count))) {
 *     if (event.type === "body") await save(event.bytes);
 *   }
 * }
 * for (const event of parser.close()) handle(event); // throws if the response was cut off
 * ```
 */
export class ResponseParser {
  readonly #method: string;
  #state: "head" | "body" | "trailer" | "end" = "head";
  #lines = new LineBuffer("the header", HEAD_LIMIT);
  /** Lines of the current head. */
  #raw: Uint8Array[] = [];
  /** Status line of the current head; undefined before it and after the head. */
  #status: StatusLine | undefined;
  /** Fields of the current head or trailer. */
  #fields = new Fields();
  #framing: Framing = { by: "nothing" };
  /** Bytes of the body that have not arrived; Infinity if its length is unknown. */
  #left = 0;
  #chunks = new ChunkReader();
  /** Number of interim answers so far. */
  #interim = 0;
  /** True after the first byte. */
  #heard = false;

  /**
   * Creates a parser for one response.
   *
   * @param method the method of the request, which decides whether a body follows
   */
  constructor(method: string) {
    this.#method = method;
  }

  /** True when the response is complete. */
  get complete(): boolean {
    return this.#state === "end";
  }

  /**
   * Parses the next bytes. Consume all events of a push before the next push and before reusing the pushed buffer.
   *
   * @param bytes the received bytes
   * @returns the events, in order
   * @throws {SockeyeError} `protocol`; the parser cannot be used after that
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
   * Handles the end of the connection.
   *
   * @returns the end event, if the body ends with the connection
   * @throws {SockeyeError} `protocol` if the response is incomplete
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

  /** Parses one line of a head or a trailer. */
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

  /** Parses the status line. Empty lines before it are skipped; they are harmless. */
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
