/**
 * The library that writes certificates. It comes from npm when the first certificate is made, and from Deno's cache after
 * that; nothing else in sockeye needs the registry.
 *
 * @module
 */

import { messageOf, SockeyeError } from "../errors.ts";

/** The library. */
export type X509 = typeof import("@peculiar/x509");

// A literal in `import()` would be part of the module graph: Deno would fetch it before main.ts begins, whatever the command,
// and where the registry does not answer every command would wait for it. A variable is looked up when it is reached.
const LIBRARY: string = "@peculiar/x509";

/** The library finds its parts by `Reflect.getMetadata`, which it leaves to others to provide. */
const POLYFILL: string = "reflect-metadata";

/**
 * Gets the library.
 *
 * @returns its exports
 * @throws {SockeyeError} `connect` when the registry is out of reach and the cache is empty
 */
export async function loadX509(): Promise<X509> {
  try {
    await import(POLYFILL);
    return await import(LIBRARY);
  } catch (cause) {
    const why = reasonOf(cause);
    throw new SockeyeError("connect", `Cannot make a certificate: ${LIBRARY} does not come from npm: ${why}`, {
      cause,
    });
  }
}

/** Deno says first what it was about to do, and why it failed on the next line. */
function reasonOf(cause: unknown): string {
  const [, reason] = /\n\s*0: (.+)/.exec(cause instanceof Error ? cause.message : "") ?? [];
  return reason ?? messageOf(cause);
}
