/**
 * A body that grows in `NAME.part` and becomes NAME by fsync and rename: whenever the process or the machine stops,
 * NAME has either its old bytes or all of the new ones. A lock keeps two downloads from writing the same part.
 *
 * @module
 */

import { writeAll } from "../bytes.ts";
import { SockeyeError } from "../errors.ts";
import { withFileErrors } from "../files.ts";
import { type Phrased, say } from "../phrase.ts";
import { quote } from "../printable.ts";
import type { PartNote, Target } from "./target_contract.ts";

/** Bytes per read when a part is read back: few calls, and little memory beside the buffers of the connection. */
const READ_BYTES = 1024 * 1024;

/** Bytes that are written before the disk is asked to store them. The fsync at the end copes with fewer by itself. */
const FLUSH_BYTES = 16 * 1024 * 1024;

/** Path of the part file, `NAME.part`. */
export const partOf = (path: string): string => `${path}.part`;

/** Path of the note beside it, `NAME.part.json`. */
export const noteOf = (path: string): string => `${path}.part.json`;

/** How to open a part file. */
export interface PartOptions {
  /** Continues the bytes and the note of an earlier run instead of emptying them. */
  readonly keep: boolean;
  /** Why NAME must not be replaced; undefined if it may be. */
  readonly keepExisting: Phrased | undefined;
}

/** The target of nearly every download. */
export class PartFile implements Target {
  readonly passesOn = false;
  size: number;
  readonly #path: string;
  readonly #options: PartOptions;
  readonly #file: Deno.FsFile;
  readonly #flusher: Flusher;
  /** Whether there is a note, and it is about these bytes. */
  #noted: boolean;
  /** A note that cannot be removed is about other bytes: to keep these beside it would be a trap. */
  #misnoted: boolean;

  private constructor(path: string, options: PartOptions, file: Deno.FsFile, size: number, misnoted: boolean) {
    this.#path = path;
    this.#options = options;
    this.#file = file;
    this.#flusher = new Flusher(partOf(path));
    this.#noted = options.keep;
    this.#misnoted = misnoted;
    this.size = size;
  }

