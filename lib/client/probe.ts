/**
 * Which ports of a host are open. A connection is opened to each and closed again at once; `inspect` also examines the
 * service behind it.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import type { PortEvent } from "../events.ts";
import { DIAL_HOST, formatAddress } from "../transport/address.ts";
import { race } from "../transport/connect.ts";
import { isOutOfFiles, isRefusal, socketFailure } from "../transport/failure.ts";
import { RETRY_PAUSE_MS } from "../transport/limits.ts";
import { resolve } from "../transport/resolve.ts";
import { limitTime, wait } from "../wait.ts";
import { inspectPort } from "./inspect.ts";

/** Milliseconds for one port: time for the first SYN and, a second later, its first retransmission. */
export const PROBE_TIMEOUT_MS = 3_000;

/** Ports that are probed at the same time: each takes a file descriptor, of which some systems allow a process 256. */
const PROBES_AT_ONCE = 64;

/** How to probe. */
export interface ProbeOptions {
  /** Milliseconds for each port and for the name. Default {@linkcode PROBE_TIMEOUT_MS}. */
  readonly timeout?: number | undefined;
  /** Milliseconds in which ports that are not open are probed again and again. Default 0. */
  readonly waitFor?: number | undefined;
  /** Whether an open port is inspected: its banner, else TLS. Default false. */
  readonly inspect?: boolean | undefined;
  /** The encoding of banners, a canonical name. */
  readonly encoding: string;
  /** Called with the addresses of the host, and the milliseconds that it took to find them. */
  readonly onResolved?: ((addresses: readonly string[], ms: number) => void) | undefined;
  /** Gives up; its reason is thrown. */
  readonly signal: AbortSignal;
}

/**
 * Probes ports, some at the same time; yields the result of each in the order given.
 *
 * @param host a name or an IP address; empty for this machine
 * @throws {SockeyeError} `resolve`, `permission`, `timeout` for the name, `connect` when this process is out of files, or
 * the signal's reason
 */
export async function* probe(
  host: string,
  ports: readonly number[],
  options: ProbeOptions,
): AsyncGenerator<PortEvent> {
  const own = new AbortController();
  const prober = new Prober(host || DIAL_HOST, { ...options, signal: AbortSignal.any([options.signal, own.signal]) });
  const results: Promise<PortEvent>[] = [];
  try {
    await prober.resolve();
    let next = 0;
    const start = () => {
      const port = ports[next++];
      if (port === undefined) return;
      const result = prober.probe(port);
      results.push(result);
      result.then(start, () => {}); // The loop below throws it.
    };
    for (let i = 0; i < PROBES_AT_ONCE; i++) start();
    for (let i = 0; i < ports.length; i++) {
      const result = results[i];
      if (result) yield await result;
    }
  } finally {
    own.abort();
    await Promise.allSettled(results);
  }
}

class Prober {
  readonly #host: string;
  readonly #options: ProbeOptions;
  /** When ports are not probed again any more, in milliseconds of `performance.now()`. */
  readonly #end: number;
  #addresses: readonly string[] = [];

  constructor(host: string, options: ProbeOptions) {
    this.#host = host;
    this.#options = options;
    this.#end = performance.now() + (options.waitFor ?? 0);
  }

  /** Finds the addresses of the host. A name that has none is left to the system, which says so at the first port. */
  async resolve(): Promise<void> {
    const { timeout = PROBE_TIMEOUT_MS, signal, onResolved } = this.#options;
    const late = new SockeyeError("timeout", `Cannot find ${this.#host}: no answer in ${timeout / 1000} s (timeout)`);
    const limit = limitTime(timeout, signal, late);
    const start = performance.now();
    try {
      this.#addresses = await resolve(this.#host, limit.signal);
      limit.signal.throwIfAborted();
    } finally {
      limit.cancel();
    }
    onResolved?.(this.#addresses, elapsed(start));
  }

  async probe(port: number): Promise<PortEvent> {
    let pause = RETRY_PAUSE_MS.first;
    let before: PortEvent | undefined;
    while (true) {
      const result = await this.#once(port, before);
      const left = this.#end - performance.now();
      if (!(result instanceof SockeyeError)) before = result;
      if (result instanceof SockeyeError) {
        if (left <= 0 || !result.transient) throw result;
      } else if (result.state === "open" || left <= 0) return result;
      await wait(Math.min(pause, left), this.#options.signal);
      pause = Math.min(pause * 2, RETRY_PAUSE_MS.longest);
      // A name may get its address when its program starts.
      if (result instanceof SockeyeError) await this.resolve();
    }
  }

  /** Tries once; a failure that is none of the port is returned. An attempt that is cut short adds nothing to the previous one. */
  async #once(port: number, before: PortEvent | undefined): Promise<PortEvent | SockeyeError> {
    const { timeout = PROBE_TIMEOUT_MS, waitFor = 0, signal } = this.#options;
    const most = waitFor === 0 ? timeout : Math.min(timeout, Math.max(1, this.#end - performance.now()));
    const about = { event: "port", host: this.#host, port } as const;
    const limit = limitTime(most, signal);
    const start = performance.now();
    try {
      const open = (hostname: string, signal: AbortSignal) => Deno.connect({ hostname, port, signal });
      const conn = await race(this.#addresses, open, limit.signal);
      const ms = elapsed(start);
      const { hostname: address } = conn.remoteAddr;
      if (!this.#options.inspect) conn.close();
      const found = this.#options.inspect ? await this.#inspect(conn) : {};
      return { ...about, state: "open", ms, address, ...found };
    } catch (cause) {
      if (signal.aborted) throw signal.reason;
      if (limit.signal.aborted && before && most < timeout) return before;
      if (limit.signal.aborted) return { ...about, state: "filtered", ms: elapsed(start), reason: "no answer" };
      const error = socketFailure(this.#connecting(port), cause);
      if (error.kind === "resolve" || error.kind === "permission" || isOutOfFiles(cause)) return error;
      const reason = error.message.slice(error.message.lastIndexOf(": ") + 2);
      return { ...about, state: isRefusal(cause) ? "closed" : "filtered", ms: elapsed(start), reason };
    } finally {
      limit.cancel();
    }
  }

  async #inspect(conn: Deno.TcpConn): Promise<Pick<PortEvent, "tls" | "banner">> {
    const { hostname: host, port } = conn.remoteAddr;
    const { encoding, signal, timeout = PROBE_TIMEOUT_MS } = this.#options;
    const address = { transport: "tls", host, port } as const;
    return await inspectPort(conn, address, { encoding, signal, timeout, serverName: this.#host });
  }

  #connecting(port: number): string {
    return `connect to ${formatAddress({ transport: "tcp", host: this.#host, port })}`;
  }
}

/** Milliseconds since then, to a tenth: on one's own machine a port answers in less than one. */
function elapsed(since: number): number {
  return Math.round((performance.now() - since) * 10) / 10;
}
