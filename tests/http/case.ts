/** One case of the response parser, and functions that make the usual kinds of cases. */

import type { StatusLine } from "../../lib/http/head.ts";
import { quote } from "../../lib/printable.ts";

/** The outcome of a response that is complete: bytes as text, and fields as lines `Name: value`. */
export interface Complete extends StatusLine {
  readonly fields: readonly string[];
  /** 1xx heads before it: `103 Early Hints` and its fields, joined with line feeds. */
  readonly interim: readonly string[];
  readonly body: string;
  readonly trailer: readonly string[];
  /** Bytes after the end. */
  readonly rest: string;
  /** What ends it: its own framing, or the end of the connection. */
  readonly until: "end" | "close";
}

/** The outcome of a response that is broken. */
export interface Broken {
  /** A part of the message. */
  readonly error: string;
  /** `close` when it is an error only because the connection ends. */
  readonly at: "push" | "close";
}

/** A response, and what a client makes of it. */
export interface Case {
  /** What is special about it. */
  readonly name: string;
  readonly method: string;
  /** All bytes of the server, a character a byte. */
  readonly input: string;
  readonly expected: Complete | Broken;
}

type Wanted = Partial<Complete> & Partial<Pick<Case, "method">>;

/** Lines, each with its end. */
export const crlf = (...lines: string[]): string => lines.map((line) => `${line}\r\n`).join("");

/** A head of 200 OK with these fields. */
export const ok = (...fields: string[]): string => crlf("HTTP/1.1 200 OK", ...fields, "");

export const CHUNKED = "Transfer-Encoding: chunked";
export const LENGTH = "Content-Length: 5";

/** A case that is complete: 200 OK without fields and body, unless `wanted` says otherwise. */
export function good(name: string, input: string, { method = "GET", ...wanted }: Wanted = {}): Case {
  const plain = { status: 200, minor: 1, reason: "OK", fields: [], interim: [], body: "", trailer: [], rest: "" };
  const expected: Complete = { ...plain, until: "end", ...wanted };
  return { name, method, input, expected };
}

/** A case of one head, whose fields come back as they were sent. */
export function answer(name: string, fields: string[], content: string, wanted: Wanted = {}): Case {
  return good(name, ok(...fields) + content, { fields, ...wanted });
}

/** A case of a chunked body. */
export function chunked(name: string, content: string, wanted: Wanted = {}): Case {
  return answer(name, [CHUNKED], content, wanted);
}

/** A case that is an error when its last byte is parsed. */
export function bad(name: string, input: string, error: string): Case {
  return { name, method: "GET", input, expected: { error, at: "push" } };
}

/** A case that is an error because the connection ends. */
export function cut(name: string, input: string, error: string): Case {
  return { name, method: "GET", input, expected: { error, at: "close" } };
}

/** A case of a wrong Content-Length. */
export const badLength = (value: string, error = `the Content-Length ${quote(value)} is not a length`): Case =>
  bad(`Content-Length ${JSON.stringify(value)}`, ok(`Content-Length: ${value}`) + "hello", error);

/** A case of a wrong chunk size. */
export const badSize = (line: string, error = `not a chunk size: ${quote(line)}`): Case =>
  bad(`chunk size ${JSON.stringify(line)}`, ok(CHUNKED) + `${line}\r\n`, error);

/** A case of a line that is no status line. */
export const badStatus = (line: string, error?: string): Case =>
  bad(`status line ${JSON.stringify(line)}`, crlf(line, "Content-Length: 0", ""), error ?? NO_STATUS);

/** A case of a valid status line. */
export const goodStatus = (line: string, wanted: Wanted): Case =>
  good(`status line ${JSON.stringify(line)}`, crlf(line, "Content-Length: 0", ""), { ...EMPTY, ...wanted });

/** A case of field lines before a Content-Length of 0; they are parsed as they are unless `fields` says otherwise. */
export const lines = (name: string, sent: string[], fields = sent): Case =>
  good(name, ok(...sent, "Content-Length: 0"), { fields: [...fields, "Content-Length: 0"] });

export const HELLO = { fields: [LENGTH], body: "hello" };
export const EMPTY = { fields: ["Content-Length: 0"] };
export const NO_STATUS = "not a status line";
export const NOT_1 = "not HTTP/1.x";
