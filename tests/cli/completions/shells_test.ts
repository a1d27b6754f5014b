/** The completions in the shells themselves. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { needs } from "../../support/harness.ts";
import { SHELLS } from "../../../lib/cli/completions/mod.ts";
import type { Place } from "../../../lib/cli/completions/places.ts";
import { Folder } from "../../fetch/helpers.ts";
import { ask, ASKED, COMMANDS, PLACES } from "./shells.ts";

const NAMES = COMMANDS.map(({ name }) => name);

/** What is typed, and what may come next. */
const CASES: readonly (readonly [line: string, ...words: string[]])[] = [
  ["sockeye ", ...NAMES, "help"],
  ["sockeye se", "server"],
  ["sockeye help ", ...NAMES],
  ["sockeye -q --color never ser", "server"],
  ["sockeye -e gb", "gb18030", "gbk"],
  ["sockeye client --encoding=utf-16", "utf-16be", "utf-16le"],
  ["sockeye server ", "chat", "discard", "echo", "reply", "talk"],
  ["sockeye server --once re", "reply"],
  ["sockeye server --idle 5s re", "reply"],
  ["sockeye server --frame gap:50ms re", "reply"],
  ["sockeye server --frame li", "line"],
  ["sockeye server --frame=li", "line"],
  ["sockeye server 9000 "],
  ["sockeye server :9000 "],
  ["sockeye server echo "],
  ["sockeye server --drain 1s --t", "--text", "--text-hex", "--then", "--time"],
  ["sockeye server reply :9000 --t", "--text", "--text-hex", "--then", "--time"],
  ["sockeye server echo --t", "--time"],
  ["sockeye server 9000 --t", "--time"],
  ["sockeye server :9000 talk --t", "--time"],
  ["sockeye server echo --wo", "--workers"],
  ["sockeye server talk --wo"],
  ["sockeye server chat 8888 --we", "--web", "--web-host"],
  ["sockeye server tls://:9443 --ke", "--key"],
  ["sockeye server reply 9000 --then ", "close"],
  ["sockeye server --cert=ser", "server.pem"],
  ["sockeye client --color=", "always", "auto", "never"],
  ["sockeye client --color a", "always", "auto"],
  ["sockeye client 9000 --send "],
  ["sockeye client --ca ser", "server.pem"],
  ["sockeye client --file a", "a b.txt"],
  ["sockeye fetch http://localhost:8000/ --resu", "--resume"],
  ["sockeye fetch -o ser", "server.pem"],
  ["sockeye fetch -X P", "PATCH", "POST", "PUT"],
  ["sockeye completions ", ...SHELLS.map(({ name }) => name)],
  ["sockeye completions f", "fish"],
];

/** A line that ends where any long option may follow. */
function optionsLine({ path }: Place): string {
  return ["sockeye", ...path, "--"].join(" ");
}

for (const shell of ASKED) {
  const script = SHELLS.find(({ name }) => name === shell.name)?.script(PLACES) ?? "";

  Deno.test({
    name: `${shell.name} offers what may come next`,
    ...needs([shell.name]),
    fn: async () => {
      await using folder = await Folder.make();
      for (const name of ["server.pem", "a b.txt"]) await folder.put(name, "");
      const answers = await ask(shell, script, CASES.map(([line]) => line), folder.path);
      assertEquals(answers.length, CASES.length);
      for (const [i, [line, ...words]] of CASES.entries()) {
        // Whether a blank within a name is escaped here or by the shell later is the shell's.
        assertEquals(answers[i]?.words.map((word) => word.replace("\\ ", " ")), words.toSorted(), line);
      }
    },
  });

  Deno.test({
    name: `${shell.name} offers every option everywhere`,
    ...needs([shell.name]),
    fn: async () => {
      const places = PLACES.filter(({ options }) => options.length > 0);
      const answers = await ask(shell, script, places.map(optionsLine), "/");
      for (const [i, place] of places.entries()) {
        const long = place.options.flatMap(({ flags }) => flags.filter((flag) => flag.startsWith("--")));
        assertEquals(answers[i]?.words, long.sort(), optionsLine(place));
        if (shell.name === "bash") continue; // It shows no help.
        for (const { help } of place.options) assertStringIncludes(squeezed(answers[i]?.shown ?? ""), squeezed(help));
      }
    },
  });
}

Deno.test("bash finds files behind quotes and backslashes, whatever IFS is", needs(["bash"]), async () => {
  const cases = [
    ['sockeye client --file "a', "a b.txt"],
    ["sockeye client --file 'a b", "a b.txt"],
    ["sockeye client --file a\\ b", "a b.txt"],
    ['sockeye client --file="a b', "a b.txt"],
    ["sockeye client --file=a\\ ", "a b.txt"],
    ['sockeye client --file "c\\$', "c$(touch ran)"],
    ["sockeye client --file c", "c$(touch ran)"],
    ["sockeye client --file '$(touch ran)"],
    ["sockeye client --file it\\'s:", "d"],
    ["sockeye client --file \"it's:", "it's:d"],
    ["sockeye completions f", "fish"],
    ["sockeye server --frame=li", "line"],
  ];
  const [shell] = ASKED;
  const script = SHELLS.find(({ name }) => name === "bash")?.script(PLACES) ?? "";
  await using folder = await Folder.make();
  const files = ["a b.txt", "c$(touch ran)", "it's:d"];
  for (const name of files) await folder.put(name, "");
  for (const ifs of ["", "IFS=', :'", "IFS="]) {
    const answers = await ask(shell, `${script}\n${ifs}\n`, cases.map(([line = ""]) => line), folder.path);
    for (const [i, [line, ...words]] of cases.entries()) assertEquals(answers[i]?.words, words, `${ifs} ${line}`);
  }
  assertEquals(await folder.names(), files);
});

/** The columns of zsh are as wide as the widest entry. */
function squeezed(text: string): string {
  return text.replace(/\s+/g, " ");
}
