/**
 * NATS as a carrier. A room is one subject, `sockeye.chat.1.ROOM`. Questions to one server go to the subject of the room with
 * the server's id behind it.
 *
 * The library could reconnect by itself, but then it would not tell what was lost on the way. So each connection is used until
 * it breaks, and the next one begins anew. It needs no permission but net.
 *
 * @module
 */

import { messageOf, SockeyeError } from "../../errors.ts";
import { importNpm } from "../../npm.ts";
import { wait } from "../../wait.ts";
import type { BusAddress } from "./address.ts";
import type { Carrier, Ears } from "./carrier.ts";
import { VERSION } from "./wire.ts";

type Library = typeof import("@nats-io/transport-node");
type Connection = Awaited<ReturnType<Library["connect"]>>;

/** Milliseconds that one attempt to connect may take. */
const CONNECT_MS = 3_000;

/** Milliseconds until the next attempt; each time twice as long. */
const PAUSE_MS = { first: 250, longest: 5_000 };

/** Milliseconds that a question may take. */
const ANSWER_MS = 5_000;

/** Milliseconds that the last messages have to go out. */
const CLOSE_MS = 1_000;

/** Bytes that a message may have when the way has never been open: what NATS lets through by default. */
const DEFAULT_LIMIT = 1024 * 1024;

/** Errors of TLS, by what node calls them: another attempt would fail in the same way. */
const TLS_FAILURE = /CERT|VERIFY|SELF_SIGNED|ERR_TLS|ERR_SSL/;

/** How to get there. */
export interface NatsOptions {
  /** The room. */
  readonly room: string;
  /** The id of this server. */
  readonly id: string;
  /** Certificate of the authority to trust instead of those of the system, PEM. */
  readonly ca?: string | undefined;
  /** Tells the person at the server something. */
  notice(message: string): void;
}

/** The way through NATS. */
export class NatsCarrier implements Carrier, AsyncDisposable {
  readonly #library: Library;
  readonly #address: BusAddress;
  readonly #options: NatsOptions;
  readonly #subject: string;
  readonly #end = new AbortController();
  #ears: Ears | undefined;
  #connection: Connection | undefined;
  #running: Promise<void> | undefined;

  private constructor(library: Library, address: BusAddress, options: NatsOptions) {
    this.#library = library;
    this.#address = address;
    this.#options = options;
    this.#subject = `sockeye.chat.${VERSION}.${options.room}`;
    // It stays: the reset may come when everything here is closed.
    globalThis.addEventListener("error", ignoreReset);
  }

  /**
   * Gets the library and connects. A bus that cannot be reached now is tried again and again later.
   *
   * @param address where
   * @param options what else
   * @returns the way, open or not
   * @throws {SockeyeError} `connect` when the library does not come or the bus refuses the login, `tls`
   */
  static async open(address: BusAddress, options: NatsOptions): Promise<NatsCarrier> {
    const library = await importNpm<Library>("@nats-io/transport-node", "use a bus");
    const carrier = new NatsCarrier(library, address, options);
    try {
      carrier.#connection = await carrier.#connect();
    } catch (error) {
      const kind = carrier.#isRefusal(error) ? "connect" : isTlsFailure(error) ? "tls" : undefined;
      if (kind === undefined) carrier.#complain(error);
      else {
        await carrier[Symbol.asyncDispose]();
        throw new SockeyeError(kind, `Cannot use the bus ${address.shown}: ${carrier.#reasonOf(error)}`, {
          cause: error,
        });
      }
    }
    return carrier;
  }

  /** See {@linkcode Carrier.limit}. */
  get limit(): number {
    return this.#connection?.info?.max_payload ?? DEFAULT_LIMIT;
  }

  /** See {@linkcode Carrier.listen}. */
  listen(ears: Ears): void {
    this.#ears = ears;
    this.#running = this.#run(ears);
  }

  /** See {@linkcode Carrier.publish}. */
  publish(bytes: Uint8Array): void {
    try {
      this.#connection?.publish(this.#subject, bytes);
    } catch {
      // The connection has just broken, which is told in a moment.
    }
  }

