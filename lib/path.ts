/**
 * Paths of POSIX systems. `node:path` could resolve them, but the first `node:` module loads many others, which adds a
 * third to the start-up time.
 *
 * @module
 */

/** Makes a path absolute, from the current folder, and removes `.` and `..` from it. */
export function absolute(path: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith("/") ? path : `${Deno.cwd()}/${path}`).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}
