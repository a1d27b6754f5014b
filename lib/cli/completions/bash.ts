/**
 * Completions for bash 3.2 and later: macOS has 3.2. Bash splits words at `=` and `:` as well, so the script first
 * joins them again, and then removes from each answer the part that bash would repeat.
 *
 * @module
 */

import { nameOf, otherwiseOf, type Place, valuedOptions } from "./places.ts";

/** Writes the script, to be sourced. */
export function bashScript(places: readonly Place[]): string {
  return `# bash completion for sockeye

# What may follow PLACE: words, then options.
_sockeye_words() {
  case "$1" in
${places.map(wordsCase).join("\n")}
  esac
}

_sockeye_options() {
  case "$1" in
${places.map(optionsCase).join("\n")}
  esac
}

# What the value of FLAG may be after the command in PLACE: words, or <file>. False when it takes none.
_sockeye_value() {
  case "\${1%% *} $2" in
${valuedOptions(places).map(valueCase).join("\n")}
    *) return 1 ;;
  esac
}

# The place behind an operand that is none of the words of PLACE.
_sockeye_otherwise() {
  case "$1" in
${otherwiseOf(places).map(([place, otherwise]) => `    "${place}") echo "${otherwise}" ;;`).join("\n")}
    *) echo "$1" ;;
  esac
}

# What the shell would make of TEXT without evaluating it: quotes and backslashes are taken off.
_sockeye_plain() {
  local text=$1 plain="" quote="" next
  while [[ -n $text ]]; do
    next=\${text:0:1} text=\${text:1}
    if [[ $next == "$quote" ]]; then quote=""
    elif [[ -z $quote && $next == [\\"\\'] ]]; then quote=$next
    elif [[ $next == "\\\\" && ( -z $quote || ( $quote == '"' && $text == [\\"\\\\\\$\\\`]* ) ) ]]; then
      plain=$plain\${text:0:1} text=\${text:1}
    else plain=$plain$next
    fi
  done
  printf '%s' "$plain"
}

_sockeye() {
  local IFS=$' \\t\\n'
  local line=$COMP_LINE words=() count=0 i word place="" flag="" given=0
  # Blanks part words, nothing else does.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $i -eq 0 || -z $word || $line == [[:space:]]* ]]; then
      line=\${line#"\${line%%[![:space:]]*}"}
      words[count]=$word
      count=$((count + 1))
    else
      words[count - 1]=\${words[count - 1]}$word
    fi
    line=\${line#"$word"}
  done
  local typed=\${words[count - 1]} last=\${COMP_WORDS[COMP_CWORD]}
  [[ $last == [=:]* ]] && last=""
  local lead=\${typed%"$last"}

  for ((i = 1; i < count - 1; i++)); do
    word=\${words[i]}
    if [[ -n $flag ]]; then flag=""
    elif [[ $word == -* ]]; then _sockeye_value "$place" "$word" >/dev/null && flag=$word
    elif [[ $given -eq 0 ]]; then place=$word given=1
    else
      if [[ $given -eq 1 && " $(_sockeye_words "$place") " == *" $word "* ]]; then place="$place $word"
      elif [[ $given -eq 1 ]]; then place=$(_sockeye_otherwise "$place")
      fi
      given=2
    fi
  done

  local found="" head="" rest=$typed
  if [[ -z $flag && $typed == --*=* ]]; then
    head=\${typed%%=*}= rest=\${typed#*=}
    flag=\${typed%%=*}
  fi
  if [[ -n $flag ]]; then found=$(_sockeye_value "$place" "$flag")
  elif [[ $typed == -* ]]; then found=$(_sockeye_options "$place")
  elif [[ $given -lt 2 ]]; then found=$(_sockeye_words "$place")
  fi

  COMPREPLY=()
  if [[ $found == "<file>" ]]; then
    compopt -o filenames 2>/dev/null
    # Names are offered as they are: bash puts in the quotes that belong to what was typed.
    lead=$(_sockeye_plain "$lead")
    while IFS= read -r word; do
      word=$head$word
      COMPREPLY[\${#COMPREPLY[@]}]=\${word#"$lead"}
    done < <(compgen -f -- "$(_sockeye_plain "$rest")")
    return
  fi
  for word in $found; do
    [[ $word == "$rest"* ]] || continue
    word=$head$word
    COMPREPLY[\${#COMPREPLY[@]}]=\${word#"$lead"}
  done
}

complete -F _sockeye sockeye
`;
}

function wordsCase(place: Place): string {
  return `    "${nameOf(place)}") echo "${place.words.map(({ name }) => name).join(" ")}" ;;`;
}

function optionsCase(place: Place): string {
  return `    "${nameOf(place)}") echo "${place.options.flatMap(({ flags }) => flags).join(" ")}" ;;`;
}

function valueCase({ forms, option }: ReturnType<typeof valuedOptions>[number]): string {
  const patterns = forms.map((form) => `"${form}"`).join(" | ");
  return `    ${patterns}) echo "${option.files ? "<file>" : option.choices.join(" ")}" ;;`;
}
