/**
 * Where a body is saved. It goes to `NAME.part` beside the target and becomes NAME only when it is complete, on the disk and
 * checked, so that whatever happens an existing NAME keeps its bytes. What a later run needs to go on with a part is kept
 * beside it in `NAME.part.json`.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { told } from "../files.ts";
import { demand } from "../permissions.ts";
import { quote } from "../printable.ts";
import { unlessAborted } from "../wait.ts";
import { canRead, exists, isTaken, kindOf, mayRead, noteOf, partOf } from "./files.ts";
import { GuardedTarget } from "./guarded_target.ts";
import { PartTarget } from "./part_target.ts";
import { DeviceTarget } from "./stream_target.ts";
import type { Target } from "./target_contract.ts";

/**
 * Opens the target for a body.
 *
 * @param path NAME
 * @param options `keep` goes on with a part that is there; `keepExisting` says why NAME must not be replaced;
 * `signal` gives up a pipe that nobody reads
 * @returns a target that must be committed or abandoned
 * @throws {SockeyeError} `file`, `permission`
 */
export async function openTarget(
  path: string,
  options: {
    readonly keep: boolean;
    readonly keepExisting: string | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Target> {
  return await told(`write ${quote(path)}`, async () => {
    demand("write", path, `write ${quote(path)}`);
    const kind = mayRead(path) ? await kindOf(path) : undefined;
    if (kind === "device") return new DeviceTarget(await openDevice(path, options.signal));
    demand("write", partOf(path), `write ${quote(partOf(path))}`);
    if (!canRead(path)) return await GuardedTarget.open(path, options.keepExisting);
    if (kind === "folder") throw new SockeyeError("file", `Cannot write ${quote(path)}: it is a folder`);
    if (options.keepExisting && await isTaken(path)) throw exists(path, options.keepExisting);
    // A link stays a link: what it points to is replaced.
    return await PartTarget.open(kind === "file" ? await Deno.realPath(path) : path, options);
  });
}

/** A pipe lets us wait until somebody reads it. */
async function openDevice(path: string, signal: AbortSignal | undefined): Promise<Deno.FsFile> {
  const opening = Deno.open(path, { write: true });
  return await (signal ? unlessAborted(opening, signal) : opening);
}

/** What an earlier run left. */
export interface Part {
  /** NAME. */
  readonly path: string;
  /** Bytes that are there. */
  readonly size: number;
  /** Proves that they belong to what the server has. */
  readonly validator: string;
}

/**
 * Looks for what an earlier run left of an address.
 *
 * @param url the address
 * @param path NAME; without it every part in the current folder is looked at, for its name may have come from the server
 * @returns the part; undefined when there is nothing to go on with
 */
export async function findPart(url: string, path?: string): Promise<Part | undefined> {
  const names = path === undefined ? await notedNames() : [path];
  for (const name of names) {
    const part = await readPart(name, url);
    if (part) return part;
  }
  return undefined;
}

async function notedNames(): Promise<string[]> {
  if (!canRead(".")) return [];
  const suffix = noteOf("");
  const names = await Array.fromAsync(Deno.readDir("."), ({ name }) => name);
  return names.filter((name) => name.endsWith(suffix)).map((name) => name.slice(0, -suffix.length));
}

/** A strong ETag or a date: it goes into a header field. */
const VALIDATOR = /^("[\x21\x23-\x7e\x80-\xff]*"|[A-Za-z0-9 :,+-]+)$/;

async function readPart(path: string, url: string): Promise<Part | undefined> {
  if (!canRead(path)) return undefined;
  try {
    const real = await kindOf(path) === "file" ? await Deno.realPath(path) : path;
    const { size } = await Deno.stat(partOf(real));
    if (!(await Deno.stat(noteOf(real))).isFile) return undefined;
    const note = JSON.parse(await Deno.readTextFile(noteOf(real)));
    const fits = note?.url === url && size > 0 && VALIDATOR.test(note?.validator);
    return fits ? { path, size, validator: note.validator } : undefined;
  } catch {
    return undefined; // Nothing there, or nothing that we wrote: the body starts anew.
  }
}

/**
 * The size of a complete file.
 *
 * @param path NAME
 * @returns bytes; undefined when there is none or it may not be looked at
 */
export async function sizeOf(path: string): Promise<number | undefined> {
  if (!canRead(path)) return undefined;
  const info = await Deno.stat(path).catch(() => undefined);
  return info?.isFile ? info.size : undefined;
}
