/**
 * What servers of one room send each other: JSON in UTF-8. A client that may publish on the subjects of a room is
 * trusted not to speak for others, and with nothing else: a name must be one that a room would allow, line ends are
 * escaped, messages longer than any of a room are refused, and only checked fields are used.
 *
 * @module
 */

import { escapeControls } from "../../printable.ts";
import { LINE_LIMIT } from "../../text/lines.ts";
import { BATCH_CHARS, LINE_EXTRA_CHARS } from "../broadcast.ts";
import type { RoomAction } from "../contract.ts";
import { type LeaveCode, LEAVES } from "../events.ts";
import { isName } from "../names.ts";

/**
 * Servers that speak another version do not understand each other. A release that finds other names alike needs another one,
 * too: all servers of a room must refuse the same names.
 */
export const VERSION = 2;

/**
 * What a server says; participants have numbers there, which stay the same. `join`: one takes a name, which counts if no other
 * has it; `ask`: all servers list their participants; `here`: the list, each followed by its `join`; `gone`: a server has left.
 * `private`, which is not for the stream, is for the participant with that number, from one with that name.
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

/** Characters of one line, whose control characters take up to six (`\u0085`), and of all with their names: a batch and one more. */
export const LINE_MAX = 6 * LINE_LIMIT;
const LINES_MAX = BATCH_CHARS + LINE_MAX + 64;

/** Bytes of the longest message: a line of `\\u0085` only, a batch of three bytes for each character, and the rest. */
export const MESSAGE_BYTES: number = 7 * LINE_LIMIT + 3 * BATCH_CHARS + 1024;

const decoder = new TextDecoder("utf-8", { fatal: true });

/** Serializes a message of a server. */
export function encode(message: Message): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ v: VERSION, ...message }));
}

/** Whether it is an id of a server. */
export function isServer(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{16}$/.test(value);
}

/** Reads a message; undefined when it is none. */
export function decodeMessage(bytes: Uint8Array): Message | undefined {
  let fields: Fields | null;
  try {
    fields = JSON.parse(decoder.decode(bytes));
  } catch {
    return undefined;
  }
  const { v, s, late, events } = fields ?? {};
  if (v !== VERSION || !isServer(s) || !Array.isArray(events)) return undefined;
  if (events.length === 0 || events.length > EVENTS_MAX) return undefined;
  const checked = events.flatMap((event) => eventOf(event ?? {}) ?? []);
  const around = (event: WireEvent) => "name" in event ? event.name.length + LINE_EXTRA_CHARS : 0;
  const size = checked.reduce((sum, event) => sum + charsOf(event, around(event)), 0);
  if (checked.length < events.length || size > LINES_MAX) return undefined;
  return { s, late: late === true, events: checked };
}

type Fields = Readonly<Record<string, unknown>>;

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
  const said = textOf(text);
  if (k === "private" && said !== undefined) return { k, id, name, text: said };
  const all = Array.isArray(texts) ? texts.map(textOf) : [];
  const isSound = all.length > 0 && all.every((one) => one !== undefined);
  return isSound && (k === "say" || k === "act") ? { k, id, name, texts: all } : undefined;
}

/** Characters that readers get: lines, each with the name and what else is around it, and last words. */
export function charsOf(event: WireEvent | RoomAction, around: number): number {
  if ("texts" in event) return event.texts.reduce((sum, text) => sum + around + escapeControls(text).length, 0);
  return "text" in event ? escapeControls(event.text ?? "").length : 0;
}

/** One line as it was written; undefined for anything else or a line that is too long. */
function lineOf(text: unknown): string | undefined {
  return typeof text === "string" ? textOf(text.replaceAll("\n", "\\n")) : undefined;
}

/** A message in one line or several; undefined as above. */
function textOf(text: unknown): string | undefined {
  return typeof text === "string" && escapeControls(text).length <= LINE_MAX ? text : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
