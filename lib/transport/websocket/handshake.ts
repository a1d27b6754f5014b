/**
 * The opening handshake of WebSocket (RFC 6455 section 4) without I/O: a server judges a request and answers it, a client
 * writes one and judges the answer. No extension is ever offered or accepted, so nothing is compressed.
 *
 * @module
 */

import { SockeyeError } from "../../errors.ts";
import {
  badAnswer,
  type Field,
  Fields,
  parseFieldLine,
  parseStatusLine,
  type StatusLine,
  TOKEN,
  trim,
} from "../../http/head.ts";
import { HEAD_LIMIT } from "../../http/limits.ts";
import { LineBuffer, withoutEnd } from "../../http/lines.ts";
import { checkSingle } from "../../http/request_framing.ts";
import type { RequestHead } from "../../http/request_head.ts";
import { writeResponse } from "../../http/response_writer.ts";
import { quote, quoteAddress } from "../../printable.ts";

/** The only version of the protocol (section 4.1). */
const VERSION = "13";
const VERSION_FIELD: Field = ["Sec-WebSocket-Version", VERSION];

/** What both sides append to the key (section 1.3). */
const KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Sixteen bytes in base64: the last character has four bits that are always 0. */
const KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/;

/** Fields that the handshake itself is made of. */
const OWN_FIELDS = /^(upgrade|connection|sec-websocket-.*|content-length|transfer-encoding)$/i;

/** A request for a WebSocket. */
export interface Accepted {
  /** What the answer has to prove that it was read. */
  readonly key: string;
  /** Subprotocols that the client offers, in the order of its preference. */
  readonly protocols: readonly string[];
}

/** A request for something else. */
export interface Refused {
  /** The status of the answer. */
  readonly status: number;
  /** One line for a person. */
  readonly why: string;
  /** Fields that the answer has besides. */
  readonly fields?: readonly Field[];
}

/**
 * Judges a request (section 4.2.1).
 *
 * @param path the only one that is served. Default: every path
 */
export function acceptHandshake(head: RequestHead, path?: string): Accepted | Refused {
  const { method, target, fields } = head;
  if (method !== "GET") return { status: 405, why: "a WebSocket is asked for with GET", fields: [["Allow", "GET"]] };
  if (path !== undefined && pathOf(target) !== pathOf(path)) return { status: 404, why: "nothing is here" };
  const refused = judgeUpgrade(head);
  if (refused) return refused;
  if (!isOwnOrigin(head)) return { status: 403, why: "pages of other sites may not connect" };
  // As they were sent: names of subprotocols are case-sensitive.
  const offered = fields.getAll("Sec-WebSocket-Protocol").join(",").split(",").map(trim);
  return { key: fields.get("Sec-WebSocket-Key") ?? "", protocols: offered.filter((name) => TOKEN.test(name)) };
}

function judgeUpgrade({ version, fields, hasBody }: RequestHead): Refused | undefined {
  if (!fields.list("Upgrade").includes("websocket")) return upgradeRequired("this is a WebSocket server");
  if (version !== "1.1") return { status: 400, why: "a WebSocket needs HTTP/1.1" };
  // The bytes of a body would be taken for frames.
  if (hasBody) return { status: 400, why: "a request for a WebSocket has no body" };
  if (!fields.list("Connection").includes("upgrade")) return { status: 400, why: "Connection does not say Upgrade" };
  const [spoken, ...more] = fields.getAll("Sec-WebSocket-Version");
  if (spoken !== VERSION || more.length > 0) return upgradeRequired(`the version ${VERSION} is spoken here`);
  const [key = "", ...others] = fields.getAll("Sec-WebSocket-Key");
  if (KEY.test(key) && others.length === 0) return undefined;
  return { status: 400, why: "Sec-WebSocket-Key is not sixteen bytes in base64" };
}

