/**
 * Dates as servers write them in Set-Cookie, Last-Modified and Retry-After: in many ways, all of which RFC 6265 section 5.1.1
 * reads.
 *
 * @module
 */

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** What separates the parts of a date. */
const DELIMITERS = /[\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+/;

/**
 * Reads a date, in whatever order its parts are.
 *
 * @returns milliseconds since 1970; undefined for anything else
 */
export function readDate(text: string): number | undefined {
  let [time, day, month, year]: [number[]?, number?, number?, number?] = [];
  for (const part of text.slice(0, 100).split(DELIMITERS)) {
    const clock = /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?!\d)/.exec(part);
    const number = /^\d+(?!\d)/.exec(part)?.[0] ?? "";
    const name = MONTHS.indexOf(part.slice(0, 3).toLowerCase());
    if (clock && !time) time = clock.slice(1).map(Number);
    else if (day === undefined && /^\d{1,2}$/.test(number)) day = Number(number);
    else if (month === undefined && name >= 0) month = name;
    else if (year === undefined && /^\d{2}$|^\d{4}$/.test(number)) year = Number(number);
  }
  if (!time || day === undefined || month === undefined || year === undefined) return undefined;
  const full = year < 70 ? year + 2000 : year < 100 ? year + 1900 : year;
  const [hour = 0, minute = 0, second = 0] = time;
  const date = new Date(Date.UTC(full, month, day, hour, minute, second));
  const isReal = date.getUTCDate() === day && full >= 1601 && hour <= 23 && minute <= 59 && second <= 59;
  return isReal ? date.getTime() : undefined;
}
