/**
 * Pages that come back. A page names itself with a secret of its own, so that its new connection takes the place of the one
 * that broke, and so that what it says again because it never heard it arrive is not said twice.
 *
 * @module
 */

import { wait } from "../../wait.ts";

/** Pages that are remembered while they are away; the one that was away longest is forgotten first. */
const AWAY_MAX = 4096;

/** Milliseconds that a page waits for its old connection to be gone: then its name is free. */
const LEAVING_MS = 1_000;

/** One page. */
export interface Session {
  /** Chosen by the page; without one it cannot come back. */
  readonly secret?: string | undefined;
  /** Number of the last message that was taken. */
  taken: number;
  /** Ends the connection that it has now; settles when the room knows. */
  leave: Leave | undefined;
}

/** Ends a connection; settles when the room knows. */
export type Leave = () => Promise<void>;

/** Every page that was here in this run. */
export class Sessions {
  readonly #here = new Map<string, Session>();
  readonly #away = new Map<string, Session>();

  /**
   * A page comes, or comes back.
   *
   * @param secret chosen by the page; without one it cannot come back
   * @param leave ends its new connection
   * @returns what is remembered of it; its old connection is ended
   */
  async enter(secret: string | undefined, leave: Leave): Promise<Session> {
    if (secret === undefined) return { taken: 0, leave };
    const session = this.#here.get(secret) ?? this.#away.get(secret) ?? { secret, taken: 0, leave: undefined };
    this.#away.delete(secret);
    this.#here.set(secret, session);
    const before = session.leave;
    session.leave = leave;
    const left = before?.();
    const enough = new AbortController();
    if (left) await Promise.race([left, wait(LEAVING_MS, enough.signal).catch(() => {})]).finally(() => enough.abort());
    return session;
  }

  /**
   * A connection of a page is over. The page is away, unless it has another one by now.
   *
   * @param session as it was remembered
   * @param leave what would have ended this connection
   */
  exit(session: Session, leave: Leave): void {
    const { secret } = session;
    if (session.leave !== leave) return;
    session.leave = undefined;
    if (secret === undefined) return;
    this.#here.delete(secret);
    this.#away.set(secret, session);
    if (this.#away.size > AWAY_MAX) this.#away.delete(this.#away.keys().next().value ?? "");
  }
}