function upgradeRequired(why: string): Refused {
  return { status: 426, why, fields: [["Connection", "Upgrade"], ["Upgrade", "websocket"], VERSION_FIELD] };
}

/** Browsers say which site a page is of (section 10.2); a program that is none says nothing, and may connect. */
function isOwnOrigin(head: RequestHead): boolean {
  const origin = head.fields.get("Origin");
  if (origin === undefined) return true;
  const site = parseOrigin(origin);
  return site !== undefined && site.host === requestedHost(head)?.host;
}

/** The host that a request is for: of an absolute target, else of Host (RFC 9112 section 3.2.2); undefined if it is none. */
export function requestedHost({ target, fields }: RequestHead): URL | undefined {
  const [, authority = fields.get("Host") ?? ""] = /^[a-z][a-z0-9+.-]*:\/\/([^/?]*)/i.exec(target) ?? [];
  return parseOrigin(`http://${authority}`);
}

/** An origin is a scheme, a host and perhaps a port. The scheme does not count: a proxy may speak TLS for this server. */
function parseOrigin(text: string): URL | undefined {
  const url = /^https?:\/\//.test(text) ? URL.parse(text) : null;
  return url && url.href === `${url.origin}/` ? url : undefined;
}

/** A path without its query and the origin of an absolute target, written in the one way of RFC 3986 section 6.2.2. */
export function pathOf(target: string): string {
  const path = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, "").replace(/\?.*$/s, "") || "/";
  return path.replace(/%[0-9a-f]{2}/gi, (escape) => {
    const character = String.fromCharCode(parseInt(escape.slice(1), 16));
    return /[\w.~-]/.test(character) ? character : escape.toUpperCase();
  });
}

/** What proves that a key was read (section 4.2.2): the value of Sec-WebSocket-Accept. */
export async function proofOf(key: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(key + KEY_SUFFIX));
  return new Uint8Array(digest).toBase64();
}

/** Writes the answer that opens a WebSocket, perhaps with one of the subprotocols that the client offers. */
export function writeAcceptance(proof: string, protocol?: string): Uint8Array {
  const fields: Field[] = [["Upgrade", "websocket"], ["Connection", "Upgrade"], ["Sec-WebSocket-Accept", proof]];
  if (protocol !== undefined) fields.push(["Sec-WebSocket-Protocol", protocol]);
  return writeResponse("GET", 101, fields);
}

/** Writes the answer to a request that is refused; its method is `GET` where it could not be read. */
export function writeRefusal(method: string, { status, why, fields = [] }: Refused): Uint8Array {
  const type: Field = ["Content-Type", "text/plain; charset=utf-8"];
  return writeResponse(method, status, [type, ...fields], new TextEncoder().encode(`${why}\n`));
}

/** What a user adds to the request for a WebSocket. */
export interface HandshakeOptions {
  /** Further fields: they replace Host, the only default, and an empty value removes it. */
  readonly headers?: readonly Field[] | undefined;
  /** Subprotocols to offer, the preferred one first. */
  readonly protocols?: readonly string[] | undefined;
}

/**
 * Writes a request for a WebSocket.
 *
 * @param key sixteen random bytes in base64 (section 4.1)
 * @throws {SockeyeError} `usage` for a field that the handshake writes itself, and for a subprotocol that is no token
 */
