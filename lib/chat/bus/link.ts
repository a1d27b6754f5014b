/**
 * One connection to NATS, until it breaks: then every method throws. `sockeye.chat.2.ROOM.lines` and `.people` are the stream of
 * a room, `.to.SERVER` asks one server; the bucket of the room has the leases of the servers.
 *
 * @module
 */

import { messageOf, SockeyeError } from "../../errors.ts";
import { settledWithin } from "../../wait.ts";
import { encode, isServer, MESSAGE_BYTES, messageId, VERSION } from "./wire.ts";

/** The libraries. */
export type Library =
  & typeof import("@nats-io/transport-node")
  & typeof import("@nats-io/jetstream")
  & typeof import("@nats-io/kv");

type Connection = Awaited<ReturnType<Library["connect"]>>;

/** Milliseconds that an answer, and the last messages, may take. */
const ANSWER_MS = 5_000;
const CLOSE_MS = 1_000;

/** Messages that may have come and not been read: a slow room slows only itself. */
const AHEAD = 64;

/** Messages of the stream among which the history is looked for first; then among eight times as many, and so on. */
const HISTORY_SPAN = 2_000;

/** Nanoseconds in a millisecond. */
const NS = 1_000_000;

/** What a new stream keeps when nothing else is asked for: 10,000 messages of each subject for seven days. */
const KEPT = { max_msgs_per_subject: 10_000, max_age: 7 * 86_400_000 * NS, max_bytes: 64 * 1024 * 1024 };

/** Milliseconds after which NATS forgets leases, long after they have ended. */
const FORGET_MS = 600_000;

/** How to join. */
export interface BusOptions {
  /** The room, as `parseRoomName` gives it. */
  readonly room: string;
  /** Certificate of the authority to trust instead of those of the system, PEM. */
  readonly ca?: string | undefined;
  /** Messages with lines that the stream keeps. Default: 10,000, or what it keeps already. */
  readonly history?: number | undefined;
  /** Milliseconds that it keeps them. Default: seven days, or as long as it does already. */
  readonly historyAgeMs?: number | undefined;
  /** Servers of a cluster that hold the room. Default: 1, or those that do already. */
  readonly replicas?: number | undefined;
  /** Shows the operator a message. */
  notice(message: string): void;
}

/** What a connection is made for. */
export interface LinkOwner {
  /** How to join. */
  readonly options: BusOptions;
  /** Id of this server. */
  readonly id: string;
  /** Answers what another server asks this one. */
  answer(data: Uint8Array): Uint8Array;
  /** Is given why a connection is closed. */
  complain(error: unknown): void;
}

/** When NATS stored the last renewal, in milliseconds since 1970; 0 when the server has left. */
export type Lease = { readonly server: string; readonly time: number };

/** A message of the stream; `id` is what it was published with. */
export interface Stored {
  /** Place in the stream. */
  readonly seq: number;
  /** When NATS stored it, in milliseconds since 1970. */
  readonly time: number;
  /** What it was published with. */
  readonly id: string | undefined;
  /** Where it was published. */
  readonly subject: string;
  /** As it was published. */
  readonly data: Uint8Array;
}

/** What the bus needs of a connection. */
export type Link = { readonly [K in keyof NatsLink]: NatsLink[K] };

/** A connection. */
export class NatsLink {
  /** Tells one stream from the next. */
  readonly created: string;
  /** Place in the stream of what this server said first on the connection: before it is what it may have missed. */
  readonly start: number;
  readonly #parts: Awaited<ReturnType<typeof joinRoom>>;

