/**
 * The library that writes certificates. It comes from npm when the first certificate is made.
 *
 * @module
 */

import { importNpm } from "../../npm.ts";

/** The library. */
export type X509 = typeof import("@peculiar/x509");

/**
 * Gets the library, and before it the one by which it finds its parts, which it leaves to others to provide.
 *
 * @returns its exports
 * @throws {SockeyeError} `connect` when the registry is out of reach and the cache is empty
 */
export async function loadX509(): Promise<X509> {
  return await importNpm<X509>("@peculiar/x509", "make a certificate", "reflect-metadata");
}
