/**
 * Cuts a byte stream into messages. TCP keeps no message boundaries: the bytes of one write may arrive in pieces or joined with
 * others. {@linkcode framed} wraps any mode, finds the boundaries by a frame rule, and passes complete messages on.
 *
 * @module
 */

import { ByteBuffer } from "../bytes.ts";
import { messageOf } from "../errors.ts";
import type { Mode, Peer } from "../server/mode.ts";
import type { Frame } from "../text/framing.ts";
import { LINE_LIMIT, LineSplitter } from "../text/lines.ts";

/** Wraps a mode so that it receives complete messages; one over 64 KiB arrives in pieces. */
export function framed(mode: Mode, frame: Frame): Mode {
  return new Framed(mode, frame);
}

/** Cuts the bytes of one peer into messages. */
interface Framer {
  push(bytes: Uint8Array): Uint8Array[];
  end(): Uint8Array | undefined;
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
  readonly #peers = new Map<Peer, PeerState>();

  constructor(mode: Mode, frame: Frame) {
    this.#mode = mode;
    this.#frame = frame;
  }

  open(peer: Peer): void | Promise<void> {
    const deliver = (message: Uint8Array) =>
      void this.#pass(peer, message).catch((error) => peer.kick(messageOf(error)));
    const framer = this.#frame.by === "line" ? new LineSplitter() : new GapFramer(this.#frame.ms, deliver);
    this.#peers.set(peer, { framer, handled: Promise.resolve() });
    return this.#mode.open?.(peer);
  }

  clean(peer: Peer, bytes: Uint8Array): Uint8Array {
    return this.#mode.clean?.(peer, bytes) ?? bytes;
  }

  async data(peer: Peer, bytes: Uint8Array): Promise<void> {
    const state = this.#peers.get(peer);
    for (const message of state?.framer.push(bytes) ?? []) await this.#pass(peer, message);
    // The end of a datagram is the end of a line.
    const rest = this.#frame.by === "line" && peer.messageBoundaries ? state?.framer.end() : undefined;
    if (rest) await this.#pass(peer, rest);
    await state?.handled;
  }

  async end(peer: Peer): Promise<void> {
    const state = this.#peers.get(peer);
    const rest = state?.framer.end();
    if (rest) await this.#pass(peer, rest);
    await state?.handled;
    await this.#mode.end?.(peer);
  }

  close(peer: Peer): void {
    this.#peers.get(peer)?.framer.end();
    this.#peers.delete(peer);
    this.#mode.close?.(peer);
  }

  /** Passes on the unfinished message of each peer, without waiting for the messages before it: the server stops now. */
  stop(): void {
    for (const [peer, { framer }] of this.#peers) {
      const rest = framer.end();
      if (rest) Promise.try(() => this.#mode.data(peer, rest)).catch(() => {});
    }
    this.#mode.stop?.();
  }

  /** Passes a message to the mode when the mode has handled the previous one. */
  #pass(peer: Peer, message: Uint8Array): Promise<void> {
    const state = this.#peers.get(peer);
    if (!state) return Promise.resolve();
    const passed = state.handled.then(() => peer.open ? this.#mode.data(peer, message) : undefined);
    state.handled = passed.catch(() => {}); // The caller gets the error; it must not stop the next message.
    return passed;
  }
}

class GapFramer implements Framer {
  readonly #ms: number;
  /** Takes a message that is complete because of a pause. */
  readonly #deliver: (message: Uint8Array) => void;
  /** The unfinished message. */
  readonly #held = new ByteBuffer();
  /** Ends the message; set while there is one. */
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ms: number, deliver: (message: Uint8Array) => void) {
    this.#ms = ms;
    this.#deliver = deliver;
  }

  push(bytes: Uint8Array): Uint8Array[] {
    clearTimeout(this.#timer);
    const full: Uint8Array[] = [];
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + LINE_LIMIT - this.#held.length);
      this.#held.push(part);
      at += part.length;
      if (this.#held.length === LINE_LIMIT) full.push(this.#held.take());
    }
    if (this.#held.length > 0) this.#timer = setTimeout(() => this.#deliver(this.#held.take()), this.#ms);
    return full;
  }

  end(): Uint8Array | undefined {
    clearTimeout(this.#timer);
    return this.#held.length > 0 ? this.#held.take() : undefined;
  }
}
