/**
 * Pages that come back. A page names itself with a secret of its own, so that its new connection takes the place of the one
 * that broke, and so that what it says again because it never heard it arrive is not said twice.
 *
 * @module
 */

import { wait } from "../wait.ts";

/** Sessions that are remembered; the one that was away longest is forgotten first. */
const SESSIONS_MAX = 4096;

/** Milliseconds that a page waits for its old connection to be gone: then its name is free. */
const LEAVING_MS = 1_000;

/** One page. */
export interface Session {
  /** Number of the last message that was taken. */
  taken: number;
  /** Ends the connection that it has now; settles when the room knows. */
  leave: (() => Promise<void>) | undefined;
}

/** Every page that was here in this run. */
export class Sessions {
  readonly #all = new Map<string, Session>();

  /**
   * A page comes, or comes back.
   *
   * @param secret chosen by the page; without one it cannot come back
   * @returns what is remembered of it; its old connection is ended
   */
  async enter(secret: string | undefined): Promise<Session> {
    if (secret === undefined) return { taken: 0, leave: undefined };
    const session = this.#all.get(secret) ?? { taken: 0, leave: undefined };
    this.#all.delete(secret);
    this.#all.set(secret, session);
    if (this.#all.size > SESSIONS_MAX) this.#all.delete(this.#all.keys().next().value ?? "");
    const left = session.leave?.();
    session.leave = undefined;
    const enough = new AbortController();
    if (left) await Promise.race([left, wait(LEAVING_MS, enough.signal).catch(() => {})]).finally(() => enough.abort());
    return session;
  }
}
