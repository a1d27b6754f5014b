/**
 * Parses an HTTP/1.x response: bytes in, events out, no socket. The parser is a generator that pauses where it needs
 * more bytes, so that it reads like the grammar of a response, and the events do not depend on how the bytes were cut.
 * No part of a body is ever kept, and at most 256 KiB of a head. A connection has one response: errors of syntax that
 * leave the body unambiguous are accepted and reported.
 *
 * @module
 */

import { concat } from "../bytes.ts";
import { quote } from "../printable.ts";
import { type Framing, framingOf } from "./framing.ts";
import { FieldReader } from "./field_lines.ts";
import { badAnswer, Fields, isRedirect, parseStatusLine, SPEAKS_TLS, type StatusLine, TLS_ALERT } from "./head.ts";
import { LineBuffer, withoutEnd } from "./lines.ts";
import { CHUNK_LINE_LIMIT, RESPONSE_HEAD_LIMIT } from "./limits.ts";

/** A complete head. */
export interface HeadEvent extends StatusLine {
  /** `interim` for 1xx, of which several may come before the head. */
  readonly type: "head" | "interim";
  /** The head as sent, including the empty line at its end, if it came. */
  readonly raw: Uint8Array;
  /** The fields in order. */
  readonly fields: Fields;
  /** The way in which the end of the body is found. */
  readonly framing: Framing;
  /** What was taken though it breaks the protocol, for `--verbose`. */
  readonly remarks: readonly string[];
}

/** An event of {@linkcode ResponseParser}. Bytes are views of the pushed buffer. */
export type ResponseEvent =
  | HeadEvent
  /** A piece of the body, without transfer coding. */
  | { readonly type: "body"; readonly bytes: Uint8Array }
  /** The response is complete: the fields after a chunked body, and the bytes that were pushed behind it all. */
  | { readonly type: "end"; readonly trailer: Fields; readonly rest: Uint8Array };

const NOTHING = new Uint8Array();
const CR = 0x0d;
const LF = 0x0a;

/** Gives events, and undefined where it needs more bytes. */
type Steps<T> = Generator<ResponseEvent | undefined, T, void>;

/**
 * Parses one response.
 *
 * @example
 * ```ts ignore
 * const parser = new ResponseParser("GET");
 * for await (const bytes of received) for (const event of parser.push(bytes)) await handle(event);
 * for (const event of parser.close()) await handle(event); // throws if the response was cut off
 * ```
 */
export class ResponseParser {
  readonly #method: string;
  readonly #steps: Steps<undefined> = this.#response();
  /** What was pushed last, and how much of it is parsed. */
  #bytes: Uint8Array = NOTHING;
  #at = 0;
  /** The incomplete line, if a line is being read. */
  #line: LineBuffer | undefined;
  /** The first byte, when there was one. */
  #first: number | undefined;
  #closed = false;

  /** Creates a parser for one response; the request's method decides whether a body follows. */
  constructor(method: string) {
    this.#method = method;
  }