  /** See {@linkcode Carrier.ask}. */
  async ask(server: string, bytes: Uint8Array): Promise<Uint8Array> {
    try {
      if (!this.#connection) throw new Error("the bus is out of reach");
      return (await this.#connection.request(`${this.#subject}.${server}`, bytes, { timeout: ANSWER_MS })).data;
    } catch (cause) {
      throw new Error(this.#reasonOf(cause), { cause });
    }
  }

  /** See {@linkcode Carrier.isThere}. */
  async isThere(server: string): Promise<boolean> {
    try {
      await this.#connection?.request(`${this.#subject}.${server}`, undefined, { timeout: ANSWER_MS });
      return true;
    } catch (error) {
      return !(error instanceof this.#library.RequestError && error.isNoResponders());
    }
  }

  /** See {@linkcode Carrier.restart}. */
  restart(why: string): void {
    this.#options.notice(`The bus ${this.#address.shown} is silent: ${why}`);
    void this.#connection?.close().catch(() => {});
  }

  /** Sends what is still to be sent, and closes the way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    const patience = new AbortController();
    const drained = this.#connection?.drain().catch(() => {});
    await Promise.race([drained, wait(CLOSE_MS, patience.signal).catch(() => {})]);
    patience.abort();
    await this.#connection?.close().catch(() => {});
    await this.#running;
  }

  async #run(ears: Ears): Promise<void> {
    while (!this.#end.signal.aborted) {
      const connection = this.#connection ?? await this.#reconnect();
      if (!connection) return;
      this.#connection = connection;
      this.#subscribe(connection);
      this.#options.notice(`The room ${this.#options.room} is on the bus ${this.#address.shown}`);
      ears.up();
      const error = await connection.closed();
      this.#connection = undefined;
      ears.down();
      if (!this.#end.signal.aborted) this.#complain(error ?? new Error("the connection broke"));
    }
  }

  #subscribe(connection: Connection): void {
    const denied = (error: Error) => this.#options.notice(`The bus does not allow it: ${messageOf(error)}`);
    connection.subscribe(this.#subject, {
      callback: (error, message) => error ? denied(error) : this.#ears?.message(message.data),
    });
    connection.subscribe(`${this.#subject}.${this.#options.id}`, {
      callback: (error, message) => {
        if (error) return denied(error);
        const answer = this.#ears?.asked(message.data);
        if (answer) message.respond(answer);
      },
    });
    void this.#watch(connection);
  }

  /** Errors that break no connection: a subject on which this user may not speak. */
  async #watch(connection: Connection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === "error") {
        this.#options.notice(`The bus ${this.#address.shown}: ${this.#reasonOf(status.error)}`);
      }
    }
  }

  /** Tries until it succeeds; undefined when the server ends before. */
  async #reconnect(): Promise<Connection | undefined> {
    let told = "";
    for (let pause = PAUSE_MS.first;; pause = Math.min(2 * pause, PAUSE_MS.longest)) {
      try {
        // All servers lost it at the same moment, and need not come back at the same one.
        await wait(pause * (0.5 + Math.random() / 2), this.#end.signal);
        return await this.#connect();
      } catch (error) {
        if (this.#end.signal.aborted) return undefined;
        const reason = this.#reasonOf(error);
        if (reason !== told && told !== "") this.#complain(error);
        told = reason;
      }
    }
  }

  async #connect(): Promise<Connection> {
    const { servers, tls, login } = this.#address;
    const { ca, room } = this.#options;
    const connection = await this.#library.connect({
      ...login,
      servers: [...servers],
      ...((tls || ca !== undefined) && { tls: ca === undefined ? {} : { ca } }),
      name: `sockeye chat ${room}`,
      timeout: CONNECT_MS,
      reconnect: false,
      ignoreClusterUpdates: true,
    });
    if (!this.#end.signal.aborted) return connection;
    await connection.close();
    throw this.#end.signal.reason;
  }

  #complain(error: unknown): void {
    const { notice } = this.#options;
    notice(`The bus ${this.#address.shown} is out of reach: ${this.#reasonOf(error)}; trying again and again`);
  }

  #isRefusal(error: unknown): boolean {
    return error instanceof this.#library.AuthorizationError;
  }

  #reasonOf(error: unknown): string {
    if (this.#isRefusal(error)) return "it does not accept the user, password or token";
    if (error instanceof this.#library.TimeoutError) return "no answer came in time";
    if (error instanceof this.#library.RequestError) return "their server does not answer";
    const secrets = Object.values(this.#address.login ?? {}).filter((secret) => secret !== "");
    return secrets.reduce((text, secret) => text.replaceAll(wordOf(secret), "***"), messageOf(error));
  }
}

/** A text as a word by itself: a short one occurs in others. */
function wordOf(text: string): RegExp {
  return new RegExp(`(?<!\\w)${text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?!\\w)`, "g");
}

function isTlsFailure(error: unknown): boolean {
  const { code = "", message = "" } = error as { code?: string; message?: string };
  return TLS_FAILURE.test(code) || /'tls'/.test(message);
}

/**
 * When NATS refuses a login it resets the connection. The library has dropped its error handler by then, so Deno takes
 * the reset for an uncaught error (with 2.9.6 in four of ten refusals) and would end the process.
 */
function ignoreReset(event: ErrorEvent): void {
  const { code, syscall } = (event.error ?? {}) as { code?: string; syscall?: string };
  if (code === "ECONNRESET" && syscall === "read") event.preventDefault();
}
