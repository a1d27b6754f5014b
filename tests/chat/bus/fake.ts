/**
 * NATS in memory for tests of the bus: a stream and a bucket whose answers take some turns of the event loop, connections that
 * break at any of them, and time that the test moves.
 *
 * @module
 */

import type { Entry, Link, Nats, Stored } from "../../../lib/chat/bus/nats.ts";
import { RoomBus } from "../../../lib/chat/bus/room_bus.ts";
import { AsyncQueue } from "../../../lib/queue.ts";
import { TestRoom } from "./room.ts";

/** One turn of the event loop, sooner than a timer of no time. */
function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** Stream and bucket. */
export class FakeNats {
  readonly log: Stored[] = [];
  readonly bucket = new Map<string, Entry>();
  readonly links = new Set<FakeLink>();
  /** Turns that an answer takes. */
  delay: () => number = () => 0;
  limit = 1024 * 1024;
  created = "once";
  #up = Promise.withResolvers<void>();
  #isUp = true;
  #revision = 0;
  readonly #ids = new Map<string, number>();

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

  append(id: string | undefined, subject: string, data: Uint8Array): number {
    const known = id === undefined ? undefined : this.#ids.get(id);
    if (known !== undefined) return known;
    const seq = (this.log.at(-1)?.seq ?? 0) + 1;
    const stored = { seq, time: performance.now(), subject, data };
    if (id !== undefined) this.#ids.set(id, seq);
    this.log.push(stored);
    for (const link of this.links) link.messages.push(stored);
    return seq;
  }

  put(key: string, data: Uint8Array, revision?: number): number | undefined {
    if (this.bucket.get(key)?.revision !== revision) return undefined;
    return this.set(key, data);
  }

  set(key: string, data: Uint8Array): number {
    const entry = { key, data, time: performance.now(), revision: ++this.#revision };
    this.bucket.delete(key);
    this.bucket.set(key, entry);
    if (key.startsWith("server.")) { for (const link of this.links) link.renewals.push(entry); }
    return entry.revision;
  }
}

/** One connection. */
export class FakeLink implements Link {
  readonly messages = new AsyncQueue<Stored>();
  readonly renewals = new AsyncQueue<Entry>();
  readonly created: string;
  readonly last: number;
  readonly limit: number;
  open = true;
  /** Why the bus closed it. */
  readonly errors: unknown[] = [];
  readonly #nats: FakeNats;
  readonly #site: Site;

  constructor(nats: FakeNats, site: Site) {
    [this.#nats, this.#site, this.created, this.limit] = [nats, site, nats.created, nats.limit];
    this.last = nats.log.at(-1)?.seq ?? 0;
    nats.links.add(this);
    nats.set(`server.${site.id}`, new Uint8Array());
  }

  cut(): void {
    this.open = false;
    this.#nats.links.delete(this);
    this.messages.close();
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

  publish(subject: "lines" | "people", id: string, data: Uint8Array): Promise<number> {
    return this.#ask(() => this.#nats.append(id, subject, data));
  }

  consume(from: number): Promise<{ pending: number; messages: AsyncIterable<Stored> }> {
    return this.#ask(() => {
      const before = this.#nats.log.filter(({ seq }) => seq >= from);
      const later = this.messages.drain().filter(({ seq }) => seq > (before.at(-1)?.seq ?? from - 1));
      for (const message of [...before, ...later]) this.messages.push(message);
      return { pending: before.length, messages: this.messages };
    });
  }

  history(): Promise<Stored[]> {
    return this.#ask(() => this.#nats.log.filter(({ subject }) => subject === "lines"));
  }

  entries(): Promise<Entry[]> {
    return this.#ask(() => [...this.#nats.bucket.values()]);
  }

  leases(): AsyncIterable<Entry> {
    return this.renewals;
  }

  renew(): Promise<number> {
    return this.#ask(() => this.#nats.set(`server.${this.#site.id}`, new Uint8Array()));
  }

  get(key: string): Promise<Entry | undefined> {
    return this.#ask(() => this.#nats.bucket.get(key));
  }

  put(key: string, data: Uint8Array, revision?: number): Promise<number | undefined> {
    return this.#ask(() => this.#nats.put(key, data, revision));
  }

  remove(revision: number): Promise<void> {
    return this.#ask(() => {
      for (const [key, entry] of this.#nats.bucket) if (entry.revision === revision) this.#nats.bucket.delete(key);
    });
  }

  ask(server: string, data: Uint8Array): Promise<Uint8Array> {
    return this.#ask(() => {
      const other = [...this.#nats.links].find((link) => link.#site.id === server);
      if (!other) throw new Error("nobody");
      return other.#site.connector.answer(data);
    });
  }

  close(error?: unknown): Promise<void> {
    if (this.open && error !== undefined) this.errors.push(error);
    this.cut();
    return Promise.resolve();
  }
}

/** A server of the test. */
export class Site {
  readonly id: string;
  readonly connector: Pick<Nats, "answer" | "reconnect">;
  readonly bus: RoomBus;
  readonly room: TestRoom;
  readonly notices: string[] = [];
  link: FakeLink | undefined;

  constructor(nats: FakeNats, at: number, connected = true) {
    this.id = String(at).padStart(2, "0").padEnd(16, "0");
    this.connector = {
      answer: () => new Uint8Array(),
      reconnect: async (signal) => {
        const over = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
        await Promise.race([nats.ready, over]);
        return signal.aborted ? undefined : this.link = new FakeLink(nats, this);
      },
    };
    if (connected) this.link = new FakeLink(nats, this);
    this.bus = new RoomBus(this.connector, this.link, this.id, (text) => this.notices.push(text));
    this.room = new TestRoom(this.bus);
  }
}

/** Lets everything come to rest. */
export async function settle(turns = 60): Promise<void> {
  for (let i = 0; i < turns; i++) await turn();
}
