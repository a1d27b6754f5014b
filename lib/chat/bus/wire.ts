/**
 * What servers of one room send each other: JSON in UTF-8. A client that may publish on the subjects of a room is trusted not
 * to speak for others, and with nothing else: a name must be one that a room would allow, control characters are escaped, what
 * is longer than anything that a room says is refused, and a field that was not checked is not used.
 *
 * @module
 */

import { escapeControls } from "../../printable.ts";
import { LINE_LIMIT } from "../../text/lines.ts";
import { BATCH_CHARS, LINE_EXTRA_CHARS } from "../broadcast.ts";
import { type LeaveCode, LEAVES } from "../events.ts";
import { isName } from "../names.ts";

/** Servers that speak another version do not understand each other. */
export const VERSION = 2;

/**
 * What a server says; participants have numbers there, which stay the same. `join`: one takes a name, which counts if no other
 * has it; `ask`: who is there?; `here`: these, and each of them follows with its name; `gone`: a server has left. `private`, which
 * is not for the stream, is for the participant with that number, from one with that name.
 */
export type WireEvent =
  | { readonly k: "say" | "act"; readonly id: number; readonly name: string; readonly texts: readonly string[] }
  | { readonly k: "join"; readonly id: number; readonly name: string }
  | { readonly k: "leave"; readonly id: number; readonly how: LeaveCode; readonly text?: string | undefined }
  | { readonly k: "ask" }
  | { readonly k: "here"; readonly ids: readonly number[] }
  | { readonly k: "gone"; readonly server: string }
  | { readonly k: "private"; readonly id: number; readonly name: string; readonly text: string };

/** A message of the stream: server, and whether it was out of reach as its lines were said. */
export type Message = { readonly s: string; readonly late: boolean; readonly events: readonly WireEvent[] };

/** Events of one message. */
export const EVENTS_MAX = 2_000;

/** Characters of one line: a control character takes up to six (`\u0085`). */
export const LINE_MAX = 6 * LINE_LIMIT;

/** Characters of the lines of one message, each with its name: a batch that is not full, and one more line. */
const LINES_MAX = BATCH_CHARS + LINE_MAX + 64;

/** Bytes of the longest message: a line of `\\u0085` only, a batch of three bytes for each character, and the rest. */
export const MESSAGE_BYTES: number = 7 * LINE_LIMIT + 3 * BATCH_CHARS + 1024;

const decoder = new TextDecoder("utf-8", { fatal: true });

/** Writes what a server sends. */
export function encode(message: Message): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ v: VERSION, ...message }));
}

/** An id by which NATS knows a message. */
export function messageId(server: string): string {
  return `${server}.${crypto.getRandomValues(new Uint8Array(8)).toHex()}`;
}

/** A mark of a server: a letter, so that it is not taken for a part of the number before it, and three digits or letters. */
export function tagOf(server: string): string {
  return String.fromCharCode("a".charCodeAt(0) + Number(`0x${server.slice(0, 2)}`) % 26) + server.slice(2, 5);
}

/** Whether it is an id of a server. */
export function isServer(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{16}$/.test(value);
}

/** Reads a message; undefined when it is none. It is safe to show. */
export function decodeMessage(bytes: Uint8Array): Message | undefined {
  const { s, late, events } = fieldsOf(bytes);
  if (!isServer(s) || !Array.isArray(events) || events.length === 0 || events.length > EVENTS_MAX) return undefined;
  const checked = events.flatMap((event) => eventOf(event ?? {}) ?? []);
  const size = checked.reduce((sum, event) => sum + sizeOf(event), 0);
  return checked.length === events.length && size <= LINES_MAX
    ? { s, late: late === true, events: checked }
    : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(bytes: Uint8Array): Fields {
  try {
    const value: Fields | null = JSON.parse(decoder.decode(bytes));
    return value?.v === VERSION ? value : {};
  } catch {
    return {};
  }
}

function eventOf({ k, id, ids, name, texts, how, text, server }: Fields): WireEvent | undefined {
  if (k === "ask") return { k };
  if (k === "here" && Array.isArray(ids) && ids.every(isCount)) return { k, ids };
  if (k === "gone" && isServer(server)) return { k, server };
  if (!isCount(id)) return undefined;
  const line = lineOf(text);
  const way = (Object.keys(LEAVES) as LeaveCode[]).find((code) => code === how);
  if (k === "leave" && way) return { k, id, how: way, text: line };
  if (typeof name !== "string" || !isName(name)) return undefined;
  if (k === "join") return { k, id, name };
  if (k === "private" && line !== undefined) return { k, id, name, text: line };
  const lines = Array.isArray(texts) ? texts.map(lineOf) : [];
  const isSound = lines.length > 0 && lines.every((line) => line !== undefined);
  return isSound && (k === "say" || k === "act") ? { k, id, name, texts: lines } : undefined;
}

/** Characters that readers get of an event: lines, with the name before each, and last words. */
function sizeOf(event: WireEvent): number {
  if (!("texts" in event)) return "text" in event ? event.text?.length ?? 0 : 0;
  return event.texts.reduce((sum, { length }) => sum + event.name.length + length + LINE_EXTRA_CHARS, 0);
}

/** One line that a terminal can be given; undefined for what is none, or longer than any. */
function lineOf(text: unknown): string | undefined {
  const line = typeof text === "string" ? escapeControls(text).replaceAll("\n", "\\n") : undefined;
  return line !== undefined && line.length <= LINE_MAX ? line : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
