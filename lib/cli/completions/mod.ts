/**
 * The table of shells. A new shell is its file, its test and one line here.
 *
 * @module
 */

import type { Word } from "../command.ts";
import { bashScript } from "./bash.ts";
import { fishScript } from "./fish.ts";
import type { Place } from "./places.ts";
import { powershellScript } from "./powershell.ts";
import { zshScript } from "./zsh.ts";

/** A shell that completions can be written for. */
export interface Shell extends Word {
  /** Writes the script. */
  script(places: readonly Place[]): string;
}

/** Every shell, in the order of the help. */
export const SHELLS: readonly Shell[] = [
  { name: "bash", summary: "bash 3.2 and later", script: bashScript },
  { name: "zsh", summary: "zsh 5 and later", script: zshScript },
  { name: "fish", summary: "fish 3 and later", script: fishScript },
  { name: "powershell", summary: "PowerShell 5 and later", script: powershellScript },
];
