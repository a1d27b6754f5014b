/**
 * Lines typed at a terminal: editing and history by `node:readline`, with output above the line being typed. What
 * readline draws goes through the same sink as everything else, so that the two never mix.
 *
 * @module
 */

import * as readline from "node:readline";
import { Readable, Writable } from "node:stream";
import type { Output } from "../output/output.ts";
import type { BottomLine } from "../output/screen.ts";
import type { Sink } from "../output/sink.ts";
import { AsyncQueue } from "../queue.ts";
import { unlessAborted } from "../wait.ts";
import type { Input, System } from "./system.ts";

/** Lines that the up key brings back. */
const HISTORY_LINES = 500;

/** Stands before the line being typed when there is nothing else to show there. */
const DEFAULT_PROMPT = "> ";

/** The line editor of one terminal. */
export class Editor implements BottomLine {
  readonly #readline: readline.Interface;
  /** Lines that were typed and not yet taken; closed at the end of input. */
  readonly #lines = new AsyncQueue<string>();
  readonly #stdin: Input;
  readonly #terminal: Writable;
  readonly #output: Pick<Output, "inputLine" | "lineTyped"> | undefined;
  /** Stands before the line unless the peer has a partial line. */
  #prompt = DEFAULT_PROMPT;
  /** The peer's partial line, until the screen sets another one or Enter is pressed; else empty. */
  #partialLine = "";

  /** Takes over the terminal, as the input line of an output, until {@linkcode Editor.close} or the end of input. */
  constructor(system: System, sink: Sink, output?: Pick<Output, "inputLine" | "lineTyped">) {
    this.#output = output;
    this.#stdin = system.stdin;
    this.#terminal = readlineOutput(sink, system);
    this.#readline = readline.createInterface({
      input: readlineInput(system.stdin, (text) => this.#readline.write(text)),
      output: this.#terminal,
      terminal: true,
      historySize: HISTORY_LINES,
      prompt: DEFAULT_PROMPT,
    });
    this.#readline.on("line", (line) => {
      this.setPartialLine("");
      output?.lineTyped();
      this.#lines.push(line);
      this.show();
    });
    this.#readline.on("close", () => this.#end());
    this.#readline.on("SIGINT", () => system.interrupt());
    // Where Ctrl-Z is a key and no signal, readline would stop the process.
    this.#readline.on("SIGTSTP", () => {});
    this.show();
    if (output) output.inputLine = this;
  }

  /** Hands out what is typed, up to the end of input. */
  lines(): AsyncIterable<string> {
    return this.#lines;
  }

  /**
   * Asks for one line.
   *
   * @throws {unknown} the reason of the signal
   */
  async ask(question: string, signal: AbortSignal): Promise<string> {
    this.prompt = question;
    try {
      return (await unlessAborted(this.#lines.next(), signal) ?? "").trim();
    } finally {
      this.prompt = DEFAULT_PROMPT;
    }
  }

  /** Takes the line off the terminal. */
  hide(): void {
    if (this.#lines.closed) return;
    const { rows } = this.#readline.getCursorPos();
    readline.moveCursor(this.#terminal, 0, -rows);
    readline.cursorTo(this.#terminal, 0);
    readline.clearScreenDown(this.#terminal);
  }

  /** Draws the line where the cursor is. */
  show(): void {
    if (this.#lines.closed) return;
    // Readline remembers how many rows it drew, and would move up over what was printed since.
    Object.assign(this.#readline, { prevRows: 0 });
    this.#readline.prompt(true);
  }

  /** Sets what stands before the line: what the peer sent that has no line end yet, else the prompt. */
  setPartialLine(text: string): void {
    this.#partialLine = text;
    this.#readline.setPrompt(this.#partialLine || this.#prompt);
  }

  /** The prompt from now on; empty for the default one. */
  set prompt(text: string) {
    this.hide();
    this.#prompt = text || DEFAULT_PROMPT;
    this.setPartialLine(this.#partialLine);
    this.show();
  }

  /** Takes the terminal over again after the process was stopped: the shell has set its modes and written on it. */
  resume(): void {
    if (this.#lines.closed) return;
    setRaw(this.#stdin, true);
    this.show();
  }

  /** Stops reading and leaves the cursor at the start of an empty line. */
  close(): void {
    if (this.#lines.closed) return;
    this.#end();
    this.#readline.close();
  }

  #end(): void {
    if (this.#lines.closed) return;
    this.hide();
    this.#lines.close();
    if (this.#output) this.#output.inputLine = undefined;
  }
}

/** Characters of one read from which on it is a paste and no key press. */
const PASTE_MIN = 16;

/** What a paste consists of: text, tabs and line ends, but no keys such as arrows. */
const PASTED = /^(?:[\t\r\n]|\P{Cc})+$/u;

/**
 * The keyboard as readline reads it. A paste goes in as a whole: key by key readline would measure the whole line for
 * each character, which takes seconds for a long line.
 */
function readlineInput(stdin: Input, paste: (text: string) => void): Readable {
  const buffer = new Uint8Array(4096);
  const decoder = new TextDecoder();
  const keys = new Readable({
    async read() {
      try {
        for (let count; (count = await stdin.read(buffer)) !== null;) {
          const text = decoder.decode(buffer.subarray(0, count), { stream: true });
          if (text.length < PASTE_MIN || !PASTED.test(text)) {
            if (text !== "") return void this.push(text);
          } else paste(text);
        }
      } catch {
        // The terminal is gone: that is the end of the input.
      }
      this.push(null);
    },
  });
  return Object.assign(keys, { isTTY: true, setRawMode: (on: boolean) => setRaw(stdin, on) });
}

/** Ctrl-C and Ctrl-Z stay signals: nothing else lets the shell stop the process and continue it. Windows has no such mode. */
function setRaw(stdin: Input, on: boolean): void {
  stdin.setRaw(on, { cbreak: on && Deno.build.os !== "windows" });
}

/** The terminal as readline draws on it. */
function readlineOutput(sink: Sink, system: System): Writable {
  const output = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      sink.write("stdout", typeof chunk === "string" ? chunk : Uint8Array.from(chunk));
      done();
    },
  });
  return Object.defineProperties(output, { isTTY: { value: true }, columns: { get: () => system.columns() } });
}
