/**
 * What check tells without a program under test: the list of cases, and the page about one.
 *
 * @module
 */

import type { Bilingual, Language } from "../../language.ts";
import { textWidth } from "../../text/graphemes.ts";
import { wrapProse } from "./prose.ts";
import { idOf, type Selection } from "./select.ts";
import { REPORT_WORDS } from "./words.ts";

/** How a page looks. */
export interface PageForm {
  /** Its language. */
  readonly language: Language;
  /** Columns of a line. */
  readonly columns: number;
  /** Makes a heading of a text. */
  readonly heading: (text: string) => string;
}

/** Columns of the widest page. */
const MAX_COLUMNS = 80;

/** The list of cases, suite by suite. */
export function listPage(selections: readonly Selection[], { language, columns, heading }: PageForm): string {
  const parts = selections.map(({ suite, cases }) => {
    const ids = cases.map((one) => idOf(suite, one));
    const start = 2 + Math.max(...ids.map((id) => id.length)) + 2;
    const rows = cases.flatMap(({ title }, i) => {
      const [first = "", ...rest] = wrapProse(title[language], Math.min(columns, MAX_COLUMNS) - start);
      return [`  ${ids[i]?.padEnd(start - 2)}${first}`, ...rest.map((line) => " ".repeat(start) + line)];
    });
    const top = wrapProse(`${suite.name}: ${suite.title[language]}`, Math.min(columns, MAX_COLUMNS)).map(heading);
    return [...top, ...rows].map((line) => `${line}\n`).join("");
  });
  return parts.join("\n");
}

/** The pages of `--explain`; a case without one has its title alone. */
export async function explainPages(selections: readonly Selection[], form: PageForm): Promise<string> {
  const pages: string[] = [];
  for (const { entry, suite, cases } of selections) {
    const explanations = await entry.explanations();
    for (const one of cases) {
      const explanation = explanations[one.name];
      pages.push(pageOf(`${idOf(suite, one)}: ${one.title[form.language]}`, explanation, form));
    }
  }
  return pages.join("\n");
}

function pageOf(
  title: string,
  explanation: Awaited<ReturnType<Selection["entry"]["explanations"]>>[string] | undefined,
  { language, columns, heading }: PageForm,
): string {
  const { explanation: names } = REPORT_WORDS[language];
  const width = Math.min(columns, MAX_COLUMNS);
  const labelColumns = Math.max(...[names.sends, names.rule, names.matters].map(textWidth)) + 2;
  const prose = (name: string, text: Bilingual) => {
    const beside = width >= 60;
    const start = beside ? labelColumns : 2;
    const lines = wrapProse(text[language], width - start).map((line) => " ".repeat(start) + line);
    if (!beside) return [heading(name), ...lines];
    const [first = "", ...rest] = lines;
    return [`${heading(name)}${" ".repeat(labelColumns - textWidth(name))}${first.trimStart()}`, ...rest];
  };
  const code = (name: string, text: string) => [
    heading(name),
    ...text.replace(/^\n+|\s+$/g, "").split("\n").map((line) => line === "" ? "" : `    ${line}`),
  ];
  const parts = explanation
    ? [
      ...prose(names.sends, explanation.sends),
      ...prose(names.rule, explanation.rule),
      ...prose(names.matters, explanation.matters),
      ...code(names.wrong, explanation.wrong),
      ...code(names.right, explanation.right),
    ]
    : [];
  return [...wrapProse(title, width).map(heading), ...parts].map((line) => `${line}\n`).join("");
}
