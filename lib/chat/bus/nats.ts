/**
 * Connections to NATS: `sockeye.chat.2.ROOM.lines` and `.people` are the stream of a room, `.to.SERVER` asks one server. The
 * library could reconnect by itself, but a consumer that outlives its connection may stay silent for half a minute. So each
 * connection is used until it breaks, and the next one begins with a new consumer. It needs no permission but net.
 *
 * @module
 */

import { messageOf, SockeyeError } from "../../errors.ts";
import { importNpm } from "../../npm.ts";
import { settledWithin, wait } from "../../wait.ts";
import type { BusAddress } from "./address.ts";
import { VERSION } from "./wire.ts";

type Library =
  & typeof import("@nats-io/transport-node")
  & typeof import("@nats-io/jetstream")
  & typeof import("@nats-io/kv");
type Connection = Awaited<ReturnType<Library["connect"]>>;
type Bucket = Awaited<ReturnType<InstanceType<Library["Kvm"]>["create"]>>;
type Manager = Awaited<ReturnType<Library["jetstreamManager"]>>;

/** Milliseconds that an attempt to connect, an answer, and the last messages may take. */
const [CONNECT_MS, ANSWER_MS, CLOSE_MS] = [3_000, 5_000, 1_000];

/** Milliseconds until the next attempt; each time twice as long. */
const PAUSE_MS = { first: 100, longest: 2_000 };

/** What a stream keeps when nothing else is asked for; the time is seven days. */
const KEPT = { lines: 10_000, ageMs: 7 * 86_400_000, bytes: 64 * 1024 * 1024 };

/** Messages that may have come and not been read: a slow room slows only itself. */
const AHEAD = 64;

/** Messages of the stream among which the history is looked for before all are. */
const HISTORY_SPAN = 2_000;

/** Nanoseconds in a millisecond. */
const NS = 1_000_000;

/** What errors of the library mean, by their names; with a kind where another attempt would fail in the same way. */
const REASONS = {
  AuthorizationError: { kind: "connect", reason: "it does not accept the user, password or token" },
  JetStreamNotEnabled: { kind: "connect", reason: "it has no JetStream; start it with: nats-server -js" },
  TimeoutError: { reason: "no answer came in time" },
} as const;

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
  /** Servers of a cluster that hold the stream. Default: 1. */
  readonly replicas?: number | undefined;
  /** Tells the operator something. */
  notice(message: string): void;
}

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

/** A connection, until it breaks: then every method throws. */
export type Link = { readonly [K in keyof NatsLink]: NatsLink[K] };

/** Makes connections to the stream and the bucket of one room. */
export class Nats {
  /** Answers what other servers ask this one. */
  answer: (data: Uint8Array) => Uint8Array = () => new Uint8Array();
  #library!: Library;

  /** Nothing is loaded before {@linkcode Nats.open}. `id` is that of this server. */
  constructor(readonly address: BusAddress, readonly options: BusOptions, readonly id: string) {}

  /**
   * Loads the libraries and tries to connect.
   *
   * @returns undefined when NATS is out of reach, and may be back later
   * @throws {SockeyeError} `connect` without libraries, JetStream, login or rights; `tls`
   */
  async open(): Promise<Link | undefined> {
    const names = ["@nats-io/transport-node", "@nats-io/jetstream", "@nats-io/kv"];
    this.#library = Object.assign({}, ...await Promise.all(names.map((name) => importNpm<Library>(name, "use a bus"))));
    // It stays: the reset may come when everything here is closed.
    globalThis.addEventListener("error", ignoreReset);
    try {
      return await this.#connect();
    } catch (cause) {
      const { kind, reason } = this.#explain(cause);
      if (kind) throw new SockeyeError(kind, `Cannot use the bus ${this.address.shown}: ${reason}`, { cause });
      this.#complain(cause);
      return undefined;
    }
  }

  /** Tries again and again; undefined when the signal ended it. */
  async reconnect(signal: AbortSignal): Promise<Link | undefined> {
    let told: string | undefined;
    for (let pause = PAUSE_MS.first;; pause = Math.min(2 * pause, PAUSE_MS.longest)) {
      try {
        // All servers lost it at the same moment, and need not come back at the same one.
        await wait(pause * (0.5 + Math.random() / 2), signal);
        return await this.#connect();
      } catch (error) {
        if (signal.aborted) return undefined;
        const { reason } = this.#explain(error);
        if (told !== undefined && reason !== told) this.#complain(error);
        told = reason;
      }
    }
  }

