/**
 * A log of the public lines: `2026-11-21T10:38:18.123Z <user1> hello`. Lines are written in the background.
 *
 * @module
 */

import { messageOf } from "../errors.ts";
import { withFileErrors } from "../files.ts";
import { say } from "../phrase.ts";
import { quote } from "../printable.ts";
import { settledWithin } from "../wait.ts";

/** Characters that may wait for a disk that hangs: some minutes of a busy room. */
const LOG_LIMIT = 16 * 1024 * 1024;

/** Milliseconds that a server which stops waits for the disk. */
const CLOSE_MS = 1_000;

/** A file that lines are appended to. */
export class Log implements AsyncDisposable {
  #waiting = "";
  #writing: Promise<void> | undefined;
  #failed = false;
  #torn = false;
  /** The file was made for this log and has nothing yet: a server that does not start leaves none behind. */
  #isNew = false;

  #file: Deno.FsFile;
  /** Replaces the file once the write in progress is done. */
  #next: Deno.FsFile | undefined;
  #closed = false;

  private constructor(readonly path: string, file: Deno.FsFile, readonly onFail: (message: string) => void) {
    this.#file = file;
  }

  /**
   * Opens a log and appends to the file. `onFail` hears when lines are lost, once until lines are written again.
   *
   * @throws {SockeyeError} `file` or `permission`
   */
  static async open(path: string, onFail: (message: string) => void): Promise<Log> {
    const made = await openToAppend(path, { createNew: true }).catch(() => undefined);
    const log = new Log(path, made ?? await openToAppend(path, { create: true }), onFail);
    log.#isNew = made !== undefined;
    return log;
  }

  /** Appends a line. */
  add(text: string): void {
    if (this.#waiting.length > LOG_LIMIT) {
      return this.#lose(new Error(`Cannot write ${quote(this.path)}: it takes too long`));
    }
    this.#isNew = false;
    this.#waiting += `${new Date().toISOString()} ${text}\n`;
    this.#writing ??= this.#write();
  }

  /** Opens the file by its name again: the old one has been moved away. Where that fails, the old one is written on. */
  async reopen(): Promise<void> {
    try {
      const file = await openToAppend(this.path, { create: true });
      if (this.#closed) return file.close();
      this.#isNew = false;
      this.#next?.close();
      this.#next = file;
      if (!this.#writing) this.#switch();
    } catch (error) {
      this.onFail(`${messageOf(error)}; the log stays in the file that was open`);
    }
  }

  #switch(): void {
    if (!this.#next) return;
    this.#file.close();
    this.#file = this.#next;
    this.#next = undefined;
    this.#torn = false;
  }

  /** Writes the queued lines, unless the disk hangs, and closes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#writing) await settledWithin(this.#writing, CLOSE_MS);
    this.#closed = true;
    this.#file.close();
    this.#next?.close();
    if (this.#isNew) await Deno.remove(this.path).catch(() => {});
  }

  async #write(): Promise<void> {
    await Promise.resolve(); // What is said in the same turn is one write.
    while (this.#waiting !== "") {
      this.#switch();
      const bytes = new TextEncoder().encode(this.#torn ? `\n${this.#waiting}` : this.#waiting);
      this.#waiting = "";
      try {
        await withFileErrors(say("write")`write ${quote(this.path)}`, () => this.#append(bytes));
        this.#failed = false;
      } catch (error) {
        this.#lose(error);
      }
    }
    this.#writing = undefined;
    this.#switch();
  }

  /** Notes whether the file ends in half a line: the next one must begin a line of its own. */
  async #append(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      at += await this.#file.write(bytes.subarray(at));
      this.#torn = at < bytes.length;
    }
  }

  #lose(error: unknown): void {
    if (!this.#failed) this.onFail(`${messageOf(error)}; lines are missing in it`);
    this.#failed = true;
  }
}

function openToAppend(path: string, how: Deno.OpenOptions): Promise<Deno.FsFile> {
  return withFileErrors(say("write")`write ${quote(path)}`, () => Deno.open(path, { append: true, ...how }));
}
