/**
 * Finds the conversations in the packets of a capture.
 *
 * @module
 */

import type { CapturedConversation, CaptureHandler } from "./captured.ts";
import { type Budget, CapturedStream } from "./captured_stream.ts";
import type { CapturedPacket } from "./capture_parser.ts";
import { type Endpoint, endpointText } from "./endpoint.ts";
import { FLAG } from "./format.ts";
import { readSegment, type Segment, type Skipped } from "./ip.ts";
import { ipOf, isKnownLink } from "./link.ts";

/** Conversations that are followed at once: of a flood of others only the latest are. */
const FOLLOWED_MAX = 65_536;

/** Bytes that wait for a missing segment, in all connections together. */
const WAITING_MAX = 64 * 1024 * 1024;

/** The first port that is not kept for well-known services. */
const SYSTEM_PORTS = 1024;

/** The first port that systems give to clients, on those that give the lowest ones. */
const CLIENT_PORTS = 32_768;

/** What was in a capture besides its conversations. */
export interface CaptureCounts {
  /** Packets. */
  packets: number;
  /** Packets that were passed over, by reason. */
  readonly skipped: Record<Skipped, number>;
  /** Numbers of links that are not known. */
  readonly unknownLinks: Set<number>;
}

/** Takes the conversations that were not asked for. */
const UNASKED: CaptureHandler = { open() {}, data() {}, gap() {}, end() {}, comment() {}, close() {} };

/** A conversation of datagrams. */
interface Datagrams extends CapturedConversation {
  last: number;
}

/** Sorts packets into conversations. */
export class Conversations {
  /** Counts what it takes. */
  readonly counts: CaptureCounts = {
    packets: 0,
    skipped: { fragment: 0, other: 0, malformed: 0 },
    unknownLinks: new Set(),
  };
  readonly #handler: CaptureHandler;
  /** By both ends, in the order of their last beginning. */
  readonly #followed = new Map<string, CapturedStream | Datagrams>();
  readonly #budget: Budget = { used: 0, max: WAITING_MAX };
  readonly #only: number | undefined;
  #count = 0;

  /** `handler` receives the conversations: all, or the one with the number `only`. */
  constructor(handler: CaptureHandler, only?: number) {
    this.#handler = handler;
    this.#only = only;
  }

  /** Conversations so far. */
  get count(): number {
    return this.#count;
  }

  /** Takes the next packet of the file. */
  take({ link, bytes, time, comment }: CapturedPacket): void {
    this.counts.packets++;
    // They are reported as a list of numbers, which does not grow with a hostile file.
    if (!isKnownLink(link) && this.counts.unknownLinks.size < 8) this.counts.unknownLinks.add(link);
    const ip = ipOf(link, bytes);
    const segment = ip ? readSegment(ip) : "other";
    if (typeof segment === "string") return void this.counts.skipped[segment]++;
    if (segment.tcp) this.#takeStream({ ...segment, tcp: segment.tcp }, time, comment);
    else this.#takeDatagram(segment, time, comment);
  }

  /** Ends all conversations: the file has no more. */
  end(): void {
    for (const conversation of this.#followed.values()) this.#finish(conversation);
    this.#followed.clear();
  }

  #takeStream(
    segment: Segment & { tcp: NonNullable<Segment["tcp"]> },
    time: number,
    comment: string | undefined,
  ): void {
    const { source, target, tcp, payload } = segment;
    const key = keyOf("tcp", source, target);
    let stream = this.#followed.get(key) as CapturedStream | undefined;
    if (stream?.isAnother(source, tcp, payload.length)) {
      stream.finish();
      stream = undefined;
    }
    if (!stream) {
      // Of a connection that was there before the capture, the ports tell which end is the client.
      const fromServer = tcp.flags & FLAG.syn
        ? (tcp.flags & FLAG.ack) !== 0
        : [SYSTEM_PORTS, CLIENT_PORTS].some((first) => source.port < first && target.port >= first);
      const [client, server] = fromServer ? [target, source] : [source, target];
      const number = ++this.#count;
      stream = new CapturedStream(this.#handlerOf(number), this.#budget, { number, client, server, start: time });
      this.#follow(key, stream);
    }
    // A SYN shows which end is the client; without one, the remark goes before the data.
    const isFirst = (tcp.flags & FLAG.syn) !== 0;
    if (comment !== undefined && !isFirst) stream.comment(comment, time);
    stream.take(source, segment, time);
    if (comment !== undefined && isFirst) stream.comment(comment, time);
  }

  #takeDatagram({ source, target, payload, missing }: Segment, time: number, comment: string | undefined): void {
    const key = keyOf("udp", source, target);
    let conversation = this.#followed.get(key) as Datagrams | undefined;
    if (!conversation) {
      const ends = { client: source, server: target, start: time, last: time };
      conversation = { number: ++this.#count, connectionless: true, ...ends, beganBefore: false };
      this.#follow(key, conversation);
      this.#handlerOf(conversation.number).open(conversation, time);
    }
    conversation.last = Math.max(conversation.last, time);
    const { client, number } = conversation;
    const handler = this.#handlerOf(number);
    const dir = client.port === source.port && client.hostname === source.hostname ? "up" : "down";
    if (comment !== undefined) handler.comment(conversation, comment, time);
    handler.data(conversation, dir, payload, time, false);
    if (missing > 0) handler.gap(conversation, dir, missing, time);
  }

  #follow(key: string, conversation: CapturedStream | Datagrams): void {
    this.#followed.delete(key);
    this.#followed.set(key, conversation);
    if (this.#followed.size <= FOLLOWED_MAX) return;
    const [oldest] = this.#followed;
    if (!oldest) return;
    this.#followed.delete(oldest[0]);
    this.#finish(oldest[1]);
  }

  #finish(conversation: CapturedStream | Datagrams): void {
    if (conversation instanceof CapturedStream) conversation.finish();
    else this.#handlerOf(conversation.number).close(conversation, undefined, conversation.last);
  }

  #handlerOf(number: number): CaptureHandler {
    return this.#only === undefined || this.#only === number ? this.#handler : UNASKED;
  }
}

/** The same for both directions. */
function keyOf(protocol: string, source: Endpoint, target: Endpoint): string {
  const [one, other] = [endpointText(source), endpointText(target)];
  return one < other ? `${protocol} ${one} ${other}` : `${protocol} ${other} ${one}`;
}
