/**
 * What a browser finds on the port of a chat: the page at `/`, its parts beside it, and the room at `/ws`.
 *
 * A page of another site cannot open the WebSocket, because a browser tells the origin of a page; and a name that merely leads
 * here (DNS rebinding) is not answered at all. So a page speaks for its reader alone.
 *
 * @module
 */

import type { RequestHead } from "../../http/request_head.ts";
import type { Field } from "../../http/head.ts";
import { writeResponse } from "../../http/response_writer.ts";
import { isIPv4, isIPv6 } from "../../transport/ip.ts";
import { acceptHandshake, requestedHost } from "../../transport/websocket/handshake.ts";
import type { Answer } from "../../transport/websocket/server.ts";
import { ASSETS } from "./assets.ts";
import { PAGE_PROTOCOL } from "./protocol.ts";

/** Path of the room. */
const ROOM = "/ws";

/** In every response: nothing from elsewhere, nothing to elsewhere, nothing kept. */
const FIELDS: readonly Field[] = [
  [
    "Content-Security-Policy",
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; " +
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  ],
  ["Cross-Origin-Opener-Policy", "same-origin"],
  ["Cross-Origin-Resource-Policy", "same-origin"],
  ["Referrer-Policy", "no-referrer"],
  ["X-Content-Type-Options", "nosniff"],
  ["Cache-Control", "no-store"],
];

/** The page of one room. */
export class ChatSite {
  readonly #names: ReadonlySet<string>;

  /**
   * Makes the site.
   *
   * @param names by which browsers may call this server, besides its addresses and `localhost`
   */
  constructor(names: readonly string[]) {
    this.#names = new Set(["localhost", ...names.map((name) => name.toLowerCase())]);
  }

  /**
   * Answers a request.
   *
   * @returns a WebSocket for the room, else a response
   */
  answer(head: RequestHead): Answer {
    const host = requestedHost(head);
    if (!host || !this.#isOurs(host.hostname)) return refuse(head, 421, "Not a name of this server: see --web-host");
    const path = URL.parse(head.target, host)?.pathname ?? "";
    if (path === ROOM) return openRoom(head);
    const asset = ASSETS[path];
    if (!asset) return refuse(head, 404, "There is nothing here");
    if (head.method !== "GET" && head.method !== "HEAD") {
      return refuse(head, 405, "This can only be read", [["Allow", "GET, HEAD"]]);
    }
    return { response: respond(head, 200, asset.text, asset.type) };
  }

  /** An address cannot be made to lead elsewhere; a name can. */
  #isOurs(hostname: string): boolean {
    return isIPv4(hostname) || isIPv6(hostname.replace(/^\[|\]$/g, "")) || this.#names.has(hostname);
  }
}

function openRoom(head: RequestHead): Answer {
  const accepted = acceptHandshake(head);
  if ("status" in accepted) return refuse(head, accepted.status, accepted.why, accepted.fields);
  const protocol = accepted.protocols.includes(PAGE_PROTOCOL) ? PAGE_PROTOCOL : undefined;
  return { key: accepted.key, protocol };
}

function refuse(head: RequestHead, status: number, why: string, fields: readonly Field[] = []): Answer {
  return { response: respond(head, status, `${why}\n`, "text/plain; charset=utf-8", fields), refusal: why };
}

function respond(
  { method }: RequestHead,
  status: number,
  text: string,
  type: string,
  fields: readonly Field[] = [],
): Uint8Array {
  const body = new TextEncoder().encode(text);
  return writeResponse(method, status, [...FIELDS, ["Content-Type", type], ...fields], body);
}
