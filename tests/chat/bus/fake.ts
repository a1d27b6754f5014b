/**
 * NATS in memory for tests of the bus: a stream and leases whose answers take some turns of the event loop, connections that
 * break at any of them, and time that the test moves.
 *
 * @module
 */

import type { Lease, Link, Nats, Stored } from "../../../lib/chat/bus/nats.ts";
import { RoomStream } from "../../../lib/chat/bus/stream.ts";
import { encode, type WireEvent } from "../../../lib/chat/bus/wire.ts";
import type { Bus } from "../../../lib/chat/contract.ts";
import { FakeClock } from "../../support/clock.ts";
import { AsyncQueue } from "../../../lib/queue.ts";
import { TestRoom } from "./room.ts";

export const AWAY = "*** The other servers are out of reach: only those at this one hear you";
export const BACK = "*** The other servers are in reach";

/** One turn of the event loop, sooner than a timer of no time. */
function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** Stream and leases. */
export class FakeNats {
  readonly log: Stored[] = [];
  readonly leases = new Map<string, Lease>();
  readonly links = new Set<FakeLink>();
  /** Turns that an answer takes. */
  delay: () => number = () => 0;
  created = "once";
  #up = Promise.withResolvers<void>();
  #isUp = true;

  constructor() {
    this.#up.resolve();
  }

  /** Nobody can connect. */
  down(): void {
    if (this.#isUp) this.#up = Promise.withResolvers();
    this.#isUp = false;
    for (const link of this.links) link.cut();
  }

  /** Everybody can. */
  up(): void {
    this.#isUp = true;
    this.#up.resolve();
  }

  get ready(): Promise<void> {
    return this.#up.promise;
  }

  append(id: string, data: Uint8Array): number {
    const known = this.log.find((one) => id !== "" && one.id === id);
    if (known) return known.seq;
    const seq = (this.log.at(-1)?.seq ?? 0) + 1;
    const stored = { seq, time: performance.now(), subject: "sockeye.chat.2.chat.lines", id, data };
    this.log.push(stored);
    for (const link of this.links) for (const queue of link.queues) queue.push(stored);
    return seq;
  }

  /** Somebody else writes what a server would. */
  forge(s: string, ...events: WireEvent[]): void {
    this.append("", encode({ s, late: false, events }));
  }

  renew(server: string, time = performance.now()): void {
    const lease = { server, time };
    this.leases.set(server, lease);
    for (const link of this.links) link.renewals.push(lease);
  }
}

/** One connection. */
export class FakeLink implements Link {
  /** Messages for each that reads the stream. */
  readonly queues: AsyncQueue<Stored>[] = [];
  readonly renewals = new AsyncQueue<Lease>();
  readonly created: string;
  readonly start: number;
  open = true;
  readonly #nats: FakeNats;
  readonly #site: Site;

  constructor(nats: FakeNats, site: Site) {
    [this.#nats, this.#site, this.created] = [nats, site, nats.created];
    for (const lease of nats.leases.values()) this.renewals.push(lease);
    nats.links.add(this);
    nats.renew(site.id);
    nats.forge(site.id, { k: "ask" });
    this.start = nats.log.at(-1)!.seq;
  }

  cut(): void {
    this.open = false;
    this.#nats.links.delete(this);
    for (const queue of this.queues) queue.close();
    this.renewals.close();
  }

  /** What reaches NATS may be done though the connection breaks before the answer comes. */
  async #ask<T>(work: () => T): Promise<T> {
    for (let turns = this.#nats.delay(); turns > 0; turns--) await turn();
    if (!this.open) throw new Error("broken");
    const answer = work();
    for (let turns = this.#nats.delay(); turns > 0; turns--) await turn();
    if (!this.open) throw new Error("broken");
    return answer;
  }

  publish(_subject: "lines" | "people", id: string, data: Uint8Array): Promise<number> {
    return this.#ask(() => this.#nats.append(id, data));
  }

  async *consume(from: number): AsyncGenerator<Stored> {
    const queue = new AsyncQueue<Stored>();
    await this.#ask(() => {
      for (const message of this.#nats.log.filter(({ seq }) => seq >= from)) queue.push(message);
      this.queues.push(queue);
    });
    yield* queue;
  }

  async watch(renewed: (lease: Lease) => void): Promise<void> {
    for await (const lease of this.renewals) renewed(lease);
  }

  renew(ends = false): Promise<void> {
    return this.#ask(() => this.#nats.renew(this.#site.id, ends ? 0 : undefined));
  }

  ask(server: string, data: Uint8Array): Promise<Uint8Array> {
    return this.#ask(() => {
      const other = [...this.#nats.links].find((link) => link.#site.id === server);
      if (!other) throw new Error("nobody");
      return other.#site.connector.answer(data);
    });
  }

  close(): Promise<void> {
    this.cut();
    return Promise.resolve();
  }
}

/** A server of the test. */
export class Site {
  readonly id: string;
  readonly connector: Pick<Nats, "answer" | "id" | "options" | "reconnect">;
  readonly stream: RoomStream;
  readonly room: TestRoom;
  readonly notices: string[] = [];
  link: FakeLink | undefined;

  get bus(): Bus {
    return this.room.bus;
  }

  constructor(nats: FakeNats, at: number, connected = true) {
    this.id = String(at).padStart(2, "0").padEnd(16, "0");
    this.connector = {
      id: this.id,
      options: { room: "chat", notice: (text) => this.notices.push(String(text)) },
      answer: () => new Uint8Array(),
      reconnect: async (signal) => {
        const over = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
        await Promise.race([nats.ready, over]);
        return signal.aborted ? undefined : this.link = new FakeLink(nats, this);
      },
    };
    if (connected) this.link = new FakeLink(nats, this);
    this.stream = new RoomStream(this.connector, this.link);
    this.room = new TestRoom(this.stream);
  }
}

/** Lets everything come to rest. */
export async function settle(turns = 60): Promise<void> {
  for (let i = 0; i < turns; i++) await turn();
}

/** Servers on one NATS, with time that stands still. */
export async function withSites(
  count: number,
  body: (sites: Site[], nats: FakeNats, clock: FakeClock) => Promise<void>,
): Promise<void> {
  using clock = new FakeClock();
  const nats = new FakeNats();
  const sites = Array.from({ length: count }, (_, at) => new Site(nats, at + 1));
  await settle();
  try {
    await body(sites, nats, clock);
  } finally {
    nats.delay = () => 0;
    for (const { stream } of sites) {
      const done = stream[Symbol.asyncDispose]();
      await clock.advance(3_000);
      await done;
    }
    await settle();
  }
}
