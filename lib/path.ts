/**
 * Paths of POSIX systems. Node has functions for them, and the first module of Node brings many more: that takes a third as
 * long again as to start.
 *
 * @module
 */

/**
 * A path from the root, without `.` and `..`.
 *
 * @param path relative to the current folder, or absolute
 * @returns the path that is meant
 */
export function absolute(path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith("/") ? path : `${Deno.cwd()}/${path}`).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}
