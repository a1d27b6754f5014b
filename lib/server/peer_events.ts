/**
 * What is told of one client of a server: events and their fields. Where nobody hears, no event is built.
 *
 * @module
 */

import type { Report, TrafficEvent } from "../events.ts";
import type { Transport } from "../transport/address.ts";
import type { Channel } from "../transport/channel.ts";
import { tooLong } from "../transport/failure.ts";

/** Who hears. */
export interface Hearers {
  /** Hears opens, closes and failures. */
  readonly on?: Report | undefined;
  /** Hears every read and write. */
  readonly onTraffic?: Report | undefined;
}

/** Tells of one client. */
export class Telling {
  readonly #id: number;
  readonly #channel: Channel;
  readonly #hearers: Hearers;
  readonly #kind: Pick<TrafficEvent, "whole">;
  readonly #since = performance.now();
  #tooLongTold = false;

  /**
   * Begins its time.
   *
   * @param id number of the client
   * @param channel how it is connected, which may turn out only in its handshake
   * @param hearers who hears
   */
  constructor(id: number, channel: Channel, hearers: Hearers) {
    this.#id = id;
    this.#channel = channel;
    this.#hearers = hearers;
    this.#kind = channel.receive ? { whole: true } : {};
  }

  /** It came and goes, for a reason. */
  turnedAway(why: string): void {
    void this.#hearers.on?.({ event: "notice", message: `${this.#channel.peer} turned away: ${why}` });
  }

  /** It is here. Nobody waits to come in until somebody has read that they did. */
  opened(): void {
    void this.#hearers.on?.({ event: "open", id: this.#id, peer: this.#channel.peer, ...this.#means });
  }

  /** It sends no more. */
  halfClosed(): void {
    void this.#hearers.on?.({ event: "half-close", id: this.#id, peer: this.#channel.peer, dir: "in" });
  }

  /** Bytes came, or are to go; `posted` are those that nobody waits for. */
  traffic(event: "recv" | "send", data: Uint8Array, posted = false): void | Promise<void> {
    const { onTraffic } = this.#hearers;
    const { peer } = this.#channel;
    return onTraffic?.({ event, id: this.#id, peer, data, ...this.#kind, ...(posted && { posted }) });
  }

  /** A message of so many bytes was left out. Answers are what strangers cause: one is told of, and no more. */
  leftOut(length: number, isAnswer: boolean): void | Promise<void> {
    if (isAnswer && this.#tooLongTold) return;
    this.#tooLongTold = true;
    const { kind, message } = tooLong(length);
    return this.#hearers.on?.({ event: "error", id: this.#id, peer: this.#channel.peer, kind, message });
  }

  /** It is gone, for a reason, after so many bytes. */
  closed(reason: string, { received, sent }: { readonly received: number; readonly sent: number }): void {
    void this.#hearers.on?.({
      event: "close",
      id: this.#id,
      peer: this.#channel.peer,
      ...this.#means,
      reason,
      received,
      sent,
      ms: Math.round(performance.now() - this.#since),
    });
  }

  /** How it is connected, where that is not the usual way. */
  get #means(): { transport?: Transport } {
    const { transport } = this.#channel;
    return transport === "tcp" ? {} : { transport };
  }
}
