/**
 * Events on their way to many readers: rendered once for each form that occurs among them.
 *
 * @module
 */

import { encodeShown } from "../text/encode.ts";
import { lineOf, messageOf, type RoomEvent } from "./events.ts";

/** Characters that are sent to all in one go: a flood of lines is dealt with in batches of this size. */
export const BATCH_CHARS = 32 * 1024;

/** Characters that a line has besides the name and the text: `<> ` and its end. */
export const LINE_EXTRA_CHARS = 5;

/** How text is written for a member. */
export interface TextFormat {
  /** A canonical name. */
  readonly encoding: string;
  /** The end of a line. */
  readonly eol: "\n" | "\r\n";
}

/** An event with its place in the replay log. */
export interface LoggedEvent {
  /** Number in this run of the server, from 1. */
  readonly n: number;
  /** When it was logged, in milliseconds since 1970. */
  readonly t: number;
  /** What happened. */
  readonly event: RoomEvent;
  /** The event as a message for pages: JSON in UTF-8. */
  readonly message: Uint8Array;
}

/** Events that are sent together. */
export class Broadcast {
  /** What happened. */
  readonly events: readonly RoomEvent[];
  /** The same with their numbers; empty where no page can join, and for events that go to one member alone. */
  readonly logged: readonly LoggedEvent[];
  /** Each event as a line, safe for a terminal, without its end. */
  readonly lines: readonly string[];
  readonly #joined = new Map<string, readonly Uint8Array[]>();
  readonly #single = new Map<string, readonly Uint8Array[]>();
  #messages: readonly Uint8Array[] | undefined;
  #bytes = 0;

  /**
   * Takes events.
   *
   * @param logged the same in the replay log. Default: none
   */
  constructor(events: readonly RoomEvent[], logged: readonly LoggedEvent[] = []) {
    this.events = events;
    this.logged = logged;
    this.lines = events.map(lineOf);
  }

  /** The most bytes that one reader gets, as far as they are rendered. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Renders all lines together.
   *
   * @param format how the reader's lines are written
   * @returns the same array for every reader of that format: it must not be changed
   */
  in(format: TextFormat): readonly Uint8Array[] {
    const key = keyOf(format);
    let joined = this.#joined.get(key);
    if (joined) return joined;
    const bytes = encodeShown(this.lines.join(format.eol) + format.eol, format.encoding);
    joined = [bytes];
    this.#joined.set(key, joined);
    this.#bytes = Math.max(this.#bytes, bytes.length);
    return joined;
  }

  /**
   * Renders each line as a message of its own.
   *
   * @param format how the reader's lines are written
   * @param max bytes that a message holds, the same each time; what is longer is cut
   * @returns an array for each line, the same for every reader of that format
   */
  single(format: TextFormat, max: number): readonly Uint8Array[] {
    const key = keyOf(format);
    let parts = this.#single.get(key);
    if (parts) return parts;
    parts = this.lines.map((line) => encodeShown(line + format.eol, format.encoding).subarray(0, max));
    this.#single.set(key, parts);
    this.#bytes = Math.max(this.#bytes, parts.reduce((sum, part) => sum + part.length, 0));
    return parts;
  }

  /**
   * Renders each event as a JSON message for pages, with its number if it has one.
   *
   * @returns the same array for every page
   */
  get messages(): readonly Uint8Array[] {
    if (this.#messages) return this.#messages;
    this.#messages = this.logged.length > 0
      ? this.logged.map(({ message }) => message)
      : this.events.map((event) => encodeJson(messageOf(event)));
    this.#bytes = Math.max(this.#bytes, this.#messages.reduce((sum, { length }) => sum + length, 0));
    return this.#messages;
  }
}

const encoder = new TextEncoder();

/** Writes an object as JSON in UTF-8. */
export function encodeJson(object: object): Uint8Array {
  return encoder.encode(JSON.stringify(object));
}

function keyOf({ encoding, eol }: TextFormat): string {
  return eol === "\n" ? encoding : `${encoding} crlf`;
}
