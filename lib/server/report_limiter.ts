/**
 * Limits reports about events that clients can cause at will: one for each host in a while, and only for so many hosts,
 * because addresses may be forged.
 *
 * @module
 */

import { Phrase, type Phrased, say } from "../phrase.ts";
import { REPORTED_HOSTS } from "./limits.ts";

/** Decides which events are reported, and counts the others. */
export class ReportLimiter {
  readonly #perMs: number;
  /** What was not reported since the last report, of hosts that were reported in this period. */
  readonly #more = new Map<string, number>();
  /** The same of all other hosts. */
  #others = 0;
  #began = -Infinity;

  /** Lets each host through once in a period of so many milliseconds. */
  constructor(perMs: number) {
    this.#perMs = perMs;
  }

  /**
   * Whether something about a host is reported now.
   *
   * @returns undefined if not; else what to add: empty, or how many reports were left out before this one
   */
  admit(host: string, now: number = performance.now()): Phrased | undefined {
    let left: Phrased = "";
    if (now - this.#began >= this.#perMs) left = this.#nextPeriod(host, now);
    const more = this.#more.get(host);
    if (more === undefined && this.#more.size < REPORTED_HOSTS) {
      this.#more.set(host, 0);
      return left;
    }
    if (more === undefined) this.#others++;
    else this.#more.set(host, more + 1);
    return undefined;
  }

  #nextPeriod(host: string, now: number): Phrased {
    const same = this.#more.get(host) ?? 0;
    const others = this.#others + [...this.#more.values()].reduce((sum, one) => sum + one, -same);
    this.#more.clear();
    this.#others = 0;
    this.#began = now;
    const parts = [
      same > 0 && say("more-of-host")`${same} more of that host`,
      others > 0 && say("of-others")`${others} of others`,
    ].filter((part) => part !== false);
    return parts.length === 0 ? "" : say("since")` (and ${new Phrase("remarks", parts.join(", "), parts)} since)`;
  }
}
