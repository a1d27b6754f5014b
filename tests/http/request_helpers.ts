/** Runs the request parser as a server with one read buffer does, and records the head or the error. */

import { concat } from "../../lib/bytes.ts";
import { HEAD_LIMIT, REQUEST_LINE_LIMIT } from "../../lib/http/limits.ts";
import { BadRequest, type RequestHead } from "../../lib/http/request_head.ts";
import { RequestParser } from "../../lib/http/request_parser.ts";

/** What the parser made of one input. */
export interface RequestOutcome {
  /** The head, when it is complete; its fields are lines `Name: value`. */
  readonly head?: Omit<RequestHead, "fields"> & { readonly fields: readonly string[] };
  /** What came behind the head. */
  readonly rest: Uint8Array;
  /** The message of the error; `more` when the bytes end inside the head. */
  readonly error?: string;
  readonly status?: number;
  /** `close` when the bytes end inside the head. */
  readonly at: "push" | "close";
}

/** Bytes that the parser may take before there is a head or an error. */
const SILENCE_LIMIT = REQUEST_LINE_LIMIT + HEAD_LIMIT;

/**
 * Pushes pieces into a parser until there is a head. Each piece is overwritten afterwards, as in a read buffer, so
 * that a view that is kept is noticed. Throws when a rule is broken that holds for any input.
 */
export function parseRequest(pieces: readonly Uint8Array[]): RequestOutcome {
  const parser = new RequestParser();
  let taken = 0;
  try {
    for (const [index, piece] of pieces.entries()) {
      const pushed = piece.slice();
      const head = parser.push(pushed);
      pushed.fill(0x2a);
      if (head) return complete(head, [parser.rest, ...pieces.slice(index + 1)]);
      if ((taken += piece.length) > SILENCE_LIMIT) throw new Error("it takes more than its limits allow");
      if (parser.rest.length > 0) throw new Error("a rest without a head");
    }
  } catch (error) {
    if (!(error instanceof BadRequest) || error.kind !== "protocol") throw error;
    return { rest: new Uint8Array(), error: error.message, status: error.status, at: "push" };
  }
  return { rest: new Uint8Array(), error: "more", at: "close" };
}

function complete({ fields, ...head }: RequestHead, rest: readonly Uint8Array[]): RequestOutcome {
  const lines = fields.all.map(([name, value]) => `${name}: ${value}`);
  return { head: { ...head, fields: lines }, rest: concat(rest), at: "push" };
}
