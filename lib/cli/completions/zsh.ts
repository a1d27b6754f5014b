/**
 * Completions for zsh 5: the script finds the place, and `_arguments` does the rest.
 *
 * @module
 */

import type { Word } from "../command.ts";
import type { OptionInfo } from "../option_info.ts";
import { nameOf, otherwiseOf, type Place, valuedOptions } from "./places.ts";

/** Writes the script: for a file `_sockeye` in a folder of `$fpath`, or to be sourced. */
export function zshScript(places: readonly Place[]): string {
  return `#compdef sockeye
# zsh completion for sockeye

_sockeye() {
  local word place='' more='' skip=''
  local -a valued known options list
  valued=(${valuedOptions(places).flatMap(({ forms }) => forms).map(quote).join(" ")})
  known=(${places.filter(({ path }) => path.length > 0).map((place) => quote(nameOf(place))).join(" ")})
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if [[ -n $skip ]]; then skip=''
    elif [[ $word == -* ]]; then (( \${valued[(Ie)\${place%% *} $word]} )) && skip=1
    elif (( \${known[(Ie)\${place:+$place }$word]} )); then place=\${place:+$place }$word
    else
      more=1
      case $place in
${otherwiseOf(places).map(([place, otherwise]) => `        ${quote(place)}) place=${quote(otherwise)} ;;`).join("\n")}
      esac
    fi
  done
  case $place in
${places.map(placeCase).join("\n")}
  esac
  local context state state_descr line
  local -A opt_args
  _arguments -s : $options '*: :->operand' && return 0
  [[ $state == operand && -z $more && -n $list ]] && _describe -t words word list
}

if [[ $funcstack[1] == _sockeye ]]; then _sockeye "$@"; else compdef _sockeye sockeye; fi
`;
}

function placeCase(place: Place): string {
  return `    ${quote(nameOf(place))})
      options=(
${place.options.flatMap(specsOf).map((spec) => `        ${quote(spec)}`).join("\n")}
      )
      list=(${place.words.map((word) => quote(described(word))).join(" ")})
      ;;`;
}

function described({ name, summary }: Word): string {
  return `${escape(name, /[\\:]/g)}:${summary}`;
}

/** Specs for `_arguments`: the spellings that exclude each other, the option, its help, its value. */
function specsOf({ flags, help, value, choices, files, many }: OptionInfo): string[] {
  const prefix = many ? "*" : flags.length > 1 ? `(${flags.join(" ")})` : "";
  const action = files ? "_files" : choices.length > 0 ? `(${escape(choices.join(" "), /[\\:]/g)})` : " ";
  const argument = value === undefined ? "" : `:${escape(value, /[\\:]/g)}:${action}`;
  return flags.map((flag) => {
    const form = value === undefined ? flag : flag.startsWith("--") ? `${flag}=` : `${flag}+`;
    return `${prefix}${form}[${escape(help, /[\\[\]]/g)}]${argument}`;
  });
}

function escape(text: string, characters: RegExp): string {
  return text.replace(characters, "\\$&");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
