/**
 * Makes connections to NATS. The library could reconnect by itself, but a consumer that outlives its connection may stay silent
 * for half a minute. So each connection is used until it breaks, and the next one begins with a new consumer. It needs no
 * permission but net.
 *
 * @module
 */

import { messageOf, SockeyeError } from "../../errors.ts";
import { importNpm } from "../../npm.ts";
import { wait } from "../../wait.ts";
import type { BusAddress } from "./address.ts";
import { ANSWER_MS, isAnswer, type Library, type Link, NatsLink, type Parts, unlessOther } from "./link.ts";
import { VERSION } from "./wire.ts";

export type { Entry, Link, Stored } from "./link.ts";

/** Milliseconds that an attempt to connect may take. */
const CONNECT_MS = 3_000;

/** Milliseconds until the next attempt; each time twice as long. */
const PAUSE_MS = { first: 100, longest: 2_000 };

/** What a new stream keeps when nothing else is asked for; the time is seven days. */
const KEPT = { lines: 10_000, ageMs: 7 * 86_400_000, bytes: 64 * 1024 * 1024 };

/** Nanoseconds in a millisecond. */
const NS = 1_000_000;

const NO_JETSTREAM = { kind: "connect", reason: "it has no JetStream; start it with: nats-server -js" } as const;

/** What errors of the library mean, by their names; with a kind where another attempt would fail in the same way. */
const REASONS = {
  AuthorizationError: { kind: "connect", reason: "it does not accept the user, password or token" },
  JetStreamNotEnabled: NO_JETSTREAM,
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
  /** Shows the operator a message. */
  notice(message: string): void;
}

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
      const { kind, reason } = explain(cause);
      if (kind) throw new SockeyeError(kind, `Cannot use the bus ${this.address.shown}: ${reason}`, { cause });
      this.#complain(cause);
      return undefined;
    }
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
        const { reason } = explain(error);
        if (before !== undefined && reason !== before) this.#complain(error);
        before = reason;
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

  async #join(nc: Parts["nc"], base: string): Promise<Link> {
    const js = this.#library.jetstream(nc, { timeout: ANSWER_MS });
    const manager = await js.jetstreamManager();
    const { config: { name: stream, num_replicas: replicas }, created, state } = await this.#stream(manager, base);
    const bucket = await new this.#library.Kvm(js).create(stream, { replicas });
    // A message that is refused for its place shows that this login may publish there.
    for (const subject of [`${base}.lines`, `${base}.people`]) {
      await unlessOther(js.publish(subject, new Uint8Array(), { expect: { lastSequence: Number.MAX_SAFE_INTEGER } }));
    }
    const complain = (error: unknown) => this.#complain(error);
    nc.subscribe(`${base}.to.${this.id}`, {
      callback: (error, message) => error ? complain(error) : void message.respond(this.answer(message.data)),
    });
    const parts: Parts = { nc, js, manager, bucket, stream, base, lease: `server.${this.id}`, complain };
    const link = new NatsLink(parts, created, state.last_seq, nc.info?.max_payload ?? 0);
    await link.renew();
    return link;
  }

  /** Finds the stream of the room, or makes it. */
  async #stream(manager: Parts["manager"], base: string) {
    const { room, history, historyAgeMs, replicas = 1 } = this.options;
    const name = `sockeye-chat-${await keyOf(room)}`;
    const asked = {
      ...(history !== undefined && { max_msgs_per_subject: history }),
      ...(historyAgeMs !== undefined && { max_age: historyAgeMs * NS }),
    };
    try {
      return await (Object.keys(asked).length > 0 ? manager.streams.update(name, asked) : manager.streams.info(name));
    } catch (error) {
      if ((error as Error).name !== "StreamNotFoundError") throw error;
    }
    return await manager.streams.add({
      max_msgs_per_subject: KEPT.lines,
      max_age: KEPT.ageMs * NS,
      ...asked,
      name,
      subjects: [`${base}.lines`, `${base}.people`],
      storage: this.#library.StorageType.File,
      max_bytes: KEPT.bytes,
      duplicate_window: 120_000 * NS,
      num_replicas: replicas,
    });
  }

  #complain(error: unknown): void {
    const { reason } = explain(error);
    this.options.notice(`The bus ${this.address.shown} is out of reach: ${reason}; trying again and again`);
  }
}

/** What went wrong; a kind where another attempt would fail in the same way. */
function explain(error: unknown): { kind?: "connect" | "tls"; reason: string } {
  const { name, code = "" } = error as { name?: string; code?: string | number };
  const reason = messageOf(error);
  const [, how, subject] = /permissions violation for (publish|subscription) to "(.+?)"/i.exec(reason) ?? [];
  if (subject) return { kind: "connect", reason: `this login has no right to "${subject}" (${how?.toLowerCase()})` };
  const known = reason.startsWith("no responders") ? NO_JETSTREAM : REASONS[name as keyof typeof REASONS];
  if (known) return known;
  if (/CERT|VERIFY|SELF_SIGNED|ERR_TLS|ERR_SSL/.test(String(code)) || /'tls'/.test(reason)) {
    return { kind: "tls", reason };
  }
  return isAnswer(error) ? { kind: "connect", reason } : { reason };
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
