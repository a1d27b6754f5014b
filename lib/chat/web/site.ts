/**
 * What a browser finds on the port of a chat: the page at `/`, its parts beside it, and the room at `/ws`. A page of another site
 * cannot open the WebSocket, because a browser tells the origin of a page; and a name that merely leads here (DNS rebinding) is
 * not answered at all. So a page speaks for its reader alone.
 *
 * @module
 */

import type { RequestHead } from "../../http/request_head.ts";
import type { Field } from "../../http/head.ts";
import { writeResponse } from "../../http/response_writer.ts";
import { isIPv4, isIPv6 } from "../../transport/ip.ts";
import { acceptHandshake, pathOf, requestedHost } from "../../transport/websocket/handshake.ts";
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

/** Answers requests with a WebSocket for the room, else a response; browsers may call this server by `names`, too. */
export function siteOf(names: readonly string[]): (head: RequestHead) => Answer {
  const ours = new Set(["localhost", ...names.map((name) => name.toLowerCase())]);
  // An address cannot be made to lead elsewhere; a name can.
  const isOurs = (name: string) => isIPv4(name) || isIPv6(name.replace(/^\[|\]$/g, "")) || ours.has(name);
  return (head) => {
    const host = requestedHost(head);
    if (!host || !isOurs(host.hostname)) return refuse(head, 421, "Not a name of this server: see --web-host");
    const path = pathOf(head.target);
    if (path === ROOM) return openRoom(head);
    const asset = ASSETS[path];
    if (!asset) return refuse(head, 404, "There is nothing here");
    const isRead = head.method === "GET" || head.method === "HEAD";
    if (!isRead) return refuse(head, 405, "This can only be read", [["Allow", "GET, HEAD"]]);
    return respond(head, 200, asset.text, [["Content-Type", asset.type]]);
  };
}

function openRoom(head: RequestHead): Answer {
  const accepted = acceptHandshake(head);
  if ("status" in accepted) return refuse(head, accepted.status, accepted.why, accepted.fields);
  return { key: accepted.key, protocol: accepted.protocols.find((name) => name === PAGE_PROTOCOL) };
}

function refuse(head: RequestHead, status: number, why: string, fields: readonly Field[] = []): Answer {
  const type: Field = ["Content-Type", "text/plain; charset=utf-8"];
  return { ...respond(head, status, `${why}\n`, [type, ...fields]), refusal: why };
}

function respond({ method }: RequestHead, status: number, text: string, fields: readonly Field[]): Answer {
  return { response: writeResponse(method, status, [...FIELDS, ...fields], new TextEncoder().encode(text)) };
}
