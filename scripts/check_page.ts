/**
 * Writes the tables of cases in docs/check.md, from the suites themselves:
 *
 *     deno run --allow-read --allow-write=docs/check.md scripts/check_page.ts
 *
 * @module
 */

import { textWidth } from "../lib/text/graphemes.ts";
import { SUITES } from "../lib/check/suites.ts";
import { ROOT } from "./root.ts";

const PAGE = `${ROOT}/docs/check.md`;

/** What the tables stand between. */
const BEGIN = "<!-- made by scripts/check_page.ts -->\n";
const END = "<!-- until here -->\n";

/** The tables, one for each suite. */
export async function caseTables(): Promise<string> {
  const parts: string[] = [];
  for (const { load } of SUITES) {
    const { name, title, cases } = await load();
    const rows = cases.map((one) => [`\`${name}/${one.name}\``, one.title.en.replaceAll("|", "\\|")]);
    parts.push(`### ${name}: ${title.en}\n\n${tableOf([["case", "what is tried"], ...rows])}`);
  }
  return parts.join("\n");
}

/** A table as the formatter sets it. */
function tableOf(rows: readonly string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => textWidth(row[column] ?? ""))));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell + " ".repeat(widths[column]! - textWidth(cell))).join(" | ")} |\n`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("");
}

/** The page with its tables made anew. */
export async function checkPage(page: string): Promise<string> {
  const [begin, end] = [page.indexOf(BEGIN) + BEGIN.length, page.indexOf(END)];
  if (begin < BEGIN.length || end < begin) throw new Error("docs/check.md has no place for the tables");
  return `${page.slice(0, begin)}\n${await caseTables()}\n${page.slice(end)}`;
}

if (import.meta.main) await Deno.writeTextFile(PAGE, await checkPage(await Deno.readTextFile(PAGE)));
