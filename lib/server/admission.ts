/**
 * Which connections a server takes: access lists, the limit of connections, the limit for each host. A refused client reads one
 * line that says why.
 *
 * @module
 */

import { writeAll } from "../bytes.ts";
import { Phrase, type Phrased, say } from "../phrase.ts";
import type { Channel } from "../transport/channel.ts";
import { LINGER_MS } from "../transport/limits.ts";
import { lingerClose } from "../transport/linger.ts";
import { traitsOf } from "../transport/mod.ts";
import { settledWithin } from "../wait.ts";
import { plural } from "../wording.ts";
import type { AccessCheck } from "./access.ts";
import { ConnectionCounter } from "./connection_counter.ts";
import { MAX_CONNECTIONS, REFUSAL_NOTICE_MS, REFUSALS_LINGERING } from "./limits.ts";
import { ReportLimiter } from "./report_limiter.ts";

/** What a server allows. */
export interface AdmissionLimits {
  /** Connections at a time. Default {@linkcode MAX_CONNECTIONS}. */
  readonly maxConnections?: number | undefined;
  /** Connections at a time from one host. Default: no limit. */
  readonly maxPerHost?: number | undefined;
  /** Which hosts may connect. Default: all. */
  readonly access?: AccessCheck | undefined;
}

/** Admits or refuses the connections of one server. */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #counter: ConnectionCounter;
  readonly #notice: (message: Phrased) => void;
  /** Connections of each host; a host without one has no entry. */
  readonly #perHost = new Map<string, number>();
  readonly #reports = new ReportLimiter(REFUSAL_NOTICE_MS);
  /** Refused connections that may still read why. */
  readonly #lingering = new Map<Channel, Promise<void>>();

  /** Admits every connection within the limits; `notice` takes a line about refused ones. */
  constructor(
    limits: AdmissionLimits,
    notice: (message: Phrased) => void,
    counter: ConnectionCounter = new ConnectionCounter(),
  ) {
    this.#limits = limits;
    this.#notice = notice;
    this.#counter = counter;
  }

  /** The most connections at a time. */
  get maxConnections(): number {
    return this.#counter.lowered(this.#limits.maxConnections ?? MAX_CONNECTIONS);
  }

  /** The process has no descriptor for another connection: from now on there are no more than now. Gives a line that says so. */
  lowerLimit(): string {
    const before = this.maxConnections;
    const most = this.#counter.lower(this.#lingering.size);
    return `At most ${plural(most, "connection")} at a time instead of ${before}: ` +
      "this process may open no more files (ulimit -n)";
  }

  /** Gives a connection its number, from 1, after which {@linkcode leave} follows once; or refuses and closes it. */
  enter(channel: Channel): number | undefined {
    const { hasPort } = traitsOf(channel.transport);
    if (hasPort && this.#limits.access?.(channel.host) === false) {
      this.#report(channel, (peer) => say("may-not")`${peer} may not connect`);
      channel.close();
      return undefined;
    }
    const full = this.#takeSlot(channel);
    if (full === undefined) return this.#counter.number();
    this.#report(channel, (peer) => say("turned-away")`${peer} turned away: ${full}`);
    this.#refuse(channel, full);
    return undefined;
  }

  /** A connection that was admitted is gone. */
  leave(host: string): void {
    this.#counter.leave();
    const left = (this.#perHost.get(host) ?? 1) - 1;
    if (left > 0) this.#perHost.set(host, left);
    else this.#perHost.delete(host);
  }

  /** Closes the refused connections that linger. */
  async stop(): Promise<void> {
    for (const channel of this.#lingering.keys()) channel.close();
    await Promise.all(this.#lingering.values());
  }

  /** Why there is no slot; undefined when one was taken. */
  #takeSlot({ host, transport }: Channel): Phrased | undefined {
    const clients = traitsOf(transport).connectionless ? say("peers")`peers` : say("connections")`connections`;
    const { maxPerHost = Infinity } = this.#limits;
    if (!this.#counter.enter(this.maxConnections)) {
      return say("too-many")`too many ${clients} (limit ${this.maxConnections})`;
    }
    const count = this.#perHost.get(host) ?? 0;
    if (count >= maxPerHost) {
      this.#counter.leave();
      return say("too-many-from")`too many ${clients} from ${host} (limit ${maxPerHost})`;
    }
    this.#perHost.set(host, count + 1);
    return undefined;
  }

  /** A host that is refused again and again is reported now and then. */
  #report({ host, peer }: Channel, describe: (peer: string) => Phrase): void {
    const left = this.#reports.admit(host);
    if (left !== undefined) this.#notice(say("both")`${describe(peer)}${left}`);
  }

  /** A refused connection lingers for a moment, so that no reset destroys the line that says why. */
  #refuse(channel: Channel, why: Phrased): void {
    // The source of a datagram may be forged, and the reply would be longer than the datagram.
    const mute = traitsOf(channel.transport).connectionless;
    if (mute || this.#lingering.size >= REFUSALS_LINGERING) return channel.close();
    this.#lingering.set(channel, explain(channel, why).then(() => void this.#lingering.delete(channel)));
  }
}

/** Sends the reason in one line, then FIN, then waits for the client's FIN; both have a moment. */
async function explain(channel: Channel, why: Phrased): Promise<void> {
  const line = new TextEncoder().encode(`sockeye: ${why}\n`);
  if (await settledWithin(writeAll(channel, line), LINGER_MS)) await lingerClose(channel);
  else channel.close();
}
