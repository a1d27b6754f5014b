/**
 * The lines that a transcript skips. A transcript never holds up the traffic it shows: while a stream is not read,
 * events for it are counted instead of shown, and their number is printed when there is room again.
 *
 * @module
 */

import { settledWithin } from "../wait.ts";
import type { Sink, Stream } from "./sink.ts";

/** Bytes of a stream that may wait before traffic is left out: seconds of a slow terminal, and any burst for a file. */
export const TRAFFIC_LIMIT_BYTES: number = 4 * 1024 * 1024;

/** The same for other events, so that a flood of traffic hides none of them: a burst of a busy chat fits in. */
export const EVENTS_LIMIT_BYTES: number = 8 * 1024 * 1024;

/**
 * Milliseconds that a peer of a server waits at most for the reader of `--json`: a program that is busy for a moment misses
 * nothing, and one that has stopped delays no peer for longer. docs/scripting.md tells it.
 */
export const JSON_WAIT_MS = 1_000;

/** Counts the events left out of both streams. */
export class Backlog {
  readonly #sink: Sink;
  readonly #onRoom: (stream: Stream) => void;
  readonly #skipped: Record<Stream, number> = { stdout: 0, stderr: 0 };
  /** For each limit that was exceeded: how many bytes may still wait when events are shown again. */
  readonly #resumeAt: Readonly<Record<Stream, Map<number, number>>> = { stdout: new Map(), stderr: new Map() };

  /** Watches a sink. `onRoom` is called when a stream of which something was left out is read again. */
  constructor(sink: Sink, onRoom: (stream: Stream) => void) {
    this.#sink = sink;
    this.#onRoom = onRoom;
  }

  /** Whether an event must be left out, because more than `limit` bytes wait for the stream; counts it then. */
  skips(stream: Stream, limit: number): boolean {
    if (this.#sink.queued(stream) <= (this.#resumeAt[stream].get(limit) ?? limit)) return false;
    this.#pause(stream, limit, limit / 2);
    this.#skipped[stream]++;
    return true;
  }

  /** Takes the number of events that were left out since the last call. */
  take(stream: Stream): number {
    const count = this.#skipped[stream];
    this.#skipped[stream] = 0;
    return count;
  }

  /**
   * Waits until stdout is read, for {@linkcode JSON_WAIT_MS} at most: then events are left out until half of the queue
   * is read, without waiting for that.
   */
  async hold(read: Promise<void>): Promise<void> {
    if (await settledWithin(read, JSON_WAIT_MS)) return;
    this.#pause("stdout", EVENTS_LIMIT_BYTES, this.#sink.queued("stdout") / 2);
  }

  /** Half must be read before events are shown again: there are a few long gaps instead of one after each read. */
  #pause(stream: Stream, limit: number, resumeAt: number): void {
    if (this.#resumeAt[stream].has(limit)) return;
    this.#resumeAt[stream].set(limit, resumeAt);
    void this.#sink.below(stream, resumeAt).then(() => {
      this.#resumeAt[stream].delete(limit);
      if (this.#skipped[stream] > 0) this.#onRoom(stream);
    });
  }
}
