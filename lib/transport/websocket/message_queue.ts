/**
 * Messages that were read ahead of their owner.
 *
 * @module
 */

/** The two kinds of messages. */
export type MessageType = "text" | "binary";

/** A message. */
export interface Message {
  /** Its kind. */
  readonly type: MessageType;
  /** Its bytes, a text as UTF-8. */
  readonly data: Uint8Array;
}

/** Bytes of messages from which no more is read ahead. */
export const AHEAD_BYTES: number = 64 * 1024;

/** Bytes that a message counts besides its own: a flood of empty ones must end, too. */
const MESSAGE_BYTES = 64;

/** The messages, in their order. */
export class MessageQueue {
  readonly #messages: Message[] = [];
  #bytes = 0;

  /** Whether no more should be read. */
  get full(): boolean {
    return this.#bytes >= AHEAD_BYTES;
  }

  /** Whether none waits. */
  get empty(): boolean {
    return this.#messages.length === 0;
  }

  /** Adds a message. */
  push(message: Message): void {
    this.#messages.push(message);
    this.#bytes += message.data.length + MESSAGE_BYTES;
  }

  /** Takes the first message; undefined when there is none. */
  shift(): Message | undefined {
    const message = this.#messages.shift();
    if (message) this.#bytes -= message.data.length + MESSAGE_BYTES;
    return message;
  }

  /** Drops all messages. */
  clear(): void {
    this.#messages.length = 0;
    this.#bytes = 0;
  }
}
