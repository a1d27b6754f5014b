/**
 * Opens what a server listens on: checks the permissions, reads or makes the certificate, binds.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { readText } from "../files.ts";
import { type Address, formatAddress, formatHostPort, type InetAddress, INNER_HOST } from "../transport/address.ts";
import type { Listener } from "../transport/channel.ts";
import { listen, type ListenOptions, probe } from "../transport/listen.ts";
import type { Credentials } from "../transport/tls/server.ts";
import { demand, demandSocket } from "../permissions.ts";
import { quote } from "../printable.ts";
import { unlessAborted } from "../wait.ts";

/** What the options of `server` say about listening. */
export interface ListeningOptions {
  /** Connections that may wait to be accepted. */
  readonly backlog?: number | undefined;
  /** Connections that may come at once. */
  readonly crowd?: number | undefined;
  /** Several servers share the port. */
  readonly reusePort?: boolean | undefined;
  /** Threads of this server share the port; other servers do only with `reusePort`. */
  readonly threads?: boolean | undefined;
  /** File with the certificate. */
  readonly cert?: string | undefined;
  /** File with its key. */
  readonly key?: string | undefined;
  /** Certificate and key, where they are known already. */
  readonly credentials?: Credentials | undefined;
}

/** A listener that closes with its scope. */
export interface OpenListener extends Listener, Disposable {
  /** What a TLS server shows. */
  readonly credentials?: Credentials | undefined;
}

/** Names under which every machine finds itself. */
const OWN_NAMES = ["localhost", "127.0.0.1", "::1"];

/** Days that a certificate made for one run is good for. */
const RUN_DAYS = 30;

/** Who is told, and who may stop it. */
export interface Surroundings {
  /** Told what a person should know. */
  readonly notice: (message: string) => void;
  /** Gives up; its reason is thrown. */
  readonly signal: AbortSignal;
}

/**
 * Opens a listener.
 *
 * @param address where
 * @param options how
 * @param surroundings whom to tell, abort signal
 * @returns the listener
 * @throws {SockeyeError} `usage`, `permission`, `file`, `tls`, `connect`, `resolve`, or the signal's reason
 */
export async function openListener(
  address: Address,
  options: ListeningOptions,
  surroundings: Surroundings,
): Promise<OpenListener> {
  demandListen(address);
  const { cert, key, backlog, crowd, reusePort = false, threads = false } = options;
  const given = await readCredentials(cert, key);
  // Threads could share the port with another server, too, and nobody would be told that there is one.
  if (threads && !reusePort && address.transport !== "unix" && address.port !== 0) probe(address);
  const rest = { backlog, crowd, reusePort: reusePort || threads };
  const own = options.credentials ?? given;
  const credentials = own ?? (address.transport === "tls" ? await makeOwn(address, rest, surroundings) : undefined);
  const listener = await listen(address, { ...rest, credentials });
  const problem = given && (await import("../transport/tls/certificate.ts")).whyNotNow(given.cert);
  if (problem !== undefined) {
    surroundings.notice(`The certificate ${quote(cert ?? "")} ${problem}: clients will refuse it`);
  }
  return Object.assign(listener, { credentials, [Symbol.dispose]: () => listener.close() });
}

function demandListen(address: Address): void {
  const doing = `listen on ${formatAddress(address)}`;
  if (address.transport === "unix") return demandSocket(address.path, doing);
  // Deno checks the host that it is given: an empty one is tried as all IPv6 and IPv4 interfaces.
  const place = formatHostPort(address.host || "0.0.0.0", address.port);
  demand("net", place, doing);
  if (address.transport !== "tls") return;
  const inner = address.host === INNER_HOST ? INNER_HOST : `${INNER_HOST},${place}`;
  demand("net", INNER_HOST, `${doing} (TLS takes any port of ${INNER_HOST})`, `--allow-net=${inner}`);
}

async function readCredentials(cert: string | undefined, key: string | undefined): Promise<Credentials | undefined> {
  if (cert !== undefined && key !== undefined) return { cert: await readText(cert), key: await readText(key) };
  if (cert !== undefined) throw new SockeyeError("usage", "Option --cert needs --key FILE too");
  if (key !== undefined) throw new SockeyeError("usage", "Option --key needs --cert FILE too");
  return undefined;
}

/** Where npm is slow or does not answer, nobody shall wait to hear that the port is taken, or be kept from leaving. */
async function makeOwn(
  address: InetAddress,
  options: ListenOptions,
  { notice, signal }: Surroundings,
): Promise<Credentials> {
  probe(address, options);
  const names = new Set([address.host, ...OWN_NAMES]);
  const { makeCertificate } = await import("../transport/tls/certificate.ts");
  const made = await unlessAborted(makeCertificate([...names].filter((name) => name !== ""), RUN_DAYS), signal);
  notice(`Made a certificate for this run; clients trust it with --pin sha256:${made.fingerprint}`);
  return made;
}
