/**
 * The messages of a page, one JSON object each. `ws.md` describes both directions.
 *
 * @module
 */

/** The subprotocol of pages (RFC 6455 section 1.9). A WebSocket without it is a text client. */
export const PAGE_PROTOCOL = "sockeye-chat";

/** The first message: a page that was here before has a `last`, the number of the last event that it has of a `run`. */
export type Join = {
  readonly name?: string | undefined;
  /** The secret with which a page resumes its session. */
  readonly session?: string | undefined;
  readonly run?: string | undefined;
  readonly last?: number | undefined;
  readonly password?: string | undefined;
  /** Whether it would rather stay out than get another name. */
  readonly strict?: boolean | undefined;
};

/** Where the earliest line is that a page has: its time, and how many lines of that time it has. */
export type Older = { readonly t: number; readonly skip: number };

/** What a room tells a client before it joins. With a password the names of the members are left out. */
export type RoomSummary = {
  readonly name: string | undefined;
  readonly password: boolean;
  readonly count?: number;
  /** Some of them. */
  readonly here?: readonly string[];
};

/** A message of a page. */
export type ClientMessage =
  | { readonly join: Join }
  | { readonly say: string; readonly id?: number | undefined }
  | { readonly older: Older }
  | { readonly ping: true };

/** Characters of the longest name and secret that are looked at. */
const WORD_MAX = 256;

/** Reads a message of a page; undefined when it is none. */
export function parseClientMessage(text: string): ClientMessage | undefined {
  const { join, say, id, older, ping } = parseObject(text) ?? {};
  if (typeof say === "string") return { say, id: asCount(id) };
  if (ping === true) return { ping: true };
  if (isObject(older)) {
    return { older: { t: asCount(older.t) ?? Number.MAX_SAFE_INTEGER, skip: asCount(older.skip) ?? 0 } };
  }
  if (!isObject(join)) return undefined;
  const { name, session, run, last, password, strict } = join;
  return {
    join: {
      name: asWord(name),
      session: asWord(session),
      run: asWord(run),
      last: asCount(last),
      password: asWord(password),
      strict: strict === true,
    },
  };
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text);
  } catch {
    return null; // The page gets a close code.
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function asWord(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" && value.length <= WORD_MAX ? value : undefined;
}

function asCount(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : undefined;
}
