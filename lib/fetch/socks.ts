/**
 * A way through a SOCKS5 proxy (RFC 1928, RFC 1929). Loaded only where one is set.
 *
 * @module
 */

import { writeAll } from "../bytes.ts";
import { SockeyeError } from "../errors.ts";
import type { Channel } from "../transport/channel.ts";
import { formatHostPort } from "../transport/address.ts";
import { endOf } from "../transport/failure.ts";
import { bytesOfIP, isIP, toAscii } from "../transport/ip.ts";
import type { Family } from "../transport/resolve.ts";
import { limitTime, unlessAborted } from "../wait.ts";

/** Where to, and how. */
export interface SocksOptions {
  /** `socks5:` looks the name up here, `socks5h:` has the proxy do it; user and password if it wants them. */
  readonly proxy: URL;
  /** The host that is to be reached, without brackets. */
  readonly host: string;
  /** Its port. */
  readonly port: number;
  /** The version of IP to look up. Default: both. */
  readonly family?: Family;
  /** Milliseconds for the proxy's answers. */
  readonly timeout: number;
  /** Aborts; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/** What the proxy says when it cannot connect (RFC 1928 section 6). */
const REPLIES = [
  "",
  "it failed",
  "it does not allow that",
  "the network cannot be reached",
  "the host cannot be reached",
  "the connection was refused",
  "the packets ran out of hops",
  "it does not know the command",
  "it does not know that kind of address",
];

/**
 * Asks for a connection; after that the channel leads to the host.
 *
 * @param channel a connection to the proxy; closed on failure
 * @throws {SockeyeError} `connect`, `resolve`, `session`, `timeout`, or the signal's reason
 */
export async function throughSocks(channel: Channel, options: SocksOptions): Promise<void> {
  const { proxy, signal, timeout } = options;
  const late = new SockeyeError("timeout", `The proxy ${proxy.host} gave no answer in ${timeout / 1000} s (timeout)`);
  const limit = limitTime(timeout, signal, late);
  const stop = () => channel.close();
  limit.signal.addEventListener("abort", stop, { once: true });
  try {
    limit.signal.throwIfAborted();
    await new Socks(channel, options).connect(limit.signal);
  } catch (error) {
    channel.close();
    if (limit.signal.aborted) throw limit.signal.reason;
    if (error instanceof SockeyeError) throw error;
    throw new SockeyeError("session", `Connection to the proxy ${proxy.host} lost: ${endOf(error)}`, { cause: error });
  } finally {
    limit.signal.removeEventListener("abort", stop);
    limit.cancel();
  }
}

class Socks {
  readonly #channel: Channel;
  readonly #options: SocksOptions;

  constructor(channel: Channel, options: SocksOptions) {
    this.#channel = channel;
    this.#options = options;
  }

  async connect(signal: AbortSignal): Promise<void> {
    const { proxy, host, port } = this.#options;
    const address = await this.#address(signal);
    const hasUser = proxy.username !== "" || proxy.password !== "";
    await writeAll(this.#channel, hasUser ? Uint8Array.of(5, 2, 0, 2) : Uint8Array.of(5, 1, 0));
    const [version, method] = await this.#read(2);
    if (version !== 5) throw this.#refusal("it does not speak SOCKS5");
    if (method === 2 && hasUser) await this.#logIn();
    else if (method !== 0) {
      throw this.#refusal(hasUser ? "it takes no user and password" : "it wants a user and password");
    }
    await writeAll(this.#channel, Uint8Array.of(5, 1, 0, ...address, port >> 8, port & 0xff));
    const [, reply = 1, , kind] = await this.#read(4);
    if (reply !== 0) throw this.#refusal(REPLIES[reply] ?? `it failed (${reply})`, formatHostPort(host, port));
    // The address that the proxy connects from is of no use.
    const length = kind === 1 ? 4 : kind === 4 ? 16 : kind === 3 ? (await this.#read(1))[0]! : undefined;
    if (length === undefined) throw this.#refusal("it does not speak SOCKS5");
    await this.#read(length + 2);
  }

  async #logIn(): Promise<void> {
    const { proxy } = this.#options;
    const parts = [proxy.username, proxy.password].map((text) => new TextEncoder().encode(decodeURIComponent(text)));
    if (parts.some((part) => part.length > 255)) throw this.#refusal("user and password have at most 255 bytes each");
    await writeAll(this.#channel, Uint8Array.of(1, ...parts.flatMap((part) => [part.length, ...part])));
    const [, status] = await this.#read(2);
    if (status !== 0) throw this.#refusal("it does not take that user and password");
  }

  /** The kind of the address and its bytes. */
  async #address(signal: AbortSignal): Promise<number[]> {
    const { host, proxy } = this.#options;
    const found = isIP(host) !== 0 || proxy.protocol === "socks5h:" ? host : await this.#lookUp(host, signal);
    const bytes = bytesOfIP(found);
    if (bytes) return [bytes.length === 4 ? 1 : 4, ...bytes];
    const name = new TextEncoder().encode(toAscii(found));
    if (name.length === 0 || name.length > 255) throw this.#refusal("a host name has from 1 to 255 bytes");
    return [3, name.length, ...name];
  }

  /** Asks the system, which knows its own files besides DNS. */
  async #lookUp(host: string, signal: AbortSignal): Promise<string> {
    const { lookup } = await import("node:dns/promises");
    const asked = lookup(host, { family: this.#options.family ?? 0 });
    return (await unlessAborted(asked, signal).catch((cause) => {
      if (signal.aborted) throw signal.reason;
      const message = `Cannot connect to ${host}: its name has no address here; socks5h:// has the proxy look it up`;
      throw new SockeyeError("resolve", message, { cause });
    })).address;
  }

  #refusal(why: string, where = "it"): SockeyeError {
    const doing = where === "it" ? "use" : `connect to ${where} through`;
    return new SockeyeError("connect", `Cannot ${doing} the proxy ${this.#options.proxy.host}: ${why}`);
  }

  /** Reads so many bytes and no more: those behind them are the host's. */
  async #read(length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length;) {
      const count = await this.#channel.read(bytes.subarray(at));
      if (count === null) throw this.#refusal("it ended the connection");
      at += count;
    }
    return bytes;
  }
}
