/**
 * Plays the client's side of a recorded conversation, and compares the server's replies.
 *
 * @module
 */

import { writeAll } from "../bytes.ts";
import { Answers, type AnswersOptions, type Difference } from "../capture/answers.ts";
import { isMessage, type RecordedConversation, type RecordedMessage, type RecordedStep } from "../capture/recording.ts";
import type { Report } from "../events.ts";
import { type Phrased, say } from "../phrase.ts";
import { makeFramer } from "../text/framer.ts";
import type { MessageForm } from "../text/message_form.ts";
import { type Channel, resetChannel } from "../transport/channel.ts";
import { isReset } from "../transport/failure.ts";
import { settledWithin, unlessAborted, wait } from "../wait.ts";
import { brokenBy, BY_PEER, CLOSED } from "./ending.ts";
import { readerOf } from "./reader.ts";

/** Milliseconds without a byte after which the next message goes out though an answer is missing. */
export const NEXT_MS = 1_000;

/** Milliseconds without a byte after which an answer is missing at the end. */
export const LAST_MS = 5_000;

/** Milliseconds in which more than was recorded is looked for at the end. */
const SURPLUS_MS = 100;

/** How to play. */
export interface ReplayOptions extends Pick<AnswersOptions, "ignore"> {
  /** What a message is. Default: bytes count. */
  readonly form?: MessageForm | undefined;
  /** How much faster than recorded; Infinity for no pauses. */
  readonly speed: number;
  /** Milliseconds without a byte after which an answer is missing. Default: {@linkcode NEXT_MS} and {@linkcode LAST_MS}. */
  readonly wait?: number | undefined;
  /** Number of the conversation in reports. */
  readonly id: number;
  /** Gives up; its reason is thrown. */
  readonly signal: AbortSignal;
  /** Takes the open and close events. */
  readonly on: Report;
  /** Takes what passes. */
  readonly onTraffic?: Report | undefined;
}

/** The first difference, and whether the server had ended by then. */
export interface FirstDifference extends Difference {
  /** Whether no more data can arrive. */
  readonly ended: boolean;
}

/**
 * Plays a conversation over a channel, which is closed.
 *
 * @returns the first difference, and undefined where there is none
 * @throws {SockeyeError} `session`: the connection broke
 */
export async function replay(
  channel: Channel,
  conversation: RecordedConversation,
  options: ReplayOptions,
): Promise<FirstDifference | undefined> {
  const { id, on, signal } = options;
  const { peer, transport } = channel;
  const start = performance.now();
  const player = new Player(channel, conversation, options);
  const stop = () => channel.close();
  signal.addEventListener("abort", stop, { once: true });
  try {
    await on({ event: "open", id, peer, transport });
    return await player.play();
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
    channel.close();
    await player.closed;
    const { received, sent } = player;
    const ms = Math.round(performance.now() - start);
    await on({ event: "close", id, peer, transport, reason: player.reason, received, sent, ms });
  }
}

class Player {
  /** Bytes so far. */
  received = 0;
  /** Likewise. */
  sent = 0;
  /** How it ended. */
  reason: Phrased = CLOSED;
  /** Settles when nothing more is read. */
  readonly closed: Promise<void>;
  readonly #channel: Channel;
  readonly #steps: readonly RecordedStep[];
  readonly #start: number;
  readonly #options: ReplayOptions;
  readonly #answers: Answers;
  readonly #whole: boolean;
  /** The first one. */
  #difference: Difference | undefined;
  /** Why the server sends no more: its end, or the failure that broke the connection. */
  #ended: { readonly cause?: unknown } | undefined;
  /** Settled by the next data or the end. */
  #news = Promise.withResolvers<void>();

  constructor(channel: Channel, { steps, start }: RecordedConversation, options: ReplayOptions) {
    this.#channel = channel;
    this.#steps = steps;
    this.#start = start;
    this.#options = options;
    this.#whole = channel.receive !== undefined || options.form?.frame !== undefined;
    this.#answers = new Answers(turnsOf(steps), { whole: this.#whole, ignore: options.ignore });
    this.closed = this.#read();
  }

