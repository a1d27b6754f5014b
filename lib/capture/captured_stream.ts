/**
 * A captured TCP connection: both directions in their original order, whatever the order of the file.
 *
 * An early segment waits, and so does everything captured after it, in both directions. When too much waits, or at the
 * end of the capture, missing bytes count as not captured.
 *
 * @module
 */

import type { Dir } from "../events.ts";
import type { CapturedConversation, CaptureHandler, Ending } from "./captured.ts";
import type { Endpoint } from "./endpoint.ts";
import { FLAG } from "./format.ts";
import type { Segment } from "./ip.ts";
import { endOf, type Piece, StreamHalf } from "./stream_half.ts";

/** Bytes of a connection that wait at most, and what each piece takes besides its bytes. */
const WAITING_MAX = 4 * 1024 * 1024;
const PIECE_BYTES = 256;

/** Numbers that a segment may be ahead and still belong to the connection. */
const AHEAD_MAX = 1 << 30;

const OPPOSITE = { up: "down", down: "up" } as const;

/** Bytes that wait in all connections together, which share one. */
export interface Budget {
  /** Bytes that wait. */
  used: number;
  /** Bytes that may wait. */
  readonly max: number;
}

/** What a TCP header says. */
export type Tcp = NonNullable<Segment["tcp"]>;

/** One connection. */
export class CapturedStream implements CapturedConversation {
  readonly number: number;
  readonly connectionless = false;
  client: Endpoint;
  server: Endpoint;
  readonly start: number;
  last: number;
  beganBefore = true;
  readonly #handler: CaptureHandler;
  readonly #budget: Budget;
  readonly #halves: Record<Dir, StreamHalf> = { up: new StreamHalf(), down: new StreamHalf() };
  /** What waits, in the order of the file; the first `#delivered` ones are done. */
  #waiting: Piece[] = [];
  #delivered = 0;
  #waitingBytes = 0;
  #opened = false;
  #closed = false;
  #ending: Ending | undefined;
  /** A reset that waits for the data sent before it. */
  #reset: { readonly dir: Dir; readonly seq: number; readonly ack: number | undefined } | undefined;

  /** Begins with the first packet, whose sender counts as the client until a SYN tells. */
  constructor(
    handler: CaptureHandler,
    budget: Budget,
    { number, client, server, start }: Pick<CapturedConversation, "number" | "client" | "server" | "start">,
  ) {
    this.#handler = handler;
    this.#budget = budget;
    this.number = number;
    this.client = client;
    this.server = server;
    this.start = this.last = start;
  }

