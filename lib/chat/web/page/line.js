/** A line as an element. */

import { initialsOf, lookOf } from "./hues.js";
import { breakable, COLUMNS, nodesOf } from "./text.js";
import { clock, dateAndClock, nameOfDay, timeElement } from "./times.js";
import { word } from "./words.js";

/** Names of each way that are named in one line. */
const NAMED_MAX = 3;

/**
 * A member came or went.
 *
 * @typedef {{ way: "came" | "went", names: string[], text: string, t: number }} Move
 */

/**
 * A line of the list. `head`: it begins a group of one writer, at the time `since`; `mention`: it speaks to the reader.
 *
 * @typedef {{
 *   kind: string,
 *   text: string,
 *   name?: string | undefined,
 *   label?: string | undefined,
 *   t?: number | undefined,
 *   since?: number | undefined,
 *   own?: boolean | undefined,
 *   old?: boolean | undefined,
 *   head?: boolean | undefined,
 *   mention?: boolean | undefined,
 *   moves?: Move[] | undefined,
 * }} Line
 */

/** Tells whether a member who is here has this name, in lower case; the page sets it. @type {{ isName: (name: string) => boolean }} */
export const known = { isName: () => false };

/** @param {Line} line */
export function elementOf(line) {
  const { kind, name, text, own, old, head, mention } = line;
  const item = document.createElement("li");
  item.className = [kind, own && "own", old && "old", head && "head", mention && "to-me"].filter(Boolean).join(" ");
  if (kind === "day" || kind === "new") return separator(item, line);
  if (kind === "moves") return movesOf(item, line);
  if (name === undefined) item.append(textOf(text, breakable(text)));
  else item.append(...spoken(line, name));
  return item;
}

/**
 * @param {string} name
 * @returns the initials on the colour of a person; it says nothing that the name does not say
 */
export function avatarOf(name) {
  const avatar = document.createElement("span");
  avatar.className = `avatar ${lookOf(name)}`;
  avatar.dataset.person = name;
  avatar.ariaHidden = "true";
  // Drawn by the style sheet, so that it is not copied with the message.
  avatar.dataset.initials = initialsOf(name);
  return avatar;
}

/**
 * @param {Line} line
 * @param {string} name
 */
function spoken({ label, text, t, since, head }, name) {
  const meta = document.createElement("span");
  meta.className = head ? "meta" : "meta unseen";
  const writer = document.createElement("span");
  writer.className = `name ${lookOf(name)}`;
  writer.dataset.person = name;
  writer.dir = "auto";
  writer.textContent = label ?? name;
  meta.append(writer, " ");
  if (head && since !== undefined) meta.append(timeElement(since));
  const words = textOf(text, nodesOf(text, known.isName));
  if (t !== undefined) words.title = dateAndClock(t);
  return head ? [avatarOf(name), meta, words] : [meta, words];
}

/**
 * @param {string} text
 * @param {Node[]} nodes
 */
function textOf(text, nodes) {
  const element = document.createElement("span");
  element.className = COLUMNS.test(text) && !text.includes("\n") ? "text columns" : "text";
  element.dir = "auto";
  element.append(...nodes);
  return element;
}

/**
 * @param {HTMLElement} item
 * @param {Line} line
 */
function separator(item, { kind, t = 0 }) {
  item.className = `note separator ${kind}`;
  const label = document.createElement("span");
  label.textContent = kind === "day" ? nameOfDay(t) : word("new");
  item.append(label);
  return item;
}

/**
 * Several arrivals and departures are one line, which opens.
 *
 * @param {HTMLElement} item
 * @param {Line} line
 */
function movesOf(item, { text, moves = [] }) {
  item.className = "note moves";
  if (moves.length < 2) {
    item.append(textOf(text, breakable(text)));
    return item;
  }
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  summary.textContent = summaryOf(moves);
  const list = document.createElement("ul");
  for (const { text, t } of moves) {
    const one = document.createElement("li");
    one.append(`${clock(t)} ${text}`);
    list.append(one);
  }
  details.append(summary, list);
  item.append(details);
  return item;
}

/** @param {readonly Move[]} moves */
export function summaryOf(moves) {
  /** The first and the last way of each name. @type {Map<string, { first: string, last: string }>} */
  const ways = new Map();
  for (const { way, names } of moves) {
    for (const name of names) ways.set(name, { first: ways.get(name)?.first ?? way, last: way });
  }
  const parts = /** @type {const} */ (["came", "went", "passed", "returned"]).map((part) => {
    const names = [...ways].filter(([, way]) => partOf(way) === part).map(([name]) => name);
    if (names.length === 0) return "";
    const shown = names.slice(0, NAMED_MAX).join(word("comma"));
    const more = names.length - NAMED_MAX;
    return word(part, more > 0 ? word("andMore", shown, more) : shown);
  });
  return parts.filter(Boolean).join(word("semicolon"));
}

/** @param {{ first: string, last: string }} ways */
function partOf({ first, last }) {
  if (first === last) return first;
  return last === "went" ? "passed" : "returned";
}
