/**
 * From an address to a connected {@linkcode Channel}, with a time limit and, where asked for, patience.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { limitTime, wait } from "../wait.ts";
import { type Address, formatAddress, type InetAddress } from "./address.ts";
import type { Channel } from "./channel.ts";
import { connect, type ConnectTimes } from "./connect.ts";
import { socketFailure } from "./failure.ts";
import { CONNECT_TIMEOUT_MS, RETRY_PAUSE_MS } from "./limits.ts";
import { StreamChannel } from "./stream.ts";
import type { TlsOptions } from "./tls/client.ts";
import type { UdpOptions } from "./udp_dial.ts";

/** Hears where the time went. */
export type OnTimes = (times: ConnectTimes) => void;

/** How to dial. */
export interface DialOptions {
  /** Milliseconds for one attempt. Default {@linkcode CONNECT_TIMEOUT_MS}. */
  readonly timeout?: number | undefined;
  /** Further attempts after the first failed. Default 0. */
  readonly retries?: number | undefined;
  /** Gives up; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** The address of this machine to connect from, over TCP and UDP. Default: the system's choice. */
  readonly source?: string | undefined;
  /** Whom to trust; the server's name is the host if none is given. */
  readonly tls?: Partial<TlsOptions> | undefined;
  /** Group and reach of datagrams. */
  readonly udp?: Pick<UdpOptions, "join" | "ttl"> | undefined;
  /** Hears how long the attempt that succeeded took. */
  readonly onTimes?: OnTimes | undefined;
  /** Hears of each attempt that failed and will be followed by another. */
  readonly onRetry?: ((error: SockeyeError, pauseMs: number) => void) | undefined;
}

/** An empty host is every interface for a listener; a client finds it on its own machine. */
const OWN_HOST = "localhost";

/**
 * Connects.
 *
 * @param address where to
 * @param options time limit, retries, abort signal
 * @returns a channel that the caller closes
 * @throws {SockeyeError} `connect`, `resolve`, `timeout`, `tls`, `permission`, `usage`, or the signal's reason
 */
export async function dial(address: Address, options: DialOptions = {}): Promise<Channel> {
  const { retries = 0, signal, onRetry } = options;
  let pause = RETRY_PAUSE_MS.first;
  for (let attempt = 0;; attempt++) {
    try {
      return await dialOnce(address, options);
    } catch (error) {
      if (!(error instanceof SockeyeError) || attempt >= retries || !error.passing || signal?.aborted) throw error;
      onRetry?.(error, pause);
      await wait(pause, signal);
      pause = Math.min(pause * 2, RETRY_PAUSE_MS.longest);
    }
  }
}

async function dialOnce(address: Address, options: DialOptions): Promise<Channel> {
  const { timeout = CONNECT_TIMEOUT_MS, signal } = options;
  const where = formatAddress(address);
  if (address.transport !== "unix" && address.port === 0) {
    throw new SockeyeError("usage", `Cannot connect to ${where}: port 0 is nobody's`);
  }
  const limit = limitTime(timeout, signal);
  try {
    return await reach(address, options, limit.signal);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (!limit.signal.aborted) throw socketFailure(`connect to ${where}`, error, address.transport);
    throw new SockeyeError("timeout", `Cannot connect to ${where}: no answer in ${timeout / 1000} s (connect timeout)`);
  } finally {
    limit.cancel();
  }
}

/** Only the transport that is asked for is loaded. */
async function reach(address: Address, options: DialOptions, signal: AbortSignal): Promise<Channel> {
  switch (address.transport) {
    case "tcp": {
      if (options.source === undefined) return await connectTcp(address, options, signal);
      const { connectFrom } = await import("./source.ts");
      return await connectFrom(options.source, address, signal);
    }
    case "tls": {
      const { dialTls } = await import("./tls/client.ts");
      const tls = { serverName: address.host || OWN_HOST, ...options.tls, signal };
      return await dialTls(() => connectTcp(address, options, signal), tls);
    }
    case "udp": {
      const { dialUdp } = await import("./udp_dial.ts");
      return await dialUdp(address, { ...options.udp, source: options.source, signal });
    }
    case "unix": {
      const { connectUnix } = await import("./unix.ts");
      return await connectUnix(address);
    }
  }
}

async function connectTcp(
  { host, port }: InetAddress,
  { onTimes }: DialOptions,
  signal: AbortSignal,
): Promise<StreamChannel> {
  const { conn, times } = await connect(host || OWN_HOST, port, signal);
  onTimes?.(times);
  return new StreamChannel(conn);
}
