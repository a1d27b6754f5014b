/** Where a conformance test plays: a server on a free place of some transport, and the clients that came to it. */

import { Buffer } from "node:buffer";
import type { Totals } from "../../lib/events.ts";
import type { Mode, Peer } from "../../lib/server/mode.ts";
import type { ServeOptions } from "../../lib/server/serve.ts";
import { type Recorder, run, type Running } from "../support/net.ts";
import { within } from "../support/sockets.ts";
import type { Client } from "./clients.ts";
import type { Place, TransportCase } from "./transports.ts";

/** A test may take so long: what waits for something that never comes shall fail, not hang. */
const DEADLINE_MS = 20_000;

/** A test that runs over one transport; skipped where that is not to be had. */
export function testOver<C extends Client>(
  transport: TransportCase<C>,
  name: string,
  play: () => Promise<void>,
): void {
  const { missing } = transport;
  const fn = () => within(play(), DEADLINE_MS, "The test");
  Deno.test({ name: missing === undefined ? name : `${name} (needs ${missing})`, ignore: missing !== undefined, fn });
}

/** A test that runs over each of some transports, with a server of its own each time. */
export function testOverEach<C extends Client>(
  transports: readonly TransportCase<C>[],
  name: string,
  play: (transport: TransportCase<C>) => Promise<void>,
): void {
  for (const transport of transports) {
    testOver(transport, `${transport.title ?? transport.name}: ${name}`, () => play(transport));
  }
}

/** A server at work and its clients; all are gone with the scope that holds it. */
export class Stage<C extends Client = Client> implements AsyncDisposable {
  readonly #clients: Client[] = [];

  private constructor(readonly place: Place<C>, readonly server: Running) {}

  static async open<C extends Client>(
    transport: TransportCase<C>,
    mode: Mode,
    options: ServeOptions = {},
  ): Promise<Stage<C>> {
    const place = await transport.place();
    return new Stage(place, run(place.listener, mode, options));
  }

  get recorder(): Recorder {
    return this.server.recorder;
  }

  /** A client made of the platform's sockets. */
  connect(): Promise<C> {
    return this.#keep(this.place.connect());
  }

  connectMany(count: number): Promise<C[]> {
    return Promise.all(Array.from({ length: count }, () => this.connect()));
  }

  /** A client made by `lib/transport`. */
  dial(): Promise<Client> {
    return this.#keep(this.place.dial());
  }

  stop(): Promise<Totals> {
    return this.server.stop();
  }

  async #keep<T extends Client>(coming: Promise<T>): Promise<T> {
    const client = await coming;
    this.#clients.push(client);
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.server.stop();
    await this.place[Symbol.asyncDispose]();
  }
}

/** Gives everything back. */
export const ECHO: Mode = { data: (peer, bytes) => peer.send(bytes) };

/** A mode that keeps its peers at hand, and does something else besides. */
export function keeping(mode: Partial<Mode>): { readonly mode: Mode; readonly peers: Peer[] } {
  const peers: Peer[] = [];
  const open = (peer: Peer) => {
    peers.push(peer);
    return mode.open?.(peer);
  };
  return { mode: { data: () => {}, ...mode, open }, peers };
}

/** Bytes that look different everywhere. */
export function pattern(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = i * 7 + (i >> 9) * seed;
  return bytes;
}

/** Whether two arrays hold the same, told without printing a megabyte. */
export function same(one: Uint8Array, two: Uint8Array): boolean {
  return Buffer.compare(one, two) === 0;
}
