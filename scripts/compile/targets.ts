/**
 * The systems that sockeye is compiled for, and the names of their programs and archives.
 *
 * @module
 */

/** All targets of `deno compile`. */
export const TARGETS = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
  "x86_64-pc-windows-msvc",
  "aarch64-pc-windows-msvc",
] as const;

/** A target of `deno compile`. */
export type Target = typeof TARGETS[number];

/**
 * Tests whether a text is the name of a target.
 *
 * @param text any text
 * @returns true for a target
 */
export function isTarget(text: string): text is Target {
  return TARGETS.some((target) => target === text);
}

/**
 * Returns the target of this system.
 *
 * @returns the target
 * @throws {Error} when Deno cannot compile for this system
 */
export function hostTarget(): Target {
  const { target } = Deno.build;
  if (isTarget(target)) return target;
  throw new Error(`Cannot compile for this system: Deno offers nothing for ${target}`);
}

/**
 * Returns the file name of the program.
 *
 * @param target the system that it is for
 * @returns `sockeye`, on Windows `sockeye.exe`
 */
export function programName(target: Target): string {
  return target.includes("windows") ? "sockeye.exe" : "sockeye";
}

/**
 * Returns the file name of the archive; `scripts/install.sh` looks for the target at its end.
 *
 * @param version version of sockeye
 * @param target the system that it is for
 * @returns `sockeye-1.2.3-TARGET.tar.gz`, for Windows `.zip`
 */
export function archiveName(version: string, target: Target): string {
  return `${folderName(version, target)}.${target.includes("windows") ? "zip" : "tar.gz"}`;
}

/**
 * Returns the name of the top-level folder in an archive.
 *
 * @param version version of sockeye
 * @param target the system that it is for
 * @returns `sockeye-1.2.3-TARGET`
 */
export function folderName(version: string, target: Target): string {
  return `sockeye-${version}-${target}`;
}
