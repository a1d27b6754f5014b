/**
 * `--output`: saves a peer's data byte for byte. The file grows as `NAME.part` and is renamed at the end, so after a
 * failure an existing file is unchanged.
 *
 * @module
 */

import { writeAll } from "../bytes.ts";
import { SockeyeError } from "../errors.ts";
import { createAfresh, withFileErrors } from "../files.ts";
import { demand, guardedFailure, isGuarded } from "../permissions.ts";
import { say } from "../phrase.ts";
import { quote } from "../printable.ts";

/**
 * Reads the name of such a file.
 *
 * @throws {Error} with the expected form as its message
 */
export function asSavePath(text: string): string {
  if (text !== "" && text !== "-") return text;
  throw new Error("expected the name of a file; without it what comes goes to standard output");
}

/** A file that is written. */
export class SavedAnswer {
  readonly #path: string;
  readonly #part: string;
  readonly #file: Deno.FsFile;
  #bytes = 0;

  private constructor(path: string, part: string, file: Deno.FsFile) {
    this.#path = path;
    this.#part = part;
    this.#file = file;
  }

  /**
   * Checks the permissions, which the process has to keep: Deno renames nothing that it may not read.
   *
   * @throws {SockeyeError} `permission`
   */
  static demand(path: string): void {
    const doing = say("write")`write ${quote(path)}`;
    if (isGuarded(path)) throw guardedFailure(doing);
    for (const name of [path, partOf(path)]) demand("write", name, doing);
    demand("read", partOf(path), doing);
  }

  /**
   * Creates `NAME.part`.
   *
   * @throws {SockeyeError} `file`, `permission`
   */
  static async open(path: string): Promise<SavedAnswer> {
    const isFolder = await Deno.lstat(path).then((file) => file.isDirectory, () => false);
    if (isFolder) throw new SockeyeError("file", say("is-folder")`Cannot write ${quote(path)}: it is a folder`);
    const part = partOf(path);
    const file = await withFileErrors(say("write")`write ${quote(part)}`, () => createAfresh(part));
    return new SavedAnswer(path, part, file);
  }

  /**
   * Adds bytes.
   *
   * @throws {SockeyeError} `file`, as when the disk is full
   */
  async write(bytes: Uint8Array): Promise<void> {
    await withFileErrors(say("write")`write ${quote(this.#part)}`, () => writeAll(this.#file, bytes));
    this.#bytes += bytes.length;
  }

  /**
   * Closes the file and gives it its name.
   *
   * @throws {SockeyeError} `file`
   */
  async finish(): Promise<void> {
    this.#file.close();
    await withFileErrors(say("write")`write ${quote(this.#path)}`, () => Deno.rename(this.#part, this.#path));
  }

  /** Closes the file after a failure; the name of the part, if something is in it. Never rejects. */
  async giveUp(): Promise<string | undefined> {
    this.#file.close();
    if (this.#bytes > 0) return this.#part;
    await Deno.remove(this.#part).catch(() => {});
    return undefined;
  }
}

function partOf(path: string): string {
  return `${path}.part`;
}
