/**
 * The language of a command line, before its options are read: an error about them is in that language, too.
 *
 * @module
 */

import type { Language } from "../language.ts";
import type { System } from "./system.ts";

/** The language that `--lang` asks for, else that of the system. */
export function languageFor(args: readonly string[], system: Pick<System, "language">): Language {
  const [asked] = args.flatMap((word, i) =>
    word === "--lang" ? args[i + 1] ?? "" : /^--lang=(.*)$/.exec(word)?.[1] ?? []
  )
    .slice(-1);
  return asked === "zh" || asked === "en" ? asked : system.language();
}
