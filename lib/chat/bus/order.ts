/**
 * One order for all servers. NATS keeps the order of one sender, but two receivers may get the messages of two senders in
 * different orders. So each message has a time, by a clock that is never behind a message that was heard (L. Lamport, "Time,
 * Clocks, and the Ordering of Events in a Distributed System", 1978), and is held back until every known server has been
 * heard with that time or a later one: nothing earlier can come any more. Who hears something answers with its own time.
 *
 * @module
 */

/** A place in the order. */
export interface Place {
  /** Its time. */
  readonly at: number;
  /** Whose it is: of two at one time the smaller id comes first. */
  readonly server: string;
}

/** Something that happens in its turn. */
export interface Turn extends Place {
  /** Bytes of what waits. */
  readonly size: number;
  /** Lets it happen. */
  run(): void;
}

/** Units of the clock in a millisecond: so many messages can be told apart without running ahead of the time of day. */
const UNITS = 1_000;

/** How far ahead of this machine another one's time may be: a day. */
const AHEAD = 24 * 60 * 60 * 1_000 * UNITS;

/** A clock that servers set one another. It begins with the time of day, so that a newcomer is not far behind. */
export class Clock {
  #last = 0;

  /** The time of something that is sent now, later than anything before. */
  next(): number {
    this.#last = Math.max(this.#last + 1, Date.now() * UNITS);
    return this.#last;
  }

  /** Whether a time can be true. */
  believes(time: number): boolean {
    return time <= Date.now() * UNITS + AHEAD;
  }

  /** Something was heard, at a time that can be true. */
  hear(time: number): void {
    this.#last = Math.max(this.#last, time);
  }
}

/** What waits for its turn. */
export class Waiting {
  readonly #turns: Turn[] = [];
  #size = 0;

  /** Bytes of all that waits. */
  get size(): number {
    return this.#size;
  }

  /** What comes next. */
  get first(): Turn | undefined {
    return this.#turns[0];
  }

  /** Something has come. */
  add(turn: Turn): void {
    let at = this.#turns.length;
    // It is almost always the last one.
    while (at > 0 && isBefore(turn, this.#turns[at - 1]!)) at--;
    this.#turns.splice(at, 0, turn);
    this.#size += turn.size;
  }

  /** Takes what comes next. */
  take(): Turn | undefined {
    const turn = this.#turns.shift();
    this.#size -= turn?.size ?? 0;
    return turn;
  }
}

/** Whether one thing comes before another. */
export function isBefore(one: Place, other: Place): boolean {
  return one.at < other.at || (one.at === other.at && one.server < other.server);
}