  /** Whether both directions have ended, or one end gave up. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Whether a SYN or a segment belongs to another connection between the same ports. */
  isAnother(from: Endpoint, { seq, flags }: Tcp, length: number): boolean {
    const half = this.#halves[this.#dirOf(from)];
    if (flags & FLAG.syn) {
      if (half.initial !== undefined) return half.initial !== seq && (this.#closed || !(flags & FLAG.ack));
      const first = half.next ?? half.lowest?.seq;
      if (first === undefined) return this.#closed;
      // The SYN of a connection of which something was captured before it, or one that begins anew?
      const ahead = first - half.unwrap(seq);
      return half.next !== undefined || ahead < 1 || ahead > WAITING_MAX;
    }
    return this.#closed && length > 0 && half.next !== undefined && half.unwrap(seq) - half.next > WAITING_MAX;
  }

  /** Takes a packet. */
  take(from: Endpoint, { tcp, payload, missing }: Segment & { tcp: Tcp }, time: number): void {
    const { flags } = tcp;
    this.last = Math.max(this.last, time);
    if (flags & FLAG.syn) this.#takeSyn(from, tcp);
    const dir = this.#dirOf(from);
    const half = this.#halves[dir];
    if (flags & FLAG.ack) this.#halves[OPPOSITE[dir]].acknowledged = tcp.ack;
    const seq = half.unwrap(tcp.seq) + (flags & FLAG.syn ? 1 : 0);
    if (flags & FLAG.rst) {
      // Bytes in a reset are a remark of the sender, not of the stream (RFC 9293 section 3.5.3).
      this.#reset ??= { dir, seq, ack: flags & FLAG.ack ? this.#halves[OPPOSITE[dir]].unwrap(tcp.ack) : undefined };
    } else {
      const fin = (flags & FLAG.fin) !== 0;
      const more = (flags & FLAG.psh) === 0;
      const piece: Piece = { dir, seq, bytes: payload, missing, fin, more, time };
      if (endOf(piece) > seq) this.#takePiece(half, piece);
    }
    this.#closeWhenOver();
  }

  /** Takes the remark of a packet. */
  comment(text: string, time: number): void {
    this.#open(time);
    this.#handler.comment(this, text, time);
  }

  /** Ends the connection: waiting data is delivered, missing bytes count as not captured. */
  finish(): void {
    while (this.#firstWaiting()) this.#force();
    this.#open(this.last);
    const reset = this.#reset;
    const { up, down } = this.#halves;
    // The end of one direction alone is no end of the connection.
    const ending = up.ended && down.ended ? this.#ending : undefined;
    this.#close(ending ?? (reset && { dir: reset.dir, how: "reset" }));
  }

  #dirOf({ hostname, port }: Endpoint): Dir {
    return port === this.client.port && hostname === this.client.hostname ? "up" : "down";
  }

  #takeSyn(from: Endpoint, { seq, flags }: Tcp): void {
    const byClient = (flags & FLAG.ack) === 0;
    if (!this.#opened && byClient !== (this.#dirOf(from) === "up")) this.#swap();
    const half = this.#halves[this.#dirOf(from)];
    if (half.initial !== undefined || half.next !== undefined) return;
    half.begin(seq);
    this.beganBefore = false;
    this.#open(this.start);
    this.#drain();
  }

  /** The other end is the client: nothing was said of the connection yet. */
  #swap(): void {
    [this.client, this.server] = [this.server, this.client];
    const { up, down } = this.#halves;
    this.#halves.up = down;
    this.#halves.down = up;
    this.#waiting = this.#waiting.map((piece) => {
      // The halves hold the same objects.
      return Object.assign(piece, { dir: OPPOSITE[piece.dir] });
    });
    if (this.#reset) this.#reset = { ...this.#reset, dir: OPPOSITE[this.#reset.dir] };
  }

  #takePiece(half: StreamHalf, piece: Piece): void {
    if (this.#closed) return;
    if (half.next !== undefined) {
      // Sent again; or so far ahead that it is not of this connection.
      if (endOf(piece) <= half.next || piece.seq - half.next > AHEAD_MAX) return;
      if (piece.seq <= half.next && !this.#firstWaiting()) return this.#deliver(half, piece);
    }
    const isKeepAlive = piece.bytes.length === 1 && half.acknowledged === piece.seq % 2 ** 32 + 1;
    const kept = { ...piece, bytes: piece.bytes.slice(), isKeepAlive };
    half.wait(kept);
    this.#waiting.push(kept);
    this.#count(kept.bytes.length + PIECE_BYTES);
    if (half.next !== undefined && piece.seq <= half.next) this.#drain();
    while (this.#waitingBytes > Math.min(WAITING_MAX, this.#budget.max - this.#budget.used + this.#waitingBytes)) {
      this.#force();
    }
  }

  #count(bytes: number): void {
    this.#waitingBytes += bytes;
    this.#budget.used += bytes;
  }

  /** The first piece of the file that waits. */
  #firstWaiting(): Piece | undefined {
    while (this.#waiting[this.#delivered]?.done) this.#delivered++;
    // The list is shortened now and then only: that takes as long as it is.
    if (this.#delivered > 1000 && this.#delivered * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#delivered);
      this.#delivered = 0;
    }
    return this.#waiting[this.#delivered];
  }

  /** Delivers waiting pieces up to the first gap. */
  #drain(): void {
    for (let first; (first = this.#firstWaiting());) {
      const half = this.#halves[first.dir];
      const piece = half.takeReady();
      if (!piece) return;
      piece.done = true;
      this.#count(-piece.bytes.length - PIECE_BYTES);
      this.#deliver(half, piece);
    }
  }

  /** Gives up the gap before the first waiting piece. */
  #force(): void {
    const first = this.#firstWaiting();
    const half = first && this.#halves[first.dir];
    const lowest = half?.lowest;
    if (!first || !half || !lowest) return;
    if (half.next !== undefined && lowest.seq > half.next) this.#gap(first.dir, lowest.seq - half.next, lowest.time);
    // Where a capture begins in a silence, the byte of a keep-alive was sent before.
    half.next = lowest.seq + (half.next === undefined && lowest.isKeepAlive ? 1 : 0);
    this.#drain();
  }

  #deliver(half: StreamHalf, { dir, seq, bytes, missing, fin, more, time }: Piece): void {
    const next = half.next ?? seq;
    this.#open(time);
    const fresh = bytes.subarray(Math.max(next - seq, 0));
    if (fresh.length > 0) this.#handler.data(this, dir, fresh, time, more);
    half.next = Math.max(next, seq + bytes.length);
    const lost = seq + bytes.length + missing - half.next;
    if (missing > 0 && lost > 0) {
      this.#gap(dir, lost, time);
      half.next += lost;
    }
    if (!fin || half.ended || seq + bytes.length + missing < half.next) return;
    half.next++;
    half.ended = true;
    this.#ending ??= { dir, how: "fin" };
    this.#handler.end(this, dir, time);
  }

  #gap(dir: Dir, bytes: number, time: number): void {
    this.#open(time);
    this.#handler.gap(this, dir, bytes, time);
  }

  #open(time: number): void {
    if (this.#opened) return;
    this.#opened = true;
    this.#handler.open(this, Math.min(this.start, time));
  }

  #closeWhenOver(): void {
    if (this.#firstWaiting()) return;
    const { up, down } = this.#halves;
    if (up.ended && down.ended) return this.#close(this.#ending);
    if (!this.#reset) return;
    const { dir, seq, ack } = this.#reset;
    const [half, other] = [this.#halves[dir], this.#halves[OPPOSITE[dir]]];
    // Before anything of its sender is known only one that refuses the connection is believed: its number is 0.
    if (half.next === undefined ? seq % 2 ** 32 !== 0 : seq > half.next) return;
    if (ack !== undefined && (other.next === undefined || ack > other.next)) return;
    this.#open(this.last);
    this.#close({ dir, how: "reset" });
  }

  #close(ending: Ending | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#handler.close(this, ending, this.last);
  }
}
