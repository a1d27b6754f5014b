/**
 * A file that becomes NAME only when it is complete: part file, fsync, rename.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { told, writeAll } from "../files.ts";
import { quote } from "../printable.ts";
import { claim, exists, isTaken, noteOf, partOf, removeIfThere, rewind } from "./files.ts";
import type { PartNote, Target } from "./target_contract.ts";

/** Who may read the old file may read the new one, and nobody else. */
async function keepMode(path: string): Promise<void> {
  const mode = (await Deno.stat(path).catch(() => undefined))?.mode;
  if (mode !== undefined && mode !== null) await Deno.chmod(partOf(path), mode & 0o777).catch(() => {});
}

/** Bytes of one read. */
const READ_BYTES = 1024 * 1024;

/** Bytes that pile up before the disk is asked to take them. */
const FLUSH_BYTES = 16 * 1024 * 1024;

/**
 * A link would lead the bytes elsewhere, and become NAME itself; a second name would be changed as well. What is there and cannot
 * be opened is named; else NAME is.
 */
async function openPart(part: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(part, { read: true, write: true, createNew: true });
  } catch (error) {
    const there = await Deno.lstat(part).catch(() => undefined);
    // Another download may just have made NAME of what was in the way.
    if (!there && !(error instanceof Deno.errors.AlreadyExists)) throw error;
    const why = there && problemOf(there);
    if (why !== undefined) throw new SockeyeError("file", `Cannot write ${quote(part)}: ${why}`);
    return await told(`write ${quote(part)}`, () => Deno.open(part, { read: true, write: true, create: true }));
  }
}

/** Why something is no part of ours. */
function problemOf({ isSymlink, isFile, isDirectory, nlink }: Deno.FileInfo): string | undefined {
  if (isSymlink) return "it is a link";
  if (!isFile && !isDirectory) return "it is no file";
  return isFile && nlink !== null && nlink > 1 ? "the file has another name as well" : undefined;
}

/** How to open a part: as an earlier run left it, with its note, or empty; and why NAME must not be replaced. */
interface PartOptions {
  readonly keep: boolean;
  readonly keepExisting: string | undefined;
}

/** The usual way: part file, fsync, rename. */
export class PartTarget implements Target {
  size: number;
  readonly #path: string;
  readonly #keepExisting: string | undefined;
  readonly #file: Deno.FsFile;
  readonly #flusher: Flusher;
  #noted: boolean;

  private constructor(path: string, { keep, keepExisting }: PartOptions, file: Deno.FsFile, size: number) {
    this.#path = path;
    this.#keepExisting = keepExisting;
    this.#file = file;
    this.#flusher = new Flusher(partOf(path));
    this.#noted = keep;
    this.size = size;
  }

  /** Opens the part, empty or as it is. */
  static async open(path: string, options: PartOptions): Promise<PartTarget> {
    const { keep } = options;
    const file = await openPart(partOf(path));
    try {
      const there = await claim(file, path);
      if (!keep && there > 0) await Promise.all([file.truncate(0), removeIfThere(noteOf(path))]);
      return new PartTarget(path, options, file, keep ? await file.seek(0, Deno.SeekMode.End) : 0);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    await told(`write ${quote(partOf(this.#path))}`, () => writeAll(this.#file, bytes));
    this.size += bytes.length;
    this.#flusher.add(bytes.length);
  }

  async restart(): Promise<void> {
    await rewind(this.#file);
    this.size = 0;
  }

  async replay(take: (bytes: Uint8Array) => void): Promise<void> {
    await this.#file.seek(0, Deno.SeekMode.Start);
    const buffer = new Uint8Array(READ_BYTES);
    for (let count; (count = await this.#file.read(buffer)) !== null;) take(buffer.subarray(0, count));
  }

  async note(note: PartNote | undefined): Promise<void> {
    this.#noted = note !== undefined;
    const path = noteOf(this.#path);
    if (note) await told(`write ${quote(path)}`, () => writeNote(path, note));
    else await removeIfThere(path);
  }

  async commit(): Promise<void> {
    await this.#flusher.end();
    await told(`save ${quote(this.#path)}`, async () => {
      await this.#file.sync();
      if (this.#keepExisting && await isTaken(this.#path)) throw exists(this.#path, this.#keepExisting);
      await keepMode(this.#path);
      await Deno.rename(partOf(this.#path), this.#path);
    });
    if (this.#noted) await removeIfThere(noteOf(this.#path));
    // Closing gives the lock back: another download may begin only now.
    this.#file.close();
  }

  async abandon(): Promise<void> {
    await this.#flusher.end();
    if (!this.#noted || this.size === 0) {
      await removeIfThere(partOf(this.#path));
      await removeIfThere(noteOf(this.#path));
    }
    this.#file.close();
  }
}

/**
 * Has the disk take a large file while the rest still comes: the sync at its end then has little to wait for. Operations on one
 * handle wait for each other, so it has its own.
 */
class Flusher {
  readonly #path: string;
  #file: Deno.FsFile | undefined;
  #flushing: Promise<void> | undefined;
  #waiting = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** So many bytes were written. */
  add(count: number): void {
    this.#waiting += count;
    if (this.#waiting < FLUSH_BYTES || this.#flushing) return;
    this.#waiting = 0;
    this.#flushing = this.#flush();
  }

  async end(): Promise<void> {
    await this.#flushing;
    this.#file?.close();
  }

  async #flush(): Promise<void> {
    try {
      this.#file ??= await Deno.open(this.#path, { write: true });
      await this.#file.syncData();
    } catch {
      // Nothing is lost: the sync at the end finds out what is wrong, too.
    }
    this.#flushing = undefined;
  }
}

/**
 * Writes a file of its own: what was there, a link even, is removed and not written to. `Deno.writeTextFile` would load streams
 * for it, which a small download has no other use for.
 */
async function writeNote(path: string, note: PartNote): Promise<void> {
  const open = () => Deno.open(path, { write: true, createNew: true });
  using file = await open().catch(async () => {
    await removeIfThere(path);
    return await open();
  });
  await writeAll(file, new TextEncoder().encode(JSON.stringify(note)));
}
