/**
 * What answers at an open port: the first line of a server that speaks first (SSH, SMTP, FTP), else the certificate of
 * one that speaks TLS. A server that waits for its client in plain text gets a TLS hello, on a connection of its own.
 *
 * @module
 */

import { messageOf } from "../errors.ts";
import type { PortEvent } from "../events.ts";
import { TextStream } from "../text/decode.ts";
import type { InetAddress } from "../transport/address.ts";
import type { Channel } from "../transport/channel.ts";
import { dial } from "../transport/dial.ts";
import { settledWithin } from "../wait.ts";
import { describeSecured } from "./connect.ts";

/** Milliseconds in which a server that speaks first has spoken: a round trip around the world, and some work. */
const BANNER_WAIT_MS = 500;

/** Bytes of a banner that are read: RFC 4253 section 4.2 allows SSH 255, RFC 5321 section 4.5.3 SMTP 512. */
const BANNER_MAX = 512;

/** How to inspect. */
export interface InspectOptions {
  /** The encoding of the banner, a canonical name. */
  readonly encoding: string;
  /** The name that TLS asks for. */
  readonly serverName: string;
  /** Milliseconds for TLS. */
  readonly timeout: number;
  /** Gives up; its reason is thrown. */
  readonly signal: AbortSignal;
}

/**
 * Waits for a banner, else tries TLS and waits for a banner under it.
 *
 * @param source a plain connection; closed before the promise settles
 * @param address where to try TLS
 * @throws {unknown} the signal's reason
 */
export async function inspectPort(
  source: Pick<Channel, "read" | "close">,
  address: InetAddress,
  options: InspectOptions,
): Promise<Pick<PortEvent, "tls" | "banner">> {
  const banner = await readBanner(source, options.encoding);
  if (banner !== undefined) return { banner };
  let tls: string | undefined;
  const settings = {
    serverName: options.serverName,
    insecure: true,
    onSecured: (secured: Parameters<typeof describeSecured>[0]) => void (tls = describeSecured(secured)),
  };
  try {
    const { signal, timeout } = options;
    const secured = await dial(address, { timeout, signal, tls: settings });
    const banner = await readBanner(secured, options.encoding);
    return { ...(tls !== undefined && { tls }), ...(banner !== undefined && { banner }) };
  } catch (error) {
    options.signal.throwIfAborted();
    return { tls: `none: ${messageOf(error).replace(/^.*?: /, "")}` };
  }
}

/** The first line received within a moment, without its end; closes the connection. */
async function readBanner(source: Pick<Channel, "read" | "close">, encoding: string): Promise<string | undefined> {
  const buffer = new Uint8Array(BANNER_MAX);
  let count: number | null = null;
  const read = source.read(buffer).then((came) => count = came, () => {});
  await settledWithin(read, BANNER_WAIT_MS);
  source.close();
  await read;
  if (!count) return undefined;
  return new TextStream(encoding).all(buffer.subarray(0, count)).text.split(/\r?\n/, 1)[0];
}
