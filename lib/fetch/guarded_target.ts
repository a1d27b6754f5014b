/**
 * A file without read permission, where Deno renames nothing. The body is kept in memory as well as in the part file, and is
 * written to NAME in one go when it is complete; until that is done the part file has it too.
 *
 * @module
 */

import { concat } from "../bytes.ts";
import { SockeyeError } from "../errors.ts";
import { told, writeAll } from "../files.ts";
import { quote } from "../printable.ts";
import { partOf, removeIfThere, rewind } from "./files.ts";
import type { Target } from "./target_contract.ts";

/** Bytes that are kept in memory: every page and most documents, and no machine feels it. */
export const MEMORY_LIMIT: number = 64 * 1024 * 1024;

/** Without read permission. */
export class GuardedTarget implements Target {
  readonly #path: string;
  readonly #keepExisting: string | undefined;
  readonly #part: Deno.FsFile;
  #pieces: Uint8Array[] = [];
  /** NAME is being written: until that is done the part is the only whole copy. */
  #replacing = false;
  size = 0;

  private constructor(path: string, keepExisting: string | undefined, part: Deno.FsFile) {
    this.#path = path;
    this.#keepExisting = keepExisting;
    this.#part = part;
  }

  /** Opens an empty part. */
  static async open(path: string, keepExisting: string | undefined): Promise<GuardedTarget> {
    const part = partOf(path);
    const open = () => Deno.open(part, { write: true, create: true, truncate: true });
    try {
      return new GuardedTarget(path, keepExisting, await open());
    } catch (error) {
      // Where the folder is missing NAME says more.
      if (error instanceof Deno.errors.NotFound) throw error;
      return await told(`write ${quote(part)}`, () => Promise.reject(error));
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.size += bytes.length;
    if (this.size > MEMORY_LIMIT) {
      const limit = MEMORY_LIMIT / 1024 / 1024;
      throw new SockeyeError("permission", `Cannot save more than ${limit} MiB safely: add --allow-read to deno run`);
    }
    this.#pieces.push(bytes.slice());
    await told(`write ${quote(partOf(this.#path))}`, () => writeAll(this.#part, bytes));
  }

  async restart(): Promise<void> {
    await rewind(this.#part);
    this.#pieces = [];
    this.size = 0;
  }

  /** A part that cannot be looked at cannot be continued. */
  note(): Promise<void> {
    return Promise.resolve();
  }

  async commit(): Promise<void> {
    await told(`save ${quote(this.#path)}`, async () => {
      await this.#part.sync();
      using file = await this.#openName();
      this.#replacing = true;
      await writeAll(file, concat(this.#pieces));
      await file.sync().catch(() => {}); // A device has nothing to sync.
      this.#replacing = false;
    });
    await this.abandon();
  }

  async #openName(): Promise<Deno.FsFile> {
    if (!this.#keepExisting) return await Deno.open(this.#path, { write: true, create: true, truncate: true });
    return await Deno.open(this.#path, { write: true, createNew: true });
  }

  async abandon(): Promise<void> {
    this.#part.close();
    if (!this.#replacing) await removeIfThere(partOf(this.#path));
  }
}
