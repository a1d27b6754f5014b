/**
 * Stands in for `lib/http/request_parser.ts` until that is here: the head of a request (RFC 9112 section 3), no more.
 *
 * @module
 */

import { SockeyeError } from "../../errors.ts";
import { Fields, parseFieldLine, TOKEN } from "../../http/head.ts";
import { HEAD_LIMIT } from "../../http/limits.ts";
import { LineBuffer, withoutEnd } from "../../http/lines.ts";

/** The head of a request. */
export interface RequestHead {
  /** A token, as sent. */
  readonly method: string;
  /** What is asked for, as sent. */
  readonly target: string;
  /** Of HTTP. */
  readonly version: "1.0" | "1.1";
  /** The fields in order. */
  readonly fields: Fields;
}

/** Parses one head. */
export class RequestParser {
  /** Bytes behind the head: a view of what was pushed last. */
  rest: Uint8Array = new Uint8Array();
  readonly #lines = new LineBuffer("the header", HEAD_LIMIT);
  readonly #fields = new Fields();
  #line: Omit<RequestHead, "fields"> | undefined;

  /**
   * Parses on.
   *
   * @param bytes what arrived
   * @returns the head; undefined while more bytes are needed
   * @throws {SockeyeError} `protocol` for what is no request
   */
  push(bytes: Uint8Array): RequestHead | undefined {
    for (let at = 0; at < bytes.length;) {
      const { line, next } = this.#lines.take(bytes, at);
      at = next;
      if (!line) return undefined;
      const text = withoutEnd(line);
      if (!this.#line) this.#line = parseRequestLine(text);
      else if (text.length > 0) parseFieldLine(text, this.#fields);
      else {
        this.rest = bytes.subarray(at);
        return { ...this.#line, fields: this.#fields };
      }
    }
    return undefined;
  }
}

function parseRequestLine(line: Uint8Array): Omit<RequestHead, "fields"> {
  const [, method = "", target = "", version] = /^(\S+) (\S+) HTTP\/(1\.[01])$/.exec(new TextDecoder().decode(line)) ??
    [];
  if (!TOKEN.test(method)) throw new SockeyeError("protocol", "Bad request: not a request line of HTTP/1.x");
  return { method, target, version: version as "1.0" | "1.1" };
}
