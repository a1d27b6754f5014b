/** Messages of the room as lines of the transcript. */

import { mentions } from "./text.js";
import { note, word } from "./words.js";

/** What a member says, and not the room. */
const SPOKEN = ["say", "act", "private"];

/** People come, or go. */
const CAME = ["join", "joined"];
const WENT = ["leave", "left"];

/** Codes of the notes that greet the page, and of all that give it its name, as the first argument. */
export const GREETING = ["hello-alone", "hello-one", "hello"];
export const NAMING = [...GREETING, "you", "you-yielded"];

/** Names that the server gives. */
const GIVEN = /^user\d+(-[a-z0-9]+)?$/;

/** @typedef {import("./link.js").Message} Message */

/** @param {string} name */
export const isGiven = (name) => GIVEN.test(name);

/** @param {Message} message */
export const isSpoken = ({ kind }) => SPOKEN.includes(kind);

/**
 * @param {Message} message
 * @returns {import("./line.js").Move | undefined} undefined where no member comes or goes
 */
export function moveOf(message) {
  const { kind, name = "", names = [name], t = Date.now() } = message;
  const way = CAME.includes(kind) ? "came" : WENT.includes(kind) ? "went" : undefined;
  return way && { way, names, text: note(message), t };
}

/**
 * @param {Message} message
 * @param {string} own what the reader is called
 * @param {boolean} [mine] whether the reader said it
 * @returns {import("./line.js").Line}
 */
export function lineOf(message, own, mine = false) {
  const { kind, name, text = "", t, old } = message;
  if (!isSpoken(message)) return { kind: "note", text: note(message), t, old };
  const isPrivate = kind === "private";
  // What was said before under the reader's name is taken for the reader's.
  const byReader = mine || (old === true && name === own);
  return {
    kind,
    name,
    text,
    t: t ?? (isPrivate ? Date.now() : undefined),
    own: byReader,
    old,
    mention: !byReader && mentions(text, own),
    ...(isPrivate && { label: word("privately", name ?? "") }),
  };
}
