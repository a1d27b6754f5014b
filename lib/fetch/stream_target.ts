/**
 * Targets that cannot read back their bytes, so that no later run can continue them: standard output, devices and named
 * pipes, and files in a process without read permission.
 *
 * @module
 */

import { concat, writeAll } from "../bytes.ts";
import { SockeyeError } from "../errors.ts";
import { createAfresh, openEmptied, withFileErrors } from "../files.ts";
import { type Phrased, say } from "../phrase.ts";
import { quote } from "../printable.ts";
import { noteOf, partOf, removeIfThere } from "./part_file.ts";
import type { Target } from "./target_contract.ts";

/** Standard output, or any other consumer of bytes in order. */
export class StreamTarget implements Target {
  readonly passesOn = true;
  size = 0;
  readonly #take: (bytes: Uint8Array) => void | Promise<void>;
  readonly #device: Deno.FsFile | undefined;
  readonly #end: (() => void) | undefined;

  /**
   * Wraps a consumer.
   *
   * @param take receives copies that it may keep; its promise is the back-pressure
   * @param end called at the end of the bytes, be it early
   * @param device where it writes the bytes at once, if so: it needs no copies, and is closed with the target
   */
  constructor(
    take: (bytes: Uint8Array) => void | Promise<void>,
    end?: () => void,
    device?: Deno.FsFile,
  ) {
    this.#take = take;
    this.#end = end;
    this.#device = device;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.size += bytes.length;
    await this.#take(this.#device ? bytes : bytes.slice());
  }

  restart(): Promise<void> {
    return Promise.resolve();
  }

  async commit(): Promise<void> {
    await this.abandon();
  }

  abandon(): Promise<boolean> {
    this.#device?.close();
    this.#end?.();
    return Promise.resolve(false);
  }
}

/** Wraps a device or a named pipe that is open for writing: it takes the bytes at once, under its own name. */
export function deviceTarget(file: Deno.FsFile): StreamTarget {
  return new StreamTarget(
    (bytes) => withFileErrors(say("write-device")`write to the device`, () => writeAll(file, bytes)),
    undefined,
    file,
  );
}

/** Largest body without read permission: every page and most documents fit, and every machine has that memory. */
const MEMORY_LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * A file without read permission, where Deno cannot rename. The body goes to memory and to the part file; once complete,
 * memory is written to NAME. Until that has succeeded the part file is the second whole copy.
 */
export class MemoryTarget implements Target {
  readonly passesOn = false;
  size = 0;
  readonly #path: string;
  readonly #keepExisting: Phrased | undefined;
  /** Whether abandon() keeps the part: not beside a note about other bytes, unless NAME is incomplete as well. */
  #keeps: boolean;
  readonly #part: Deno.FsFile;
  /** The body so far. */
  #pieces: Uint8Array[] = [];

  private constructor(path: string, keepExisting: Phrased | undefined, keeps: boolean, part: Deno.FsFile) {
    this.#path = path;
    this.#keepExisting = keepExisting;
    this.#keeps = keeps;
    this.#part = part;
  }

  /** Opens an empty part file; `keepExisting` says why NAME must not be replaced, if it must not. */
  static async open(path: string, keepExisting: Phrased | undefined): Promise<MemoryTarget> {
    const part = partOf(path);
    const keeps = await removeIfThere(noteOf(path));
    try {
      return new MemoryTarget(path, keepExisting, keeps, await createAfresh(part));
    } catch (error) {
      // The folder is missing: the caller names NAME, as the user did.
      if (error instanceof Deno.errors.NotFound) throw error;
      return await withFileErrors(say("write")`write ${quote(part)}`, () => Promise.reject(error));
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.size + bytes.length > MEMORY_LIMIT_BYTES) {
      throw new SockeyeError(
        "permission",
        "Cannot save more than 64 MiB safely: add --allow-read to deno run, before main.ts",
      );
    }
    this.#pieces.push(bytes.slice());
    await withFileErrors(say("write")`write ${quote(partOf(this.#path))}`, () => writeAll(this.#part, bytes));
    this.size += bytes.length;
  }

  async restart(): Promise<void> {
    await this.#part.truncate(0);
    await this.#part.seek(0, Deno.SeekMode.Start);
    this.#pieces = [];
    this.size = 0;
  }

  async commit(modified?: number): Promise<void> {
    await withFileErrors(say("save")`save ${quote(this.#path)}`, async () => {
      await this.#part.sync();
      using file = await this.#open();
      this.#keeps = true;
      await writeAll(file, concat(this.#pieces));
      await file.sync().catch(() => {}); // A device cannot be synced.
      if (modified !== undefined) await file.utime(modified / 1000, modified / 1000);
    });
    this.#part.close();
    await removeIfThere(partOf(this.#path));
  }

  async #open(): Promise<Deno.FsFile> {
    if (!this.#keepExisting) return await openEmptied(this.#path);
    try {
      return await Deno.open(this.#path, { write: true, createNew: true });
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      throw new SockeyeError(
        "file",
        say("exists-and")`Cannot write ${quote(this.#path)}: it exists, and ${this.#keepExisting}`,
      );
    }
  }

  async abandon(): Promise<boolean> {
    this.#part.close();
    const kept = this.size > 0 && this.#keeps;
    if (!kept) await removeIfThere(partOf(this.#path));
    return kept;
  }
}
