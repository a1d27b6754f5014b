/**
 * Where a body is saved. It goes to `NAME.part` beside the target and becomes NAME only when it is complete, on the disk and
 * checked, so that whatever happens an existing NAME keeps its bytes. What a later run needs to go on with a part is kept
 * beside it in `NAME.part.json`.
 *
 * @module
 */

import { SockeyeError } from "../errors.ts";
import { demand } from "../permissions.ts";
import { quote } from "../printable.ts";
import { canRead, exists, kindOf, noteOf, partOf, told } from "./files.ts";
import { GuardedTarget } from "./guarded_target.ts";
import { PartTarget } from "./part_target.ts";
import { DeviceTarget } from "./stream_target.ts";
import type { PartNote, Target } from "./target_contract.ts";

/**
 * Opens the target for a body.
 *
 * @param path NAME
 * @param options `keep` goes on with a part that is there; `noClobber` refuses to replace NAME
 * @returns a target that must be committed or abandoned
 * @throws {SockeyeError} `file`, `permission`
 */
export async function openTarget(
  path: string,
  options: { readonly keep: boolean; readonly noClobber: boolean },
): Promise<Target> {
  return await told(`write ${quote(path)}`, async () => {
    for (const name of [path, partOf(path)]) demand("write", name, `write ${quote(name)}`);
    if (!canRead(path)) return await GuardedTarget.open(path, options.noClobber);
    const kind = await kindOf(path);
    if (kind === "folder") throw new SockeyeError("file", `Cannot write ${quote(path)}: it is a folder`);
    if (kind === "device") return new DeviceTarget(await Deno.open(path, { write: true }));
    if (options.noClobber && kind === "file") throw exists(path);
    // A link stays a link: what it points to is replaced.
    return await PartTarget.open(kind === "file" ? await Deno.realPath(path) : path, options);
  });
}

/**
 * What is left of an earlier run.
 *
 * @param path NAME
 * @returns the size of the part and what it is a part of; undefined when there is nothing to go on with
 */
export async function findPart(path: string): Promise<{ size: number; note: PartNote } | undefined> {
  if (!canRead(path)) return undefined;
  try {
    const real = await kindOf(path) === "file" ? await Deno.realPath(path) : path;
    const { size } = await Deno.stat(partOf(real));
    const note = JSON.parse(await Deno.readTextFile(noteOf(real)));
    const valid = typeof note?.url === "string" && typeof note?.validator === "string";
    return valid && size > 0 ? { size, note } : undefined;
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
