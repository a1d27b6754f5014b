/**
 * Cuts a byte stream into messages. TCP keeps no message boundaries: the bytes of one write may arrive in pieces or joined with
 * others. {@linkcode framed} wraps any mode, finds the boundaries by a frame rule, and passes complete messages on.
 *
 * @module
 */

import { concat } from "../bytes.ts";
import { messageOf } from "../errors.ts";
import type { Mode, Peer } from "../server/mode.ts";
import { type Framer, makeFramer, type Message } from "../text/framer.ts";
import type { Frame } from "../text/framing.ts";

/**
 * Wraps a mode so that it receives complete messages, an unfinished one at the end, and one over `max` bytes in parts;
 * stray bytes are not handed over. Default: 1 MiB.
 */
export function framed(mode: Mode, frame: Frame, max?: number): Mode {
  return new Framed(mode, frame, max);
}

/** State of one peer, from its open to its close. */
interface PeerState {
  readonly framer: Framer;
  /** Settles when the mode has handled all messages so far: it gets one message at a time. */
  handled: Promise<void>;
}

class Framed implements Mode {
  readonly #mode: Mode;
  readonly #frame: Frame;
  readonly #max: number | undefined;
  readonly #peers = new Map<Peer, PeerState>();

  constructor(mode: Mode, frame: Frame, max: number | undefined) {
    this.#mode = mode;
    this.#frame = frame;
    this.#max = max;
  }

  open(peer: Peer): void | Promise<void> {
    const onPause = (message: Message) => {
      this.#pass(peer, [message]).catch((error) => peer.kick(messageOf(error)));
    };
    const framer = makeFramer(this.#frame, { max: this.#max, onPause, whole: peer.messageBoundaries });
    this.#peers.set(peer, { framer, handled: Promise.resolve() });
    return this.#mode.open?.(peer);
  }

  clean(peer: Peer, bytes: Uint8Array): Uint8Array {
    return this.#mode.clean?.(peer, bytes) ?? bytes;
  }

  withholds(peer: Peer): boolean {
    return this.#mode.withholds?.(peer) ?? false;
  }

  async data(peer: Peer, bytes: Uint8Array): Promise<void> {
    const state = this.#peers.get(peer);
    if (!state) return;
    await this.#pass(peer, state.framer.push(bytes));
    await state.handled;
  }

  async end(peer: Peer): Promise<void> {
    const state = this.#peers.get(peer);
    await this.#pass(peer, state?.framer.end() ?? []);
    await state?.handled;
    await this.#mode.end?.(peer);
  }

  close(peer: Peer): void {
    this.#peers.get(peer)?.framer.end();
    this.#peers.delete(peer);
    this.#mode.close?.(peer);
  }

  get quietMs(): number | undefined {
    return this.#mode.quietMs;
  }

  drain(ms: number): void {
    this.#mode.drain?.(ms);
  }

  /** Passes on the unfinished message of each peer, without waiting for the messages before it: the server stops now. */
  stop(): void {
    for (const [peer, { framer }] of this.#peers) {
      for (const { bytes, stray } of framer.end()) {
        if (!stray) Promise.try(() => this.#mode.data(peer, bytes)).catch(() => {});
      }
    }
    this.#mode.stop?.();
  }

  /** Passes each message to the mode when the mode has handled the previous one. */
  async #pass(peer: Peer, messages: readonly Message[]): Promise<void> {
    const parts = messages.filter(({ stray }) => !stray).map(({ bytes }) => bytes);
    for (const bytes of this.#mode.joins && parts.length > 1 ? [concat(parts)] : parts) {
      const state = this.#peers.get(peer);
      if (!state) return;
      const passed = state.handled.then(() => peer.open ? this.#mode.data(peer, bytes) : undefined);
      state.handled = passed.catch(() => {}); // The caller gets the error; it must not stop the next message.
      await passed;
    }
  }
}
