/**
 * What servers of one room send each other: JSON texts in UTF-8, one object each, with the version of this format, the id of
 * the server and its count of messages. Whoever may write on the bus may write anything there, so nothing is taken from a
 * message that was not looked at: a name must be one that a room would allow, control characters are shown by their number,
 * unknown fields are ignored, what is longer than anything a room says is refused, and what does not fit is no message.
 *
 * Who a message is from is what it says: whoever may write on the bus is trusted not to speak in another server's name, nor
 * in that of its people. To keep others out is the business of the bus, by its logins and permissions.
 *
 * @module
 */

import { escapeControls } from "../../printable.ts";
import { BITE, LINE_EXTRA } from "../lines.ts";
import { isName } from "../names.ts";
import { LINE_LIMIT } from "../../text/lines.ts";

/** Servers that say another number do not understand each other. */
export const VERSION = 1;

/** One person in a list: a number that is theirs as long as they stay, and their name. */
export type Entry = readonly [id: number, name: string];

/** Messages of a server that did not come: the numbers of the first and the last one. */
export type Gap = readonly [server: string, first: number, last: number];

/** What a message says. */
export type Body =
  /** All who are at the server, up to {@linkcode ENTRIES_MAX}; `ask`: everybody else should say so too. */
  | { readonly k: "here"; readonly people: readonly Entry[]; readonly ask: boolean }
  /** Messages of others that did not come to the server, up to {@linkcode GAPS_MAX} gaps. */
  | { readonly k: "missed"; readonly gaps: readonly Gap[] }
  /** More of them. */
  | { readonly k: "also"; readonly people: readonly Entry[] }
  /** Everybody should say who is here. */
  | { readonly k: "ask" }
  /** The server lives. */
  | { readonly k: "beat" }
  /** It stops, and its people leave. */
  | { readonly k: "bye" }
  /** Whether its readers are behind. */
  | { readonly k: "hold"; readonly on: boolean }
  | { readonly k: "say" | "act"; readonly id: number; readonly name: string; readonly texts: readonly string[] }
  | { readonly k: "join"; readonly id: number; readonly name: string }
  | { readonly k: "leave"; readonly id: number; readonly how: string }
  /** Somebody claims a name: it is theirs if nobody has it when the message comes. */
  | { readonly k: "name"; readonly id: number; readonly name: string };

/** A message to all. */
export type Message = Body & {
  /** The server. */
  readonly s: string;
  /** Its count of messages to all, from 1. */
  readonly n: number;
  /** Its time, see `order.ts`. */
  readonly c: number;
};

/** Words of one person for another. */
export interface Whisper {
  /** The server of who says it. */
  readonly s: string;
  /** Who says it. */
  readonly name: string;
  /** The number of who hears it: by the time it is there somebody else may have the name. */
  readonly to: number;
  /** One line. */
  readonly text: string;
}

/** People in one message: with the longest names they fit into a quarter of what NATS lets through by default. */
export const ENTRIES_MAX = 2_000;

/** Gaps in one message: they fit into a tenth of it. */
export const GAPS_MAX = 2_000;

/** Characters of one line: a byte that is a control character is shown by six (`\u0085`). */
export const LINE_MAX = 6 * LINE_LIMIT;

/** Characters of the lines of one message, each with its name: what does not fill a bite, and one more line. */
const TEXTS_MAX = BITE + LINE_MAX + 64;

/** The id of a server: 64 random bits. */
const SERVER = /^[0-9a-f]{16}$/;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Writes a message.
 *
 * @param message what to say
 * @returns its bytes
 */
export function encode(message: Message | Whisper): Uint8Array {
  return encoder.encode(JSON.stringify({ v: VERSION, ...message }));
}

/**
 * Reads a message to all.
 *
 * @param bytes anything
 * @returns the message, safe to show; undefined when it is none
 */
export function decodeMessage(bytes: Uint8Array): Message | undefined {
  const o = objectOf(bytes);
  if (!o || !isServer(o.s) || !isCount(o.n) || !isCount(o.c)) return undefined;
  const body = bodyOf(o);
  return body && { ...body, s: o.s, n: o.n, c: o.c };
}

/**
 * Reads a whisper.
 *
 * @param bytes anything
 * @returns the whisper, safe to show; undefined when it is none
 */
export function decodeWhisper(bytes: Uint8Array): Whisper | undefined {
  const o = objectOf(bytes);
  if (!o || !isServer(o.s) || !isPersonName(o.name) || !isCount(o.to)) return undefined;
  const text = lineOf(o.text);
  return text === undefined ? undefined : { s: o.s, name: o.name, to: o.to, text };
}

type Fields = Readonly<Record<string, unknown>>;

function objectOf(bytes: Uint8Array): Fields | undefined {
  try {
    const value: unknown = JSON.parse(decoder.decode(bytes));
    return typeof value === "object" && value !== null && (value as Fields).v === VERSION ? value as Fields : undefined;
  } catch {
    return undefined;
  }
}

function bodyOf({ k, id, name, texts, how, people, ask, gaps, on }: Fields): Body | undefined {
  switch (k) {
    case "ask":
    case "beat":
    case "bye":
      return { k };
    case "here":
      return isList(people) && typeof ask === "boolean" ? { k, people, ask } : undefined;
    case "also":
      return isList(people) ? { k, people } : undefined;
    case "missed":
      return isGaps(gaps) ? { k, gaps } : undefined;
    case "hold":
      return typeof on === "boolean" ? { k, on } : undefined;
    case "say":
    case "act": {
      const lines = isCount(id) && isPersonName(name) && linesOf(texts, name);
      return lines ? { k, id, name, texts: lines } : undefined;
    }
    case "leave": {
      const line = lineOf(how);
      return isCount(id) && line !== undefined ? { k, id, how: line } : undefined;
    }
    case "join":
    case "name":
      return isCount(id) && isPersonName(name) ? { k, id, name } : undefined;
    default:
      return undefined;
  }
}

/** One line that a terminal can be given; undefined for what is none, or longer than any. */
function lineOf(text: unknown): string | undefined {
  if (typeof text !== "string") return undefined;
  const line = escapeControls(text).replaceAll("\n", "\\n");
  return line.length <= LINE_MAX ? line : undefined;
}

/** Lines that somebody says at once; undefined when a room would not have sent them together. */
function linesOf(texts: unknown, name: string): string[] | undefined {
  if (!Array.isArray(texts) || texts.length === 0) return undefined;
  const lines: string[] = [];
  let size = 0;
  for (const text of texts) {
    const line = lineOf(text);
    if (line === undefined) return undefined;
    // A short line costs its readers the name as well.
    size += name.length + line.length + LINE_EXTRA;
    if (size > TEXTS_MAX) return undefined;
    lines.push(line);
  }
  return lines;
}

function isServer(value: unknown): value is string {
  return typeof value === "string" && SERVER.test(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isPersonName(value: unknown): value is string {
  return typeof value === "string" && isName(value);
}

function isList(value: unknown): value is Entry[] {
  if (!Array.isArray(value) || value.length > ENTRIES_MAX) return false;
  return value.every((entry) =>
    Array.isArray(entry) && entry.length === 2 && isCount(entry[0]) && isPersonName(entry[1])
  );
}

function isGaps(value: unknown): value is Gap[] {
  if (!Array.isArray(value) || value.length > GAPS_MAX) return false;
  return value.every((gap) =>
    Array.isArray(gap) && gap.length === 3 && isServer(gap[0]) && isCount(gap[1]) && isCount(gap[2]) &&
    1 <= gap[1] && gap[1] <= gap[2]
  );
}
