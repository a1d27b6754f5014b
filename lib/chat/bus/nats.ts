/**
 * Connections to NATS. `sockeye.chat.2.ROOM.lines` and `.people` are the stream of a room, `.to.SERVER` asks one server; its
 * bucket has the leases of the servers. Each connection is used until it breaks, and the next one begins anew: a consumer of
 * the library that outlives its connection may stay silent for half a minute.
 *
 * @module
 */

import { type ErrorKind, messageOf, SockeyeError } from "../../errors.ts";
import { importNpm } from "../../npm.ts";
import type { Phrased } from "../../phrase.ts";
import { wait } from "../../wait.ts";
import type { BusAddress } from "./address.ts";
import { encode, isServer, MESSAGE_BYTES, VERSION } from "./wire.ts";

type Library =
  & typeof import("@nats-io/transport-node")
  & typeof import("@nats-io/jetstream")
  & typeof import("@nats-io/kv");

/** Milliseconds that an attempt to connect and an answer may take, and until the next attempt, each time twice as long. */
const [CONNECT_MS, ANSWER_MS, PAUSE_MS] = [3_000, 5_000, { first: 100, longest: 2_000 }];

/** What a stream keeps when nothing else is asked for (seven days), and for how long the bucket keeps a lease after its end. */
const NS = 1_000_000; // in a millisecond
const KEPT = { max_msgs_per_subject: 10_000, max_age: 604_800_000 * NS, max_bytes: 64 * 1024 * 1024 };
const FORGET_MS = 600_000;

