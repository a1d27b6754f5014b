/**
 * The framing of a request's body: its length, or chunks where the user's fields say so (RFC 9112 section 6).
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { quote } from "../printable.ts";
import { plural } from "../wording.ts";
import type { Field } from "./head.ts";
import type { HttpRequest } from "./request.ts";

/** Fields that say where a request goes, what it is or where it ends: servers differ in which of two they take. */
const SINGLE_FIELD =
  /^(?:host|content-(?:length|type|encoding)|transfer-encoding|connection|expect|(?:proxy-)?authorization|(?:if-)?range|user-agent)$/i;

/**
 * Checks that fields which a request has once are given once, also without a value.
 *
 * @throws {SockeyeError} `usage`, naming both
 */
export function checkSingle(fields: readonly Field[]): void {
  for (const [at, [name, value]] of fields.entries()) {
    const first = fields.slice(0, at).find(([known]) => known.toLowerCase() === name.toLowerCase());
    if (!first || !SINGLE_FIELD.test(name)) continue;
    const isSecret = /authorization$/i.test(name);
    const [one, other] = [first, [name, value] as const].map(([name, value]) => {
      return quote(`${name}: ${isSecret ? "***" : value}`.trimEnd());
    });
    throw new SockeyeError(
      "usage",
      `Options -H ${one} and -H ${other} contradict each other: a request has one ${name}`,
    );
  }
}

/**
 * Checks that the user's own fields frame the body once and truly: another framing would let a server take a part of the
 * body for the next request.
 *
 * @throws {SockeyeError} `usage`
 */
export function checkFraming({ fields, body }: Pick<HttpRequest, "fields" | "body">): void {
  checkSingle(fields);
  const codings = valuesOf(fields, "transfer-encoding");
  const lengths = valuesOf(fields, "content-length");
  const [coding] = codings.filter((value) => value !== "");
  const [length] = lengths.filter((value) => value !== "");
  const size = body?.length ?? 0;
  if (coding !== undefined) {
    if (coding.toLowerCase() !== "chunked") throw bad("Transfer-Encoding", coding, "the only one is chunked");
    if (length !== undefined) throw bad("Content-Length", length, "Transfer-Encoding frames the body already");
  } else if (length !== undefined) {
    if (!/^\d+$/.test(length) || Number(length) !== size) {
      throw bad("Content-Length", length, `the body has ${plural(size, "byte")}`);
    }
  } else if (size > 0 && lengths.length > 0) {
    throw bad("Content-Length", "", `without it nothing says where the body ends`);
  }
}

/** Whether the body goes in chunks; then no length is sent. */
export function isChunked({ fields }: Pick<HttpRequest, "fields">): boolean {
  return valuesOf(fields, "transfer-encoding").some((value) => value !== "");
}

/** Returns the body as it is sent, in pieces. All of it is one chunk: it is in memory as a whole anyway. */
export function bodyPieces(request: Pick<HttpRequest, "fields" | "body">): Uint8Array[] {
  const { body = new Uint8Array() } = request;
  if (!isChunked(request)) return [body];
  const encode = (text: string) => new TextEncoder().encode(text);
  const chunk = body.length > 0 ? [encode(`${body.length.toString(16)}\r\n`), body, encode("\r\n")] : [];
  return [...chunk, encode("0\r\n\r\n")];
}

function valuesOf(fields: HttpRequest["fields"], name: string): string[] {
  return fields.filter(([known]) => known.toLowerCase() === name).map(([, value]) => value);
}

function bad(name: string, value: string, why: string): SockeyeError {
  return new SockeyeError("usage", `Bad -H ${quote(`${name}: ${value}`)}: ${why}`);
}
