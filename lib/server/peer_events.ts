/**
 * The events of one client of a server. Without an observer no event is built.
 *
 * @module
 */

import { messageOf, type SockeyeError } from "../errors.ts";
import type { Report, Totals } from "../events.ts";
import { type Phrased, say } from "../phrase.ts";
import type { Channel } from "../transport/channel.ts";
import { transportField } from "../transport/mod.ts";
import { REPORT_MS } from "./limits.ts";
import type { EndDetails } from "./mode.ts";
import { ReportLimiter } from "./report_limiter.ts";

/** Where events go. */
export interface Observers {
  /** Takes opens, closes, notices and failures. */
  readonly on?: Report | undefined;
  /** Takes every read and write. */
  readonly onTraffic?: Report | undefined;
}

/** What a client's events need besides. */
export interface PeerObservers extends Observers {
  /** Decides how often the client's host is reported; shared by all clients of a server. Default: the client's own. */
  readonly reports?: ReportLimiter | undefined;
}

/** Marks the traffic of a channel with message boundaries. */
const WHOLE = { whole: true } as const;

/** Reports the events of one client. */
export class PeerEvents {
  readonly #id: number;
  readonly #channel: Channel;
  readonly #observers: Observers;
  readonly #since = performance.now();
  readonly #reports: ReportLimiter;

  /** Starts the client's clock. Transport and address of its connection may change during the handshake. */
  constructor(id: number, channel: Channel, observers: PeerObservers) {
    this.#id = id;
    this.#channel = channel;
    this.#observers = observers;
    this.#reports = observers.reports ?? new ReportLimiter(REPORT_MS);
  }

  /** Its handshake failed. */
  refused(why: Phrased): void {
    const message = say("turned-away")`${this.#channel.peer} turned away: ${why}`;
    void this.#observers.on?.({ event: "notice", message });
  }

  /** Its request was answered with a refusal. A browser may make many of them: those left out of the reports are details. */
  requestRefused(why: string): void {
    const { peer, host } = this.#channel;
    const left = this.#reports.admit(host);
    const message = say("turned-away")`${peer} turned away: ${say("both")`${why}${left ?? ""}`}`;
    void this.#observers.on?.({ event: "notice", message, ...(left === undefined && { detail: true }) });
  }

  /** It is connected. A slow output does not delay the connection, so the report is not awaited. */
  opened(): void {
    const { peer, transport, certificate } = this.#channel;
    const shown = certificate && { certificate };
    void this.#observers.on?.({ event: "open", id: this.#id, peer, ...transportField(transport), ...shown });
  }

  /** It sends no more. */
  halfClosed(): void {
    void this.#observers.on?.({ event: "half-close", id: this.#id, peer: this.#channel.peer, dir: "in" });
  }

  /** Bytes were received or are about to be sent. */
  traffic(event: "recv" | "send", data: Uint8Array): void | Promise<void> {
    const { onTraffic } = this.#observers;
    if (!onTraffic) return;
    const { peer, receive } = this.#channel;
    return onTraffic({ event, id: this.#id, peer, data, ...(receive && WHOLE) });
  }

  /** A message was left out. Answers are caused by the peer itself: they are reported now and then. */
  leftOut({ kind, phrase }: SockeyeError, what: "answer" | "post"): void | Promise<void> {
    const { peer, host } = this.#channel;
    const left = what === "answer" ? this.#reports.admit(host) : "";
    if (left === undefined) return;
    return this.#observers.on?.({ event: "error", id: this.#id, peer, kind, message: say("both")`${phrase}${left}` });
  }

  /** It is gone, for a reason, after so many bytes; details from `end` take precedence. An error of `end` is reported as well. */
  closed(reason: Phrased, { received, sent }: Pick<Totals, "received" | "sent">, end: () => void | EndDetails): void {
    const { peer, transport } = this.#channel;
    const ms = Math.round(performance.now() - this.#since);
    const field = transportField(transport);
    let details: EndDetails = {};
    try {
      details = end() ?? details;
    } catch (error) {
      details = { reason: `${reason} (${messageOf(error)})` };
    }
    void this.#observers.on?.({ event: "close", id: this.#id, peer, ...field, reason, received, sent, ms, ...details });
  }
}
