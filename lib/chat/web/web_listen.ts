/**
 * Browsers on the port of another transport. Whoever begins with an HTTP request is handed to an inner web server, and comes
 * back as a channel when it opens a WebSocket; everybody else is the client that they were.
 *
 * One connection stays one {@linkcode Channel} from beginning to end, with its real address: limits and access lists count it
 * from its first byte, and it is told of only when there is somebody to talk to.
 *
 * @module
 */

import { wait } from "../../wait.ts";
import type { Address } from "../../transport/address.ts";
import type { Channel, Listener } from "../../transport/channel.ts";
import { isOutOfFiles } from "../../transport/failure.ts";
import { LINGER_MS } from "../../transport/limits.ts";
import { StreamChannel } from "../../transport/stream.ts";
import { WebChannel } from "./web_channel.ts";
import { InnerServer, LOOPBACK } from "./web_inner.ts";
import { WebSocketLink } from "./web_socket.ts";
import type { WebPeer } from "./ws.ts";

/** Seconds after which a silent WebSocket is asked whether it is still there, and as many to answer. Browsers do so by themselves. */
const PING_SECONDS = 30;

/** The answer to a request for a WebSocket: who talks there. */
export interface Talk {
  /** The subprotocol that was chosen (RFC 6455 section 1.9). */
  readonly protocol?: string | undefined;
  /**
   * Makes a channel of the WebSocket.
   *
   * @param link the WebSocket; the channel owns it
   * @param who who is at the other end
   */
  begin(link: WebSocketLink, who: WebPeer): Channel;
}

/** What is to be seen there. */
export interface Site {
  /**
   * Answers a request.
   *
   * @param request asks for a WebSocket, or for something else
   * @returns a {@linkcode Talk} only when a WebSocket is asked for
   */
  answer(request: Request): Response | Talk | Promise<Response | Talk>;
}

/** A listener that takes browsers as well. */
export class WebListener implements Listener {
  readonly #inner: Listener;
  readonly #site: Site;
  readonly #server: InnerServer;
  /** Who comes on which way, see {@linkcode wayOf}. */
  readonly #visitors = new Map<string, WebChannel>();
  readonly #channels = new Set<WebChannel>();
  readonly #gone = Promise.withResolvers<void>();
  #closed = false;
  #count = 0;

  /**
   * Takes over a listener.
   *
   * @param inner a bound listener of streams; this object owns it from now on
   * @param site what browsers get
   */
  constructor(inner: Listener, site: Site) {
    this.#inner = inner;
    this.#site = site;
    this.#server = new InnerServer((request, address, port) => this.#serve(request, address, port));
  }

  /** Where it listens. */
  get address(): Address {
    return this.#inner.address;
  }

  /** Settles when it is closed and the last browser is gone. */
  get finished(): Promise<void> {
    return this.#gone.promise;
  }

  /** Waits for the next peer. */
  async accept(): Promise<Channel> {
    const channel = new WebChannel(await this.#next(), ++this.#count, {
      dial: (visitor) => this.#dial(visitor),
      forget: (visitor) => this.#forget(visitor),
    });
    this.#channels.add(channel);
    return channel;
  }

  /** Stops listening; who is there may stay. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#inner.close();
    this.#closeServer();
  }

  async #next(): Promise<Channel> {
    try {
      return await this.#inner.accept();
    } catch (error) {
      if (isOutOfFiles(error)) this.#server.noteShortage();
      throw error;
    }
  }

  /** Opens a way into the inner server; throws while there is none. Whoever comes another way is not served. */
  async #dial(visitor: WebChannel): Promise<{ channel: Channel; hangUp(): void }> {
    const conn = await this.#server.dial();
    const own = wayOf(conn.remoteAddr.port, conn.localAddr.port);
    const channel = new StreamChannel(conn);
    this.#visitors.set(own, visitor);
    const hangUp = () => {
      if (this.#visitors.get(own) === visitor) this.#visitors.delete(own);
      channel.close();
    };
    return { channel, hangUp };
  }

  async #serve(request: Request, { hostname, port }: Deno.NetAddr, server: number): Promise<Response> {
    const visitor = hostname === LOOPBACK ? this.#visitors.get(wayOf(server, port)) : undefined;
    if (!visitor) return new Response("Not this way\n", { status: 403, headers: { connection: "close" } });
    const answer = await this.#site.answer(request);
    if (answer instanceof Response) return answer;
    const { socket, response } = upgraded(request, answer.protocol);
    if (!socket) return response;
    const link = new WebSocketLink(socket, () => visitor.onMessage());
    socket.onopen = () => visitor.upgrade(link, (who) => answer.begin(link, who));
    return response;
  }

  #forget(channel: WebChannel): void {
    this.#channels.delete(channel);
    if (this.#closed) this.#closeServer();
  }

  /** The inner server goes with the last one who may need it; it is not waited for any longer than for a peer. */
  #closeServer(): void {
    if (this.#channels.size > 0) return;
    const late = new AbortController();
    const shut = this.#server.shutdown().finally(() => late.abort());
    void Promise.race([shut, wait(LINGER_MS, late.signal).catch(() => {})]).then(() => this.#gone.resolve());
  }
}

/** A connection of this machine: a port may lead to two servers at once, one of which has failed and still has visitors. */
function wayOf(server: number, port: number): string {
  return `${server}:${port}`;
}

/** Opens a WebSocket, if the request is one for it (RFC 6455 section 4.2.1). */
function upgraded(request: Request, protocol?: string): { socket?: WebSocket; response: Response } {
  try {
    return Deno.upgradeWebSocket(request, { idleTimeout: 2 * PING_SECONDS, ...(protocol && { protocol }) });
  } catch {
    return { response: new Response("This is no proper request for a WebSocket\n", { status: 400 }) };
  }
}
