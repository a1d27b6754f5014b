/**
 * A channel that disturbs the data written to it; data read from it is left alone.
 *
 * @module
 */

import type { Dir } from "../../events.ts";
import { type Channel, resetChannel } from "../../transport/channel.ts";
import { traitsOf } from "../../transport/mod.ts";
import { WrappedChannel } from "../../transport/wrapped_channel.ts";
import { wait } from "../../wait.ts";
import { type Fault, RESET_MS, type Segment } from "./fault.ts";
import { FaultLine } from "./line.ts";
import { type FaultSettings, faultsFor } from "./rules.ts";

/**
 * Disturbs the data written to a channel: `down` for a server, `up` for a client.
 *
 * @param id number of the connection, from 1, which determines, with the seed, what the faults hit
 * @returns the channel itself where no fault hits the connection
 */
export function disturb(channel: Channel, settings: FaultSettings, id: number, dir: Dir): Channel {
  const faults = faultsFor(settings, id, dir);
  return faults.length > 0 ? new FaultyChannel(channel, faults) : channel;
}

class FaultyChannel extends WrappedChannel {
  readonly #faults: readonly Fault[];
  /** Made at the first write: the properties of a channel are known only after its handshake. */
  #line: FaultLine | undefined;
  #failure: unknown;
  #closed = false;
  #farewell: [code?: number, reason?: string] = [];
  readonly handshake?: NonNullable<Channel["handshake"]>;
  readonly reset?: NonNullable<Channel["reset"]>;

  constructor(inner: Channel, faults: readonly Fault[]) {
    super(inner);
    this.#faults = faults;
    if (inner.handshake) this.handshake = inner.handshake.bind(inner);
    if (inner.reset) this.reset = () => this.#end(() => resetChannel(inner));
  }

  override async read(buffer: Uint8Array): Promise<number | null> {
    this.#open();
    return await this.inner.read(buffer);
  }

  override async write(bytes: Uint8Array): Promise<number> {
    if (this.#failure !== undefined) throw this.#failure;
    await this.#open().push(bytes, traitsOf(this.transport).messageBoundaries);
    return bytes.length;
  }

  override async closeWrite(...farewell: [code?: number, reason?: string]): Promise<void> {
    this.#farewell = farewell;
    await this.#open().end();
  }

  override close(): void {
    this.#end(() => this.inner.close());
  }

  #open(): FaultLine {
    return this.#line ??= new FaultLine(this.#closed ? [] : this.#faults, (segment) => this.#deliver(segment));
  }

  #end(close: () => void): void {
    this.#closed = true;
    this.#line?.stop();
    close();
  }

  async #deliver({ bytes, lost, end }: Segment): Promise<void> {
    try {
      if (bytes && !lost) await this.#write(bytes);
      if (end === "fin") await this.inner.closeWrite(...this.#farewell);
      if (end !== "reset") return;
      await wait(RESET_MS);
      this.#end(() => resetChannel(this.inner));
    } catch (error) {
      this.#failure ??= error;
    }
  }

  async #write(bytes: Uint8Array): Promise<void> {
    let at = await this.inner.write(bytes);
    while (at < bytes.length) at += await this.inner.write(bytes.subarray(at));
  }
}
