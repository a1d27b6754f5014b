/**
 * Libraries that come from npm when they are needed for the first time, and from Deno's cache after that.
 *
 * @module
 */

import { messageOf, SockeyeError } from "./errors.ts";

/**
 * Gets a library.
 *
 * A literal in `import()` would be part of the module graph: Deno would fetch it before main.ts begins, whatever the command,
 * and where the registry does not answer every command would wait for it. A variable is looked up when it is reached.
 *
 * @param name as deno.json has it
 * @param doing what it is for, `make a certificate`
 * @param before a library that it needs and does not ask for itself
 * @returns its exports
 * @throws {SockeyeError} `connect` when the registry is out of reach and the cache is empty
 */
export async function importNpm<T>(name: string, doing: string, before?: string): Promise<T> {
  try {
    if (before !== undefined) await import(before);
    const library = await import(name);
    // All of a CommonJS library is in its default export; once it is bundled nothing else is.
    return library.default ?? library;
  } catch (cause) {
    throw new SockeyeError("connect", `Cannot ${doing}: ${name} does not come from npm: ${reasonOf(cause)}`, { cause });
  }
}

/** Deno says first what it was about to do, and why it failed on the next line. */
function reasonOf(cause: unknown): string {
  const [, reason] = /\n\s*0: (.+)/.exec(cause instanceof Error ? cause.message : "") ?? [];
  return reason ?? messageOf(cause);
}