  /**
   * Parses the next bytes. Consume all events of a push before the next push and before reusing the pushed buffer.
   *
   * @throws {SockeyeError} `protocol`; the parser cannot be used after that
   */
  *push(bytes: Uint8Array): Generator<ResponseEvent, void> {
    this.#bytes = bytes;
    this.#at = 0;
    this.#first ??= bytes[0];
    // A line that only grows needs no step: a server may send it byte by byte.
    if (this.#line && bytes.length > 0 && !bytes.includes(LF)) return void this.#line.take(bytes, 0);
    for (let step = this.#steps.next(); step.value; step = this.#steps.next()) yield step.value;
  }

  /** Handles the end of the connection: ends the response, or throws a SockeyeError if it is incomplete. */
  close(): Generator<ResponseEvent, void> {
    this.#closed = true;
    return this.push(NOTHING);
  }

  *#response(): Steps<undefined> {
    const framing = yield* this.#heads();
    if (framing.by === "length") {
      const { length } = framing;
      yield* this.#data(length, (left) => `the body was cut off after ${length - left} of ${length} bytes`);
    } else if (framing.by === "close") {
      yield* this.#untilClose();
    }
    const trailer = framing.by === "chunks" ? yield* this.#chunks() : new Fields();
    yield { type: "end", trailer, rest: this.#bytes.subarray(this.#at) };
    return undefined;
  }

  /** Passes the heads on, and returns the framing of the final one. */
  *#heads(): Steps<Framing> {
    while (true) {
      const head = yield* this.#head();
      if (head.status === 101) throw badAnswer("it switches to a protocol that was not asked for (101)");
      yield head;
      if (head.type === "head") return head.framing;
    }
  }

  *#head(): Steps<HeadEvent> {
    const lines = new LineBuffer("the header", RESPONSE_HEAD_LIMIT);
    const missing = () => {
      if (this.#first === undefined) return "the server closed the connection without a word";
      return this.#first === TLS_ALERT ? SPEAKS_TLS : "the connection ended inside the header";
    };
    let first: Uint8Array;
    // Empty lines before the status line are harmless.
    do first = (yield* this.#readLine(lines, missing)).slice(); while (withoutEnd(first).length === 0);
    const status = parseStatusLine(withoutEnd(first));
    const raw = [first];
    const reader = new FieldReader();
    const { fields } = reader;
    const leads = () => isRedirect(status.status) && fields.get("location") !== undefined;
    const whole = yield* this.#fields(lines, () => leads() ? undefined : missing(), reader, raw);
    const remarks = reader.remarks();
    const framing = whole ? framingOf(this.#method, status, fields, remarks) : { by: "nothing" } as const;
    if (!whole) remarks.push("The redirect ends inside its header");
    return { type: status.status < 200 ? "interim" : "head", ...status, raw: concat(raw), fields, framing, remarks };
  }

  /**
   * Reads fields up to the empty line behind them, and adds copies of all these lines to `raw`.
   *
   * @returns false when the connection ended before that, where `missing` takes it
   */
  *#fields(lines: LineBuffer, missing: Missing, reader: FieldReader, raw: Uint8Array[]): Steps<boolean> {
    while (true) {
      const line = yield* this.#readLine(lines, missing);
      if (line.length === 0) return false;
      raw.push(line.slice());
      if (withoutEnd(line).length === 0) return true;
      reader.take(withoutEnd(line));
    }
  }

  *#untilClose(): Steps<void> {
    while (!this.#closed) {
      const bytes = this.#bytes.subarray(this.#at);
      this.#at = this.#bytes.length;
      yield bytes.length > 0 ? { type: "body", bytes } : undefined;
    }
  }

  /** Undoes the chunked transfer coding (RFC 9112 section 7.1), and returns the trailer. */
  *#chunks(): Steps<Fields> {
    const missing = () => "the connection ended before the last chunk";
    while (true) {
      const size = parseSize(yield* this.#readLine(new LineBuffer("a chunk-size line", CHUNK_LINE_LIMIT), missing));
      if (size === 0) break;
      yield* this.#data(size, missing);
      // Some servers end these lines with LF alone.
      if ((yield* this.#byte(missing)) === CR) yield* this.#byte(missing);
      if (this.#bytes[this.#at - 1] !== LF) throw badAnswer("a chunk is longer than its size says");
    }
    const cut = () => "the connection ended inside the trailer of the last chunk";
    const reader = new FieldReader();
    yield* this.#fields(new LineBuffer("the trailer", RESPONSE_HEAD_LIMIT), cut, reader, []);
    return reader.fields;
  }

  *#byte(missing: Missing): Steps<number | undefined> {
    yield* this.#more(missing);
    return this.#bytes[this.#at++];
  }

  /** Passes on `length` bytes of the body. */
  *#data(length: number, missing: (left: number) => string): Steps<void> {
    for (let left = length; left > 0;) {
      yield* this.#more(() => missing(left));
      const bytes = this.#bytes.subarray(this.#at, this.#at + left);
      this.#at += bytes.length;
      left -= bytes.length;
      yield { type: "body", bytes };
    }
  }

  /** Reads a line; it is valid until the next step, and empty at an end that `missing` takes. */
  *#readLine(lines: LineBuffer, missing: Missing): Steps<Uint8Array> {
    this.#line = lines;
    while (true) {
      if (this.#at === this.#bytes.length && !(yield* this.#more(missing))) return NOTHING;
      const { line, next } = lines.take(this.#bytes, this.#at);
      this.#at = next;
      if (!line) continue;
      this.#line = undefined;
      return line;
    }
  }

  /** Waits for a byte; false when the connection ends instead, and `missing` takes that. */
  *#more(missing: Missing): Steps<boolean> {
    while (this.#at >= this.#bytes.length) {
      const problem = this.#closed ? missing() : undefined;
      if (problem !== undefined) throw badAnswer(problem, { transient: true });
      if (this.#closed) return false;
      yield undefined;
    }
    return true;
  }
}

/** Describes the error when the connection ends at this point; undefined if that is no error. */
type Missing = () => string | undefined;

/** Chunk extensions are ignored, as RFC 9112 section 7.1.1 requires of unknown ones. */
function parseSize(line: Uint8Array): number {
  const text = String.fromCharCode(...withoutEnd(line));
  // Some servers pad the size with spaces. A bare CR is an error: parsers would read different bodies.
  const found = /^([0-9A-Fa-f]+)[ \t]*(?:;[^\r\0]*)?$/.exec(text);
  if (!found) throw badAnswer(`not a chunk size: ${quote(text)}`);
  const size = Number.parseInt(found[1] ?? "", 16);
  if (!Number.isSafeInteger(size)) throw badAnswer(`the chunk size ${quote(text)} is too large`);
  return size;
}
