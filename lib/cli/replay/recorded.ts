/**
 * The conversations of a capture, complete and in memory, to be played again.
 *
 * @module
 */

import type { ByteReader } from "../../bytes.ts";
import type { CapturedConversation, Ending } from "../../capture/captured.ts";
import type { RecordedConversation, RecordedStep } from "../../capture/recording.ts";
import { SockeyeError } from "../../errors.ts";
import type { Dir, TrafficEvent } from "../../events.ts";
import type { Phrased } from "../../phrase.ts";
import type { MessageForm } from "../../text/message_form.ts";
import { byteLimit } from "../../wording.ts";
import { CapturedMessages, type MessageHandler } from "../show/messages.ts";
import { readCapture } from "../show/read.ts";

/** Bytes of messages that are kept: all of them are in memory while they are played. */
const KEPT_MAX = 256 * 1024 * 1024;

/** What is read. */
export interface RecordedOptions {
  /** Number of the only conversation that is wanted. Default: all. */
  readonly stream?: number | undefined;
  /** What a message is. Default: what one write sent. */
  readonly form?: MessageForm | undefined;
  /** Stops it. */
  readonly signal: AbortSignal;
  /** Called with notices about the file. */
  readonly notice: (message: Phrased, detail?: boolean) => void;
}

/** What was found. */
export interface Recorded {
  /** The conversations, in the order in which they began. */
  readonly conversations: readonly RecordedConversation[];
  /** How many the file has, including those that were not selected. */
  readonly count: number;
}

/**
 * Reads the conversations of a capture.
 *
 * @param name the file, for messages
 * @throws {SockeyeError} `file`: it is no capture, or has more than 256 MiB of messages
 */
export async function readRecorded(file: ByteReader, name: string, options: RecordedOptions): Promise<Recorded> {
  const { stream, form, signal, notice } = options;
  const collector = new Collector(notice);
  const count = await readCapture(file, name, {
    signal,
    handler: new CapturedMessages(collector, form),
    only: stream,
    finished: () => {},
    caughtUp: () => undefined,
    isWanted: () => true,
    notice,
  });
  return { conversations: [...collector.conversations.values()], count };
}

/** A conversation that is being read. */
interface Collected extends Omit<RecordedConversation, "steps"> {
  readonly steps: RecordedStep[];
  messages: number;
}

class Collector implements MessageHandler {
  readonly conversations = new Map<number, Collected>();
  readonly #notice: (message: Phrased) => void;
  #kept = 0;

  constructor(notice: (message: Phrased) => void) {
    this.#notice = notice;
  }

  open({ number, connectionless, start }: CapturedConversation): void {
    this.conversations.set(number, { number, connectionless, start, steps: [], messages: 0 });
  }

  message({ number }: CapturedConversation, { data, dir = "up", stray }: TrafficEvent, time: number): void {
    const conversation = this.conversations.get(number);
    if (!conversation) return;
    this.#kept += data.length;
    if (this.#kept > KEPT_MAX) {
      throw new SockeyeError(
        "file",
        `Cannot replay more than ${byteLimit(KEPT_MAX)}: choose a conversation with --stream`,
      );
    }
    const bytes = data.slice();
    conversation.steps.push({ dir, time, bytes, number: ++conversation.messages, ...(stray && { stray }) });
  }

  gap({ number }: CapturedConversation, dir: Dir, bytes: number): void {
    const side = dir === "up" ? "client" : "server";
    this.#notice(`Stream ${number}: ${bytes} bytes of the ${side} were not captured; what is there is played`);
  }

  end({ number }: CapturedConversation, dir: Dir, time: number): void {
    this.conversations.get(number)?.steps.push({ dir, time, how: "fin" });
  }

  comment(): void {}

  close({ number }: CapturedConversation, ending: Ending | undefined, time: number): void {
    if (ending?.how === "reset") this.conversations.get(number)?.steps.push({ dir: ending.dir, time, how: "reset" });
  }
}