  private constructor(parts: Awaited<ReturnType<typeof joinRoom>>) {
    [this.created, this.start, this.#parts] = [parts.created, parts.start, parts];
  }

  /** Joins the room; throws what NATS says where that cannot be. */
  static async open(library: Library, nc: Connection, owner: LinkOwner): Promise<NatsLink> {
    return new NatsLink(await joinRoom(library, nc, owner));
  }

  /** Stores a message, unless one with that id was stored in the last two minutes; gives its place. */
  async publish(subject: "lines" | "people", msgID: string, data: Uint8Array): Promise<number> {
    return (await this.#parts.js.publish(`${this.#parts.base}.${subject}`, data, { msgID })).seq;
  }

  /** Reads the stream. */
  async *consume(from: number): AsyncGenerator<Stored> {
    const consumer = await this.#parts.js.consumers.get(this.#parts.stream, { opt_start_seq: from });
    // A consumer that NATS has lost is noticed after two heartbeats, each of half this time.
    for await (const one of await consumer.consume({ max_messages: AHEAD, expires: ANSWER_MS })) {
      const { seq, time, subject, headers, data } = one;
      yield { seq, time: time.getTime(), id: headers?.get("Nats-Msg-Id"), subject, data };
    }
  }

  /** Messages with lines from before this connection: so many or more, if they are kept. */
  async history(count: number): Promise<Stored[]> {
    for (let span = HISTORY_SPAN;; span *= 8) {
      const found: Stored[] = [];
      for await (const one of this.consume(Math.max(1, this.start - span))) {
        if (one.seq >= this.start) break;
        if (one.subject.endsWith(".lines")) found.push(one);
      }
      if (found.length >= count || span >= this.start) return found;
    }
  }

  /** All leases, and then as they are renewed. */
  async *leases(): AsyncGenerator<Lease> {
    for await (const { key, created, operation } of await this.#parts.bucket.watch({ key: "server.*" })) {
      const server = key.slice("server.".length);
      if (isServer(server)) yield { server, time: operation === "PUT" ? created.getTime() : 0 };
    }
  }

  /** Renews the lease of this server, or ends it. */
  async renew(ends = false): Promise<void> {
    const { bucket, lease } = this.#parts;
    await (ends ? bucket.delete(lease) : bucket.put(lease, new Uint8Array()));
  }

  /** Asks one server. */
  async ask(server: string, data: Uint8Array): Promise<Uint8Array> {
    return (await this.#parts.nc.request(`${this.#parts.base}.to.${server}`, data, { timeout: ANSWER_MS })).data;
  }

  /** Closes the connection, with an error without waiting for the last messages. Never rejects. */
  async close(error?: unknown): Promise<void> {
    const { nc, owner } = this.#parts;
    if (nc.isClosed()) return;
    if (error === undefined) await settledWithin(nc.flush(), CLOSE_MS);
    else owner.complain(error);
    // The connection cannot be used any more, which is all that a caller needs.
    await nc.close().catch(() => {});
  }
}

/** Finds or makes what a room needs, and asks the other servers who is there. */
async function joinRoom(library: Library, nc: Connection, owner: LinkOwner) {
  const { options: { room, history, historyAgeMs, replicas }, id } = owner;
  const max = nc.info?.max_payload ?? 0;
  if (max < MESSAGE_BYTES) {
    throw new SockeyeError("connect", `its max_payload is ${max}, and a room needs ${MESSAGE_BYTES}`);
  }
  const base = `sockeye.chat.${VERSION}.${room}`;
  const stream = `sockeye-chat-${await keyOf(room)}`;
  const js = library.jetstream(nc, { timeout: ANSWER_MS });
  const { streams } = await js.jetstreamManager();
  const copies = replicas !== undefined && { num_replicas: replicas };
  // What is asked for is changed for all servers of the room.
  const asked = {
    ...(history !== undefined && { max_msgs_per_subject: history }),
    ...(historyAgeMs !== undefined && { max_age: historyAgeMs * NS }),
    ...copies,
  };
  const isAsked = Object.keys(asked).length > 0;
  const { created } = await (isAsked ? streams.update(stream, asked) : streams.info(stream)).catch((error) => {
    if ((error as Error).name !== "StreamNotFoundError") throw error;
    const subjects = [`${base}.lines`, `${base}.people`];
    const rest = { storage: library.StorageType.File, duplicate_window: 120_000 * NS };
    return streams.add({ ...KEPT, ...rest, ...asked, name: stream, subjects });
  });
  const bucket = await new library.Kvm(js).create(stream, { replicas: replicas ?? 1, ttl: FORGET_MS });
  if (copies) await streams.update(`KV_${stream}`, copies);
  // A message that is refused for its place shows that this login may publish there.
  const expect = { lastSequence: Number.MAX_SAFE_INTEGER };
  await js.publish(`${base}.lines`, new Uint8Array(), { expect }).catch((error) => {
    if (!/^wrong last sequence/.test(messageOf(error))) throw error;
  });
  nc.subscribe(`${base}.to.${id}`, {
    callback: (error, message) => error ? owner.complain(error) : void message.respond(owner.answer(message.data)),
  });
  const lease = `server.${id}`;
  await bucket.put(lease, new Uint8Array());
  const ask = encode({ s: id, late: false, events: [{ k: "ask" }] });
  const { seq: start } = await js.publish(`${base}.people`, ask, { msgID: messageId(id) });
  return { nc, js, bucket, stream, base, lease, created, start, owner };
}

/** What a stream may be called: a room in letters of another script by a digest, which is longer than any room. */
async function keyOf(room: string): Promise<string> {
  if (/^[\w-]+$/.test(room)) return room;
  return `u${new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(room))).toHex()}`;
}
