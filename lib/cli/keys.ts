/**
 * Maps the bytes that a terminal sends for keys to the names of editing actions. Text and pastes stay text.
 *
 * @module
 */

/** What a key does. */
export type Action =
  | "enter"
  | "end-of-input"
  | "interrupt"
  | "backspace"
  | "delete"
  | "left"
  | "right"
  | "word-left"
  | "word-right"
  | "start"
  | "end"
  | "previous"
  | "next"
  | "kill-start"
  | "kill-end"
  | "kill-word"
  | "kill-next-word"
  | "yank"
  | "clear";

/** A key with its action, or text to insert. */
export type Key = { readonly action: Action } | { readonly text: string };

/** Control characters, as Emacs and GNU Readline have them. */
const CONTROLS: Readonly<Record<string, Action>> = {
  "\r": "enter",
  "\n": "enter",
  "\x01": "start",
  "\x02": "left",
  "\x03": "interrupt",
  "\x04": "end-of-input",
  "\x05": "end",
  "\x06": "right",
  "\b": "backspace",
  "\x0b": "kill-end",
  "\x0c": "clear",
  "\x0e": "next",
  "\x10": "previous",
  "\x15": "kill-start",
  "\x17": "kill-word",
  "\x19": "yank",
  "\x7f": "backspace",
};

/** What follows ESC: cursor keys of both modes, keys with Ctrl or Alt, and letters with Alt (ECMA-48, xterm). */
const SEQUENCES: readonly (readonly [RegExp, Action])[] = [
  [/^(?:\[1;[2-9][C]|\[[C]|O[C])$/, "right"],
  [/^(?:\[1;[2-9][D]|\[[D]|O[D])$/, "left"],
  [/^[[O]A$/, "previous"],
  [/^[[O]B$/, "next"],
  [/^(?:[[O]H|\[[17]~)$/, "start"],
  [/^(?:[[O]F|\[[48]~)$/, "end"],
  [/^\[3~$/, "delete"],
  [/^b$/, "word-left"],
  [/^f$/, "word-right"],
  [/^d$/, "kill-next-word"],
  [/^[\b\x7f]$/, "kill-word"],
];

/** Cursor keys with Ctrl (5) or Alt (3) go over words. */
const WORD_KEYS: Readonly<Record<string, Action>> = { C: "word-right", D: "word-left" };

/** A control sequence, one that is cut off, ESC with one character, or ESC alone. */
// deno-lint-ignore no-control-regex -- keys are control sequences
const ESCAPE = /\x1b(?:(\[[0-?]*[ -/]*(?:[@-~]|$)|O[^]?|[^]))?/y;

/** Reads keys from chunks of input. */
export class KeyReader {
  /** An incomplete sequence. */
  #held = "";
  #afterCr = false;

  /** The keys that are complete. */
  *push(piece: string): Generator<Key> {
    const input = this.#held + piece;
    this.#held = "";
    for (let at = 0; at < input.length;) {
      const character = input[at]!;
      if (character === "\x1b") {
        ESCAPE.lastIndex = at;
        const [whole = "\x1b", sequence = ""] = ESCAPE.exec(input) ?? [];
        at += whole.length;
        if (at === input.length && /^(?:\[[0-?]*[ -/]*|O)$/.test(sequence)) this.#held = whole;
        else yield* keysOf(sequence);
      } else if (character < " " && character !== "\t" || character === "\x7f") {
        at++;
        // CR LF in a paste is one line end.
        const isSecond = character === "\n" && this.#afterCr;
        const action = CONTROLS[character];
        if (action && !isSecond) yield { action };
      } else {
        const end = at + (/[^\t -~\x80-\uffff]/.exec(input.slice(at))?.index ?? input.length - at);
        yield { text: input.slice(at, end) };
        at = end;
      }
      this.#afterCr = character === "\r";
    }
  }
}

function keysOf(sequence: string): Key[] {
  const word = /^\[1;[35]([CD])$/.exec(sequence)?.[1];
  const action = word === undefined ? SEQUENCES.find(([form]) => form.test(sequence))?.[1] : WORD_KEYS[word];
  return action ? [{ action }] : [];
}
