/**
 * The messages of a page, one JSON object each. `ws.md` describes both directions.
 *
 * @module
 */

/** The subprotocol of pages (RFC 6455 section 1.9). A WebSocket without it is a text client. */
export const PAGE_PROTOCOL = "sockeye-chat";

/** The first message. */
export interface Join {
  /** The name that is wanted. */
  readonly name?: string | undefined;
  /** The secret by which a page comes back. */
  readonly session?: string | undefined;
  /** The run of the server that `last` is about. */
  readonly run?: string | undefined;
  /** Number of the last event that the page has; without it the page is new. */
  readonly last?: number | undefined;
}

/** A message of a page. */
export type ClientMessage =
  | { readonly join: Join }
  | { readonly say: string; readonly id?: number | undefined }
  | { readonly ping: true };

/** Characters of the longest name and secret that are looked at. */
const WORD_MAX = 256;

/**
 * Reads a message of a page.
 *
 * @returns the message; undefined when it is none
 */
export function parseClientMessage(text: string): ClientMessage | undefined {
  const message = parseObject(text);
  if (!message) return undefined;
  if (typeof message.say === "string") return { say: message.say, id: asCount(message.id) };
  if (message.ping === true) return { ping: true };
  if (typeof message.join !== "object" || message.join === null) return undefined;
  const { name, session, run, last } = message.join as Record<string, unknown>;
  return { join: { name: asWord(name), session: asWord(session), run: asWord(run), last: asCount(last) } };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value as Record<string, unknown> : undefined;
  } catch {
    return undefined; // The page gets a close code.
  }
}

function asWord(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" && value.length <= WORD_MAX ? value : undefined;
}

function asCount(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : undefined;
}
