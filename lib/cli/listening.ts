/**
 * Opens what a server listens on: checks the permissions, reads or makes the certificate, binds.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { readText } from "../files.ts";
import { type Address, formatAddress, formatHostPort } from "../net/address.ts";
import { makeCertificate } from "../net/certificate.ts";
import type { Listener } from "../net/channel.ts";
import { listen } from "../net/listen.ts";
import type { Credentials } from "../net/tls_listen.ts";
import { demand, demandSocket } from "../permissions.ts";

/** What the options of `server` say about listening. */
export interface ListeningOptions {
  /** Connections that may wait to be accepted. */
  readonly backlog?: number | undefined;
  /** Several servers share the port. */
  readonly reusePort?: boolean | undefined;
  /** File with the certificate. */
  readonly cert?: string | undefined;
  /** File with its key. */
  readonly key?: string | undefined;
}

/** Names under which every machine finds itself. */
const OWN_NAMES = ["localhost", "127.0.0.1", "::1"];

/** Days that a certificate made for one run is good for. */
const RUN_DAYS = 30;

/**
 * Opens a listener.
 *
 * @param address where
 * @param options how
 * @param notice told what a person should know
 * @returns a listener that closes with its scope
 * @throws {SockeyeError} `usage`, `permission`, `file`, `tls`, `connect`, `resolve`
 */
export async function openListener(
  address: Address,
  options: ListeningOptions,
  notice: (message: string) => void,
): Promise<Listener & Disposable> {
  demandListen(address);
  const { cert, key, ...rest } = options;
  const credentials = await findCredentials(address, cert, key, notice);
  const listener = await listen(address, { ...rest, credentials });
  return Object.assign(listener, { [Symbol.dispose]: () => listener.close() });
}

function demandListen(address: Address): void {
  const doing = `listen on ${formatAddress(address)}`;
  if (address.transport === "unix") return demandSocket(address.path, doing);
  // Deno checks the host that it is given: an empty one is tried as all IPv6 and IPv4 interfaces.
  demand("net", formatHostPort(address.host || "0.0.0.0", address.port), doing);
}

async function findCredentials(
  address: Address,
  cert: string | undefined,
  key: string | undefined,
  notice: (message: string) => void,
): Promise<Credentials | undefined> {
  if (address.transport !== "tls") return undefined;
  if (cert !== undefined && key !== undefined) return { cert: await readText(cert), key: await readText(key) };
  if (cert !== undefined) throw new SockeyeError("usage", "Option --cert needs --key FILE too");
  if (key !== undefined) throw new SockeyeError("usage", "Option --key needs --cert FILE too");
  const names = new Set([address.host, ...OWN_NAMES]);
  const made = await makeCertificate([...names].filter((name) => name !== ""), RUN_DAYS);
  notice(`Made a certificate for this run; clients trust it with --pin sha256:${made.fingerprint}`);
  return made;
}