  async play(): Promise<FirstDifference | undefined> {
    const { signal, speed } = this.#options;
    /** Replies expected before the next message. */
    let due = 0;
    let isNew = true;
    let before = this.#start;
    for (const step of this.#steps) {
      if (step.dir === "down" && isMessage(step) && (isNew || this.#whole)) due++;
      isNew = step.dir === "up" || (isNew && !isMessage(step));
      if (step.dir === "up") {
        await this.#answered(due, this.#options.wait ?? NEXT_MS);
        if (this.#difference || (this.#ended && !this.#answers.complete)) break;
        if (speed !== Infinity) await wait((step.time - before) / speed, signal);
        if (!await this.#act(step)) return undefined;
      }
      before = step.time;
    }
    return await this.#finish();
  }

  /** Does what the client did; false after a reset. */
  async #act(step: RecordedStep): Promise<boolean> {
    const { id, signal, onTraffic } = this.#options;
    const channel = this.#channel;
    if (isMessage(step)) {
      const { bytes } = step;
      await onTraffic?.({ event: "send", id, peer: channel.peer, data: bytes, ...(this.#whole && { whole: true }) });
      const written = channel.receive ? channel.write(bytes) : writeAll(channel, bytes);
      // The read reports the cause.
      await unlessAborted(written.then(() => this.sent += bytes.length, () => undefined), signal);
      return true;
    }
    if (step.how === "reset") {
      resetChannel(channel);
      this.reason = say("reset-recorded")`reset, as recorded`;
      return false;
    }
    // A message transport has no half-close: it is ended once all replies have arrived.
    if (!channel.receive) await channel.closeWrite().catch(() => {});
    return true;
  }

  /** Waits for so many answers, but no longer than the server is silent for `ms`. */
  async #answered(count: number, ms: number): Promise<void> {
    while (this.#answers.count < count && !this.#ended && !this.#difference) {
      if (!await unlessAborted(settledWithin(this.#news.promise, ms), this.#options.signal)) return;
    }
  }

  async #finish(): Promise<FirstDifference | undefined> {
    const missing = this.#options.wait ?? LAST_MS;
    while (!this.#answers.complete && !this.#ended && !this.#difference) {
      if (!await unlessAborted(settledWithin(this.#news.promise, missing), this.#options.signal)) break;
    }
    // Everything has arrived: the client waits a little for more.
    if (this.#answers.complete) await this.#answered(Infinity, SURPLUS_MS);
    this.#difference ??= this.#answers.finish();
    const cause = this.#ended?.cause;
    if (this.#ended) this.reason = BY_PEER;
    if (this.#difference) return { ...this.#difference, ended: this.#ended !== undefined };
    if (cause === undefined) return undefined;
    const wasReset = this.#steps.some((step) => step.dir === "down" && !isMessage(step) && step.how === "reset");
    if (!isReset(cause) || !wasReset) throw brokenBy(cause, this.#channel);
    this.reason = say("reset-server-recorded")`reset by the server, as recorded`;
    return undefined;
  }

  async #read(): Promise<void> {
    const { form } = this.#options;
    const { peer, receive } = this.#channel;
    const framer = form?.frame && makeFramer(form.frame, {
      max: form.max,
      whole: receive !== undefined,
      onPause: ({ bytes }) => this.#compare(bytes),
    });
    const { id, onTraffic } = this.#options;
    const read = readerOf(this.#channel);
    try {
      for (let bytes; (bytes = await read()) !== null;) {
        this.received += bytes.length;
        await onTraffic?.({ event: "recv", id, peer, data: bytes, ...(receive && { whole: true }) });
        if (!framer) this.#compare(bytes);
        for (const message of framer?.push(bytes) ?? []) this.#compare(message.bytes);
        this.#tell();
      }
      this.#ended = {};
    } catch (cause) {
      this.#ended = { cause };
    }
    for (const { bytes } of framer?.end() ?? []) this.#compare(bytes);
    this.#tell();
  }

  #compare(bytes: Uint8Array): void {
    this.#difference ??= this.#answers.take(bytes);
    this.#tell();
  }

  #tell(): void {
    const { resolve } = this.#news;
    this.#news = Promise.withResolvers();
    resolve();
  }
}

/** The server's messages, grouped by the client's messages between them. */
function turnsOf(steps: readonly RecordedStep[]): RecordedMessage[][] {
  const turns: RecordedMessage[][] = [];
  let isNew = true;
  for (const step of steps) {
    if (step.dir === "up") isNew = true;
    else if (isMessage(step)) {
      if (isNew) turns.push([]);
      isNew = false;
      turns.at(-1)?.push(step);
    }
  }
  return turns;
}
