/**
 * What is said of a download while it runs.
 *
 * @module
 */

import { type Phrase, type Phrased, say } from "../phrase.ts";

/** The server sends no more than a part at a time. */
export const IN_PARTS: Phrase = say("in-parts")`The server sends the body in parts: each of them is asked for`;

/** The file is there already. */
export const COMPLETE: Phrase = say("already-complete")`Already complete`;

/** The server has nothing newer. */
export const NOT_MODIFIED: Phrase = say("not-modified")`Not modified: nothing is saved`;

/** The file cannot get the time that it has at the server. */
export const NO_TIME: Phrase = say("no-last-modified")`The server sent no Last-Modified: the file is of now`;

/** The body is not in the encoding that it is said to be in. */
export const DAMAGED: Phrase = say(
  "charset",
)`Some bytes do not fit the page's charset and became U+FFFD; -e NAME names another one`;

/** Why bytes are given up: the server is not true to its own words. */
export const LONGER_PART: Phrase = say("longer-part")`the part that came is longer than its Content-Range says`;

/** Why bytes are given up: the server has sent something else. */
export const NOT_THE_REST: Phrase = say("not-the-rest")`the answer is not the rest of them`;

/** That bytes are given up. */
export function beginningAgain(bytes: number, why: Phrased): Phrase {
  return say("beginning-again")`Beginning again without the ${bytes} bytes that had come: ${why}`;
}

/** That an attempt has failed, and when the next one begins, with what is there or without. */
export function retryIn(failure: Phrased, ms: number, goesOn: boolean): Phrase {
  return goesOn
    ? say("retry-in")`${failure}; trying again in ${ms / 1000} s`
    : say("retry-anew")`${failure}; trying again from the beginning in ${ms / 1000} s`;
}

/** The answer of a server that refuses; `leads` is false for a redirect without a target. */
export function refusal(status: number, reason: string, leads: boolean): Phrase {
  const nowhere = leads ? "" : say("nowhere")`, but not where to go`;
  return say("status")`The server says ${`${status} ${reason}`.trimEnd()}${nowhere}`;
}
