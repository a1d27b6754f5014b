/**
 * Opens the target of a body, and finds the part that an earlier run left. A body goes to `NAME.part` and becomes NAME
 * when it is complete, checked and on the disk, so that an existing NAME keeps its bytes until then. `NAME.part.json`
 * says which body the part belongs to.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { withFileErrors } from "../files.ts";
import { readVersion } from "../http/range.ts";
import { demand } from "../permissions.ts";
import { type Phrased, say } from "../phrase.ts";
import { quote } from "../printable.ts";
import { unlessAborted } from "../wait.ts";
import { inFolder } from "./naming.ts";
import { ifThere, noteOf, PartFile, partOf, type PartOptions, refuseExisting } from "./part_file.ts";
import type { Resume } from "./saving_state.ts";
import type { Target } from "./target_contract.ts";

/**
 * Checks the permissions to write NAME and its part, and that NAME can be a file. Done before anything is sent, because a
 * server acts on a request whatever becomes of its answer.
 *
 * @param keepExisting why NAME must not be replaced; default: it may be
 * @returns what NAME is, if it is there and may be looked at
 * @throws {SockeyeError} `permission`, `file`
 */
export async function checkTarget(path: string, keepExisting?: Phrased): Promise<Deno.FileInfo | undefined> {
  return await withFileErrors(say("write")`write ${quote(path)}`, async () => {
    demand("write", path, say("write")`write ${quote(path)}`);
    const info = mayRead(path) ? await ifThere(Deno.stat(path)) : undefined;
    // A device or a named pipe takes the bytes itself.
    if (info && !info.isFile && !info.isDirectory) return info;
    demand("write", partOf(path), say("write")`write ${quote(partOf(path))}`);
    if (info?.isDirectory) {
      throw new SockeyeError("file", say("is-folder")`Cannot write ${quote(path)}: it is a folder`);
    }
    const folder = /^(.*)\/[^/]*$/s.exec(path)?.[1];
    if (!info && folder && mayRead(folder)) await Deno.stat(folder);
    if (info) await refuseExisting(path, keepExisting);
    return info;
  });
}

/** Opens the target for a body, or throws a SockeyeError. The signal ends the wait for a named pipe's reader. */
export async function openTarget(
  path: string,
  options: PartOptions & { readonly signal?: AbortSignal | undefined },
): Promise<Target> {
  return await withFileErrors(say("write")`write ${quote(path)}`, async () => {
    const info = await checkTarget(path);
    if (info && !info.isFile) {
      // Opening a named pipe waits until another process opens it for reading.
      const opening = Deno.open(path, { write: true });
      const { deviceTarget } = await import("./stream_target.ts");
      return deviceTarget(await (options.signal ? unlessAborted(opening, options.signal) : opening));
    }
    if (!mayRename(path)) {
      const { MemoryTarget } = await import("./stream_target.ts");
      return await MemoryTarget.open(path, options.keepExisting);
    }
    await refuseExisting(path, options.keepExisting);
    // A link stays a link: the file that it leads to is replaced.
    return await PartFile.open(info?.isFile ? await Deno.realPath(path) : path, options);
  });
}

function mayRead(path: string): boolean {
  return Deno.permissions.querySync({ name: "read", path }).state === "granted";
}

/** Renaming a part to NAME takes read permission for both. */
function mayRename(path: string): boolean {
  return mayRead(path) && mayRead(partOf(path));
}

/**
 * Finds the part that an earlier run left of an address. Files that are unreadable or hold something else are ignored.
 *
 * @param path NAME; without it all notes in the folder are read, because the server may have chosen the name
 * @param folder default: the current one
 * @throws {Error} if the folder cannot be listed
 */
export async function findPart(
  url: string,
  path?: string,
  folder?: string,
): Promise<Resume & { path: string } | undefined> {
  for (const name of path === undefined ? await namesWithNote(folder) : [path]) {
    const part = await readPart(name, url);
    if (part) return part;
  }
  return undefined;
}

async function namesWithNote(folder?: string): Promise<string[]> {
  if (!mayRename(folder ?? ".")) return [];
  const suffix = noteOf("");
  const names = await Array.fromAsync(Deno.readDir(folder ?? "."), ({ name }) => inFolder(name, folder));
  return names.filter((name) => name.endsWith(suffix)).map((name) => name.slice(0, -suffix.length));
}

async function readPart(path: string, url: string): Promise<Resume & { path: string } | undefined> {
  if (!mayRename(path)) return undefined;
  try {
    const real = (await ifThere(Deno.stat(path)))?.isFile ? await Deno.realPath(path) : path;
    const { size: offset } = await Deno.stat(partOf(real));
    if (!(await Deno.stat(noteOf(real))).isFile) return undefined; // Reading a pipe would wait for a writer.
    const note = JSON.parse(await Deno.readTextFile(noteOf(real)));
    const version = note?.url === url ? readVersion(note) : undefined;
    return version && offset > 0 && offset <= (version.total ?? offset) ? { path, offset, version } : undefined;
  } catch {
    return undefined; // Nothing there, or nothing that sockeye wrote: the whole body will be asked for.
  }
}

/** Bytes of a complete file; undefined if there is none, or it cannot be looked at. */
export async function sizeOf(path: string): Promise<number | undefined> {
  if (!mayRename(path)) return undefined;
  const info = await Deno.stat(path).catch(() => undefined);
  return info?.isFile ? info.size : undefined;
}
