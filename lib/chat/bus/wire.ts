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

/** A participant: its server, its number there, which stays the same, and its name. */
export type Person = { readonly s: string; readonly id: number; readonly name: string };

/** A line for one participant, with the name of the sender. */
export type PrivateLine = Person & { readonly text: string };

/** What a server sends to the others. `here`: it is in reach, and its participants are those that have names in the bucket. */
export type WireEvent =
  | { readonly k: "say" | "act"; readonly id: number; readonly name: string; readonly texts: readonly string[] }
  | { readonly k: "join" | "rename"; readonly id: number; readonly name: string; readonly yielded?: boolean }
  | { readonly k: "leave"; readonly id: number; readonly how: LeaveCode; readonly text?: string }
  | { readonly k: "here" }
  | { readonly k: "gone"; readonly server: string };

/** A message of the stream: server, id by which NATS knows it, whether the server was out of reach as it was said. */
export type Message = { readonly s: string; readonly i: string; readonly late: boolean; readonly events: WireEvent[] };

/** Events of one message. */
export const EVENTS_MAX = 2_000;

/** Characters of one line: a control character takes up to six (`\u0085`). */
export const LINE_MAX = 6 * LINE_LIMIT;

/** Characters of the lines of one message, each with its name: a batch that is not full, and one more line. */
const LINES_MAX = BATCH_CHARS + LINE_MAX + 64;

const decoder = new TextDecoder("utf-8", { fatal: true });

/** Writes what a server sends. */
export function encode(value: Message | Person | PrivateLine): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ v: VERSION, ...value }));
}

/** Reads a message; undefined when it is none. It is safe to show. */
export function decodeMessage(bytes: Uint8Array): Message | undefined {
  const { s, i, late, events } = fieldsOf(bytes);
  if (!isServer(s) || typeof i !== "string" || !/^[\w.]{1,64}$/.test(i)) return undefined;
  if (!Array.isArray(events) || events.length === 0 || events.length > EVENTS_MAX) return undefined;
  let size = 0;
  const checked: WireEvent[] = [];
  for (const value of events) {
    const event = eventOf(value ?? {});
    if (!event || (size += sizeOf(event)) > LINES_MAX) return undefined;
    checked.push(event);
  }
  return { s, i, late: late === true, events: checked };
}

/** Reads a claim of a name, or with a text a private line; undefined when it is none. It is safe to show. */
export function decodePerson(bytes: Uint8Array): Person & { readonly text: string | undefined } | undefined {
  const { s, id, name, text } = fieldsOf(bytes);
  return isServer(s) && isCount(id) && isSafeName(name) ? { s, id, name, text: lineOf(text) } : undefined;
}

/** Characters that readers get of an event: lines, with the name before each, and last words. */
export function sizeOf(event: WireEvent): number {
  if (event.k === "leave") return event.text?.length ?? 0;
  if (!("texts" in event)) return 0;
  return event.texts.reduce((sum, { length }) => sum + event.name.length + length + LINE_EXTRA_CHARS, 0);
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

function eventOf({ k, id, name, texts, how, text, server, yielded }: Fields): WireEvent | undefined {
  if (k === "here") return { k };
  if (k === "gone") return isServer(server) ? { k, server } : undefined;
  if (!isCount(id)) return undefined;
  if (k === "leave") {
    const line = lineOf(text);
    const isWay = typeof how === "string" && Object.hasOwn(LEAVES, how);
    return isWay ? { k, id, how: how as LeaveCode, ...(line !== undefined && { text: line }) } : undefined;
  }
  if (!isSafeName(name)) return undefined;
  if (k === "join" || k === "rename") return { k, id, name, yielded: yielded === true };
  const lines = Array.isArray(texts) ? texts.map(lineOf) : [];
  const isSaid = (k === "say" || k === "act") && lines.length > 0 && lines.every((line) => line !== undefined);
  return isSaid ? { k, id, name, texts: lines } : undefined;
}

/** One line that a terminal can be given; undefined for what is none, or longer than any. */
function lineOf(text: unknown): string | undefined {
  if (typeof text !== "string") return undefined;
  const line = escapeControls(text).replaceAll("\n", "\\n");
  return line.length <= LINE_MAX ? line : undefined;
}

/** Whether it is an id of a server. */
export function isServer(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{16}$/.test(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isSafeName(value: unknown): value is string {
  return typeof value === "string" && isName(value);
}