  async #connect(): Promise<Link> {
    const { address: { servers, tls, login, shown }, options: { ca, room, notice } } = this;
    const nc = await this.#library.connect({
      ...login,
      servers: [...servers],
      ...((tls || ca !== undefined) && { tls: ca === undefined ? {} : { ca } }),
      name: `sockeye chat ${room}`,
      timeout: CONNECT_MS,
      reconnect: false,
      ignoreClusterUpdates: true,
    });
    try {
      const link = await this.#join(nc, `sockeye.chat.${VERSION}.${room}`);
      notice(`The room ${room} is on the bus ${shown}`);
      return link;
    } catch (error) {
      await nc.close();
      throw error;
    }
  }

  async #join(nc: Connection, base: string): Promise<Link> {
    const js = this.#library.jetstream(nc, { timeout: ANSWER_MS });
    const manager = await js.jetstreamManager();
    const { config: { name, num_replicas: replicas }, created, state } = await this.#stream(manager, base);
    const bucket = await new this.#library.Kvm(js).create(name, { replicas });
    // A message that is refused for its place shows that this login may publish there.
    for (const subject of [`${base}.lines`, `${base}.people`]) {
      await unlessOther(js.publish(subject, new Uint8Array(), { expect: { lastSequence: Number.MAX_SAFE_INTEGER } }));
    }
    nc.subscribe(`${base}.to.${this.id}`, {
      callback: (error, message) => error ? this.#complain(error) : void message.respond(this.answer(message.data)),
    });
    const names = { stream: name, base, lease: `server.${this.id}` };
    const complain = (error: unknown) => this.#complain(error);
    const { max_payload: limit = 0 } = nc.info ?? {};
    const link = new NatsLink(created, state.last_seq, limit, nc, js, manager, bucket, names, complain);
    await link.renew();
    return link;
  }

  /** Finds the stream of the room, or makes it. */
  async #stream(manager: Manager, base: string) {
    const { room, history, historyAgeMs, replicas = 1 } = this.options;
    const name = `sockeye-chat-${await keyOf(room)}`;
    const limits = { max_msgs_per_subject: history ?? KEPT.lines, max_age: (historyAgeMs ?? KEPT.ageMs) * NS };
    try {
      if (history !== undefined || historyAgeMs !== undefined) return await manager.streams.update(name, limits);
      return await manager.streams.info(name);
    } catch (error) {
      if ((error as Error).name !== "StreamNotFoundError") throw error;
    }
    return await manager.streams.add({
      ...limits,
      name,
      subjects: [`${base}.lines`, `${base}.people`],
      storage: this.#library.StorageType.File,
      max_bytes: KEPT.bytes,
      duplicate_window: 120_000 * NS,
      num_replicas: replicas,
    });
  }

  #complain(error: unknown): void {
    const { reason } = this.#explain(error);
    this.options.notice(`The bus ${this.address.shown} is out of reach: ${reason}; trying again and again`);
  }

  /** What went wrong, without secrets. */
  #explain(error: unknown): { kind?: "connect" | "tls"; reason: string } {
    const { name, code = "" } = error as { name?: string; code?: string | number };
    const [, how, subject] = /permissions violation for (publish|subscription) to "(.+?)"/i.exec(messageOf(error)) ??
      [];
    if (subject) return { kind: "connect", reason: `this login has no right to "${subject}" (${how?.toLowerCase()})` };
    const known = REASONS[name as keyof typeof REASONS];
    if (known) return known;
    const secrets = Object.values(this.address.login ?? {}).filter((secret) => secret !== "");
    const reason = secrets.reduce((text, secret) => text.replaceAll(wordOf(secret), "***"), messageOf(error));
    if (/CERT|VERIFY|SELF_SIGNED|ERR_TLS|ERR_SSL/.test(String(code)) || /'tls'/.test(reason)) {
      return { kind: "tls", reason };
    }
    return isAnswer(error) ? { kind: "connect", reason } : { reason };
  }
}

/** A connection: `created` tells one stream from the next, `last` is its last message now, `limit` the bytes of a message. */
export class NatsLink {
  /** One that {@linkcode Nats} has made. */
  constructor(
    readonly created: string,
    readonly last: number,
    readonly limit: number,
    private readonly nc: Connection,
    private readonly js: ReturnType<Library["jetstream"]>,
    private readonly manager: Manager,
    private readonly bucket: Bucket,
    private readonly names: { readonly stream: string; readonly base: string; readonly lease: string },
    private readonly complain: (error: unknown) => void,
  ) {}

  /** Stores a message, unless one with that id was stored in the last two minutes; gives its sequence. */
  async publish(subject: "lines" | "people", msgID: string, data: Uint8Array): Promise<number> {
    return (await this.js.publish(`${this.names.base}.${subject}`, data, { msgID })).seq;
  }

