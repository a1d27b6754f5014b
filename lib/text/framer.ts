/**
 * Cuts a stream into messages by a frame rule. The messages are the same however the stream was cut into chunks; only
 * a pause (`gap`) depends on the time.
 *
 * @module
 */

import { ByteBuffer } from "../bytes.ts";
import { type Frame, FRAME_MAX } from "./framing.ts";
import { makeScanner, type Scanner } from "./scanners.ts";

/** A message, or a part of one. */
export interface Message {
  /** All its bytes: a line has its LF, a length frame its field. A view of the chunk where it arrived in one. */
  readonly bytes: Uint8Array;
  /** The bytes stand outside a frame. */
  readonly stray?: true;
  /** The stream ended before the message did. */
  readonly partial?: true;
  /** It is longer than the limit: this is a part of it, of as many bytes as the limit but for the last one. */
  readonly cut?: true;
}

/** Cuts one stream, in one direction. */
export interface Framer {
  /** Takes a chunk; returns the messages that are complete now, which are valid until the caller reuses the chunk. */
  push(bytes: Uint8Array): Message[];
  /** Ends the stream; returns the unfinished message. The next push begins another stream. */
  end(): Message[];
}

/** How to cut. */
export interface FramerOptions {
  /** Bytes of the longest message. Default {@linkcode FRAME_MAX}. */
  readonly max?: number | undefined;
  /** Takes a message that a pause has ended. */
  readonly onPause?: ((message: Message) => void) | undefined;
  /** Whether a timer ends a message at a pause; else the caller does, with {@linkcode Framer.end}. Default true. */
  readonly timed?: boolean | undefined;
  /** Whether each chunk is a message of its transport, such as a datagram: a message then ends with its chunk. Default false. */
  readonly whole?: boolean | undefined;
}

/**
 * Makes the framer of a rule.
 *
 * @example
 * ```ts ignore
 * const framer = makeFramer({ by: "length", field: "u8", at: 0, adjust: 0 });
 * framer.push(Uint8Array.of(2, 1)); // []
 * framer.push(Uint8Array.of(1, 0)); // [{ bytes: 2 1 1 }, { bytes: 0 }]
 * ```
 */
export function makeFramer(
  frame: Frame,
  { max = FRAME_MAX, onPause = () => {}, timed = true, whole = false }: FramerOptions = {},
): Framer {
  if (frame.by === "gap") return new GapFramer(timed ? frame.ms : undefined, max, onPause);
  const framer = new ScanningFramer(() => makeScanner(frame), max);
  return whole ? new WholeFramer(framer, frame.by === "line") : framer;
}

/** Flags of a message that is not simply complete. */
type Flags = Pick<Message, "stray" | "partial">;

/** Cuts where a scanner says. */
class ScanningFramer implements Framer {
  readonly #make: () => Scanner;
  readonly #max: number;
  #scanner: Scanner;
  /** The beginning of a message whose end has not arrived. */
  readonly #held = new ByteBuffer();
  /** Whether a part of the current message was returned. */
  #cutting = false;

  constructor(make: () => Scanner, max: number) {
    this.#make = make;
    this.#max = max;
    this.#scanner = make();
  }

  push(bytes: Uint8Array): Message[] {
    const messages: Message[] = [];
    let from = 0;
    for (let at = 0; at < bytes.length;) {
      const end = this.#scanner.next(bytes, at);
      if (!end) break;
      this.#finish(this.#join(bytes, from, end.at), end.stray ? STRAY : {}, messages);
      from = Math.max(end.at, 0);
      at = end.at + (end.ahead ?? 0);
    }
    this.#held.push(bytes.subarray(from));
    if (this.#held.length - (this.#scanner.undecided ?? 0) > this.#max) this.#shorten(messages);
    return messages;
  }

  end(): Message[] {
    const messages: Message[] = [];
    if (this.#held.length > 0) this.#finish(this.#held.take(), this.#scanner.stray ? STRAY : PARTIAL, messages);
    this.#scanner = this.#make();
    return messages;
  }

  /** Joins the held bytes and those up to an end, which may be within the held bytes. */
  #join(bytes: Uint8Array, from: number, end: number): Uint8Array {
    if (this.#held.length === 0) return bytes.subarray(from, end);
    this.#held.push(bytes.subarray(from, Math.max(end, 0)));
    const all = this.#held.take();
    if (end >= 0) return all;
    this.#held.push(all.subarray(end));
    return all.subarray(0, end);
  }

  /** Returns the end of a message, in parts if it is too long. */
  #finish(bytes: Uint8Array, flags: Flags, messages: Message[]): void {
    const rest = this.#cut(bytes, bytes.length, flags, messages);
    messages.push({ bytes: rest, ...flags, ...(this.#cutting && CUT) });
    this.#cutting = false;
  }

  /** Returns the full parts of the held bytes. */
  #shorten(messages: Message[]): void {
    const { stray = false, undecided = 0 } = this.#scanner;
    const held = this.#held.take();
    this.#held.push(this.#cut(held, held.length - undecided, stray ? STRAY : {}, messages));
  }

  /** Returns parts while more bytes than the limit are left before `end`; the rest is returned to the caller. */
  #cut(bytes: Uint8Array, end: number, flags: Flags, messages: Message[]): Uint8Array {
    let from = 0;
    for (; end - from > this.#max; from += this.#max) {
      this.#cutting = true;
      messages.push({ bytes: bytes.subarray(from, from + this.#max), ...flags, ...CUT });
    }
    return from === 0 ? bytes : bytes.subarray(from);
  }
}

/** Ends the unfinished message of a chunk; a line needs no end other than that of its datagram. */
class WholeFramer implements Framer {
  readonly #framer: Framer;
  readonly #endsLines: boolean;

  constructor(framer: Framer, endsLines: boolean) {
    this.#framer = framer;
    this.#endsLines = endsLines;
  }

  push(bytes: Uint8Array): Message[] {
    const messages = this.#framer.push(bytes);
    for (const { partial, ...rest } of this.#framer.end()) {
      messages.push(partial && !this.#endsLines ? { ...rest, partial } : rest);
    }
    return messages;
  }

  end(): Message[] {
    return [];
  }
}

const STRAY = { stray: true } as const;
const PARTIAL = { partial: true } as const;
const CUT = { cut: true } as const;

/** A message is everything received before a pause. */
class GapFramer implements Framer {
  readonly #ms: number | undefined;
  readonly #max: number;
  readonly #onPause: (message: Message) => void;
  readonly #held = new ByteBuffer();
  /** Ends the message; set while there is one. */
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ms: number | undefined, max: number, onPause: (message: Message) => void) {
    this.#ms = ms;
    this.#max = max;
    this.#onPause = onPause;
  }

  push(bytes: Uint8Array): Message[] {
    clearTimeout(this.#timer);
    const full: Message[] = [];
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + this.#max - this.#held.length);
      this.#held.push(part);
      at += part.length;
      if (this.#held.length === this.#max) full.push({ bytes: this.#held.take(), ...CUT });
    }
    if (this.#ms === undefined) return full;
    if (this.#held.length > 0) this.#timer = setTimeout(() => this.#onPause({ bytes: this.#held.take() }), this.#ms);
    return full;
  }

  end(): Message[] {
    clearTimeout(this.#timer);
    return this.#held.length > 0 ? [{ bytes: this.#held.take() }] : [];
  }
}
