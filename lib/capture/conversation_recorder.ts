/**
 * Turns the traffic of a conversation into packets: handshake, segments with sequence numbers, FIN and RST.
 *
 * @module
 */

import type { Dir } from "../events.ts";
import { addressBytes, type Endpoint, MAPPED } from "./endpoint.ts";
import { FLAG } from "./format.ts";
import { type Flow, overheadOf, type Packet, padded } from "./packet.ts";
import type { Conversation, ConversationRecorder, EndKind } from "./recorder.ts";

/** Where packets go. */
export interface PacketSink {
  /** Bytes that are left of the page that is being filled. */
  readonly left: number;
  /** Fills the page. */
  endPage(): void;
  /** Takes a packet. */
  write(packet: Packet): void;
  /** A promise while the file is behind. */
  readonly behind: Promise<void> | undefined;
}

/** Bytes that a segment has at least if another one is to follow: a page is not left to a few bytes. */
const SEGMENT_MIN = 256;

/** Bytes that the receiver acknowledges at once. */
const ACK_BYTES = 256 * 1024;

/** Bytes of the longest comment. */
const COMMENT_MAX = 1024;

/** Bytes of the largest datagram, by the length fields of UDP and IPv4. */
const DATAGRAM_MAX = 65_507;

const NOTHING: Uint8Array = new Uint8Array();

/** Ports of ends that have none of their own. */
const MADE_UP_PORT = 0xc000;

/** Makes the flows of both directions. `count` numbers the conversations. */
export function flowsOf({ client, server }: Conversation, count: number): Record<Dir, Flow> {
  const made = (end: Endpoint | undefined, port: number) => {
    const bytes = end && addressBytes(end.hostname);
    return bytes && end ? { bytes, port: end.port } : { bytes: Uint8Array.of(127, 0, 0, 1), port: end?.port ?? port };
  };
  const [one, other] = [made(client, MADE_UP_PORT + count % 0x3fff), made(server, 0xffff)];
  const mapped = (bytes: Uint8Array) => bytes.length === 16 ? bytes : Uint8Array.of(...MAPPED, ...bytes);
  const mixed = one.bytes.length !== other.bytes.length;
  const [source, target] = mixed ? [mapped(one.bytes), mapped(other.bytes)] : [one.bytes, other.bytes];
  return {
    up: { source, target, sourcePort: one.port, targetPort: other.port },
    down: { source: target, target: source, sourcePort: other.port, targetPort: one.port },
  };
}

/** Comments that wait for the next packet. */
class Comments {
  readonly #texts: string[] = [];

  constructor(first: string | undefined) {
    if (first !== undefined) this.#texts.push(first);
  }

  add(text: string): void {
    this.#texts.push(text);
  }

  take(): { comment?: Uint8Array } {
    if (this.#texts.length === 0) return {};
    const bytes = new Uint8Array(COMMENT_MAX);
    const { written } = new TextEncoder().encodeInto(this.#texts.splice(0).join("; "), bytes);
    return { comment: bytes.subarray(0, written) };
  }
}

/** Records datagrams. */
export class DatagramRecorder implements ConversationRecorder {
  readonly #sink: PacketSink;
  readonly #flows: Record<Dir, Flow>;
  readonly #comments: Comments;

  /** Begins a conversation: nothing is written yet. */
  constructor(sink: PacketSink, flows: Record<Dir, Flow>, comment: string | undefined) {
    this.#sink = sink;
    this.#flows = flows;
    this.#comments = new Comments(comment);
  }

  /** Takes a datagram. */
  data(dir: Dir, bytes: Uint8Array, time: number = now()): void | Promise<void> {
    const payload = bytes.subarray(0, DATAGRAM_MAX);
    this.#sink.write({ flow: this.#flows[dir], payload, time, ...this.#comments.take() });
    return this.#sink.behind;
  }

  /** Datagrams have no end. */
  end(): void {}

  /** Adds a remark to the next datagram. */
  comment(text: string): void {
    this.#comments.add(text);
  }
}

/** One direction of a stream. */
interface Half {
  readonly flow: Flow;
  /** Number of its next byte. */
  seq: number;
  /** Bytes that the receiver has not acknowledged. */
  unacknowledged: number;
  ended: boolean;
}

/** Records a stream. */
export class StreamRecorder implements ConversationRecorder {
  readonly #sink: PacketSink;
  readonly #halves: Record<Dir, Half>;
  readonly #comments: Comments;

  /**
   * Writes the handshake.
   *
   * @param numbers the initial sequence number of each direction
   */
  constructor(
    sink: PacketSink,
    flows: Record<Dir, Flow>,
    { numbers, comment, time }: { numbers: Readonly<Record<Dir, number>>; comment?: string | undefined; time: number },
  ) {
    this.#sink = sink;
    const half = (dir: Dir): Half => ({ flow: flows[dir], seq: numbers[dir], unacknowledged: 0, ended: false });
    this.#halves = { up: half("up"), down: half("down") };
    this.#comments = new Comments(comment);
    this.#send("up", FLAG.syn, time);
    this.#send("down", FLAG.syn | FLAG.ack, time);
    this.#send("up", FLAG.ack, time);
  }

  /** Takes bytes. PSH marks the end of what one call brought: it may take several segments. */
  data(dir: Dir, bytes: Uint8Array, time: number = now()): void | Promise<void> {
    const half = this.#halves[dir];
    if (half.ended) return;
    for (let at = 0; at < bytes.length;) {
      const comment = this.#comments.take();
      const overhead = overheadOf({ flow: half.flow, tcp: { seq: 0, ack: 0, flags: 0 }, time, ...comment });
      if (this.#sink.left - overhead < Math.min(padded(bytes.length - at), SEGMENT_MIN)) this.#sink.endPage();
      const payload = bytes.subarray(at, at + this.#sink.left - overhead);
      at += payload.length;
      this.#send(dir, FLAG.ack | (at === bytes.length ? FLAG.psh : 0), time, payload, comment);
      half.unacknowledged += payload.length;
      if (half.unacknowledged >= ACK_BYTES) this.#acknowledge(dir, time);
    }
    return this.#sink.behind;
  }

  /** Takes the end of a direction. */
  end(dir: Dir, how: EndKind, time: number = now()): void {
    const { up, down } = this.#halves;
    if (this.#halves[dir].ended && (how === "fin" || (up.ended && down.ended))) return;
    if (how === "reset") {
      up.ended = down.ended = true;
      return this.#send(dir, FLAG.rst | FLAG.ack, time);
    }
    this.#halves[dir].ended = true;
    this.#send(dir, FLAG.fin | FLAG.ack, time);
    this.#acknowledge(dir, time);
  }

  /** Adds a remark to the next packet. */
  comment(text: string): void {
    this.#comments.add(text);
  }

  #acknowledge(dir: Dir, time: number): void {
    this.#halves[dir].unacknowledged = 0;
    this.#send(OPPOSITE[dir], FLAG.ack, time);
  }

  #send(dir: Dir, flags: number, time: number, payload = NOTHING, comment = this.#comments.take()): void {
    const [half, { seq: ack }] = [this.#halves[dir], this.#halves[OPPOSITE[dir]]];
    this.#sink.write({ flow: half.flow, tcp: { seq: half.seq, ack, flags }, payload, time, ...comment });
    half.seq = (half.seq + payload.length + (flags & (FLAG.syn | FLAG.fin) ? 1 : 0)) >>> 0;
  }
}

const OPPOSITE = { up: "down", down: "up" } as const;

/** Milliseconds since 1970, with fractions. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
