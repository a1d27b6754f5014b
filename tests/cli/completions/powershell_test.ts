/** The script for PowerShell, read by the rules of its language: what of it is text, what pairs, what the rows hold. */

import { assert, assertEquals } from "@std/assert";
import type { Place } from "../../../lib/cli/completions/places.ts";
import { powershellScript } from "../../../lib/cli/completions/powershell.ts";
import { PLACES } from "./shells.ts";

/** The quotes that begin and end text as it is, doubled within. */
const SINGLE = "'‘’‚‛";

interface Parts {
  /** Texts between single quotes. */
  readonly texts: string[];
  /** Everything but texts and comments. */
  readonly code: string;
}

/** Takes a script apart; fails where a quote does not end. */
function takeApart(script: string): Parts {
  const text = `[${SINGLE}](?:[^${SINGLE}]|[${SINGLE}]{2})*[${SINGLE}]`;
  const token = new RegExp(`${text}|"(?:[^"\`]|\`.)*"|#.*|[^${SINGLE}"#]+`, "gy");
  const tokens = [...script.matchAll(token)].map(([part]) => part);
  assertEquals(tokens.join(""), script);
  const isText = (part: string) => SINGLE.includes(part[0] ?? "");
  return {
    texts: tokens.filter(isText).map((part) => part.slice(1, -1).replace(new RegExp(`([${SINGLE}])\\1`, "g"), "$1")),
    code: tokens.map((part) => isText(part) ? "'" : part.startsWith('"') ? '"' : part.startsWith("#") ? "" : part).join(
      "",
    ),
  };
}

/** The rows of one table in the script, by place. */
function rowsOf(script: string, table: string): Map<string, string[]> {
  const [, body = ""] = new RegExp(`\\$${table} = @\\{\\n([^]*?)\\n    \\}\\n`).exec(script) ?? [];
  const blocks = [...body.matchAll(/^ {8}(.*) = @\(([^]*?)\)$/gm)];
  return new Map(blocks.map(([, name = "", rows = ""]) => [takeApart(name).texts.join(), takeApart(rows).texts]));
}

const SCRIPT = powershellScript(PLACES);

Deno.test("powershellScript() pairs its brackets", () => {
  const { code } = takeApart(SCRIPT);
  const open: string[] = [];
  const pairs: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };
  for (const character of code.replace(/[^()[\]{}]/g, "")) {
    const start = pairs[character];
    if (start === undefined) open.push(character);
    else assertEquals(open.pop(), start);
  }
  assertEquals(open, []);
});

Deno.test("powershellScript() gives every place its words and options with their help", () => {
  const words = rowsOf(SCRIPT, "words");
  const options = rowsOf(SCRIPT, "options");
  assertEquals(options.size, PLACES.length);
  for (const { path, words: list, options: infos } of PLACES) {
    const place = path.join(" ");
    const expected = list.map(({ name, summary }) => `${name}\t${summary}`);
    assertEquals(words.get(place) ?? [], expected);
    assertEquals(options.get(place)?.length, infos.flatMap(({ flags }) => flags).length, place);
    for (const { flags, help, value, choices } of infos) {
      const values = value === undefined ? "" : choices.length > 0 ? choices.join(" ") : "-";
      for (const flag of flags) assert(options.get(place)?.includes(`${flag}\t${values}\t${help}`), `${place} ${flag}`);
    }
  }
});

Deno.test("powershellScript() has no two places that PowerShell takes for one, and no tooltip without text", () => {
  const names = PLACES.map(({ path }) => path.join(" ").toLowerCase());
  assertEquals(new Set(names).size, names.length);
  for (const rows of [...rowsOf(SCRIPT, "words").values(), ...rowsOf(SCRIPT, "options").values()].flat()) {
    assert(rows.split("\t").at(-1) !== "", rows);
  }
});

Deno.test("powershellScript() keeps quotes and variables in texts as they are", () => {
  const place: Place = { path: ["a"], words: [{ name: "b", summary: `it's ‘so’ "$x" \`t #` }], options: [] };
  assertEquals(rowsOf(powershellScript([place]), "words").get("a"), [`b\tit's ‘so’ "$x" \`t #`]);
});
