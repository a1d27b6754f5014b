/**
 * What a browser finds on the port of a chat: the page at `/`, its parts beside it, and the room at `/ws`. A page of another site
 * cannot open the WebSocket, because a browser tells the origin of a page; and a name that merely leads here (DNS rebinding) is
 * not answered at all. So a page speaks for its reader alone.
 *
 * @module
 */

import { messageOf } from "../../errors.ts";
import type { RequestHead } from "../../http/request_head.ts";
import type { Field } from "../../http/head.ts";
import { writeResponse } from "../../http/response_writer.ts";
import { isIPv4, isIPv6 } from "../../transport/ip.ts";
import { acceptHandshake, pathOf, requestedHost } from "../../transport/websocket/handshake.ts";
import type { Answer } from "../../transport/websocket/server.ts";
import { ASSETS } from "./assets.ts";
import { PAGE_PROTOCOL, type RoomSummary } from "./protocol.ts";

/** Path of the room. */
const ROOM = "/ws";

/** Path of the facts about the room that are public before joining, as JSON. */
const SUMMARY = "/room";

/** Path of the address of the page as a picture, with the address as `url`. */
const QR = "/qr.svg";

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

/** What a site is made for. */
export interface Site {
  /** Names by which browsers may call this server, besides addresses and `localhost`. */
  readonly names?: readonly string[] | undefined;
  /** Describes the room to clients that have not joined. */
  readonly room?: (() => RoomSummary) | undefined;
  /** Addresses of the page for other machines, as far as they are known. */
  readonly addresses?: readonly string[] | undefined;
}

/** Answers requests with a WebSocket for the room, else a response. */
export function siteOf({ names = [], room, addresses }: Site): (head: RequestHead) => Answer | Promise<Answer> {
  const ours = new Set(["localhost", ...names.map((name) => name.toLowerCase())]);
  // An address cannot be made to lead elsewhere; a name can.
  const isOurs = (name: string) => isIPv4(name) || isIPv6(name.replace(/^\[|\]$/g, "")) || ours.has(name);
  return (head) => {
    const host = requestedHost(head);
    if (!host || !isOurs(host.hostname)) return refuse(head, 421, "Not a name of this server: see --web-host");
    const path = pathOf(head.target);
    if (path === ROOM) return openRoom(head);
    const asset = ASSETS[path];
    if (!asset && path !== SUMMARY && path !== QR) return refuse(head, 404, "There is nothing here");
    const isRead = head.method === "GET" || head.method === "HEAD";
    if (!isRead) return refuse(head, 405, "This can only be read", [["Allow", "GET, HEAD"]]);
    if (asset) return respond(head, 200, asset.text, [["Content-Type", asset.type]]);
    if (path === QR) return drawAddress(head, isOurs);
    return respond(head, 200, JSON.stringify({ ...room?.(), addresses }), [["Content-Type", "application/json"]]);
  };
}

/** The code leads to a page of this server, and nowhere else. */
async function drawAddress(head: RequestHead, isOurs: (name: string) => boolean): Promise<Answer> {
  const [, query = ""] = head.target.split("?");
  const url = URL.parse(new URLSearchParams(query).get("url") ?? "");
  if (!url || !/^https?:$/.test(url.protocol) || !isOurs(url.hostname)) {
    return refuse(head, 400, "Not the address of a page of this server");
  }
  try {
    const { drawQr } = await import("./qr.ts");
    return respond(head, 200, await drawQr(`${url.origin}/`), [["Content-Type", "image/svg+xml"]]);
  } catch (error) {
    return refuse(head, 503, messageOf(error));
  }
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
