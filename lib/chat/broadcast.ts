/**
 * Events on their way to many readers: rendered once for each form that occurs among them.
 *
 * @module
 */

import { escapeControls } from "../printable.ts";
import { encodeShown } from "../text/encode.ts";
import { linesOf, messageOf, type RoomEvent } from "./events.ts";
import type { StoredEvent } from "./history.ts";

/** Characters that are sent to all in one go: a flood of lines is dealt with in batches of this size. */
export const BATCH_CHARS = 32 * 1024;

/** Characters that a line has besides the name and the text: `<> ` and its end. */
export const LINE_EXTRA_CHARS = 5;

/** How text is written for a member; the encoding is a canonical name. */
export type TextFormat = {
  readonly encoding: string;
  readonly eol: "\n" | "\r\n";
};

/** An event with its place in the replay log. */
export interface LoggedEvent extends StoredEvent {
  /** Number in this run of the server, from 1. */
  readonly n: number;
  /** The event as a message for pages: JSON in UTF-8. */
  readonly message: Uint8Array;
}

/** Events that are sent together. */
export class Broadcast {
  /** The events as lines, safe for a terminal, without their ends. */
  readonly lines: readonly string[];
  /** The most bytes that one reader gets, as far as they are rendered. */
  bytes = 0;
  readonly #rendered = new Map<string, readonly Uint8Array[]>();

  /** `logged`: the same in the replay log; empty where no page can join, and for events that go to one member alone. */
  constructor(readonly events: readonly RoomEvent[], readonly logged: readonly LoggedEvent[] = []) {
    this.lines = events.flatMap(linesOf);
  }

  /** All lines together: the same array for every reader of that format. */
  in(format: TextFormat): readonly Uint8Array[] {
    const { encoding, eol } = format;
    return this.#once(keyOf(format), () => [encodeShown(this.lines.join(eol) + eol, encoding)]);
  }

  /** Each line as a message of its own, cut after `max` bytes (the same each time): the same array for every reader. */
  single(format: TextFormat, max: number): readonly Uint8Array[] {
    const render = (line: string) => cut(encodeShown(line + format.eol, format.encoding), max, format.encoding);
    return this.#once(`${keyOf(format)} single`, () => this.lines.map(render));
  }

  /** Each event as a JSON message for pages, with its number if it has one: the same array for every page. */
  get messages(): readonly Uint8Array[] {
    const { events, logged } = this;
    return this.#once(
      "json",
      () =>
        logged.length > 0 ? logged.map(({ message }) => message) : events.map((event) => encodeJson(messageOf(event))),
    );
  }

  #once(key: string, render: () => readonly Uint8Array[]): readonly Uint8Array[] {
    const before = this.#rendered.get(key);
    if (before) return before;
    const parts = render();
    this.#rendered.set(key, parts);
    this.bytes = Math.max(this.bytes, parts.reduce((sum, { length }) => sum + length, 0));
    return parts;
  }
}

const encoder = new TextEncoder();

/** Writes an object as JSON in UTF-8; its texts are safe for a terminal. */
export function encodeJson(object: object): Uint8Array {
  return encoder.encode(
    JSON.stringify(object, (_, value) => typeof value === "string" ? escapeControls(value) : value),
  );
}

/** Cuts a message, in UTF-8 behind a whole character: part of one would make it binary on a WebSocket. */
function cut(bytes: Uint8Array, max: number, encoding: string): Uint8Array {
  while (encoding === "utf-8" && max > 0 && (bytes[max] ?? 0) >> 6 === 0b10) max--;
  return bytes.subarray(0, max);
}

function keyOf({ encoding, eol }: TextFormat): string {
  return eol === "\n" ? encoding : `${encoding} crlf`;
}
