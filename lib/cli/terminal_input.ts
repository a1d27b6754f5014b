/**
 * What a person types at the terminal of a command. The line editor opens when the first line is asked for, and only in
 * the foreground: a process in the background is stopped by the system when it touches the terminal. When the process
 * was stopped (Ctrl-Z) and goes on, the editor is drawn again, or opens.
 *
 * @module
 */

import type { Output } from "../output/output.ts";
import type { Sink } from "../output/sink.ts";
import { say } from "../phrase.ts";
import type { Editor } from "./editor.ts";
import type { System } from "./system.ts";

/** The process, and where the typed line stands. */
export interface TerminalParts {
  /** The process. */
  readonly system: System;
  /** The way to its streams. */
  readonly sink: Sink;
  /** What is shown above the line. */
  readonly output: Pick<Output, "bottomLine" | "report">;
}

/** Whether a command has a person at a terminal, who reads and types there. */
export function hasTerminal({ stdin, stdout }: System): boolean {
  return stdin.isTerminal() && stdout.isTerminal();
}

/**
 * Makes the input of the terminal, which is left alone until the first line is asked for. Whether the process is in the
 * foreground is found out here, while the command has all its permissions.
 */
export async function openTerminalInput(parts: TerminalParts): Promise<TerminalInput> {
  return new TerminalInput(parts, await parts.system.inForeground());
}

/** The input of one terminal. */
export class TerminalInput implements Disposable {
  readonly #parts: TerminalParts;
  /** Whether the process began in the foreground; undefined where that cannot be found out. */
  readonly #foreground: boolean | undefined;
  /** Settles when the editor is open, or never will be. */
  readonly #opened = Promise.withResolvers<Editor | undefined>();
  #editor: Editor | undefined;
  /** Stands before the line; kept for an editor that is not open yet. */
  #prompt = "";
  /** Set while this listens for the end of a stop. */
  #unlisten: (() => void) | undefined;
  #closed = false;

  /** See {@linkcode openTerminalInput}. */
  constructor(parts: TerminalParts, foreground: boolean | undefined) {
    this.#parts = parts;
    this.#foreground = foreground;
  }

  /** Yields the typed lines, up to the end of input. */
  async *lines(): AsyncGenerator<string> {
    if (this.#foreground === false && !this.#editor) this.#waitForForeground();
    else await this.#open();
    const editor = await this.#opened.promise;
    if (editor) yield* editor.lines();
  }

  /**
   * Asks for one line now, in the foreground or not.
   *
   * @throws {unknown} the reason of the signal
   */
  async ask(question: string, signal: AbortSignal): Promise<string> {
    return await (await this.#open())?.ask(question, signal) ?? "";
  }

  /** What stands before the line from now on; empty for the default. */
  set prompt(text: string) {
    this.#prompt = text;
    if (this.#editor) this.#editor.prompt = text;
  }

  /** Gives the terminal back. */
  [Symbol.dispose](): void {
    this.#closed = true;
    this.#unlisten?.();
    this.#editor?.close();
    this.#opened.resolve(undefined);
  }

  #waitForForeground(): void {
    this.#listen();
    const message = say("background")`In the background the terminal is not read; to type here: fg, Ctrl-Z, fg`;
    void this.#parts.output.report({ event: "notice", message });
  }

  async #open(): Promise<Editor | undefined> {
    const { system, sink, output } = this.#parts;
    const { Editor } = await import("./editor.ts");
    if (this.#closed || this.#editor) return this.#editor;
    this.#listen();
    this.#editor = new Editor(system, sink, output);
    if (this.#prompt !== "") this.#editor.prompt = this.#prompt;
    this.#opened.resolve(this.#editor);
    return this.#editor;
  }

  #listen(): void {
    this.#unlisten ??= this.#closed ? undefined : this.#parts.system.onContinue(() => void this.#continue());
  }

  async #continue(): Promise<void> {
    if (this.#editor) this.#editor.resume();
    else if (await this.#parts.system.inForeground() !== false) await this.#open();
  }
}
