/**
 * Reads a line as it was meant when it was typed: whether it is a command or text to be passed on. Keys, editors and terminals
 * leave invisible bytes before a command, and a command may be private. So nothing that is invisible makes text of it.
 *
 * @module
 */

/** A line that was typed. */
export interface Typed {
  /**
   * `text`: to be passed on; `command`: begins with a slash; `blank`: text in which nothing is to be seen; `inner`: text with a
   * command in it, behind an end of a line other than LF.
   */
  readonly kind: "text" | "command" | "blank" | "inner";
  /** A command from its slash on; a text without the first one of the two slashes before it; as it was edited. */
  readonly text: string;
}

/**
 * The slash, characters that look like it, and those that its key gives with Chinese input methods, if a word of Latin
 * letters follows.
 */
const SLASH = "(?:[/／⁄∕⧸]|、(?=[A-Za-z]))";

/**
 * Spaces, controls, marks without a letter, invisible characters, and replacements for unreadable ones (U+FFFC,
 * U+FFFD).
 */
const UNSEEN = "[\\s\\p{Z}\\p{C}\\p{M}\\p{Default_Ignorable_Code_Point}\\u2800\\ufffc\\ufffd]";

/** A byte that was not valid, as `TextStream` shows it. */
const INVALID = "\\\\x[0-9a-f]{2}";

/**
 * What keys send (ECMA-48): a control sequence, also when it is cut off; a key of the number pad; a string with its end;
 * another escape sequence. None of them takes a slash, or a part of a byte that was not valid.
 */
const KEYS = [
  `(?:\\x1b\\[|\\x9b)\\[?[0-?]*[ -.]*(?:(?!${INVALID})[@-~])?`,
  `(?:\\x1bO|\\x8f)[0-?]*(?:(?!${INVALID})[@-~])?`,
  "(?:\\x1b[\\]PX^_]|[\\x90\\x98\\x9d-\\x9f])(?:\\P{Cc}*(?:\\x07|\\x1b\\\\|\\x9c))?",
  `\\x1b[ -.]*(?:(?!${INVALID})[0-~])?`,
].join("|");

const STRAY = new RegExp(`^(?:${KEYS}|${UNSEEN})*`, "u");
const STRAY_OR_INVALID = new RegExp(`^(?:${KEYS}|${UNSEEN}|${INVALID})*`, "u");

const UNIT = new RegExp(`${KEYS}|[^]`, "gu");
const UNIT_OR_INVALID = new RegExp(`${KEYS}|${INVALID}|[^]`, "gu");

const COMMAND = new RegExp(`^${SLASH}(?!${SLASH})`, "u");
const DOUBLE = new RegExp(`^${SLASH}${SLASH}`, "u");

/** Ends of lines that are no LF: a terminal turns some of them into one. */
const OTHER_ENDS = new RegExp("[\\r\\v\\f\\x85\\u2028\\u2029]");

/** Nearly all lines: a text that begins with a visible character and contains no line end and no editing. */
const PLAIN = new RegExp(`^(?!${UNSEEN}|${SLASH}|\\\\x)[^\\x03\\b\\v\\f\\r\\x15\\x17\\x7f\\x85\\u2028\\u2029]+$`, "u");

/** Ctrl-C and Ctrl-U, which give up a line; Backspace and Delete; Ctrl-W, which takes a word back. */
const EDITING = ["\x03", "\x15", "\b", "\x7f", "\x17"];

/**
 * Reads a line without its end. `hasInvalid` says that it has bytes which were not valid, shown as `\xNN`: those before a
 * slash count as unseen.
 *
 * @example
 * ```ts ignore
 * readTyped("\x1b[A /msg bob hi"); // { kind: "command", text: "/msg bob hi" }
 * readTyped("//etc"); // { kind: "text", text: "/etc" }
 * readTyped("    // twice"); // { kind: "text", text: "    // twice" }
 * ```
 */
export function readTyped(line: string, hasInvalid = false): Typed {
  if (PLAIN.test(line)) return { kind: "text", text: line };
  const text = edited(line, hasInvalid);
  const seen = text.slice((hasInvalid ? STRAY_OR_INVALID : STRAY).exec(text)?.[0].length);
  if (seen === "") return { kind: "blank", text };
  if (COMMAND.test(seen)) return { kind: "command", text: seen };
  // Blanks before two slashes are a comment in a program: it is text as it stands.
  if (DOUBLE.test(seen)) return { kind: "text", text: /^[ \t]/.test(text) ? text : seen.slice(1) };
  const isInner = OTHER_ENDS.test(text) && text.split(OTHER_ENDS).slice(1).some(isCommand);
  return { kind: isInner ? "inner" : "text", text };
}

/** A line as it was edited, from the first character on that is seen. */
export function seenOf(line: string): string {
  const text = edited(line);
  return text.slice(STRAY.exec(text)?.[0].length);
}

function isCommand(line: string): boolean {
  return COMMAND.test(seenOf(line));
}

/**
 * The line as a terminal would have edited it; what a key sent, and a byte that was not valid, is one character.
 * Deleted text is not passed on: it may have been a private line.
 */
function edited(line: string, hasInvalid = false): string {
  if (!EDITING.some((control) => line.includes(control))) return line;
  const kept: string[] = [];
  for (const character of line.match(hasInvalid ? UNIT_OR_INVALID : UNIT) ?? []) {
    if (!EDITING.includes(character)) kept.push(character);
    else if (character === "\b" || character === "\x7f") kept.pop();
    else if (character === "\x17") takeWord(kept);
    else kept.length = 0;
  }
  return kept.join("");
}

function takeWord(kept: string[]): void {
  while (/\s/.test(kept.at(-1) ?? "")) kept.pop();
  while (/\S/.test(kept.at(-1) ?? "")) kept.pop();
}
