/**
 * The web server behind a port for browsers and others. It is there again a moment after the platform has given it up, which it
 * does as soon as it cannot accept a connection.
 *
 * @module
 */

import { wait } from "../wait.ts";

/** Only this machine reaches the inner server, and only we know what for. */
export const LOOPBACK = "127.0.0.1";

/** Milliseconds before a new server takes the place of one that failed: descriptors may be free again by then. */
const PAUSE_MS = 500;

/** Answers requests; `address` is where they come from. */
export type Serve = (request: Request, address: Deno.NetAddr) => Promise<Response>;

/** A web server on a port of its own, another one after each failure. */
export class InnerServer {
  readonly #serve: Serve;
  readonly #stop = new AbortController();
  #server: Deno.HttpServer<Deno.NetAddr> | undefined;

  /**
   * Begins to listen.
   *
   * @param serve answers requests
   */
  constructor(serve: Serve) {
    this.#serve = serve;
    const server = this.#open();
    this.#server = server;
    void this.#keep(server);
  }

  /**
   * Where it listens now.
   *
   * @throws {Deno.errors.NotConnected} between a failure and the next server
   */
  get port(): number {
    if (!this.#server) throw new Deno.errors.NotConnected("The inner server is gone for a moment");
    return this.#server.addr.port;
  }

  /** Ends it; settles when the last of its connections is over. */
  async shutdown(): Promise<void> {
    this.#stop.abort();
    await this.#server?.shutdown().catch(() => {}); // It may have failed just now.
  }

  #open(): Deno.HttpServer<Deno.NetAddr> {
    return Deno.serve({
      hostname: LOOPBACK,
      port: 0,
      onListen: () => {},
      onError: () => new Response("Internal error\n", { status: 500 }),
      handler: (request, { remoteAddr }) => this.#serve(request, remoteAddr),
    });
  }

  async #keep(server: Deno.HttpServer): Promise<void> {
    while (await server.finished.then(() => false, () => true)) {
      this.#server = undefined;
      // Those who idle in the old one hold descriptors; a WebSocket that began there goes on.
      void server.shutdown().catch(() => {});
      const next = await this.#openAgain();
      if (!next) return;
      this.#server = server = next;
    }
  }

  async #openAgain(): Promise<Deno.HttpServer<Deno.NetAddr> | undefined> {
    while (!this.#stop.signal.aborted) {
      await wait(PAUSE_MS, this.#stop.signal).catch(() => {});
      if (this.#stop.signal.aborted) break;
      try {
        return this.#open();
      } catch {
        // No descriptor is free yet.
      }
    }
    return undefined;
  }
}
