/**
 * The words of a page, one JSON object a message. lib/chat/web/ws.md describes both directions.
 *
 * @module
 */

import type { Message } from "./web_socket.ts";

/** The first message. */
export interface Join {
  /** The name that is wanted. */
  readonly name?: string | undefined;
  /** The secret by which a page comes back. */
  readonly session?: string | undefined;
  /** The run of the server that `last` is about. */
  readonly run?: string | undefined;
  /** Number of the last line that the page has; without it the page is new. */
  readonly last?: number | undefined;
}

/** What a page sends. */
export type Wish =
  | { readonly join: Join }
  | { readonly say: string; readonly id?: number | undefined }
  | { readonly ping: true };

/** The longest name and secret that are looked at. */
const WORD_MAX = 256;

/**
 * Reads a message.
 *
 * @param message what came
 * @returns what it asks for; undefined when it is none of ours
 */
export function parseWish(message: Message): Wish | undefined {
  if (typeof message !== "string") return undefined;
  const wish = parseObject(message);
  if (!wish) return undefined;
  if (typeof wish.say === "string") return { say: wish.say, id: asCount(wish.id) };
  if (wish.ping === true) return { ping: true };
  if (typeof wish.join !== "object" || wish.join === null) return undefined;
  const { name, session, run, last } = wish.join as Record<string, unknown>;
  return { join: { name: asWord(name), session: asWord(session), run: asWord(run), last: asCount(last) } };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value as Record<string, unknown> : undefined;
  } catch {
    return undefined; // Whoever sent it is told that it is not understood.
  }
}

function asWord(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" && value.length <= WORD_MAX ? value : undefined;
}

function asCount(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : undefined;
}
