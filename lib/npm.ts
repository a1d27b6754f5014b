/**
 * Loads libraries on demand: from npm the first time, from Deno's cache after that.
 *
 * @module
 */

import { messageOf, SockeyeError } from "./errors.ts";

/**
 * Imports a library. A literal in `import()` would be part of the module graph: Deno would download it before main.ts
 * starts, whatever the command, and without access to the registry every command would wait. A variable is resolved
 * when `import()` is called.
 *
 * @example
 * ```ts ignore
 * const { connect } = await importNpm<typeof Nats>("@nats-io/transport-node", "connect to the bus");
 * ```
 *
 * @param name its name in the import map of deno.json
 * @param doing the purpose, as it follows `Cannot` in the message: `make a certificate`
 * @param before a library to load first, because this one depends on it without importing it
 * @throws {SockeyeError} `connect` if the registry cannot be reached and the cache does not have the library
 */
export async function importNpm<T>(name: string, doing: string, before?: string): Promise<T> {
  try {
    if (before !== undefined) await import(before);
    const library = await import(name);
    // A CommonJS library has all exports in its default export; once bundled it has no others.
    return library.default ?? library;
  } catch (cause) {
    throw new SockeyeError("connect", `Cannot ${doing}: ${name} does not come from npm: ${reasonOf(cause)}`, { cause });
  }
}

/** The first line of Deno's message names the import; the reason is on the line that begins with `0:`. */
function reasonOf(cause: unknown): string {
  const [, reason] = /\n\s*0: (.+)/.exec(cause instanceof Error ? cause.message : "") ?? [];
  return reason ?? messageOf(cause);
}
