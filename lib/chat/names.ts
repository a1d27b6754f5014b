/**
 * Names of members in a chat: visible, short, and not to be mistaken for one another.
 *
 * @module
 */

import { quote } from "../printable.ts";
import { type Note, note } from "./events.ts";
import { lookOf } from "./look_alikes.ts";

/** The longest name, in characters: it stands before every line. */
export const NAME_LIMIT = 32;

/** The name of the person at the server. */
export const OPERATOR_NAME = "operator";

/** Letters, digits and emoji of any script; marks, `_`, `.` and `-` after the first. Marks that enclose reach beyond the name. */
const WELL_FORMED = /^[\p{L}\p{N}\p{Emoji_Presentation}][\p{L}\p{N}\p{Mn}\p{Mc}\p{Emoji_Presentation}_.-]*$/u;

/** Letters that show nothing. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u;

/** Letters of these scripts look like one another: a name that mixes them imitates another one (after Unicode TR 39). */
const ALPHABETS = ["Latin", "Greek", "Cyrillic", "Armenian", "Coptic", "Cherokee", "Lisu", "Georgian", "Deseret"]
  .map((script) => new RegExp(`\\p{Script=${script}}`, "u"));

/**
 * More marks upon a letter than languages write: they make it look like another one, or reach into other lines. Counted in NFD,
 * where a letter with its accent is a letter and a mark.
 */
const MARKED = /\p{M}{3}/u;

/** Small capitals and other letters of phonetics, which look like common ones. */
const PHONETIC =
  /[\u0250-\u02af\u1d00-\u1dbf\ua730\ua731\ua7ae\ua7af\ua7f8-\ua7fa\uab30-\uab6f\u{10780}-\u{107ba}\u{1df00}-\u{1df2a}]/u;

/** Names that sound like an authority. */
const OF_AUTHORITY = new Set([
  ...[OPERATOR_NAME, "server", "system", "admin", "administrator", "moderator", "root", "sockeye"],
  ...["管理员", "系统", "服务器", "管理員", "系統", "伺服器"],
]);

/** What they look like. */
const LOOKS_OF_AUTHORITY = new Set([...OF_AUTHORITY].map(lookOf));

/** Names that the server gives. */
const GIVEN = /^user\p{Nd}+$/u;

/** Code of the note about a name that cannot be had. */
export type NameProblem =
  | "name-letters"
  | "name-marks"
  | "name-long"
  | "name-mixed"
  | "name-given"
  | "name-taken"
  | "name-alike";

/** Names that servers of one room give, without the dash: what follows is the tag of the server. */
const TAGGED = /^(?:user\p{Nd}+|operator)[a-z0-9]{4}$/u;

/** The name of a member that has chosen none: `user7`, or `user7-k3f9` with the tag of a server of a shared room. */
export function givenName(id: number, tag?: string): string {
  return `user${id}${tag === undefined ? "" : `-${tag}`}`;
}

/** Another name for a member that has chosen none, when its first one is taken. */
export function spareName(id: number): string {
  return givenName(id, `x${Math.random().toString(36).slice(2, 5).padEnd(3, "0")}`);
}

/** The name of the person at the server: `operator`, or `operator-k3f9`. */
export function operatorName(tag?: string): string {
  return tag === undefined ? OPERATOR_NAME : `${OPERATOR_NAME}-${tag}`;
}

/** The tag of a server: a letter, so that it is not taken for a part of the number before it, and three digits or letters. */
export function tagOf(server: string): string {
  return String.fromCharCode("a".charCodeAt(0) + Number(`0x${server.slice(0, 2)}`) % 26) + server.slice(2, 5);
}

/** Folds a name for comparison: wide letters, ligatures and case make no difference. */
export function foldName(name: string): string {
  // To upper case first, because some letters look alike only there. The result may need composing again.
  return name.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFKC");
}

/** What is wrong with a name that a member asks for; `own`, which the server gives to this member, is always right. */
export function whyNotName(name: string, own: string): NameProblem | undefined {
  if (name === own) return undefined;
  return problemOf(name) ?? (isTagged(name) ? "name-given" : undefined);
}

/** Whether a name is one that servers of one room give: no two give the same, though some look alike. */
export function isTagged(name: string): boolean {
  return TAGGED.test(bareOf(foldName(name)));
}

/** Whether a member of another server may have a name: one to choose, or one that servers of a room give. */
export function isName(name: string): boolean {
  return problemOf(name) === undefined;
}

/** The note to a member that does not get a name; `other` is the one that looks like it. */
export function refusedName(name: string, problem: NameProblem, other = ""): Note {
  const more: Partial<Record<NameProblem, string>> = { "name-long": String(NAME_LIMIT), "name-alike": quote(other) };
  return note(problem, quote(name), ...(more[problem] === undefined ? [] : [more[problem]]));
}

function problemOf(name: string): NameProblem | undefined {
  // A character has at most two UTF-16 units; longer names are not examined.
  if (name.length > 2 * NAME_LIMIT) return "name-long";
  // Some letters are a word with blanks, or stand for signs.
  const isWellFormed = [name, name.normalize("NFKC")].every((form) => WELL_FORMED.test(form));
  if (!isWellFormed || INVISIBLE.test(name)) return "name-letters";
  if ([...name].length > NAME_LIMIT) return "name-long";
  if (MARKED.test(name.normalize("NFD"))) return "name-marks";
  const folded = foldName(name);
  if (ALPHABETS.filter((script) => script.test(folded)).length > 1 || PHONETIC.test(folded)) return "name-mixed";
  const bare = bareOf(folded);
  const isOfAuthority = OF_AUTHORITY.has(withoutNumber(bare)) || LOOKS_OF_AUTHORITY.has(lookOf(bareOf(name))) ||
    LOOKS_OF_AUTHORITY.has(lookOf(withoutNumber(bareOf(name))));
  return isOfAuthority || GIVEN.test(bare) ? "name-given" : undefined;
}

function withoutNumber(name: string): string {
  return name.replace(/\p{Nd}+$/u, "");
}

function bareOf(folded: string): string {
  return folded.replace(/[_.-]/g, "");
}
