/**
 * The text that asks the sender of a datagram for a token (`udp_challenge.ts`), as a server writes it and a client
 * recognizes it.
 *
 * @module
 */

import { FORGED_MAX } from "./limits.ts";

/** Characters of a token: without the letters that are read as digits (Crockford's base 32). */
export const TOKEN_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/** How many of them it has: 35 bits, so that guessing takes days. */
export const TOKEN_LENGTH = 7;

const TOKEN = `[${TOKEN_ALPHABET}]{${TOKEN_LENGTH}}`;

/** How a question goes on where the datagram is kept. */
const KEPT = "; what you wrote waits";

/** Bytes of a datagram that are looked at: a token and some words around it. */
const LOOK_MAX = 64;

/** What is sent, the clearest first; each is for datagrams of at least a third of its length. Shorter ones have no room for a token. */
const QUESTIONS: readonly ((token: string) => string)[] = [
  (token) => `*** Send /${token} to come in\n`,
  (token) => `*** Send /${token}\n`,
  (token) => `Send /${token}\n`,
];

/** The same for a sender that has to send more before it can be asked. */
const MORE = ["Say more\n", "more?\n", "??\n"];

/** First bytes of {@linkcode ASKING}: `*` and `S`. */
const STAR = 0x2a;
const LETTER_S = 0x53;

const ASKING = new RegExp(`^(?:\\*\\*\\* )?Send /(${TOKEN})(?: to come in(?:${KEPT})?)?\r?\n?$`);

const ASKING_AGAIN = new RegExp(`^\\*\\*\\* Send only /${TOKEN}\r?\n?$`);

const ANSWERS = new RegExp(`(?<![0-9a-z])(?<!send (?:only )?/)${TOKEN}(?![0-9a-z])`, "g");

/** The text at the beginning of a datagram. */
function beginningOf(datagram: Uint8Array): string {
  return String.fromCharCode(...datagram.subarray(0, LOOK_MAX));
}

/** The tokens that a datagram may send back. An echo of the question is no answer: it proves nothing, and would talk with us for ever. */
export function tokensIn(datagram: Uint8Array): readonly string[] {
  return beginningOf(datagram).toLowerCase().match(ANSWERS) ?? [];
}

/** The token that a datagram asks for, if it is a question and nothing else. */
export function tokenAskedFor(datagram: Uint8Array): string | undefined {
  // Called for every datagram of a busy relay: the first byte decides for most.
  const [first] = datagram;
  if (datagram.length > LOOK_MAX || first !== STAR && first !== LETTER_S) return undefined;
  return ASKING.exec(beginningOf(datagram))?.[1];
}

/** What sends a token back. */
export function answerWith(token: string): string {
  return `/${token}\n`;
}

/** Whether a datagram says something, besides a token, that is worth keeping until the sender is known. */
export function saysSomething(datagram: Uint8Array): boolean {
  const text = beginningOf(datagram).trim();
  return text !== "" && !new RegExp(`^/${TOKEN}$`, "i").test(text);
}

/**
 * The reply to the sender of a datagram, within three times its length; undefined if there must be none. An echo of the
 * request gets one more that differs, for people who send back the whole line, and an echo of that gets none, so that
 * two programs never loop.
 *
 * @param kept whether the datagram waits for the token
 */
export function questionFor(datagram: Uint8Array, token: string, kept: boolean): string | undefined {
  const came = beginningOf(datagram);
  if (ASKING_AGAIN.test(came) || MORE.includes(came)) return undefined;
  if (ASKING.test(came)) return `*** Send only /${token}\n`;
  const questions = QUESTIONS.map((write) => write(token));
  if (kept) questions.unshift(questions[0]!.replace("\n", `${KEPT}\n`));
  return [...questions, ...MORE].find(({ length }) => length <= FORGED_MAX * datagram.length);
}
