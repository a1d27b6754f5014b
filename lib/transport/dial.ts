/**
 * From an address to a connected {@linkcode Channel}, with a time limit for each attempt and, where asked for, more attempts.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { say } from "../phrase.ts";
import { callAfter, callLater, limitTime, wait } from "../wait.ts";
import { type Address, formatAddress } from "./address.ts";
import type { Channel } from "./channel.ts";
import { isUnresolved, socketFailure } from "./failure.ts";
import { CONNECT_TIMEOUT_MS, RETRY_PAUSE_MS } from "./limits.ts";
import { transportOf } from "./mod.ts";
import type { DialOptions } from "./transport.ts";
import { unknownZone, zoneOf } from "./zone.ts";

/**
 * Connects; the caller closes the channel.
 *
 * @throws {SockeyeError} `connect`, `resolve`, `timeout`, `tls`, `permission`, `usage`, or the signal's reason
 */
export async function dial(address: Address, options: DialOptions = {}): Promise<Channel> {
  const { retries = 0, signal, onRetry } = options;
  let pause = RETRY_PAUSE_MS.first;
  for (let attempt = 0;; attempt++) {
    try {
      return await dialOnce(address, options);
    } catch (error) {
      if (!(error instanceof SockeyeError) || attempt >= retries || !error.transient || signal?.aborted) throw error;
      onRetry?.(error, pause);
      await wait(pause, signal);
      pause = Math.min(pause * 2, RETRY_PAUSE_MS.longest);
    }
  }
}

async function dialOnce(address: Address, options: DialOptions): Promise<Channel> {
  const { timeout = CONNECT_TIMEOUT_MS, signal, often } = options;
  const where = formatAddress(address);
  if ("port" in address && address.port === 0) {
    throw new SockeyeError("usage", say("port-0")`Cannot connect to ${where}: port 0 is not a real port`);
  }
  const limit = limitTime(timeout, signal, undefined, often ? callLater : callAfter);
  try {
    return await transportOf(address).dial(address, { ...options, signal: limit.signal });
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    const host = "host" in address ? address.host : "";
    const doing = say("connect")`connect to ${where}`;
    if (zoneOf(host) !== undefined && isUnresolved(error)) throw unknownZone(doing, host, error);
    if (!limit.signal.aborted) throw socketFailure(doing, error, address.transport);
    const late = say("no-answer")`Cannot ${doing}: no answer in ${timeout / 1000} s (connect timeout)`;
    throw new SockeyeError("timeout", late);
  } finally {
    limit.cancel();
  }
}