  /** Reads the stream; `pending` messages are there already. */
  async consume(from: number): Promise<{ pending: number; messages: AsyncIterable<Stored> }> {
    const consumer = await this.js.consumers.get(this.names.stream, { opt_start_seq: from });
    const { num_pending: pending } = await consumer.info(true);
    // A consumer that NATS has lost is noticed after two heartbeats, each of half this time.
    const start = () => consumer.consume({ max_messages: AHEAD, expires: ANSWER_MS });
    return { pending, messages: map(start, ({ seq, time, subject, data }) => ({ seq, time: +time, subject, data })) };
  }

  /** Messages with lines up to `last`: so many or more, if they are kept. */
  async history(count: number): Promise<Stored[]> {
    let found: Stored[] = [];
    for (const from of [Math.max(1, this.last - HISTORY_SPAN), 1]) {
      if (found.length >= count) break;
      found = [];
      let { pending, messages } = await this.consume(from);
      if (pending === 0) break;
      for await (const one of messages) {
        if (one.seq <= this.last && one.subject.endsWith(".lines")) found.push(one);
        if (one.seq >= this.last || --pending === 0) break;
      }
    }
    return found;
  }

  /** All of the bucket. It ends with a new renewal of the lease: NATS may miscount what is still to come. */
  async entries(): Promise<Entry[]> {
    const entries: Entry[] = [];
    const last = await this.renew();
    for await (const entry of map(() => this.bucket.history(), entryOf)) {
      if (entries.push(entry) > 0 && entry.revision >= last) break;
    }
    return entries;
  }

  /** Leases as they are renewed. */
  leases(): AsyncIterable<Entry> {
    return map(() => this.bucket.watch({ key: "server.*" }), entryOf);
  }

  /** Renews the lease of this server. */
  renew(): Promise<number> {
    return this.bucket.put(this.names.lease, new Uint8Array());
  }

  /** A key of the bucket. */
  async get(key: string): Promise<Entry | undefined> {
    const entry = await this.bucket.get(key);
    return entry ? entryOf(entry) : undefined;
  }

  /** Puts a value where there is none, or in place of a revision; undefined when there is another one. */
  put(key: string, data: Uint8Array, revision?: number): Promise<number | undefined> {
    return unlessOther(
      revision === undefined ? this.bucket.create(key, data) : this.bucket.update(key, data, revision),
    );
  }

  /** Removes a revision. Unlike a deletion in the bucket it leaves no mark, of which each name would keep one. */
  async remove(revision: number): Promise<void> {
    await unlessOther(this.manager.streams.deleteMessage(`KV_${this.names.stream}`, revision, false));
  }

  /** Asks one server. */
  async ask(server: string, data: Uint8Array): Promise<Uint8Array> {
    return (await this.nc.request(`${this.names.base}.to.${server}`, data, { timeout: ANSWER_MS })).data;
  }

  /** Closes it; with an error at once. */
  async close(error?: unknown): Promise<void> {
    if (this.nc.isClosed()) return;
    if (error === undefined) await settledWithin(this.nc.flush(), CLOSE_MS);
    else this.complain(error);
    await this.nc.close();
  }
}

/** Begins with the first item that is asked for. */
async function* map<T, U>(items: () => Promise<AsyncIterable<T>>, to: (item: T) => U): AsyncGenerator<U> {
  for await (const item of await items()) yield to(item);
}

function entryOf(
  { key, revision, created, value }: { key: string; revision: number; created: Date; value: Uint8Array },
) {
  return { key, revision, time: created.getTime(), data: value };
}

/** What a stream may be called: a room in letters of another script by a digest, which is longer than any room. */
async function keyOf(room: string): Promise<string> {
  if (/^[\w-]+$/.test(room)) return room;
  return `u${new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(room))).toHex()}`;
}

/** Whether JetStream has said no; else the connection broke. */
function isAnswer(error: unknown): boolean {
  return (error as Error).name === "JetStreamApiError";
}

/** Undefined where another value is in place of the expected one. */
async function unlessOther<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isAnswer(error) && /^(wrong last sequence|no message found)/.test(messageOf(error))) return undefined;
    throw error;
  }
}

/** A text as a word by itself: a short one occurs in others. */
function wordOf(text: string): RegExp {
  return new RegExp(`(?<!\\w)${RegExp.escape(text)}(?!\\w)`, "g");
}

/**
 * When NATS refuses a login it resets the connection. The library has dropped its error handler by then, so Deno takes
 * the reset for an uncaught error (with 2.9.6 in four of ten refusals) and would end the process.
 */
function ignoreReset(event: ErrorEvent): void {
  const { code, syscall } = (event.error ?? {}) as { code?: string; syscall?: string };
  if (code === "ECONNRESET" && syscall === "read") event.preventDefault();
}
