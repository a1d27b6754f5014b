/**
 * What a browser finds on the port of a chat: the page at `/`, its parts beside it, and the room at `/ws`.
 *
 * Whoever sees the page talks in the name of nobody but themselves: a page of another site cannot open the WebSocket, since a
 * browser tells where a page is from; and a name that merely leads here (DNS rebinding) is not answered at all.
 *
 * @module
 */

import { isIPv4, isIPv6 } from "node:net";
import type { Site, Talk } from "./web_listen.ts";
import { WebSocketChannel } from "./ws.ts";
import { ASSETS } from "./assets.ts";
import { PageChannel } from "./page_channel.ts";
import type { Record } from "./record.ts";
import { Sessions } from "./sessions.ts";

/** Where the room is. */
const ROOM = "/ws";

/** The subprotocol of those who want the lines as they are: bytes, as a text client gets them. */
const BINARY = "binary";

/** What every answer says: nothing from elsewhere, nothing elsewhere, nothing kept. */
const HEADERS: Readonly<{ [name: string]: string }> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; " +
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
  // A browser would keep some connections for later, and each counts for `--max-per-host`.
  "connection": "close",
};

/** The page of one room. */
export class ChatSite implements Site {
  readonly #record: Record;
  readonly #names: ReadonlySet<string>;
  readonly #sessions = new Sessions();

  /**
   * Makes the site.
   *
   * @param record what the room says
   * @param names by which browsers may call this server, besides its addresses and `localhost`
   */
  constructor(record: Record, names: readonly string[]) {
    this.#record = record;
    this.#names = new Set(["localhost", ...names.map((name) => name.toLowerCase())]);
  }

  /** Answers a request. */
  answer(request: Request): Response | Talk {
    const host = hostOf(request.headers.get("host") ?? "");
    if (!host || !this.#isOurs(host.hostname)) return refusal(421, "Not a name of this server: see --web-host");
    const { pathname } = new URL(request.url);
    if (pathname === ROOM) return this.#room(request, host);
    const asset = ASSETS[pathname];
    if (!asset) return refusal(404, "There is nothing here");
    if (request.method !== "GET" && request.method !== "HEAD") return refusal(405, "This can only be read");
    return new Response(asset.text, { headers: { ...HEADERS, "content-type": asset.type } });
  }

  #room(request: Request, host: URL): Response | Talk {
    if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
      return refusal(426, "The room is a WebSocket", { upgrade: "websocket" });
    }
    const origin = request.headers.get("origin");
    if (origin !== null && hostOf(origin)?.host !== host.host) return refusal(403, "Pages of other sites stay outside");
    const protocols = request.headers.get("sec-websocket-protocol")?.split(",").map((one) => one.trim());
    if (protocols?.includes(BINARY)) {
      return { protocol: BINARY, begin: (link, who) => new WebSocketChannel(link, who) };
    }
    return { begin: (link, who) => new PageChannel(link, who, this.#record, this.#sessions) };
  }

  /** An address cannot be made to lead elsewhere; a name can. */
  #isOurs(hostname: string): boolean {
    return isIPv4(hostname) || isIPv6(hostname.replace(/^\[|\]$/g, "")) || this.#names.has(hostname);
  }
}

/** A Host header, or an Origin, as an address; the scheme does not count: a proxy may speak TLS for us. */
function hostOf(text: string): URL | undefined {
  const url = URL.parse(/^https?:\/\//.test(text) ? text : `http://${text}`);
  return url?.href === `${url?.origin}/` ? url : undefined;
}

function refusal(status: number, why: string, headers: Readonly<{ [name: string]: string }> = {}): Response {
  return new Response(`${why}\n`, {
    status,
    headers: { ...HEADERS, "content-type": "text/plain; charset=utf-8", ...headers },
  });
}
