/**
 * Lines for people, in their language. A phrase is English text with a code and the values in it; the output looks the
 * code up in the tables of the chosen language (`lib/output/chinese`) and shows the English where they lack it. JSON,
 * logs and what goes over the wire always have the English.
 *
 * @module
 */

/** What stands in a phrase. A phrase in a phrase is translated, too. */
export type Value = Phrased | number;

/** A line for people: a phrase, or English that is not translated. */
export type Phrased = string | Phrase;

/** English text that has a translation. */
export class Phrase {
  /** Made by {@linkcode say}, or directly where the English is no template. */
  constructor(
    /** What the tables of other languages have it under. */
    readonly code: string,
    /** The text in English, with its values. */
    readonly english: string,
    /** The values, in the order of the English text. */
    readonly values: readonly Value[] = [],
  ) {}

  /** The text in English. */
  toString(): string {
    return this.english;
  }

  /** The text in English: JSON does not depend on the language. */
  toJSON(): string {
    return this.english;
  }
}

/**
 * Makes a phrase of a template. A test holds that every code has its translation, with as many values.
 *
 * @example
 * ```ts ignore
 * throw new SockeyeError("usage", say("missing-value")`Missing value: ${flag} ${option.value}`);
 * ```
 */
export function say(code: string): (texts: TemplateStringsArray, ...values: readonly Value[]) => Phrase {
  return (texts, ...values) => new Phrase(code, String.raw({ raw: texts }, ...values), values);
}

/** An error whose message is a phrase, for what a reader of values expects. */
export class PhrasedError extends Error {
  /** Makes the error; its `message` is English. */
  constructor(readonly phrase: Phrase) {
    super(phrase.english);
  }
}
