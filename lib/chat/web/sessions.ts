/**
 * Pages that reconnect. A page identifies itself by a secret of its own choice, so that its new connection replaces the
 * broken one, and a message that it resends for lack of an acknowledgement is not repeated in the room.
 *
 * @module
 */

/** Pages that are remembered while they are away; the one that was away longest is forgotten first. */
const AWAY_MAX = 4096;

/** What is remembered of one page: `secret` is its own choice, `end` ends its present connection and is missing while it is away. */
export type Session = {
  readonly secret?: string | undefined;
  /** -1 before the first one. */
  lastAcknowledgedId: number;
  end?: (() => void) | undefined;
};

/** Every page of this run of the server. */
export class Sessions {
  readonly #here = new Map<string, Session>();
  readonly #away = new Map<string, Session>();

  /** A page connects or reconnects, and its old connection is ended; `end` ends this connection, and belongs to it alone. */
  enter(secret: string | undefined, end: () => void): Session {
    if (secret === undefined) return { lastAcknowledgedId: -1 };
    const session = this.#here.get(secret) ?? this.#away.get(secret) ?? { secret, lastAcknowledgedId: -1 };
    session.end?.();
    session.end = end;
    this.#away.delete(secret);
    this.#here.set(secret, session);
    return session;
  }

  /** Whether a page with this secret has been here: it was let in. */
  knows(secret: string | undefined): boolean {
    return secret !== undefined && (this.#here.has(secret) || this.#away.has(secret));
  }

  /** A connection of a page is over. The page is away, unless it has another connection by now. */
  exit(session: Session, end: () => void): void {
    const { secret } = session;
    if (secret === undefined || session.end !== end) return;
    session.end = undefined;
    this.#here.delete(secret);
    this.#away.set(secret, session);
    if (this.#away.size > AWAY_MAX) this.#away.delete(this.#away.keys().next().value ?? "");
  }
}
