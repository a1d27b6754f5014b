/**
 * Cuts a conversation into exchanges: a message of the client and the server's reaction to it.
 *
 * @module
 */

import { concat } from "../bytes.ts";
import { type Exchange, isMessage, type RecordedConversation, type RecordedStep } from "./recording.ts";

/** An exchange that is being collected. */
interface Collected extends Omit<Exchange, "request" | "answers" | "time"> {
  time: number;
  readonly requests: Uint8Array[];
  readonly answers: RecordedStep[];
}

/**
 * Finds the exchanges of a conversation. The first one holds the data, if any, that the server sent before the client's
 * first message.
 *
 * @param whole whether each message of the client counts by itself; else messages without a reply between them count as
 * one
 */
export function exchangesOf({ number: stream, start, steps }: RecordedConversation, whole: boolean): Exchange[] {
  let current: Collected = { stream, kind: "begin", number: 0, time: start, requests: [], answers: [] };
  const all = [current];
  const begin = (next: Collected) => all.push(current = next);
  for (const step of steps) {
    const { dir, time } = step;
    if (dir === "down") current.answers.push(step);
    else if (!isMessage(step)) begin({ stream, kind: "end", number: 0, time, requests: [], answers: [] });
    // What is outside a frame is handed to no mode, so that it cannot be waited for.
    else if (!step.stray) {
      if (whole || current.kind !== "message" || current.answers.length > 0) {
        begin({ stream, kind: "message", number: step.number, time, requests: [], answers: [] });
      }
      current.requests.push(step.bytes);
      current.time = time;
    }
  }
  return all.map(({ requests, ...rest }) => ({ ...rest, request: concat(requests) }));
}