  /** Opens and locks the part file of NAME; throws a SockeyeError if it is a link, no file, or another download's. */
  static async open(path: string, options: PartOptions): Promise<PartFile> {
    const file = await openPart(partOf(path));
    try {
      const size = await lock(file, partOf(path));
      if (options.keep) {
        await file.seek(0, Deno.SeekMode.End);
        return new PartFile(path, options, file, size, false);
      }
      // A note may be left of a part that is gone.
      const [removed] = await Promise.all([removeIfThere(noteOf(path)), size > 0 && file.truncate(0)]);
      return new PartFile(path, options, file, 0, !removed);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    await withFileErrors(say("write")`write ${quote(partOf(this.#path))}`, () => writeAll(this.#file, bytes));
    this.size += bytes.length;
    this.#flusher.add(bytes.length);
  }

  async restart(): Promise<void> {
    await this.#file.truncate(0);
    await this.#file.seek(0, Deno.SeekMode.Start);
    this.size = 0;
  }

  async replay(take: (bytes: Uint8Array) => void): Promise<void> {
    await this.#file.seek(0, Deno.SeekMode.Start);
    const buffer = new Uint8Array(READ_BYTES);
    for (let count; (count = await this.#file.read(buffer)) !== null;) take(buffer.subarray(0, count));
  }

  async note(note: PartNote | undefined): Promise<void> {
    if (!note && !this.#noted && !this.#misnoted) return;
    this.#noted = note !== undefined;
    const path = noteOf(this.#path);
    this.#misnoted = !await removeIfThere(path);
    if (note) await withFileErrors(say("write")`write ${quote(path)}`, () => writeNewFile(path, JSON.stringify(note)));
  }

  async commit(modified?: number): Promise<void> {
    await this.#flusher.end();
    await withFileErrors(say("save")`save ${quote(this.#path)}`, async () => {
      if (modified !== undefined) await this.#file.utime(modified / 1000, modified / 1000);
      await this.#file.sync();
      await refuseExisting(this.#path, this.#options.keepExisting);
      await copyMode(this.#path, partOf(this.#path));
      await Deno.rename(partOf(this.#path), this.#path);
    });
    if (this.#noted) await removeIfThere(noteOf(this.#path));
    // Closing releases the lock, so it comes last.
    this.#file.close();
  }

  async abandon(): Promise<boolean> {
    await this.#flusher.end();
    // A write that failed, on a full disk, may have written some of its bytes.
    this.size = (await this.#file.stat()).size;
    const kept = this.size > 0 && !this.#misnoted;
    if (!kept) {
      await removeIfThere(partOf(this.#path));
      await removeIfThere(noteOf(this.#path));
    }
    this.#file.close();
    return kept;
  }
}

/** Opens or creates a part file. A failure names the part if that is in the way; otherwise the caller names NAME. */
async function openPart(part: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(part, { read: true, write: true, createNew: true });
  } catch (error) {
    const info = await Deno.lstat(part).catch(() => undefined);
    // If it existed and is gone by now, another download has renamed it to NAME.
    if (!info && !(error instanceof Deno.errors.AlreadyExists)) throw error;
    const problem = info && problemOf(info);
    if (problem !== undefined) throw new SockeyeError("file", `Cannot write ${quote(part)}: ${problem}`);
    const open = () => Deno.open(part, { read: true, write: true, create: true });
    return await withFileErrors(say("write")`write ${quote(part)}`, open);
  }
}

/**
 * Why a directory entry cannot be our part; undefined if it can. A symbolic link would lead the bytes elsewhere and then
 * become NAME, a hard link would change the file under its other name; a folder fails with a message of its own.
 */
function problemOf({ isSymlink, isFile, isDirectory, nlink }: Deno.FileInfo): string | undefined {
  if (isSymlink) return "it is a link";
  if (!isFile && !isDirectory) return "it is no file";
  return isFile && nlink !== null && nlink > 1 ? "the file has another name as well" : undefined;
}

/**
 * Locks a part file, until it is closed or the process ends, and returns its size in bytes. A download that held the
 * lock before us may have renamed the part to NAME since our open: then the path leads to another file, or to none.
 */
async function lock(file: Deno.FsFile, part: string): Promise<number> {
  if (await file.tryLock(true)) {
    // A link may have been put there since our look.
    const [opened, atPath] = await Promise.all([file.stat(), Deno.lstat(part).catch(() => undefined)]);
    if (opened.ino === atPath?.ino && opened.dev === atPath?.dev) return opened.size;
  }
  throw new SockeyeError("file", `Cannot write ${quote(part)}: another download is writing it`);
}

/** Turns the NotFound of `Deno.stat` or `Deno.lstat` into undefined. */
export async function ifThere(info: Promise<Deno.FileInfo>): Promise<Deno.FileInfo | undefined> {
  try {
    return await info;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Throws a SockeyeError if there is a reason to keep NAME, and anything has it, even a link that leads nowhere. */
export async function refuseExisting(path: string, reason: Phrased | undefined): Promise<void> {
  if (reason === undefined || !await ifThere(Deno.lstat(path))) return;
  throw new SockeyeError("file", say("exists-and")`Cannot write ${quote(path)}: it exists, and ${reason}`);
}

/** Gives a part the permission bits of the file that it replaces, so that a private file stays private. */
async function copyMode(path: string, part: string): Promise<void> {
  const mode = (await Deno.stat(path).catch(() => undefined))?.mode;
  if (mode !== undefined && mode !== null) await Deno.chmod(part, mode & 0o777).catch(() => {});
}

/** Removes a file; false when it is still there. */
export async function removeIfThere(path: string): Promise<boolean> {
  return await Deno.remove(path).then(() => true, (error) => error instanceof Deno.errors.NotFound);
}

/** Follows no link at `path`. `Deno.writeTextFile` would load web streams, which a small download does not need. */
async function writeNewFile(path: string, text: string): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true });
  await writeAll(file, new TextEncoder().encode(text));
}

/**
 * Has the disk store a large file while the rest still arrives, so that the fsync at its end has little left to do.
 * Operations on one handle wait for each other, so it has its own.
 */
class Flusher {
  readonly #path: string;
  /** Opened by the first flush, closed by end(). */
  #file: Deno.FsFile | undefined;
  /** The flush that is running, if any. */
  #flushing: Promise<void> | undefined;
  /** Bytes written since the last flush began. */
  #pending = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Counts bytes that were written. */
  add(count: number): void {
    this.#pending += count;
    if (this.#pending < FLUSH_BYTES || this.#flushing) return;
    this.#pending = 0;
    // A failure is not lost: the fsync at the end reports what is wrong with the disk.
    this.#flushing = this.#flush().catch(() => {}).finally(() => this.#flushing = undefined);
  }

  /** Waits for a running flush. May be called again: abandon() follows a commit() that failed. */
  async end(): Promise<void> {
    await this.#flushing;
    this.#file?.close();
    this.#file = undefined;
  }

  async #flush(): Promise<void> {
    this.#file ??= await Deno.open(this.#path, { write: true });
    await this.#file.syncData();
  }
}