/** What errors of the libraries mean, found by name, code and text; a kind where another attempt would fail in the same way. */
const MEANINGS: readonly [pattern: RegExp, meaning: string | undefined, kind?: ErrorKind][] = [
  [/^AuthorizationError.*no login$/, "it requires a login: nats://user:password@host or nats://token@host", "connect"],
  [/^AuthorizationError/, "it does not accept the user, password or token", "connect"],
  [/^JetStreamNotEnabled|no responders: '\$JS\./, "it has no JetStream; start it with: nats-server -js", "connect"],
  // A cluster that moves a stream has none for a moment.
  [/no responders/, "nothing answers on the subjects of the room"],
  [/^TimeoutError/, "no answer came in time"],
  [/getaddrinfo/, "the host name has no address"],
  [/does not support 'tls'/, "it does not speak TLS, which tls:// and --bus-ca ask for", "tls"],
  [/UNABLE_TO|SELF_SIGNED|UnknownIssuer/, "its certificate is not trusted; --bus-ca FILE adds an authority", "tls"],
  [/CERT|ERR_TLS|ERR_SSL/, undefined, "tls"],
  [/^JetStreamApiError/, undefined, "connect"],
];

/**
 * How to join a room. `ca`: the authority to trust instead of the system's, PEM. NATS keeps `history` messages with
 * lines for `historyAgeMs` at `replicas` servers; limits that are undefined stay unchanged in an existing room.
 */
export type BusOptions = {
  readonly room: string;
  readonly ca?: string | undefined;
  readonly history?: number | undefined;
  readonly historyAgeMs?: number | undefined;
  readonly replicas?: number | undefined;
  notice(message: Phrased): void;
};

/** When NATS stored the last renewal, in milliseconds since 1970; 0 when the server has left. */
export type Lease = { readonly server: string; readonly time: number };

/** A message of the stream: its place, when NATS stored it, in milliseconds since 1970, what it was published with. */
export type Stored = Readonly<{ seq: number; time: number; subject: string; id: string; data: Uint8Array }>;

/** A connection, until it breaks: then every method throws. */
export interface Link {
  /** Tells one stream from the next. */
  readonly created: string;
  /** Position in the stream of this server's first message on the connection: it may have missed messages before it. */
  readonly start: number;
  /** Stores a message, unless one with that id was stored in the last two minutes; gives its place. */
  publish(subject: "lines" | "people", id: string, data: Uint8Array): Promise<number>;
  /** Reads the stream. */
  consume(from: number): AsyncIterable<Stored>;
  /** Tells of all leases, and then as they are renewed. */
  watch(renewed: (lease: Lease) => void): Promise<void>;
  /** Renews the lease of this server, or ends it. */
  renew(ends?: boolean): Promise<unknown>;
  /** Asks one server. */
  ask(server: string, data: Uint8Array): Promise<Uint8Array>;
  /** Closes the connection, and tells the operator why. Never rejects. */
  close(error?: unknown): Promise<void>;
}

/** Makes connections to one room. */
export class Nats {
  /** Answers the requests of other servers. */
  answer: (data: Uint8Array) => Uint8Array = () => new Uint8Array();
  /** Id of this server. */
  readonly id: string = crypto.getRandomValues(new Uint8Array(8)).toHex();
  #library!: Library;
  #hasJoined = false;

  /** Loads nothing. */
  constructor(readonly address: BusAddress, readonly options: BusOptions) {}

  /** Loads the libraries and tries to connect; undefined when NATS is out of reach, and may be back later. */
  async open(): Promise<Link | undefined> {
    const names = ["@nats-io/transport-node", "@nats-io/jetstream", "@nats-io/kv"];
    this.#library = Object.assign({}, ...await Promise.all(names.map((name) => importNpm<Library>(name, "use a bus"))));
    // It stays: the reset may come when everything here is closed.
    globalThis.addEventListener("error", ignoreReset);
    return await this.#connect().catch((cause) => {
      const { kind, reason } = this.#explain(cause);
      if (kind) throw new SockeyeError(kind, `Cannot use the bus ${this.address.shown}: ${reason}`, { cause });
      this.#complain(cause);
      return undefined;
    });
  }

  /** Tries again and again; undefined when the signal ended it. */
  async reconnect(signal: AbortSignal): Promise<Link | undefined> {
    let before: string | undefined;
    for (let pause = PAUSE_MS.first;; pause = Math.min(2 * pause, PAUSE_MS.longest)) {
      try {
        // All servers lost it at the same moment, and need not come back at the same one.
        await wait(pause * (0.5 + Math.random() / 2), signal);
        return await this.#connect();
      } catch (error) {
        if (signal.aborted) return undefined;
        const { reason } = this.#explain(error);
        if (before !== undefined && reason !== before) this.#complain(error);
        before = reason;
      }
    }
  }

  #complain(error: unknown): void {
    const { reason } = this.#explain(error);
    this.options.notice(`The bus ${this.address.shown} is out of reach: ${reason}; trying again and again`);
  }

  /** What went wrong; a kind where another attempt would fail in the same way. */
  #explain(error: unknown): { kind?: ErrorKind | undefined; reason: string } {
    const { name, code = "", cause } = error as { name?: string; code?: string | number; cause?: unknown };
    const text = messageOf(error);
    if (error instanceof SockeyeError) return { kind: error.kind, reason: text };
    const [, how, subject] = /permissions violation for (publish|subscription) to "(.+?)"/i.exec(text) ?? [];
    if (subject) return { kind: "connect", reason: `this login has no right to "${subject}" (${how?.toLowerCase()})` };
    const all = [name, code, text, messageOf(cause), this.address.login ? "" : "no login"].join(" ");
    const [, meaning = text, kind] = MEANINGS.find(([pattern]) => pattern.test(all)) ?? [];
    return { kind, reason: meaning };
  }

  async #connect(): Promise<Link> {
    const { address: { servers, tls, login }, options: { ca, room } } = this;
    const nc = await this.#library.connect({
      ...login,
      servers: [...servers],
      ...((tls || ca !== undefined) && { tls: ca === undefined ? {} : { ca } }),
      name: `sockeye chat ${room}`,
      timeout: CONNECT_MS,
      reconnect: false,
      ignoreClusterUpdates: true,
    });
    return await this.#join(nc).catch(async (error) => {
      await nc.close();
      throw error;
    });
  }

  async #join(nc: Awaited<ReturnType<Library["connect"]>>): Promise<Link> {
    const { options: { room, replicas = 1 }, id: s } = this;
    const { max_payload: max = 0, cluster } = nc.info ?? {};
    const refuse = (why: string) => Promise.reject(new SockeyeError("connect", why));
    if (max < MESSAGE_BYTES) await refuse(`its max_payload is ${max}, and a room needs ${MESSAGE_BYTES}`);
    // A stream that is there already would take the number, and not be found after a restart.
    const copies = `${replicas} copies (--bus-replicas ${replicas})`;
    if (replicas > 1 && !cluster) await refuse(`this NATS server is not in a cluster, so it cannot keep ${copies}`);
    const base = `sockeye.chat.${VERSION}.${room}`;
    const name = `sockeye-chat-${await keyOf(room)}`;
    const js = this.#library.jetstream(nc, { timeout: ANSWER_MS });
    const { created, bucket } = await this.#store(js, name, [`${base}.lines`, `${base}.people`]);
    // A message that is refused for its place shows that this login may publish there.
    const expect = { lastSequence: Number.MAX_SAFE_INTEGER };
    await js.publish(`${base}.lines`, new Uint8Array(), { expect }).catch((error) => {
      if (!/^wrong last sequence/.test(messageOf(error))) throw error;
    });
    nc.subscribe(`${base}.to.${this.id}`, {
      callback: (error, message) => error ? this.#complain(error) : void message.respond(this.answer(message.data)),
    });
    const publish: Link["publish"] = async (to, msgID, data) =>
      (await js.publish(`${base}.${to}`, data, { msgID })).seq;
    const lease = `server.${this.id}`;
    const renew: Link["renew"] = (ends) => ends ? bucket.delete(lease) : bucket.put(lease, new Uint8Array());
    await renew();
    const start = await publish("people", crypto.randomUUID(), encode({ s, late: false, events: [{ k: "ask" }] }));
    this.options.notice(`The room ${room} is on the bus ${this.address.shown}${this.#hasJoined ? " again" : ""}`);
    this.#hasJoined = true;
    let open = true;
    return {
      created,
      start,
      publish,
      renew,
      async *consume(from) {
        const consumer = await js.consumers.get(name, { opt_start_seq: from });
        // Only a few messages are fetched ahead, so that a slow room slows only itself. A lost consumer is noticed
        // after two heartbeats, each of half that time.
        for await (const one of await consumer.consume({ max_messages: 64, expires: ANSWER_MS })) {
          const { seq, time, subject, headers, data } = one;
          yield { seq, time: time.getTime(), subject, id: headers?.get("Nats-Msg-Id") ?? "", data };
        }
      },
      async watch(renewed) {
        for await (const { key, created, operation } of await bucket.watch({ key: "server.*" })) {
          const server = key.slice("server.".length);
          if (isServer(server)) renewed({ server, time: operation === "PUT" ? created.getTime() : 0 });
        }
      },
      ask: async (server, data) => (await nc.request(`${base}.to.${server}`, data, { timeout: ANSWER_MS })).data,
      close: async (error) => {
        if (!open) return;
        open = false;
        if (nc.isClosed()) this.#complain(new Error("the connection to NATS broke"));
        else if (error !== undefined) this.#complain(error);
        // The connection cannot be used any more, which is all that a caller needs.
        await nc.close().catch(() => {});
      },
    };
  }

  /** Finds or makes the stream and the bucket. What the options ask for is changed for all servers of the room. */
  async #store(js: ReturnType<Library["jetstream"]>, name: string, subjects: string[]) {
    const { history, historyAgeMs, replicas } = this.options;
    const { streams } = await js.jetstreamManager();
    const given = (all: object) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    const copies = given({ num_replicas: replicas });
    const asked = given({ ...copies, max_msgs_per_subject: history, max_age: historyAgeMs && historyAgeMs * NS });
    const find = (name: string, asked: object) =>
      Object.keys(asked).length > 0 ? streams.update(name, asked) : streams.info(name);
    const { created, config } = await find(name, asked).catch((error) => {
      if (error.name !== "StreamNotFoundError") throw error;
      return streams.add({ ...KEPT, ...asked, name, subjects, storage: this.#library.StorageType.File });
    });
    const bucket = await new this.#library.Kvm(js).create(name, { replicas: config.num_replicas, ttl: FORGET_MS });
    await find(`KV_${name}`, copies);
    return { created, bucket };
  }
}

/** What a stream may be called: a room in letters of another script by a digest, which is longer than any room. */
async function keyOf(room: string): Promise<string> {
  if (/^[\w-]+$/.test(room)) return room;
  return `u${new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(room))).toHex()}`;
}

/**
 * When NATS refuses a login it resets the connection. The library has dropped its error handler by then, so Deno takes
 * the reset for an uncaught error (with 2.9.6 in four of ten refusals) and would end the process.
 */
function ignoreReset(event: ErrorEvent): void {
  const { code, syscall } = (event.error ?? {}) as { code?: string; syscall?: string };
  if (code === "ECONNRESET" && syscall === "read") event.preventDefault();
}
