/**
 * Makes connections to NATS. The library could reconnect by itself, but a consumer that outlives its connection may stay silent
 * for half a minute. So each connection is used until it breaks, and the next one begins with a new consumer. It needs no
 * permission but net.
 *
 * @module
 */

import { type ErrorKind, messageOf, SockeyeError } from "../../errors.ts";
import { importNpm } from "../../npm.ts";
import { wait } from "../../wait.ts";
import type { BusAddress } from "./address.ts";
import { type BusOptions, type Library, type Link, type LinkOwner, NatsLink } from "./link.ts";

/** Milliseconds that an attempt to connect may take. */
const CONNECT_MS = 3_000;

/** Milliseconds until the next attempt; each time twice as long. */
const PAUSE_MS = { first: 100, longest: 2_000 };

const NO_JETSTREAM = { kind: "connect", reason: "it has no JetStream; start it with: nats-server -js" } as const;

/** What errors of the library mean, by their names; with a kind where another attempt would fail in the same way. */
const REASONS = {
  AuthorizationError: { kind: "connect", reason: "it does not accept the user, password or token" },
  JetStreamNotEnabled: NO_JETSTREAM,
  TimeoutError: { reason: "no answer came in time" },
} as const;

/** Makes connections to the stream and the bucket of one room. */
export class Nats implements LinkOwner {
  /** Answers what other servers ask this one. */
  answer: (data: Uint8Array) => Uint8Array = () => new Uint8Array();
  #library!: Library;

  /** Nothing is loaded before {@linkcode Nats.open}. `id` is that of this server. */
  constructor(readonly address: BusAddress, readonly options: BusOptions, readonly id: string) {}

  /**
   * Loads the libraries and tries to connect.
   *
   * @returns undefined when NATS is out of reach, and may be back later
   * @throws {SockeyeError} `connect` without libraries, JetStream, login, rights or room for messages; `tls`
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
      this.complain(cause);
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
        if (before !== undefined && reason !== before) this.complain(error);
        before = reason;
      }
    }
  }

  /** Tells the operator why a connection is closed. */
  complain(error: unknown): void {
    const { reason } = explain(error);
    this.options.notice(`The bus ${this.address.shown} is out of reach: ${reason}; trying again and again`);
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
      const link = await NatsLink.open(this.#library, nc, this);
      notice(`The room ${room} is on the bus ${shown}`);
      return link;
    } catch (error) {
      await nc.close();
      throw error;
    }
  }
}

/** What went wrong; a kind where another attempt would fail in the same way. */
function explain(error: unknown): { kind?: ErrorKind; reason: string } {
  const { name, code = "" } = error as { name?: string; code?: string | number };
  const reason = messageOf(error);
  if (error instanceof SockeyeError) return { kind: error.kind, reason };
  const [, how, subject] = /permissions violation for (publish|subscription) to "(.+?)"/i.exec(reason) ?? [];
  if (subject) return { kind: "connect", reason: `this login has no right to "${subject}" (${how?.toLowerCase()})` };
  const known = reason.startsWith("no responders") ? NO_JETSTREAM : REASONS[name as keyof typeof REASONS];
  if (known) return known;
  const isTls = /CERT|VERIFY|SELF_SIGNED|ERR_TLS|ERR_SSL/.test(String(code)) || /'tls'/.test(reason);
  if (isTls) return { kind: "tls", reason };
  // JetStream has said no; else the connection broke.
  return name === "JetStreamApiError" ? { kind: "connect", reason } : { reason };
}

/**
 * When NATS refuses a login it resets the connection. The library has dropped its error handler by then, so Deno takes
 * the reset for an uncaught error (with 2.9.6 in four of ten refusals) and would end the process.
 */
function ignoreReset(event: ErrorEvent): void {
  const { code, syscall } = (event.error ?? {}) as { code?: string; syscall?: string };
  if (code === "ECONNRESET" && syscall === "read") event.preventDefault();
}
