/** Times as the reader's clock and language have them. */

import { language, word } from "./words.js";

const DAY_MS = 86_400_000;

/** Days ago on which the name of the weekday says enough. */
const WEEK = 6;

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/**
 * @param {number} t
 * @param {Intl.DateTimeFormatOptions} options
 */
function format(t, options) {
  const key = JSON.stringify(options);
  const known = formats.get(key) ?? new Intl.DateTimeFormat(language, options);
  formats.set(key, known); // To make one takes longer than to use it a hundred times.
  return known.format(t);
}

/** @param {number} t */
export const clock = (t) => format(t, { hour: "2-digit", minute: "2-digit" });

/** @param {number} t */
export const dateAndClock = (t) => format(t, { dateStyle: "long", timeStyle: "medium" });

/** The day of a time, by its midnight. @param {number} t */
export const dayOf = (t) => new Date(t).setHours(0, 0, 0, 0);

/**
 * The name of a day.
 *
 * @param {number} t
 * @param {number} [now]
 */
export function nameOfDay(t, now = Date.now()) {
  const ago = Math.round((dayOf(now) - dayOf(t)) / DAY_MS);
  if (ago === 0) return word("today");
  if (ago === 1) return word("yesterday");
  const year = new Date(t).getFullYear() === new Date(now).getFullYear() ? undefined : "numeric";
  const date = { day: "numeric", month: "long", ...(year && { year }) };
  if (ago > 0 && ago <= WEEK) {
    return format(t, /** @type {Intl.DateTimeFormatOptions} */ ({ weekday: "long", ...date }));
  }
  return format(t, /** @type {Intl.DateTimeFormatOptions} */ (date));
}

/** @param {number} t */
export function timeElement(t) {
  const element = document.createElement("time");
  element.dateTime = new Date(t).toISOString();
  element.textContent = clock(t);
  element.title = dateAndClock(t);
  return element;
}
