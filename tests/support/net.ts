/** A recorder of events, a channel and a listener that play a script, and a server on a free port. */

import type { Report, SockeyeEvent, Totals, TransportName } from "../../lib/events.ts";
import type { Address } from "../../lib/transport/address.ts";
import type { Channel, Listener } from "../../lib/transport/channel.ts";
import { listen } from "../../lib/transport/mod.ts";
import { AsyncQueue } from "../../lib/queue.ts";
import type { Mode } from "../../lib/server/mode.ts";
import { serve, type ServeOptions } from "../../lib/server/serve.ts";
import { type English, english } from "./english.ts";
import { textOf, utf8 as bytesOf } from "./sockets.ts";

export { connect, readAll, textOf, utf8 as bytesOf, writeAll } from "./sockets.ts";

export function systemError(code: string): Error {
  return Object.assign(new Error(`${code} (os error)`), { code });
}

type PlainEvent = English<SockeyeEvent>;
type EventOf<K extends SockeyeEvent["event"]> = Extract<PlainEvent, { event: K }>;

/** Keeps what is reported and waits for what is not reported yet. */
export class Recorder {
  /** All that was reported; traffic is copied. */
  readonly events: PlainEvent[] = [];
  #onEvent: (() => void)[] = [];

  /** To be given to the code under test. */
  readonly report: Report = (event) => {
    this.events.push(english("data" in event ? { ...event, data: event.data.slice() } : event));
    for (const wake of this.#onEvent.splice(0)) wake();
  };

  names(id?: number): string[] {
    return this.events.filter((one) => id === undefined || ("id" in one && one.id === id)).map(({ event }) => event);
  }

  of<K extends SockeyeEvent["event"]>(name: K): EventOf<K>[] {
    return this.events.filter((event): event is EventOf<K> => event.event === name);
  }

  /** The first event of a kind that fits, as soon as there is one. */
  async until<K extends SockeyeEvent["event"]>(
    name: K,
    fits: (event: EventOf<K>) => boolean = () => true,
  ): Promise<EventOf<K>> {
    while (true) {
      const found = this.of(name).find(fits);
      if (found) return found;
      await new Promise<void>((resolve) => this.#onEvent.push(resolve));
    }
  }
}

/** A channel in memory: the test plays the peer. */
export class FakeChannel implements Channel {
  readonly transport: TransportName = "tcp";
  readonly host: string;
  readonly peer: string;
  readonly written: string[] = [];
  /** Sizes of the buffers that were given to read. */
  readonly reads: number[] = [];
  /** The most bytes that one write takes. */
  writeMax = Infinity;
  /** Thrown by every write from now on. */
  writeError: Error | undefined;
  finished = false;
  closed = false;
  readonly #inbox: (Uint8Array | null | Error)[] = [];
  readonly #closing = Promise.withResolvers<never>();
  #arrival = Promise.withResolvers<void>();
  #gate: PromiseWithResolvers<void> | undefined;

  constructor(host = "10.0.0.1", port = 5000) {
    this.host = host;
    this.peer = `${host}:${port}`;
    this.#closing.promise.catch(() => {});
  }

  /** The peer says something, ends its half (null) or breaks off (an error). */
  arrive(...parts: (string | Uint8Array | null | Error)[]): void {
    this.#inbox.push(...parts.map((part) => typeof part === "string" ? bytesOf(part) : part));
    this.#arrival.resolve();
    this.#arrival = Promise.withResolvers();
  }

  holdWrites(): void {
    this.#gate ??= Promise.withResolvers();
  }

  releaseWrites(): void {
    this.#gate?.resolve();
    this.#gate = undefined;
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    this.reads.push(buffer.length);
    while (this.#inbox.length === 0 && !this.closed) await Promise.race([this.#arrival.promise, this.#closing.promise]);
    if (this.closed) throw new Deno.errors.BadResource("closed");
    const next = this.#inbox.shift() ?? null;
    if (next instanceof Error) throw next;
    if (next === null) return null;
    buffer.set(next.subarray(0, buffer.length));
    if (next.length > buffer.length) this.#inbox.unshift(next.subarray(buffer.length));
    return Math.min(next.length, buffer.length);
  }

  async write(bytes: Uint8Array): Promise<number> {
    if (this.#gate) await Promise.race([this.#gate.promise, this.#closing.promise]);
    if (this.writeError) throw this.writeError;
    if (this.closed) throw new Deno.errors.BadResource("closed");
    if (this.finished) throw systemError("EPIPE");
    const part = bytes.subarray(0, Math.min(bytes.length, this.writeMax));
    this.written.push(textOf(part));
    return part.length;
  }

  closeWrite(): Promise<void> {
    if (this.closed) return Promise.reject(new Deno.errors.BadResource("closed"));
    this.finished = true;
    return Promise.resolve();
  }

  close(): void {
    this.closed = true;
    this.#closing.reject(new Deno.errors.Interrupted("operation canceled"));
  }
}

export class FakeListener implements Listener {
  readonly address: Address = { transport: "tcp", host: "127.0.0.1", port: 1 };
  accepts = 0;
  readonly #coming = new AsyncQueue<Channel | Error>();

  get closed(): boolean {
    return this.#coming.closed;
  }

  /** What the next accepts give or throw. */
  bring(...coming: (Channel | Error)[]): void {
    for (const one of coming) this.#coming.push(one);
  }

  async accept(): Promise<Channel> {
    this.accepts++;
    const next = await this.#coming.next() ?? new Deno.errors.BadResource("Listener has been closed");
    if (next instanceof Error) throw next;
    return next;
  }

  close(): void {
    this.#coming.close();
  }
}

export interface Running extends AsyncDisposable {
  readonly recorder: Recorder;
  readonly totals: Promise<Totals>;
  stop(): Promise<Totals>;
}

/** Serves a mode; the caller ends its clients before the server is disposed of, else that waits for them. */
export function run(listener: Listener, mode: Mode, options: ServeOptions = {}): Running {
  const recorder = new Recorder();
  const stop = new AbortController();
  const { report } = recorder;
  const totals = serve(listener, mode, { signal: stop.signal, on: report, onTraffic: report, ...options });
  const end = () => (stop.abort(), totals);
  return { recorder, totals, stop: end, [Symbol.asyncDispose]: async () => void await end() };
}

/** {@linkcode run} on a free TCP port. */
export async function start(mode: Mode, options: ServeOptions = {}): Promise<Running & { port: number }> {
  const listener = await listen({ transport: "tcp", host: "127.0.0.1", port: 0 });
  return { ...run(listener, mode, options), port: portOf(listener) };
}

export function portOf({ address }: Listener): number {
  if (address.transport === "unix") throw new Error("A path has no port");
  return address.port;
}

/** A signal that counts how many listeners it ever had, and has. */
export function countedSignal(): { signal: AbortSignal; listeners(): [ever: number, now: number] } {
  const { signal } = new AbortController();
  const { addEventListener, removeEventListener } = signal;
  let [added, removed] = [0, 0];
  signal.addEventListener = (...args: unknown[]) => (added++, Reflect.apply(addEventListener, signal, args));
  signal.removeEventListener = (...args: unknown[]) => (removed++, Reflect.apply(removeEventListener, signal, args));
  return { signal, listeners: () => [added, added - removed] };
}
