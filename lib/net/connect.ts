/**
 * One attempt to reach a host by TCP. A host may have several addresses and some of them may be dead: they are tried one
 * after the other, the next one already while the last one is still silent, the first to answer wins (RFC 8305).
 *
 * @module
 */

import { ATTEMPT_DELAY_MS } from "./limits.ts";
import { resolve } from "./resolve.ts";

/** Where the time went. */
export interface ConnectTimes {
  /** Milliseconds to find the host's addresses; 0 for an address. */
  dns: number;
  /** Milliseconds to connect. */
  connect: number;
}

/** A connection and the time it took. */
export interface Connected {
  /** The connection. */
  readonly conn: Deno.TcpConn;
  /** Where the time went. */
  readonly times: ConnectTimes;
}

/**
 * Connects to a host.
 *
 * @param host a name or an IP address
 * @param port 1 to 65535
 * @param signal gives up
 * @returns a connection that the caller closes
 * @throws whatever the system says about the last address
 */
export async function connect(host: string, port: number, signal: AbortSignal): Promise<Connected> {
  const start = performance.now();
  const addresses = await resolve(host, signal);
  const resolved = performance.now();
  const conn = await race(addresses, port, signal);
  return { conn, times: { dns: addresses[0] === host ? 0 : resolved - start, connect: performance.now() - resolved } };
}

async function race(addresses: readonly string[], port: number, signal: AbortSignal): Promise<Deno.TcpConn> {
  const losers = new AbortController();
  const attempts: Promise<Deno.TcpConn>[] = [];
  let won = false;
  const attempt = async (hostname: string) => {
    const conn = await Deno.connect({ hostname, port, signal: AbortSignal.any([signal, losers.signal]) });
    if (!won) {
      won = true;
      return conn;
    }
    conn.close();
    throw new Error("another address was faster");
  };
  try {
    for (const address of addresses) {
      attempts.push(attempt(address));
      await settledOr(attempts, ATTEMPT_DELAY_MS);
      if (won) break;
    }
    return await Promise.any(attempts);
  } catch (error) {
    throw error instanceof AggregateError ? error.errors.at(-1) : error;
  } finally {
    losers.abort();
  }
}

/** Waits until the last attempt has settled, but not longer than a moment. */
async function settledOr(attempts: readonly Promise<unknown>[], ms: number): Promise<void> {
  const moment = Promise.withResolvers<void>();
  const timer = setTimeout(moment.resolve, ms);
  await Promise.race([attempts.at(-1)?.catch(() => {}), moment.promise]);
  clearTimeout(timer);
}
