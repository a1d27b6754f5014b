/**
 * A listener whose channels disturb the data written to them, so that a client can be tested without a relay.
 *
 * @module
 */

import type { Address } from "../../transport/address.ts";
import type { Channel, Listener } from "../../transport/channel.ts";
import { disturb } from "./channel.ts";
import type { FaultSettings } from "./rules.ts";

/** Gives the channels of a listener, numbered from 1 as they are accepted; closing it closes that listener. */
export class FaultyListener implements Listener {
  readonly #inner: Listener;
  readonly #settings: FaultSettings;
  #accepted = 0;

  /** Makes a listener from the one that is bound. */
  constructor(inner: Listener, settings: FaultSettings) {
    this.#inner = inner;
    this.#settings = settings;
  }

  /** Where it listens. */
  get address(): Address {
    return this.#inner.address;
  }

  /** Waits for the next peer. */
  async accept(): Promise<Channel> {
    return disturb(await this.#inner.accept(), this.#settings, ++this.#accepted, "down");
  }

  /** Stops listening. */
  close(): void {
    this.#inner.close();
  }
}
