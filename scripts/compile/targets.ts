/**
 * The systems that a program is compiled for, and what each one's archive is called.
 *
 * @module
 */

/** Every target of `deno compile`. */
export const TARGETS = [
  "x86_64-unknown-linux-gnu",
  "aarch64-unknown-linux-gnu",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
  "x86_64-pc-windows-msvc",
  "aarch64-pc-windows-msvc",
] as const;

/** One of them. */
export type Target = typeof TARGETS[number];

/**
 * Whether a word is the name of a target.
 *
 * @param text the word
 * @returns true for a target
 */
export function isTarget(text: string): text is Target {
  return TARGETS.some((target) => target === text);
}

/**
 * The system that this is.
 *
 * @returns its target
 * @throws {Error} when Deno compiles nothing for it
 */
export function hostTarget(): Target {
  const { target } = Deno.build;
  if (isTarget(target)) return target;
  throw new Error(`Cannot compile for this system: Deno offers nothing for ${target}`);
}

/**
 * The file name of the program.
 *
 * @param target the system it is for
 * @returns `sockeye`, on Windows `sockeye.exe`
 */
export function programName(target: Target): string {
  return target.includes("windows") ? "sockeye.exe" : "sockeye";
}

/**
 * The file name of the archive; `scripts/install.sh` looks for the target at its end.
 *
 * @param version of sockeye
 * @param target the system it is for
 * @returns `sockeye-1.2.3-TARGET.tar.gz`, for Windows `.zip`
 */
export function archiveName(version: string, target: Target): string {
  return `${folderName(version, target)}.${target.includes("windows") ? "zip" : "tar.gz"}`;
}

/**
 * The folder that everything in an archive lies in.
 *
 * @param version of sockeye
 * @param target the system it is for
 * @returns `sockeye-1.2.3-TARGET`
 */
export function folderName(version: string, target: Target): string {
  return `sockeye-${version}-${target}`;
}
