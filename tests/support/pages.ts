/** The READMEs and the pages of `docs`, for tests of what they say. */

import { ROOT } from "../../scripts/root.ts";

export const READMES: readonly string[] = ["README.md", "README.zh-CN.md"];

export const PAGES: readonly string[] = [...Deno.readDirSync(`${ROOT}/docs`)].map(({ name }) => `docs/${name}`)
  .filter((path) => path.endsWith(".md")).sort();

/** Command lines of a page, in code blocks and between backticks in tables, without their comments. */
export function commandsOf(file: string): string[] {
  const text = Deno.readTextFileSync(`${ROOT}/${file}`);
  const blocks = [...text.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block = ""]) => block.trimEnd().split("\n"));
  const cells = [...text.matchAll(/^\|.*\| `(sockeye [^`]*)` +\|$/gm)].map(([, cell = ""]) => cell);
  return [...blocks, ...cells].map((line) => line.replace(/ +#.*/, ""));
}

/** Files that a page shows or links to, as it writes them. */
export function linksOf(file: string): string[] {
  const text = Deno.readTextFileSync(`${ROOT}/${file}`);
  return [...text.matchAll(/\]\(([^):]+)\)| src="([^":]+)"/g)].map(([, link, image]) => link ?? image ?? "");
}
