/**
 * Messages out of a byte stream. TCP keeps no borders: what one side wrote at once may come in pieces or glued together. A
 * frame rule puts borders back, for any mode: {@linkcode framed} stands before the mode and hands it whole messages.
 *
 * @module
 */

import { ByteBuffer } from "../bytes.ts";
import { messageOf } from "../errors.ts";
import type { Mode, Peer } from "../server/mode.ts";
import type { Frame } from "../text/framing.ts";
import { LINE_LIMIT, LineSplitter } from "../text/lines.ts";

/**
 * Puts a frame rule before a mode.
 *
 * @param mode gets whole messages; one over 64 KiB comes in pieces
 * @param frame where a message ends
 * @returns a mode for the server
 */
export function framed(mode: Mode, frame: Frame): Mode {
  return new Framed(mode, frame);
}

/** Collects the bytes of one peer. */
interface Framer {
  push(bytes: Uint8Array): Uint8Array[];
  end(): Uint8Array | undefined;
}

/** Hands on a message that is complete because time passed. */
type Deliver = (message: Uint8Array) => Promise<void>;

/** What is kept for one peer. */
interface Desk {
  readonly framer: Framer;
  /** Settles when the mode is done with all that was handed to it: messages reach it one after the other. */
  turn: Promise<void>;
}

class Framed implements Mode {
  readonly #mode: Mode;
  readonly #lines: boolean;
  readonly #make: (deliver: Deliver) => Framer;
  readonly #desks = new Map<Peer, Desk>();

  constructor(mode: Mode, frame: Frame) {
    this.#mode = mode;
    this.#lines = frame.by === "line";
    this.#make = frame.by === "line" ? () => new LineFramer() : (deliver) => new GapFramer(frame.ms, deliver);
  }

  open(peer: Peer): void | Promise<void> {
    const framer = this.#make((message) => this.#hand(peer, message).catch((error) => peer.kick(messageOf(error))));
    this.#desks.set(peer, { framer, turn: Promise.resolve() });
    return this.#mode.open?.(peer);
  }

  async data(peer: Peer, bytes: Uint8Array): Promise<void> {
    const desk = this.#desks.get(peer);
    for (const message of desk?.framer.push(bytes) ?? []) await this.#hand(peer, message);
    // The end of a datagram is the end of a line.
    const rest = this.#lines && peer.messageBoundaries ? desk?.framer.end() : undefined;
    if (rest) await this.#hand(peer, rest);
    await desk?.turn;
  }

  async end(peer: Peer): Promise<void> {
    const desk = this.#desks.get(peer);
    const rest = desk?.framer.end();
    if (rest) await this.#hand(peer, rest);
    await desk?.turn;
    await this.#mode.end?.(peer);
  }

  close(peer: Peer): void {
    this.#desks.get(peer)?.framer.end();
    this.#desks.delete(peer);
    this.#mode.close?.(peer);
  }

  /** What waits for its pause or its end is a message too when no more comes; nobody can wait for its turn then. */
  stop(): void {
    for (const [peer, { framer }] of this.#desks) {
      const rest = framer.end();
      if (rest) Promise.try(() => this.#mode.data(peer, rest)).catch(() => {});
    }
    this.#mode.stop?.();
  }

  /** Hands a message to the mode when it is done with the one before. */
  #hand(peer: Peer, message: Uint8Array): Promise<void> {
    const desk = this.#desks.get(peer);
    if (!desk) return Promise.resolve();
    const handed = desk.turn.then(() => peer.open ? this.#mode.data(peer, message) : undefined);
    desk.turn = handed.catch(() => {}); // Who hands it over is told; the next message is another matter.
    return handed;
  }
}

class LineFramer implements Framer {
  readonly #splitter = new LineSplitter();

  push(bytes: Uint8Array): Uint8Array[] {
    return this.#splitter.push(bytes);
  }

  end(): Uint8Array | undefined {
    return this.#splitter.end();
  }
}

class GapFramer implements Framer {
  readonly #ms: number;
  readonly #deliver: Deliver;
  readonly #held = new ByteBuffer();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ms: number, deliver: Deliver) {
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
    if (this.#held.length > 0) this.#timer = setTimeout(() => void this.#fire(), this.#ms);
    return full;
  }

  end(): Uint8Array | undefined {
    clearTimeout(this.#timer);
    return this.#held.length > 0 ? this.#held.take() : undefined;
  }

  async #fire(): Promise<void> {
    const message = this.end();
    if (message) await this.#deliver(message);
  }
}