export function writeHandshake(
  { host, path, key }: { readonly host: string; readonly path: string; readonly key: string },
  { headers: fields = [], protocols = [] }: HandshakeOptions = {},
): Uint8Array {
  const own = fields.find(([name]) => OWN_FIELDS.test(name));
  if (own) throw new SockeyeError("usage", `The header field ${own[0]} is part of the WebSocket handshake`);
  checkSingle(fields);
  const bad = protocols.find((protocol) => !TOKEN.test(protocol));
  if (bad !== undefined) throw new SockeyeError("usage", `Bad subprotocol ${quote(bad)}: it is not a token`);
  const twice = protocols.find((protocol, at) => protocols.indexOf(protocol) < at);
  if (twice !== undefined) throw new SockeyeError("usage", `Subprotocol ${quote(twice)} is offered twice`);
  const all: Field[] = fields.some(([name]) => name.toLowerCase() === "host") ? [] : [["Host", host]];
  all.push(["Upgrade", "websocket"], ["Connection", "Upgrade"], VERSION_FIELD, ["Sec-WebSocket-Key", key]);
  if (protocols.length > 0) all.push(["Sec-WebSocket-Protocol", protocols.join(", ")]);
  all.push(...fields.filter(([, value]) => value !== ""));
  const lines = [`GET ${path} HTTP/1.1`, ...all.map(([name, value]) => `${name}: ${value}`), "", ""];
  return new TextEncoder().encode(lines.join("\r\n"));
}

/** The head of a server's answer. */
export interface Answer extends StatusLine {
  /** In order. */
  readonly fields: Fields;
}

/** Parses the answer to a handshake; interim answers (RFC 9110 section 15.2) are passed over. */
export class AnswerParser {
  /** Bytes after the head: a view of the last pushed bytes. */
  rest: Uint8Array = new Uint8Array();
  readonly #lines = new LineBuffer("the header", HEAD_LIMIT);
  #status: StatusLine | undefined;
  #fields = new Fields();

  /**
   * Parses on; gives the head when it is complete.
   *
   * @throws {SockeyeError} `protocol` for an invalid response
   */
  push(bytes: Uint8Array): Answer | undefined {
    for (let at = 0; at < bytes.length;) {
      const { line, next } = this.#lines.take(bytes, at);
      at = next;
      const text = line && withoutEnd(line);
      if (!text) return undefined;
      if (!this.#status) this.#status = parseStatusLine(text);
      else if (text.length > 0) parseFieldLine(text, this.#fields);
      else {
        const answer = { ...this.#status, fields: this.#fields };
        this.rest = bytes.subarray(at);
        if (answer.status >= 200 || answer.status === 101) return answer;
        [this.#status, this.#fields] = [undefined, new Fields()];
      }
    }
    return undefined;
  }
}

/**
 * Judges the answer to a handshake (section 4.1).
 *
 * @param proof the expected value
 * @param protocols those that were offered
 * @returns the subprotocol that the server chose, if any
 * @throws {SockeyeError} `status` when the server refuses, `protocol` when the answer is not one to this request
 */
export function checkAnswer(
  { minor, status, reason, fields }: Answer,
  proof: string,
  protocols: readonly string[] = [],
): string | undefined {
  if (status >= 400) {
    throw new SockeyeError("status", `The server refuses the WebSocket: ${status} ${reason}`.trimEnd());
  }
  const location = fields.get("Location");
  const elsewhere = location === undefined ? "" : `, Location: ${quoteAddress(location)}`;
  if (status !== 101) throw badAnswer(`no WebSocket was opened (status ${status}${elsewhere})`);
  if (minor < 1) throw badAnswer("a WebSocket needs HTTP/1.1");
  if (!fields.list("Upgrade").includes("websocket")) throw badAnswer("Upgrade does not say websocket");
  if (!fields.list("Connection").includes("upgrade")) throw badAnswer("Connection does not say Upgrade");
  const proofs = fields.getAll("Sec-WebSocket-Accept");
  if (proofs.length !== 1 || proofs[0] !== proof) throw badAnswer("Sec-WebSocket-Accept does not fit the key");
  if (fields.list("Sec-WebSocket-Extensions").length > 0) throw badAnswer("an extension that was not asked for");
  const [protocol, ...more] = fields.getAll("Sec-WebSocket-Protocol");
  if (protocol === undefined) return undefined;
  if (more.length === 0 && protocols.includes(protocol)) return protocol;
  throw badAnswer(`the subprotocol ${quote(protocol)} was not asked for`);
}
