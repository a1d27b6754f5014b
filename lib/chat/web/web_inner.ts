/**
 * The web server behind a port for browsers and others. It is there again a moment after the platform has given it up, which it
 * does as soon as it cannot accept a connection.
 *
 * @module
 */

import { wait } from "../../wait.ts";
import { isOutOfFiles } from "../../transport/failure.ts";

/** Only this machine reaches the inner server, and only we know what for. */
export const LOOPBACK = "127.0.0.1";

/** Milliseconds before a new server takes the place of one that failed: descriptors may be free again by then. */
const PAUSE_MS = 500;

/**
 * Milliseconds that a server which failed has before it is given up when there is no free descriptor, with all that goes on
 * there: our own visitors are gone by then, or talk and can come back; strangers of this machine who found the port may idle
 * there for ever.
 */
const PATIENCE_MS = 10_000;

/** Answers requests; `address` is where they come from, `port` the one that they came to. */
export type Serve = (request: Request, address: Deno.NetAddr, port: number) => Promise<Response>;

/** A web server on a port of its own, another one after each failure. */
export class InnerServer {
  readonly #serve: Serve;
  readonly #stop = new AbortController();
  #server: Deno.HttpServer<Deno.NetAddr> | undefined;
  /** Somebody found it closed. */
  #refused = Promise.withResolvers<void>();
  /** Servers that failed and may still have somebody, the oldest first. */
  readonly #failed: { readonly server: Deno.HttpServer; readonly at: number }[] = [];

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
   * Connects to it.
   *
   * @throws {Deno.errors.NotConnected} between a failure and the next server
   */
  async dial(): Promise<Deno.TcpConn> {
    if (!this.#server) throw new Deno.errors.NotConnected("The inner server is gone for a moment");
    const refused = this.#refused;
    try {
      return await Deno.connect({ hostname: LOOPBACK, port: this.#server.addr.port });
    } catch (error) {
      // Before Deno 2.9 a server that cannot accept stops listening without a word.
      if (error instanceof Deno.errors.ConnectionRefused) refused.resolve();
      if (isOutOfFiles(error)) this.noteShortage();
      throw error;
    }
  }

  /** No descriptor is free: the servers that failed a while ago are given up. */
  noteShortage(): void {
    const now = performance.now();
    for (let oldest; (oldest = this.#failed[0]) && now - oldest.at > PATIENCE_MS; this.#failed.shift()) {
      void giveUp(oldest.server);
    }
  }

  /** Ends it; settles when the last of its connections is over. */
  async shutdown(): Promise<void> {
    this.#stop.abort();
    await Promise.all(
      [this.#server, ...this.#failed.map(({ server }) => server)].map((server) => server && giveUp(server)),
    );
  }

  #open(): Deno.HttpServer<Deno.NetAddr> {
    const server: Deno.HttpServer<Deno.NetAddr> = Deno.serve({
      hostname: LOOPBACK,
      port: 0,
      onListen: () => {},
      onError: () => new Response("Internal error\n", { status: 500 }),
      handler: (request, { remoteAddr }) => this.#serve(request, remoteAddr, server.addr.port),
    });
    return server;
  }

  async #keep(server: Deno.HttpServer): Promise<void> {
    while (await this.#fails(server)) {
      this.#server = undefined;
      // A WebSocket that began there goes on, for now.
      this.#failed.push({ server, at: performance.now() });
      this.noteShortage();
      this.#refused = Promise.withResolvers();
      const next = await this.#openAgain();
      if (!next) return;
      server = next;
    }
  }

  async #fails({ finished }: Deno.HttpServer): Promise<boolean> {
    return await Promise.race([finished.then(() => false, () => true), this.#refused.promise.then(() => true)]);
  }

  async #openAgain(): Promise<Deno.HttpServer<Deno.NetAddr> | undefined> {
    while (!this.#stop.signal.aborted) {
      await wait(PAUSE_MS, this.#stop.signal).catch(() => {});
      if (this.#stop.signal.aborted) break;
      try {
        // At once: whoever shuts down must not miss it.
        return this.#server = this.#open();
      } catch {
        this.noteShortage(); // No descriptor is free yet.
      }
    }
    return undefined;
  }
}

/** Ends a server and all that goes on there. */
async function giveUp(server: Deno.HttpServer): Promise<void> {
  await server.shutdown().catch(() => {}); // It may have failed.
}
