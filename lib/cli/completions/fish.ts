/**
 * Completions for fish 3. Fish reads options itself, with `=` and without; a small function finds the place.
 *
 * @module
 */

import type { OptionInfo } from "../option_info.ts";
import { nameOf, otherwiseOf, type Place, valuedOptions } from "./places.ts";

/** Writes the script, to be sourced. */
export function fishScript(places: readonly Place[]): string {
  return `# fish completion for sockeye

# The place that the words before the cursor lead to, with " ..." behind it when more words follow.
function __sockeye_place
    set -l place
    set -l more
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
        else if string match -q -- '-*' $word
            contains -- "$place[1] $word" ${quoteAll(valuedOptions(places).flatMap(({ forms }) => forms))}
            and set skip 1
        else if contains -- (string join ' ' $place $word) ${quoteAll(places.map(nameOf))}
            set -a place $word
        else
            set more ...
            switch "$place"
${
    otherwiseOf(places).flatMap(([place, otherwise]) => [`case ${quote(place)}`, `    set place ${otherwise}`]).map((
      line,
    ) => " ".repeat(16) + line).join("\n")
  }
            end
        end
    end
    echo (string join ' ' $place $more)
end

# Whether options of one of these places may follow.
function __sockeye_at
    set -l place (__sockeye_place)
    contains -- (string replace -r ' ?[.]{3}$' '' -- "$place") $argv
end

# Whether the next word of this place may follow.
function __sockeye_next
    test (__sockeye_place) = "$argv"
end

complete -c sockeye -e
complete -c sockeye -f
${[...places.flatMap(wordLines), ...optionLines(places)].join("\n")}
`;
}

function wordLines(place: Place): string[] {
  return place.words.map(({ name, summary }) =>
    `complete -c sockeye -n ${quote(`__sockeye_next ${quote(nameOf(place))}`)} -a ${quote(name)} -d ${quote(summary)}`
  );
}

/** One line for each option, with all the places where it is the same. */
function optionLines(places: readonly Place[]): string[] {
  const names = new Map<string, string[]>();
  for (const place of places) {
    for (const option of place.options) {
      const line = optionWords(option);
      names.set(line, [...names.get(line) ?? [], nameOf(place)]);
    }
  }
  return [...names].map(([line, at]) => `complete -c sockeye -n ${quote(`__sockeye_at ${quoteAll(at)}`)} ${line}`);
}

function optionWords({ flags, help, value, choices, files }: OptionInfo): string {
  const spellings = flags.map((flag) => flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`);
  const argument = files
    ? ["-r -F"]
    : choices.length > 0
    ? [`-x -a ${quoteAll([choices.join(" ")])}`]
    : value
    ? ["-x"]
    : [];
  return [...spellings, ...argument, `-d ${quote(help)}`].join(" ");
}

function quoteAll(texts: readonly string[]): string {
  return texts.map(quote).join(" ");
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
