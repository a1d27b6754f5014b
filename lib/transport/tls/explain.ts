/**
 * Connects again to a server with which TLS has failed, to see what is wrong with it.
 *
 * @module
 */

import type { Phrased } from "../../phrase.ts";
import { limitTime, unlessAborted } from "../../wait.ts";
import type { Channel } from "../channel.ts";
import type { TlsOptions } from "./client.ts";
import { certificateProblem, diagnose, type DiagnosisOptions, isAboutCertificate } from "./diagnosis.ts";
import { inspectServer } from "./inspect.ts";
import { startNodeTls } from "./node.ts";

/** Milliseconds for all of it. The failure is known already: most servers answer at once, or never. */
const EXPLAIN_MS = 2000;

/** How TLS was spoken, and what the TLS library said. */
export type ExplainOptions = TlsOptions & DiagnosisOptions;

/**
 * Says what is wrong with a server, as {@linkcode diagnose} does; undefined when it does not show that, or not soon.
 *
 * @param open connects; called once or twice
 */
export async function explainByServer(
  open: () => Promise<Channel>,
  options: ExplainOptions,
): Promise<Phrased | undefined> {
  const { signal, cancel } = limitTime(EXPLAIN_MS, options.signal);
  try {
    const inspection = await withChannel(open, signal, (channel) => inspectServer(channel, options.serverName));
    const problem = diagnose(inspection, options);
    const isHidden = inspection.certificates.length === 0 && isAboutCertificate(options.message);
    if (problem !== undefined || options.unchecked || !isHidden) return problem;
    return await withChannel(open, signal, (channel) => explainHidden(channel, { ...options, signal }));
  } catch {
    return undefined; // It does not answer again: the first failure stands.
  } finally {
    cancel();
  }
}

/** For a server of TLS 1.3 alone, whose certificate travels encrypted: a library has to take it first. */
async function explainHidden(channel: Channel, options: ExplainOptions): Promise<Phrased | undefined> {
  let problem: Phrased | undefined;
  const refusal = startNodeTls(channel, { ...options, onSecured: undefined }, (certificate) => {
    problem = certificateProblem(certificate, [], options);
    return "it was only looked at";
  });
  await refusal.catch(() => {});
  return problem;
}

/** Uses a new connection, which is closed afterwards and when the signal aborts. */
async function withChannel<T>(
  open: () => Promise<Channel>,
  signal: AbortSignal,
  use: (channel: Channel) => Promise<T>,
): Promise<T> {
  const opening = open();
  const close = () => void opening.then((channel) => channel.close(), () => {});
  signal.addEventListener("abort", close, { once: true });
  try {
    return await use(await unlessAborted(opening, signal));
  } finally {
    signal.removeEventListener("abort", close);
    close();
  }
}
