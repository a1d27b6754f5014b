/**
 * One connection to NATS, until it breaks: then every method throws. `sockeye.chat.2.ROOM.lines` and `.people` are the stream of
 * a room, `.to.SERVER` asks one server; the bucket of the room has its names and leases.
 *
 * @module
 */

import { messageOf } from "../../errors.ts";
import { settledWithin } from "../../wait.ts";

/** The libraries. */
export type Library =
  & typeof import("@nats-io/transport-node")
  & typeof import("@nats-io/jetstream")
  & typeof import("@nats-io/kv");

/** Milliseconds that an answer, and the last messages, may take. */
export const ANSWER_MS = 5_000;
const CLOSE_MS = 1_000;

/** Messages that may have come and not been read: a slow room slows only itself. */
const AHEAD = 64;

/** Messages of the stream among which the history is looked for before all are. */
const HISTORY_SPAN = 2_000;

/** A key of the bucket, and when NATS stored it, in milliseconds since 1970: `name.…` is a claim, `server.ID` a lease. */
export type Entry = {
  readonly key: string;
  readonly time: number;
  readonly revision: number;
  readonly data: Uint8Array;
};

/** A message of the stream. */
export type Stored = {
  readonly seq: number;
  readonly time: number;
  readonly subject: string;
  readonly data: Uint8Array;
};

/** What a connection consists of. */
export interface Parts {
  /** The connection itself. */
  readonly nc: Awaited<ReturnType<Library["connect"]>>;
  /** Publishes and reads. */
  readonly js: ReturnType<Library["jetstream"]>;
  /** Removes messages. */
  readonly manager: Awaited<ReturnType<Library["jetstreamManager"]>>;
  /** Names and leases. */
  readonly bucket: Awaited<ReturnType<InstanceType<Library["Kvm"]>["create"]>>;
  /** Name of the stream and of the bucket. */
  readonly stream: string;
  /** The subjects of the room without their last part. */
  readonly base: string;
  /** Key of the lease of this server. */
  readonly lease: string;
  /** Is given why the connection is closed. */
  complain(error: unknown): void;
}

/** What the bus needs of a connection. */
export type Link = { readonly [K in keyof NatsLink]: NatsLink[K] };

/** A connection. */
export class NatsLink {
  readonly #parts: Parts;

  /** `created` tells one stream from the next, `last` is its last message now, `limit` the bytes that a message may have. */
  constructor(parts: Parts, readonly created: string, readonly last: number, readonly limit: number) {
    this.#parts = parts;
  }

  /** Stores a message, unless one with that id was stored in the last two minutes; gives its sequence. */
  async publish(subject: "lines" | "people", msgID: string, data: Uint8Array): Promise<number> {
    return (await this.#parts.js.publish(`${this.#parts.base}.${subject}`, data, { msgID })).seq;
  }

  /** Reads the stream; `pending` messages are there already. */
  async consume(from: number): Promise<{ pending: number; messages: AsyncIterable<Stored> }> {
    const consumer = await this.#parts.js.consumers.get(this.#parts.stream, { opt_start_seq: from });
    const { num_pending: pending } = await consumer.info(true);
    // A consumer that NATS has lost is noticed after two heartbeats, each of half this time.
    const start = () => consumer.consume({ max_messages: AHEAD, expires: ANSWER_MS });
    return { pending, messages: map(start, ({ seq, time, subject, data }) => ({ seq, time: +time, subject, data })) };
  }

  /** Messages with lines up to `last`: so many or more, if they are kept. */
  async history(count: number): Promise<Stored[]> {
    const near = await this.#linesFrom(Math.max(1, this.last - HISTORY_SPAN));
    return near.length >= count ? near : await this.#linesFrom(1);
  }

  async #linesFrom(from: number): Promise<Stored[]> {
    const found: Stored[] = [];
    let { pending, messages } = await this.consume(from);
    if (pending === 0) return found;
    for await (const one of messages) {
      if (one.seq <= this.last && one.subject.endsWith(".lines")) found.push(one);
      if (one.seq >= this.last || --pending === 0) break;
    }
    return found;
  }

  /** All of the bucket. It ends with a new renewal of the lease: NATS may miscount what is still to come. */
  async entries(): Promise<Entry[]> {
    const entries: Entry[] = [];
    const last = await this.renew();
    for await (const entry of map(() => this.#parts.bucket.history(), entryOf)) {
      entries.push(entry);
      if (entry.revision >= last) break;
    }
    return entries;
  }

  /** Leases as they are renewed. */
  leases(): AsyncIterable<Entry> {
    return map(() => this.#parts.bucket.watch({ key: "server.*" }), entryOf);
  }

  /** Renews the lease of this server. */
  renew(): Promise<number> {
    return this.#parts.bucket.put(this.#parts.lease, new Uint8Array());
  }

  /** A key of the bucket. */
  async get(key: string): Promise<Entry | undefined> {
    const entry = await this.#parts.bucket.get(key);
    return entry ? entryOf(entry) : undefined;
  }

  /** Puts a value where there is none, or in place of a revision; undefined when there is another one. */
  put(key: string, data: Uint8Array, revision?: number): Promise<number | undefined> {
    const { bucket } = this.#parts;
    return unlessOther(revision === undefined ? bucket.create(key, data) : bucket.update(key, data, revision));
  }

  /** Removes a revision. Unlike a deletion in the bucket it leaves no mark, of which each name would keep one. */
  async remove(revision: number): Promise<void> {
    await unlessOther(this.#parts.manager.streams.deleteMessage(`KV_${this.#parts.stream}`, revision, false));
  }

  /** Asks one server. */
  async ask(server: string, data: Uint8Array): Promise<Uint8Array> {
    return (await this.#parts.nc.request(`${this.#parts.base}.to.${server}`, data, { timeout: ANSWER_MS })).data;
  }

  /** Closes the connection, with an error without waiting for the last messages. Never rejects. */
  async close(error?: unknown): Promise<void> {
    const { nc, complain } = this.#parts;
    if (nc.isClosed()) return;
    if (error === undefined) await settledWithin(nc.flush(), CLOSE_MS);
    else complain(error);
    try {
      await nc.close();
    } catch {
      // The connection cannot be used any more, which is all that a caller needs.
    }
  }
}

/** Whether JetStream has said no; else the connection broke. */
export function isAnswer(error: unknown): boolean {
  return (error as Error).name === "JetStreamApiError";
}

/** Undefined where another value is in place of the expected one. */
export async function unlessOther<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isAnswer(error) && /^(wrong last sequence|no message found)/.test(messageOf(error))) return undefined;
    throw error;
  }
}

/** Begins with the first item that is asked for. */
async function* map<T, U>(items: () => Promise<AsyncIterable<T>>, to: (item: T) => U): AsyncGenerator<U> {
  for await (const item of await items()) yield to(item);
}

function entryOf(entry: { key: string; revision: number; created: Date; value: Uint8Array }): Entry {
  return { key: entry.key, revision: entry.revision, time: entry.created.getTime(), data: entry.value };
}
