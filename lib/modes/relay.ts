/**
 * Relays: each client gets a connection of its own to a target, and bytes, ends and resets pass in both directions. What one
 * side sends is written to the other before it is shown, and the next read waits until it is: a slow reader slows its writer.
 *
 * @module
 */

import { endOf } from "../transport/failure.ts";
import { type EndDetails, type Mode, type ModeContext, type ModeSpec, type Peer } from "../server/mode.ts";
import { ReadingContext } from "../server/reading.ts";
import type { Address } from "../transport/address.ts";
import type { FaultSettings } from "./faults/rules.ts";
import { RelayConsole } from "./relay_console.ts";
import { Flow } from "./relay_flow.ts";

/** A mode that relays to an address, with the faults that are set when a client comes. */
export function relayTo(target: Address, faults: FaultSettings): ModeSpec {
  return {
    name: "relay",
    summary: "relay to another server",
    example: "",
    options: {},
    stateless: true,
    reportsTraffic: true,
    resets: true,
    operator: true,
    create: (_given, context) => new Relay(target, faults, context),
  };
}

class Relay implements Mode {
  readonly #target: Address;
  readonly #faults: FaultSettings;
  readonly #context: ModeContext;
  readonly #flows = new Map<Peer, Flow>();
  readonly #reading = new ReadingContext();
  /** Connections to the target that still read to its end. */
  readonly #lingering = new Set<Promise<void>>();

  constructor(target: Address, faults: FaultSettings, context: ModeContext) {
    this.#target = target;
    this.#faults = faults;
    this.#context = context;
    // What is piped to a relay is left alone.
    if (context.operator.interactive) void new RelayConsole(context, faults, () => this.#flows.values()).run();
  }

  async open(peer: Peer): Promise<void> {
    const flow = new Flow(peer, this.#context, { reading: this.#reading, faults: this.#faults });
    this.#flows.set(peer, flow);
    await flow.connect(this.#target);
  }

  data(peer: Peer, bytes: Uint8Array): void | Promise<void> {
    return this.#flows.get(peer)?.passUp(bytes);
  }

  ended(peer: Peer): void {
    this.#flows.get(peer)?.ended("up");
  }

  async end(peer: Peer): Promise<void> {
    await this.#flows.get(peer)?.endUp();
  }

  close(peer: Peer, cause?: unknown): void | EndDetails {
    const flow = this.#flows.get(peer);
    if (!flow) return;
    this.#flows.delete(peer);
    const left = flow.close(cause);
    this.#lingering.add(left);
    void left.then(() => this.#lingering.delete(left));
    return { ...flow.first, sent: flow.up, received: flow.down, ...(cause !== undefined && { reason: endOf(cause) }) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#lingering);
    this.#reading.scheduler.stop();
  }
}
