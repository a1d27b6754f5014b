/** Completions of real shells, for a command line with the script of sockeye loaded. */

import { COMMON_OPTIONS } from "../../../lib/cli/command.ts";
import { placesOf } from "../../../lib/cli/completions/places.ts";
import { loadCommands } from "../../../lib/cli/table.ts";
import { Folder } from "../../fetch/helpers.ts";
import { tool } from "../../support/harness.ts";

export const COMMANDS = await loadCommands();
export const PLACES = placesOf(COMMANDS, COMMON_OPTIONS);

export interface Offered {
  /** Words that would be inserted, without the part that is typed already. */
  readonly words: string[];
  /** Everything that the shell would show. */
  readonly shown: string;
}

/** A shell, and how to get its completions. */
export interface Asked {
  readonly name: string;
  /** A script that takes the path of sockeye's script and the lines, and prints `== ` before the answers to each. */
  readonly driver: string;
  /** The command that runs the driver; the paths are its arguments. */
  readonly command: readonly string[];
}

/** Cuts a line as readline does, at blanks and at `=` and `:` that are not quoted, and calls the function. */
const BASH = `
source "$1"; shift
part='^(([^=:[:space:]"'"'"'\\\\]|\\\\.|"[^"]*"?|'"'[^']*'?"')+)(.*)$'
for line; do
  COMP_LINE=$line COMP_POINT=\${#line} COMP_WORDS=() rest=$line
  while [[ -n $rest ]]; do
    if [[ $rest =~ ^[[:space:]]+(.*)$ ]]; then
      rest=\${BASH_REMATCH[1]}
      [[ -z $rest ]] && COMP_WORDS+=("")
    elif [[ $rest =~ ^(([=:])+)(.*)$ || $rest =~ $part ]]; then
      COMP_WORDS+=("\${BASH_REMATCH[1]}")
      rest=\${BASH_REMATCH[3]}
    fi
  done
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
  _sockeye
  echo "== "
  printf '%s\\n' "\${COMPREPLY[@]}"
done
`;

const FISH = `
source $argv[1]
for line in $argv[2..-1]
    echo "== "
    complete -C $line
end
`;

/** A zsh at a terminal of its own: Tab completes, and what \`compadd\` is given goes to a file. */
const ZSH = `
zmodload zsh/zpty
script=$1 out=$(mktemp -d); shift
cp $script $out/_sockeye
cat > $out/rc <<END
PROMPT=; stty -echo cols 300; fpath=($out \\$fpath); autoload -U compinit; compinit -u -D
compadd() {
  if [[ \\\${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then builtin compadd "\\$@"; return; fi
  local -a hits shown
  builtin compadd -A hits "\\$@"
  local i=\\\${@[(i)-d]}
  (( i < \\$# )) && shown=("\\\${(@P)@[i+1]}")
  (( \\$#hits )) && print -rl -- "\\\${hits[@]}" >> $out/words
  (( \\$#shown )) && print -rl -- "\\\${(@)shown/#/#}" >> $out/words
  builtin compadd "\\$@"
}
ask() { zle complete-word; zle kill-whole-line; print -n ANSWERED }
zle -N ask; bindkey '^I' ask
END
zpty z zsh -f -i
zpty -w z "source $out/rc; print LOA''DED"
zpty -r z seen '*LOADED*'
for line; do
  print "== " >> $out/words
  zpty -w -n z "$line"$'\\t'
  zpty -r z seen '*ANSWERED*'
done
zpty -d z
cat $out/words
rm -r $out
`;

/** Every shell that can be asked. */
export const ASKED: readonly [Asked, ...Asked[]] = [
  { name: "bash", driver: BASH, command: ["bash", "--norc", "--noprofile"] },
  { name: "zsh", driver: ZSH, command: ["zsh", "-f"] },
  { name: "fish", driver: FISH, command: ["fish", "--no-config"] },
];

/** Asks a shell, with sockeye's script, in a folder what it offers for each line. */
export async function ask(shell: Asked, script: string, lines: readonly string[], cwd: string): Promise<Offered[]> {
  await using folder = await Folder.make();
  const { path } = folder;
  await folder.put("script", script);
  await folder.put("driver", shell.driver);
  const [file = "", ...args] = [...shell.command, `${path}/driver`, `${path}/script`, ...lines];
  await using program = tool(file, args, { cwd, env: { HOME: path, LC_ALL: "C.UTF-8", TERM: "xterm" } });
  const { stdout, stderr } = await program.status();
  if (stderr !== "") throw new Error(`${shell.name} says: ${stderr}`);
  return stdout.split(/^== $/m).slice(1).map(offered);
}

/** Fish repeats what is before the value; what zsh shows begins with a mark. */
function offered(text: string): Offered {
  const rows = text.split("\n").filter((row) => row !== "");
  const words = rows.filter((row) => !row.startsWith("#")).map((row) =>
    (row.split("\t", 1)[0] ?? "").replace(/^--[^=]+=/, "")
  );
  return { words: words.sort(), shown: text };
}
