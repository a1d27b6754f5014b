/**
 * The part that an earlier run left of a download: found before this run's first request, and reported if no response
 * replaces it.
 *
 * @module
 */

import { Phrase, type Phrased, say } from "../phrase.ts";
import { partOf } from "./part_file.ts";
import type { State } from "./saving_state.ts";
import { findPart, sizeOf } from "./target.ts";

/** What `--resume` goes on with. */
export interface EarlierRun {
  /** NAME. */
  readonly path: string;
  /** `part`, `file`, or `fresh` if there is nothing. */
  readonly state: State;
  /** What to tell the user. */
  readonly notice?: Phrased;
}

/**
 * Looks for the part that an earlier run left of an address.
 *
 * @param path NAME as the user says; without it any name may have been chosen by the server
 * @param guess NAME as the address suggests
 * @param folder where it is. Default: the current folder
 */
export async function findEarlierRun(
  url: string,
  path: string | undefined,
  guess: string,
  folder?: string,
): Promise<EarlierRun> {
  const part = await findPart(url, path, folder);
  if (part) return { path: part.path, state: { is: "part", resume: part } };
  const [left, size] = [await sizeOf(partOf(guess)), await sizeOf(guess)];
  const unknown = say("not-continued")`The ${left ?? 0} bytes in ${
    partOf(guess)
  } cannot be continued: no note says that they are of this body`;
  return {
    path: guess,
    state: size ? { is: "file", size } : { is: "fresh" },
    ...(left ? { notice: unknown } : {}),
  };
}

/** What follows where they can be continued. */
export const GOES_ON: Phrase = say("resume-goes-on")`: --resume goes on with them`;

/** That bytes are kept in a file. */
export function kept(bytes: number, path: string): Phrase {
  return say("kept")`${bytes} bytes are kept in ${path}`;
}

/**
 * Says that it is still there.
 *
 * @param bytes bytes of the part
 */
export function stillThere(state: State, path: string, bytes: number): Phrased | undefined {
  if (state.is === "file") return kept(state.size, path);
  if (bytes === 0) return undefined;
  const there = kept(bytes, partOf(path));
  return state.is === "part" ? say("both")`${there}${GOES_ON}` : there;
}
