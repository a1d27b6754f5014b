/** Runs the response parser as a client with one read buffer does, and records its events and errors. */

import { assertEquals, assertThrows } from "@std/assert";
import { concat, latin1 } from "../../lib/bytes.ts";
import { SockeyeError } from "../../lib/errors.ts";
import type { Fields, StatusLine } from "../../lib/http/head.ts";
import { CHUNK_LINE_LIMIT, RESPONSE_HEAD_LIMIT } from "../../lib/http/limits.ts";
import { type HeadEvent, type ResponseEvent, ResponseParser } from "../../lib/http/response.ts";

/** A head as the parser reported it: lines `Name: value`, how the body ends, and the bytes that were sent. */
export interface HeadSeen extends StatusLine {
  readonly fields: string[];
  readonly framing: string;
  readonly raw: string;
}

/** All events and errors of a parser for one input. */
export interface Outcome {
  /** 1xx heads. */
  interim: HeadSeen[];
  head?: HeadSeen;
  /** The body, as far as it came. */
  body: Uint8Array;
  /** Lines `Name: value`; only when the response is complete. */
  trailer?: string[];
  /** What came after the end. */
  rest: Uint8Array;
  /** The message of the protocol error. */
  error?: string;
  /** What brought the end or the error: bytes or the end of the connection. */
  at: "push" | "close";
}

/** Bytes the parser may hold without an event: a head, or a trailer with the chunk-size line and line end before it. */
const SILENCE_LIMIT = RESPONSE_HEAD_LIMIT + CHUNK_LINE_LIMIT + 2;

/** Text to bytes and back, a byte a character. */
export { latin1 as toText } from "../../lib/bytes.ts";
export { latin1Bytes as toBytes } from "../../lib/http/head.ts";

/** Asserts that a function throws the protocol error of a bad answer; returns the message after `Bad answer: `. */
export function badAnswerOf(fn: () => unknown): string {
  const { kind, message } = assertThrows(fn, SockeyeError, "Bad answer: ");
  assertEquals(kind, "protocol", message);
  return message.replace(/^Bad answer: /, "");
}

/** Cuts bytes at one place. */
export function cutAt(bytes: Uint8Array, at: number): Uint8Array[] {
  return [bytes.subarray(0, at), bytes.subarray(at)];
}

/**
 * Pushes pieces into a parser and closes it. Each piece is overwritten before the next push, as in a read buffer, so
 * that a view that is kept too long is noticed. Throws when an event breaks a rule that holds for any input.
 */
export function parsePieces(method: string, pieces: readonly Uint8Array[]): Outcome {
  const parser = new ResponseParser(method);
  const watch = new Watch();
  try {
    for (const piece of pieces) {
      const pushed = piece.slice();
      watch.see(parser.push(pushed), pushed);
      pushed.fill(0x2a);
    }
    watch.close(parser);
  } catch (error) {
    if (!(error instanceof SockeyeError) || error.kind !== "protocol") throw error;
    watch.outcome.error = error.message;
  }
  return watch.result();
}

/** Records events and checks the rules that hold for any input. */
class Watch {
  readonly outcome: Outcome = { interim: [], body: new Uint8Array(), rest: new Uint8Array(), at: "push" };
  readonly #body: Uint8Array[] = [];
  readonly #rest: Uint8Array[] = [];
  #silent = 0;

  get complete(): boolean {
    return this.outcome.trailer !== undefined;
  }

  see(events: Iterable<ResponseEvent>, pushed: Uint8Array): void {
    if (this.complete) this.#rest.push(pushed.slice());
    this.#silent += pushed.length;
    for (const event of events) {
      if (this.complete) throw new Error("an event after the end");
      this.#silent = pushed.length;
      this.#take(event, pushed);
    }
    const limit = SILENCE_LIMIT + pushed.length;
    if (!this.complete && this.#silent > limit) throw new Error("it holds more than its limits allow");
  }

  close(parser: ResponseParser): void {
    if (!this.complete) this.outcome.at = "close";
    this.see(parser.close(), new Uint8Array());
    if (!this.complete) throw new Error("neither an end nor an error");
  }

  result(): Outcome {
    this.outcome.body = concat(this.#body);
    this.outcome.rest = concat(this.#rest);
    return this.outcome;
  }

  #take(event: ResponseEvent, pushed: Uint8Array): void {
    if (event.type === "interim") this.outcome.interim.push(this.#head(event));
    if (event.type === "head") this.outcome.head = this.#head(event);
    if (event.type === "body") this.#body.push(viewOf(event.bytes, pushed).slice());
    if (event.type !== "end") return;
    this.#rest.push(viewOf(event.rest, pushed).slice());
    this.outcome.trailer = linesOf(event.trailer);
  }

  #head({ status, minor, reason, fields, framing, raw }: HeadEvent): HeadSeen {
    if (this.outcome.head) throw new Error("a head after the head");
    const how = Object.values(framing).join(" ");
    return { status, minor, reason, fields: linesOf(fields), framing: how, raw: latin1(raw) };
  }
}

function viewOf(bytes: Uint8Array, pushed: Uint8Array): Uint8Array {
  if (bytes.length > 0 && bytes.buffer !== pushed.buffer) throw new Error("not a view of what was pushed");
  return bytes;
}

function linesOf(fields: Fields): string[] {
  return fields.all.map(([name, value]) => `${name}: ${value}`);
}
