/**
 * The lines in order: successive lines of one person form a group, each day begins with its name, joins and leaves
 * share a line, and a mark precedes the unread lines.
 */

import { summaryOf } from "./line.js";
import { dayOf } from "./times.js";

/** Milliseconds after which a group of one writer begins anew, with its time. */
const GROUP_MS = 5 * 60_000;

/** Moves that are one line at most. */
const MOVES_MAX = 200;

/** What people say. */
const SPOKEN = ["say", "act", "private"];

/** @typedef {import("./line.js").Line} Line */

/** Puts lines into a list. */
export class Transcript {
  #list;
  /** The mark before the unread lines. @type {Line | undefined} */
  #mark;
  /** The greeting: it stays after the earlier lines. @type {Line | undefined} */
  #greeting;

  /** @param {import("./list.js").LineList} list */
  constructor(list) {
    this.#list = list;
  }

  /** @param {Line} line */
  add(line) {
    const { last } = this.#list;
    const greeting = line.old && last && last === this.#greeting ? this.#list.pop() : undefined;
    for (const one of arrange(line, this.#list.last)) {
      if (this.#mark === line) this.#mark = one;
      this.#list.add(one);
    }
    if (!greeting) return;
    greeting.t = this.#list.last?.t;
    this.#list.add(greeting);
  }

  /** @param {Line} line greets the reader */
  greet(line) {
    this.#greeting = line;
    this.#list.add(line);
  }

  /** @param {import("./line.js").Move} move */
  addMove(move) {
    const { last } = this.#list;
    const same = last?.moves && last.moves.length < MOVES_MAX && dayOf(last.t ?? 0) === dayOf(move.t)
      ? last
      : undefined;
    if (same) this.#list.pop();
    const moves = [...same?.moves ?? [], move];
    const text = moves.length === 1 ? move.text : summaryOf(moves);
    this.add({ kind: "moves", text, moves, t: move.t });
  }

  /**
   * Lines from now on are unread; an older mark is removed.
   *
   * @param {boolean} old whether it was sent before we joined
   */
  mark(old) {
    if (this.#mark) this.#list.remove(this.#mark);
    this.#mark = { kind: "new", text: "", old };
    this.add(this.#mark);
  }

  /** @param {readonly Line[]} lines from before the first one */
  prepend(lines) {
    /** @type {Line[]} */
    const arranged = [];
    for (const line of lines) arranged.push(...arrange(line, arranged.at(-1)));
    const { first } = this.#list;
    const end = arranged.at(-1)?.t;
    if (first?.kind === "day" && end !== undefined && dayOf(first.t ?? 0) === dayOf(end)) this.#list.remove(first);
    this.#list.prepend(arranged);
  }

  /** Position of the earliest public line: its time, and the number of lines with that time. */
  get oldest() {
    const spoken = this.#list.lines.filter(({ kind, t }) => (kind === "say" || kind === "act") && t !== undefined);
    const t = spoken[0]?.t;
    return t === undefined ? undefined : { t, skip: spoken.filter((one) => one.t === t).length };
  }

  clear() {
    this.#mark = this.#greeting = undefined;
    this.#list.clear();
  }
}

/**
 * A line with the day or mark that must precede it.
 *
 * @param {Line} line
 * @param {Line | undefined} before
 * @returns {Line[]}
 */
export function arrange(line, before) {
  const { t } = line;
  const isNewDay = t !== undefined && (before?.t === undefined || dayOf(before.t) !== dayOf(t));
  if (!SPOKEN.includes(line.kind)) return withDay(isNewDay, t ?? before?.t, { ...line, t: t ?? before?.t });
  const goesOn = before !== undefined && !isNewDay && before.kind === line.kind && before.name === line.name &&
    before.label === line.label && before.own === line.own && line.kind !== "act" &&
    (t ?? 0) - (before.since ?? 0) < GROUP_MS;
  return withDay(isNewDay, t, { ...line, head: !goesOn, since: goesOn ? before.since : t });
}

/**
 * @param {boolean} isNewDay
 * @param {number | undefined} t
 * @param {Line} line
 * @returns {Line[]}
 */
function withDay(isNewDay, t, line) {
  return isNewDay && t !== undefined ? [{ kind: "day", text: "", t }, line] : [line];
}
