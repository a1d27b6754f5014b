/**
 * Lines typed at a terminal: editing and history by `node:readline`, output that appears above the line being typed. What
 * readline draws goes through the same sink as everything else, so that the two never mix.
 *
 * @module
 */

import * as readline from "node:readline";
import { Readable, Writable } from "node:stream";
import type { InputLine } from "../output/screen.ts";
import type { Sink } from "../output/sink.ts";
import { AsyncQueue } from "../queue.ts";
import { unlessAborted } from "../wait.ts";
import type { Input, System } from "./system.ts";

/** Lines that the up key brings back. */
const HISTORY_LINES = 500;

/** Stands before the line being typed when there is nothing else to say. */
const PROMPT = "> ";

/** The line editor of one terminal. */
export class Editor implements InputLine {
  readonly #readline: readline.Interface;
  /** Lines typed ahead. */
  readonly #lines = new AsyncQueue<string>();
  readonly #screen: Screen;
  readonly #onEnd: () => void;
  #prompt = PROMPT;
  #lead = "";

  /**
   * Takes over the terminal.
   *
   * @param system whose terminal it is
   * @param sink where the screen is drawn
   * @param hears `onLine` is called before each line is handed out, `onEnd` when nothing more can be typed
   */
  constructor(system: System, sink: Sink, hears: { onLine?: () => void; onEnd?: () => void } = {}) {
    this.#onEnd = hears.onEnd ?? (() => {});
    this.#screen = new Screen(sink, () => system.columns());
    this.#readline = readline.createInterface({
      input: keyboard(system.stdin, (text) => this.#readline.write(text)),
      output: this.#screen,
      terminal: true,
      historySize: HISTORY_LINES,
      prompt: PROMPT,
    });
    this.#readline.on("line", (line) => {
      this.lead("");
      hears.onLine?.();
      this.#lines.push(line);
      this.show();
    });
    this.#readline.on("close", () => this.#end());
    this.#readline.on("SIGINT", () => system.interrupt());
    // Ctrl-Z would stop the process with the terminal in raw mode, and the read that waits for a key does not survive that.
    this.#readline.on("SIGTSTP", () => {});
    this.show();
  }

  /** What was typed, line by line. */
  lines(): AsyncIterable<string> {
    return this.#lines;
  }

  /**
   * Asks for one line.
   *
   * @param question what stands before it
   * @param signal gives up; its reason is thrown
   * @returns the answer without outer spaces; empty at the end of input
   */
  async ask(question: string, signal: AbortSignal): Promise<string> {
    this.prompt = question;
    try {
      return (await unlessAborted(this.#lines.next(), signal) ?? "").trim();
    } finally {
      this.prompt = PROMPT;
    }
  }

  /** Takes the line off the screen. */
  hide(): void {
    if (this.#lines.closed) return;
    const { rows } = this.#readline.getCursorPos();
    readline.moveCursor(this.#screen, 0, -rows);
    readline.cursorTo(this.#screen, 0);
    readline.clearScreenDown(this.#screen);
  }

  /** Draws the line where the cursor is. */
  show(): void {
    if (this.#lines.closed) return;
    // Readline remembers how many rows it drew and would climb over what was printed since.
    Object.assign(this.#readline, { prevRows: 0 });
    this.#readline.prompt(true);
  }

  /** Text of the peer that stands before the line. */
  lead(text: string): void {
    this.#lead = text;
    this.#readline.setPrompt(this.#lead || this.#prompt);
  }

  /** What stands before the line from now on. */
  set prompt(text: string) {
    this.hide();
    this.#prompt = text || PROMPT;
    this.lead(this.#lead);
    this.show();
  }

  /** Stops reading and leaves the cursor at the start of a clean line. */
  close(): void {
    if (this.#lines.closed) return;
    this.#end();
    this.#readline.close();
  }

  #end(): void {
    if (this.#lines.closed) return;
    this.hide();
    this.#lines.close();
    this.#onEnd();
  }
}

/** Characters that come at once are no keys but a paste. */
const PASTE_FROM = 16;

/** What a paste is made of: text, tabs and line ends, but no keys such as arrows. */
const PASTED = /^(?:[\t\r\n]|\P{Cc})+$/u;

/**
 * The keyboard as readline wants it. A paste goes in as a whole: key by key readline would measure the line anew for each
 * character, which takes seconds for a long line.
 */
function keyboard(stdin: Input, paste: (text: string) => void): Readable {
  const buffer = new Uint8Array(4096);
  const decoder = new TextDecoder();
  const keys = new Readable({
    async read() {
      try {
        for (let count; (count = await stdin.read(buffer)) !== null;) {
          const text = decoder.decode(buffer.subarray(0, count), { stream: true });
          if (text.length < PASTE_FROM || !PASTED.test(text)) {
            if (text !== "") return void this.push(text);
          } else paste(text);
        }
      } catch {
        // The terminal is gone: that is the end of the input.
      }
      this.push(null);
    },
  });
  const setRawMode = (on: boolean) => {
    stdin.setRaw(on);
    return keys;
  };
  return Object.assign(keys, { isTTY: true, setRawMode });
}

/** The screen as readline wants it. */
class Screen extends Writable {
  readonly isTTY = true;
  readonly #columns: () => number;

  constructor(sink: Sink, columns: () => number) {
    super({
      decodeStrings: false,
      write(chunk, _encoding, done) {
        sink.write("stdout", typeof chunk === "string" ? chunk : Uint8Array.from(chunk));
        done();
      },
    });
    this.#columns = columns;
  }

  get columns(): number {
    return this.#columns();
  }
}
