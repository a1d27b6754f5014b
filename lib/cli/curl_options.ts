/**
 * The options of curl and wget that people type out of habit. Options with an equivalent are translated, those that ask
 * for the default behaviour are dropped, and for the others an error names the alternative. Loaded only when a command
 * line has an option that the table does not know, or that looks like theirs.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { flag, type Given, one, type OptionTable } from "../options.ts";
import { CURL_ROWS, type CurlRow } from "./curl_table.ts";
import { type Parsed, parseOptions } from "./parse.ts";

/** What they are, as a table that the parser reads. */
const THEIRS: OptionTable = Object.fromEntries(CURL_ROWS.map(({ short, long, value }) => {
  const extras = short === undefined ? {} : { short };
  return [long, value === undefined ? flag("", extras) : one(value, "", (text) => text, extras)];
}));

/**
 * Reads a command line with options of curl and wget.
 *
 * @throws {SockeyeError} `usage`, naming the way of this program; for an unknown option as {@linkcode parseOptions}
 */
export function readCurlLine(args: readonly string[], table: OptionTable): Parsed {
  // What both have is ours.
  const parsed = parseOptions(args, { ...THEIRS, ...table });
  refuseLookAlikes(parsed);
  const remarks: string[] = [];
  const given = parsed.given.map((option) =>
    Object.hasOwn(table, option.name) ? option : turn(option, parsed, remarks)
  );
  return { ...parsed, given: given.filter((option) => option !== undefined), remarks };
}

/** An option of ours in place of one of theirs; undefined where nothing has to be done. */
function turn(option: Given, { operands }: Parsed, remarks: string[]): Given | undefined {
  const row = CURL_ROWS.find(({ long }) => long === option.name)!;
  const refuse = (why: string) => new SockeyeError("usage", `Option ${option.flag}: ${why}`);
  if (option.name === "remote-name") refuseFileName(operands, refuse);
  const why = whyNot(row, option.text);
  if (why !== undefined) throw refuse(why);
  if (row.done !== undefined) remarks.push(`Option ${option.flag} changes nothing: ${row.done}`);
  if (row.as === undefined) return undefined;
  return { name: row.as, flag: option.flag, text: row.text?.(option.text) ?? option.text };
}

function whyNot({ not }: CurlRow, text: string): string | undefined {
  return typeof not === "function" ? not(text) : not;
}

/** curl's `-O` stands alone, wget's names a file: then that is no address. */
function refuseFileName(operands: readonly string[], refuse: (why: string) => SockeyeError): void {
  const isWhole = (text: string) => text.includes("://");
  if (operands.some(isWhole) && !operands.every(isWhole)) {
    throw refuse("the name of the address is taken without it; -o FILE gives another one");
  }
}

function refuseLookAlikes({ given, operands }: Parsed): void {
  const referer = given.find(({ flag, text }) => flag === "-e" && text.includes("//"));
  if (referer) {
    const advice = `-e names an encoding; -H 'Referer: URL' sends where one comes from`;
    throw new SockeyeError("usage", `Option -e is not curl's here: ${advice}`);
  }
  if (operands.length > 1 && given.some(({ flag }) => flag === "-x")) {
    const advice = "-x shows hex (write --hex for that); --proxy URL goes through a proxy";
    throw new SockeyeError("usage", `Option -x is not curl's here: ${advice}`);
  }
}
