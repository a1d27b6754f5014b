/**
 * One attempt to reach a host by TCP. A host may have several addresses and some of them may be dead: they are tried one
 * after the other, the next one already while the last one is still silent, the first to answer wins (RFC 8305).
 *
 * @module
 */

import { lazy } from "../lazy.ts";
import { settledOr } from "../wait.ts";
import { DIAL_HOST, type InetAddress } from "./address.ts";
import type { Channel } from "./channel.ts";
import { ATTEMPT_DELAY_MS } from "./limits.ts";
import { type Family, resolve } from "./resolve.ts";
import { StreamChannel } from "./stream.ts";
import type { AttemptOptions, ConnectTimes } from "./transport.ts";
import { zoneOf } from "./zone.ts";

const loadSource = lazy(() => import("./source.ts"));

/**
 * Connects to a TCP server; the caller closes the channel.
 *
 * @throws {SockeyeError} for a source address that does not fit, or what the system says about the last address
 */
export async function dialTcp(address: InetAddress, options: AttemptOptions): Promise<Channel> {
  if (options.source === undefined && !options.resets) return await openStream(address, options);
  const { connectFrom } = await loadSource();
  return await connectFrom(options.source ?? {}, address, options);
}

/** Connects to a TCP server by a stream that TLS may be started on. */
export async function openStream({ host, port }: InetAddress, options: AttemptOptions): Promise<StreamChannel> {
  const { conn, times } = await connect(host || DIAL_HOST, port, options.signal, options.family);
  options.onTimes?.(times);
  return new StreamChannel(conn, "tcp", { zone: zoneOf(host) });
}

/**
 * Connects to a host; the caller closes the connection.
 *
 * @throws what the system says about the last address
 */
export async function connect(
  host: string,
  port: number,
  signal: AbortSignal,
  family?: Family,
): Promise<{ conn: Deno.TcpConn; times: ConnectTimes }> {
  const start = performance.now();
  const addresses = await resolve(host, signal, family);
  const resolved = performance.now();
  const conn = await race(addresses, (hostname, signal) => Deno.connect({ hostname, port, signal }), signal);
  return { conn, times: { dns: addresses[0] === host ? 0 : resolved - start, connect: performance.now() - resolved } };
}

/**
 * Tries addresses until one connects; the others are given up.
 *
 * @throws the error about the last address
 */
export async function race<T extends { close(): void }>(
  addresses: readonly string[],
  open: (address: string, signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const [only] = addresses;
  if (addresses.length === 1 && only !== undefined) return await open(only, signal);
  const losers = new AbortController();
  const attempts: Promise<T>[] = [];
  let won = false;
  const attempt = async (address: string) => {
    const conn = await open(address, AbortSignal.any([signal, losers.signal]));
    if (!won) {
      won = true;
      return conn;
    }
    conn.close();
    throw new Error("another address was faster");
  };
  try {
    for (const address of addresses) {
      const last = attempt(address);
      attempts.push(last);
      await settledOr(last, ATTEMPT_DELAY_MS);
      if (won || signal.aborted) break;
    }
    return await Promise.any(attempts);
  } catch (error) {
    throw error instanceof AggregateError ? error.errors.at(-1) : error;
  } finally {
    losers.abort();
  }
}
