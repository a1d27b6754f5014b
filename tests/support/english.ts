/** Events as programs get them: their phrases are English text. */

import { Phrase } from "../../lib/phrase.ts";

export type English<T> = T extends unknown
  ? { [K in keyof T]: Phrase extends T[K] ? string | Exclude<T[K], Phrase> : T[K] }
  : never;

/** The same with English text in place of phrases; what is a phrase itself becomes its text. */
export function english<T extends object>(value: T): English<T> {
  const fields = Object.entries(value).map(([name, field]) => [name, field instanceof Phrase ? String(field) : field]);
  return Object.fromEntries(fields) as English<T>;
}
