/**
 * Messages in the language of the person that reads them. The tables of a language other than English are loaded when
 * it is chosen, so that they slow no start in English.
 *
 * @module
 */

import type { Language } from "../language.ts";
import { Phrase, type Phrased } from "../phrase.ts";

/** Puts a message into words; English where the language lacks it. */
export type Translate = (message: Phrased) => string;

/** What a language has for the codes of phrases: the values of the English text, in words of that language. */
export type Phrasebook = Readonly<Record<string, (...values: string[]) => string>>;

/** Leaves messages in English. */
export const inEnglish: Translate = String;

/** Loads a language. */
export async function loadTranslate(language: Language): Promise<Translate> {
  if (language === "en") return inEnglish;
  const { CHINESE } = await import("./chinese/mod.ts");
  return translateBy(CHINESE);
}

function translateBy(book: Phrasebook): Translate {
  const translate = (message: Phrased): string => {
    if (!(message instanceof Phrase)) return message;
    const render = Object.hasOwn(book, message.code) ? book[message.code] : undefined;
    return render?.(...message.values.map((value) => typeof value === "number" ? String(value) : translate(value))) ??
      message.english;
  };
  return translate;
}
