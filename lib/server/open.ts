/**
 * Opens a server's listener: checks the permissions, reads or makes the certificate, binds.
 *
 * @module
 */

import { type Phrased, say } from "../phrase.ts";
import { quote } from "../printable.ts";
import type { Address } from "../transport/address.ts";
import type { Listener } from "../transport/channel.ts";
import { listen, transportOf } from "../transport/mod.ts";
import type { Credentials, ListenOptions } from "../transport/transport.ts";
import { unlessAborted, unlessHung } from "../wait.ts";

/** How a server listens. */
export interface OpenOptions extends ListenOptions {
  /** Workers of this server share the port; other servers do only with `reusePort`. Default false. */
  readonly workers?: boolean | undefined;
  /** File with the certificate, PEM. */
  readonly cert?: string | undefined;
  /** File with its key, PEM. */
  readonly key?: string | undefined;
  /** File with the authorities, PEM, one of which must have signed a client's certificate. Default: none is asked for. */
  readonly clientCa?: string | undefined;
}

/** A listener that closes with its scope. */
export interface OpenListener extends Listener, Disposable {
  /** What a TLS server shows. */
  readonly credentials?: Credentials | undefined;
}

/** The rest of the server. */
export interface OpenContext {
  /** Called with notices for the operator. */
  readonly notice: (message: Phrased) => void;
  /** Gives up; its reason is thrown. */
  readonly signal: AbortSignal;
}

/** Names under which every machine finds itself. */
const OWN_NAMES = ["localhost", "127.0.0.1", "::1"];

/** Days that a certificate made for one run is good for. */
const RUN_DAYS = 30;

/**
 * Opens a listener.
 *
 * @throws {SockeyeError} `usage`, `permission`, `file`, `tls`, `connect`, `resolve`, or the signal's reason
 */
export async function openListener(
  address: Address,
  options: OpenOptions,
  context: OpenContext,
): Promise<OpenListener> {
  const {
    cert,
    backlog,
    crowd,
    descriptor,
    messageMax,
    senders,
    resets,
    protocols,
    reusePort = false,
    workers = false,
  } = options;
  const transport = transportOf(address);
  transport.demandListen(address);
  const given = await unlessHung(credentialsOf(options), context.signal);
  const clientCa = options.clientCa === undefined
    ? undefined
    : await unlessHung(readAuthorities(options.clientCa), context.signal);
  const own = options.credentials ?? given;
  // Workers would share the port with another server unnoticed, and a certificate takes its time: it comes from npm.
  const probed = descriptor === undefined && ((workers && !reusePort) || (transport.secured && !own));
  if (probed && "port" in address && address.port !== 0) {
    (await import("../transport/tcp.ts")).probe(address, { backlog, reusePort });
  }
  const pair = own ?? (transport.secured ? await makeCredentials(address, context) : undefined);
  const credentials = pair && clientCa !== undefined ? { ...pair, clientCa } : pair;
  const shared = {
    backlog,
    crowd,
    descriptor,
    messageMax,
    senders,
    resets,
    credentials,
    protocols,
    notice: context.notice,
  };
  const listener = await listen(address, { ...shared, reusePort: reusePort || workers });
  const problem = given && (await import("../transport/tls/certificate.ts")).whyNotNow(given.cert);
  if (problem !== undefined) {
    context.notice(say("cert-refused")`The certificate ${quote(cert ?? "")} ${problem}: clients will refuse it`);
  }
  return Object.assign(listener, { credentials, [Symbol.dispose]: () => listener.close() });
}

async function credentialsOf({ cert, key }: OpenOptions): Promise<Credentials | undefined> {
  if (cert === undefined && key === undefined) return undefined;
  return await (await import("../transport/tls/credentials.ts")).readCredentials(cert, key);
}

async function readAuthorities(path: string): Promise<string> {
  return await (await import("../transport/tls/trust.ts")).readCertificates(path);
}

async function makeCredentials(address: Address, { notice, signal }: OpenContext): Promise<Credentials> {
  const names = new Set(["host" in address ? address.host : "", ...OWN_NAMES]);
  const { makeCertificate } = await import("../transport/tls/certificate.ts");
  const made = await unlessAborted(makeCertificate([...names].filter((name) => name !== ""), RUN_DAYS), signal);
  notice(say("cert-made")`Made a certificate for this run; clients trust it with --pin sha256:${made.fingerprint}`);
  return made;
}
