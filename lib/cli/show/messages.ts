/**
 * The messages of captured conversations: segments of one write joined, streams cut as `--frame` says, checksums judged.
 * The time is that of the capture, for pauses as well.
 *
 * @module
 */

import { concat } from "../../bytes.ts";
import type { CapturedConversation, CaptureHandler, Ending } from "../../capture/captured.ts";
import { endpointText } from "../../capture/endpoint.ts";
import type { Dir, TrafficEvent } from "../../events.ts";
import { type Direction, FramedTraffic } from "../../output/framed_traffic.ts";
import type { MessageForm } from "../../text/message_form.ts";

/** Bytes of segments that are joined at most: a write seldom has more. */
const JOINED_MAX = 1024 * 1024;

/** Both directions belong to other programs, and pauses are those of the capture. */
const PAST = { judgeSent: true, timed: false } as const;

/** Takes messages, and what else happens in a conversation. Times are milliseconds since 1970. */
export interface MessageHandler extends Omit<CaptureHandler, "data"> {
  /** A message: its bytes are valid during the call. */
  message(conversation: CapturedConversation, event: TrafficEvent, time: number): void;
}

/** Segments that may be followed by more of the same write. */
interface Joined {
  readonly conversation: CapturedConversation;
  readonly dir: Dir;
  readonly time: number;
  readonly parts: Uint8Array[];
  size: number;
}

/** One direction that is cut into messages. */
interface Cut {
  readonly traffic: FramedTraffic;
  /** Time of the last bytes. */
  time: number;
}

/** Makes messages. */
export class CapturedMessages implements CaptureHandler {
  readonly #handler: MessageHandler;
  readonly #form: MessageForm | undefined;
  #joined: Joined | undefined;
  /** By number and direction, from its first bytes to the end. */
  readonly #cuts = new Map<string, Cut>();

  /** Without `form` a message is what one write sent, as far as a capture tells it. */
  constructor(handler: MessageHandler, form: MessageForm | undefined) {
    this.#handler = handler;
    this.#form = form;
  }

  /** A conversation begins. */
  open(conversation: CapturedConversation, time: number): void {
    this.#flush();
    this.#handler.open(conversation, time);
  }

  /** Bytes passed. */
  data(conversation: CapturedConversation, dir: Dir, bytes: Uint8Array, time: number, more: boolean): void {
    const joined = this.#joined;
    const isRest = joined?.conversation === conversation && joined.dir === dir && joined.time === time;
    if (!isRest) this.#flush();
    if (!more && !isRest) return this.#cut(conversation, dir, bytes, time);
    this.#joined ??= { conversation, dir, time, parts: [], size: 0 };
    this.#joined.parts.push(bytes.slice());
    this.#joined.size += bytes.length;
    if (!more || this.#joined.size > JOINED_MAX) this.#flush();
  }

  /** Bytes were not captured: a message ends before them. */
  gap(conversation: CapturedConversation, dir: Dir, bytes: number, time: number): void {
    this.#flush();
    this.#endCut(conversation, dir);
    this.#handler.gap(conversation, dir, bytes, time);
  }

  /** A direction ended. */
  end(conversation: CapturedConversation, dir: Dir, time: number): void {
    this.#flush();
    this.#endCut(conversation, dir);
    this.#handler.end(conversation, dir, time);
  }

  /** A remark. */
  comment(conversation: CapturedConversation, text: string, time: number): void {
    this.#flush();
    this.#handler.comment(conversation, text, time);
  }

  /** A conversation is over. */
  close(conversation: CapturedConversation, ending: Ending | undefined, time: number): void {
    this.#flush();
    for (const dir of ["up", "down"] as const) this.#endCut(conversation, dir);
    this.#handler.close(conversation, ending, time);
  }

  #flush(): void {
    const joined = this.#joined;
    this.#joined = undefined;
    if (joined) this.#cut(joined.conversation, joined.dir, concat(joined.parts), joined.time);
  }

  #cut(conversation: CapturedConversation, dir: Dir, data: Uint8Array, time: number): void {
    const direction: Direction = {
      event: dir === "up" ? "send" : "recv",
      id: conversation.number,
      peer: endpointText(conversation.client),
      dir,
      ...(conversation.connectionless && { whole: true, transport: "udp" }),
    };
    if (!this.#form) return this.#handler.message(conversation, { ...direction, data }, time);
    const key = `${dir} ${conversation.number}`;
    let cut = this.#cuts.get(key);
    if (!cut) {
      const show = (event: TrafficEvent) => this.#handler.message(conversation, event, made.time);
      const made: Cut = { traffic: new FramedTraffic(this.#form, direction, show, PAST), time };
      this.#cuts.set(key, cut = made);
    }
    const { frame } = this.#form;
    if (frame?.by === "gap" && time - cut.time >= frame.ms) cut.traffic.end();
    cut.time = time;
    void cut.traffic.push({ ...direction, data });
  }

  #endCut({ number }: CapturedConversation, dir: Dir): void {
    const key = `${dir} ${number}`;
    this.#cuts.get(key)?.traffic.end();
    this.#cuts.delete(key);
  }
}
