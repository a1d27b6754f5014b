/**
 * The head of an HTTP/1.x request as a state machine that owns no socket: bytes in, a head out. It is for a server
 * that reads one head, answers and closes: a body is recognised, not read. The same bytes give the same head, or the
 * same error, however they are cut.
 *
 * As RFC 9112 section 2.2 allows, a line may end in LF alone (a typed request has such lines), and one empty line
 * before the request is skipped.
 *
 * @module
 */

import { Fields } from "./head.ts";
import { HEAD_LIMIT, REQUEST_LINE_LIMIT } from "./limits.ts";
import { LineBuffer, withoutEnd } from "./lines.ts";
import { BadRequest, parseRequestField, parseRequestLine, requestHead } from "./request_head.ts";
import type { RequestHead, RequestLine } from "./request_head.ts";

/** Parses the head of one request. */
export class RequestParser {
  readonly #fields = new Fields();
  /** Of the request line first, of the fields once that is complete. */
  #lines = new LineBuffer("the request line", REQUEST_LINE_LIMIT, (what) => new BadRequest(what, 414));
  #line: RequestLine | undefined;
  #skipped = false;
  /** Set when the head is complete. */
  #rest: Uint8Array | undefined;

  /** A copy of the bytes that were pushed behind the head; empty until the head is complete. */
  get rest(): Uint8Array {
    return this.#rest ?? new Uint8Array();
  }

  /**
   * Parses on. Once there is a head or an error, nothing more can be pushed.
   *
   * @param bytes what arrived; the buffer may be used again afterwards
   * @returns the head when it is complete
   * @throws {BadRequest} for what is no request, with the status to answer
   */
  push(bytes: Uint8Array): RequestHead | undefined {
    if (this.#rest) throw new Error("Cannot push more bytes: the head is complete");
    let at = 0;
    while (at < bytes.length) {
      const { line, next } = this.#lines.take(bytes, at);
      const head = line && this.#take(withoutEnd(line));
      if (head) {
        this.#rest = bytes.slice(next);
        return head;
      }
      at = next;
    }
    return undefined;
  }

  #take(text: Uint8Array): RequestHead | undefined {
    if (this.#line === undefined) this.#begin(text);
    else if (text.length > 0) parseRequestField(text, this.#fields);
    else return requestHead(this.#line, this.#fields);
    return undefined;
  }

  #begin(text: Uint8Array): void {
    if (text.length === 0) {
      if (this.#skipped) throw new BadRequest("several empty lines before the request line");
      this.#skipped = true;
      return;
    }
    this.#line = parseRequestLine(text);
    this.#lines = new LineBuffer("the header", HEAD_LIMIT, (what) => new BadRequest(what, 431));
  }
}
