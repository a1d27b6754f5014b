/**
 * Names of people in a chat: visible, short, and not to be mistaken for one another.
 *
 * @module
 */

import { quote } from "../printable.ts";

/** The longest name, in characters: it stands before every line. */
export const NAME_LIMIT = 32;

/** What the person at the server is called. */
export const OPERATOR_NAME = "operator";

/** Letters, digits and emoji of any script; marks, `_`, `.` and `-` after the first. */
const WELL_FORMED = /^[\p{L}\p{N}\p{Emoji_Presentation}][\p{L}\p{N}\p{M}\p{Emoji_Presentation}_.-]*$/u;

/** Letters that show nothing. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;

/** Letters of these scripts look like one another: a name that mixes them imitates another one (after Unicode TR 39). */
const ALPHABETS = ["Latin", "Greek", "Cyrillic", "Armenian", "Coptic", "Cherokee", "Lisu", "Georgian"]
  .map((script) => new RegExp(`\\p{Script=${script}}`, "u"));

/** Small capitals and other letters of phonetics, which look like common ones. */
const PHONETIC = /[\u0250-\u02af\u1d00-\u1dbf]/u;

/** Names that sound as if somebody had a say here. */
const OF_AUTHORITY = new Set([OPERATOR_NAME, "server", "system", "admin", "sockeye", "管理员", "系统", "服务器"]);

/** Names that the server gives. */
const GIVEN = /^user\p{Nd}+$/u;

/** Why nobody may choose such a name. */
const RESERVED = "names like that are given by the server";

/** Names that servers of one room give, without the dash: what follows is the tag of the server. */
const TAGGED = /^(?:user\p{Nd}+|operator)[a-z0-9]{4}$/u;

/**
 * The name of somebody who has chosen none.
 *
 * @param id number of the peer
 * @param tag four letters and digits that tell the servers of one room apart
 * @returns `user7`, or `user7-k3f9`
 */
export function givenName(id: number, tag?: string): string {
  return tagged(`user${id}`, tag);
}

/**
 * Another name for somebody who has chosen none, when theirs is taken.
 *
 * @param id number of the peer
 * @returns one by chance
 */
export function spareName(id: number): string {
  return givenName(id, `x${Math.random().toString(36).slice(2, 5).padEnd(3, "0")}`);
}

/**
 * What the person at the server is called.
 *
 * @param tag as for {@linkcode givenName}
 * @returns `operator`, or `operator-k3f9`
 */
export function operatorName(tag?: string): string {
  return tagged(OPERATOR_NAME, tag);
}

function tagged(name: string, tag: string | undefined): string {
  return tag === undefined ? name : `${name}-${tag}`;
}

/**
 * What two names are compared by: wide letters, ligatures and case make no difference.
 *
 * @param name any name
 * @returns the same text for names that people would take for one
 */
export function foldName(name: string): string {
  // To upper case first: some letters have a twin only there. What comes of it may need composing again.
  return name.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFKC");
}

/**
 * What is wrong with a name.
 *
 * @param name as it was asked for
 * @param own a name that the server gave to this person
 * @returns what a name must be; undefined when it may be used
 */
export function whyNotName(name: string, own: string): string | undefined {
  if (name === own) return undefined;
  return problemOf(name) ?? (TAGGED.test(bareOf(foldName(name))) ? RESERVED : undefined);
}

/**
 * Whether somebody at another server may be called so.
 *
 * @param name anything
 * @returns true for what people may choose there, and for what servers of one room give
 */
export function isName(name: string): boolean {
  return problemOf(name) === undefined;
}

/**
 * What somebody is told who does not get a name.
 *
 * @param name as it was asked for
 * @param problem what {@linkcode whyNotName} says of it, or that it is taken
 * @returns one line
 */
export function notThatName(name: string, problem: string): string {
  return `Not ${quote(name)}: ${problem}`;
}

function problemOf(name: string): string | undefined {
  if (!WELL_FORMED.test(name) || INVISIBLE.test(name)) return "a name is made of letters and digits, then also _ . -";
  if ([...name].length > NAME_LIMIT) return `a name has ${NAME_LIMIT} characters at most`;
  const folded = foldName(name);
  if (ALPHABETS.filter((script) => script.test(folded)).length > 1 || PHONETIC.test(folded)) {
    return "a name does not mix alphabets";
  }
  const bare = bareOf(folded);
  return OF_AUTHORITY.has(bare) || GIVEN.test(bare) ? RESERVED : undefined;
}

function bareOf(folded: string): string {
  return folded.replace(/[_.-]/g, "");
}
