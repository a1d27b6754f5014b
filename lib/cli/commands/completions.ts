/**
 * `sockeye completions`: prints a script by which a shell completes command lines of sockeye.
 *
 * @module
 */

import { SockeyeError } from "../../errors.ts";
import { keepOnly } from "../../permissions.ts";
import { say } from "../../phrase.ts";
import { quote } from "../../printable.ts";
import { type CommandSpec, COMMON_OPTIONS, defineCommand, unknownWord } from "../command.ts";
import { SHELLS } from "../completions/mod.ts";
import { placesOf } from "../completions/places.ts";
import { loadCommands } from "../table.ts";

/** The table entry. */
export const completionsCommand: CommandSpec = defineCommand({
  name: "completions",
  summary: "a script that completes command lines in your shell",
  operands: "SHELL",
  words: { title: "Shells", list: SHELLS },
  about: `The script goes to standard output and holds all that it offers: commands, modes, options,
their values. Write it again after an update. In zsh, compinit has to run after that
folder is in $fpath; for PowerShell the line goes into your $PROFILE.`,
  options: {},
  examples: [
    ["completions bash > ~/.sockeye.bash", "bash: add the line `. ~/.sockeye.bash` to ~/.bashrc"],
    ["completions zsh > ~/.zfunc/_sockeye", "zsh: any folder of your $fpath"],
    ["completions fish | source", "fish: in ~/.config/fish/config.fish"],
    ["completions powershell | Out-String | Invoke-Expression", "PowerShell"],
  ],
  run: async (_values, { operands: [name = "", extra], sink }) => {
    const names = SHELLS.map((known) => known.name);
    if (name === "") {
      throw new SockeyeError("usage", say("missing-shell")`Missing shell: completions takes ${names.join(", ")}`);
    }
    const shell = SHELLS.find((known) => known.name === name);
    if (!shell) throw unknownWord("shell", name, names);
    if (extra !== undefined) {
      throw new SockeyeError("usage", `Unexpected argument ${quote(extra)}: completions takes one SHELL`);
    }
    keepOnly([]);
    void sink.write("stdout", shell.script(placesOf(await loadCommands(), COMMON_OPTIONS)));
    return 0;
  },
});
