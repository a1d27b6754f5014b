/**
 * The languages that sockeye speaks to people. JSON, exit codes and network traffic do not depend on them.
 *
 * @module
 */

/** A language, by its ISO 639-1 code. */
export type Language = "en" | "zh";

/** A text in every language. */
export type Bilingual = Readonly<Record<Language, string>>;

/** The language that fits a BCP 47 tag best: `zh-TW` is Chinese, any unknown language is English. */
export function languageOf(tag: string): Language {
  return /^zh\b/i.test(tag) ? "zh" : "en";
}
