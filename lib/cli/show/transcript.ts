/**
 * Shows captured conversations as the transcript of a server shows them while they go on.
 *
 * @module
 */

import type { CapturedConversation, Ending } from "../../capture/captured.ts";
import { endpointText } from "../../capture/endpoint.ts";
import type { Dir, SockeyeEvent, TrafficEvent } from "../../events.ts";
import type { Output } from "../../output/output.ts";
import { Phrase, say } from "../../phrase.ts";
import type { MessageHandler } from "./messages.ts";
import { endingOf, traitsOf } from "./words.ts";

/** What of a capture is shown. */
export interface TranscriptOptions {
  /** Whether a message is shown. */
  readonly matches: (bytes: Uint8Array) => boolean;
  /** Takes the time of the event that is shown next. */
  readonly setTime: (time: number) => void;
}

/** Passes on captured data. */
export class Transcript implements MessageHandler {
  readonly #output: Output;
  readonly #options: TranscriptOptions;
  /** Bytes so far, by number, while the conversation is open. */
  readonly #bytes = new Map<number, Record<Dir, number>>();
  /** Set while the output is behind. */
  behind: Promise<void> | undefined;

  /** Shows on an output. */
  constructor(output: Output, options: TranscriptOptions) {
    this.#output = output;
    this.#options = options;
  }

  /** A conversation begins. */
  open(conversation: CapturedConversation, time: number): void {
    this.#bytes.set(conversation.number, { up: 0, down: 0 });
    const target = endpointText(conversation.server);
    this.#report({ event: "open", ...peerOf(conversation), target, ...traitsOf(conversation) }, time);
  }

  /** A message. */
  message({ number }: CapturedConversation, event: TrafficEvent, time: number): void {
    const bytes = this.#bytes.get(number);
    if (bytes && event.dir) bytes[event.dir] += event.data.length;
    if (!this.#options.matches(event.data)) return;
    this.#options.setTime(time);
    this.#wait(this.#output.reportTraffic?.(event));
  }

  /** Bytes were not captured. */
  gap(conversation: CapturedConversation, dir: Dir, missing: number, time: number): void {
    const number = missing.toLocaleString("en-US");
    const what = new Phrase("not-captured", `${number} byte${missing === 1 ? " was" : "s were"} not captured`, [
      number,
    ]);
    const message = dir === "up"
      ? say("upwards")`${what}, client to server`
      : say("downwards")`${what}, server to client`;
    this.#report({ event: "notice", ...peerOf(conversation), message, missing, dir }, time);
  }

  /** A direction ended. */
  end(conversation: CapturedConversation, dir: Dir, time: number): void {
    this.#report({ event: "half-close", ...peerOf(conversation), dir }, time);
  }

  /** A remark. */
  comment(conversation: CapturedConversation, text: string, time: number): void {
    this.#report({ event: "notice", ...peerOf(conversation), message: say("comment")`comment: ${text}` }, time);
  }

  /** A conversation is over. */
  close(conversation: CapturedConversation, ending: Ending | undefined, time: number): void {
    const { number, start } = conversation;
    const { up, down } = this.#bytes.get(number) ?? { up: 0, down: 0 };
    this.#bytes.delete(number);
    const ms = Math.max(Math.round(time - start), 0);
    const sums = { received: down, sent: up, ms, ...endingOf(ending) };
    this.#report({ event: "close", ...peerOf(conversation), ...traitsOf(conversation), ...sums }, time);
  }

  #report(event: SockeyeEvent, time: number): void {
    this.#options.setTime(time);
    this.#wait(this.#output.report(event));
  }

  /** What is written last is read last. */
  #wait(shown: void | Promise<void>): void {
    if (shown) this.behind = shown;
  }
}

function peerOf({ number, client }: CapturedConversation): { id: number; peer: string } {
  return { id: number, peer: endpointText(client) };
}
