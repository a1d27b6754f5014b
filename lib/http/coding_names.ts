/**
 * The names of content codings (RFC 9110 section 8.4). What decodes them stands apart: most bodies are not coded.
 *
 * @module
 */

/** The codings to ask for: those that `decoderFor` decodes. */
export const ACCEPT_ENCODING = "gzip, deflate, br, zstd";

/** Names for "not coded". `none` is not in the RFC, but some servers send it. */
export const NO_CODINGS: ReadonlySet<string> = new Set(["", "identity", "none"]);

/** Names of codings that can be undone. */
export const DECODED = ["gzip", "x-gzip", "deflate", "br", "zstd"] as const;

/** Whether a coding can be undone. */
export function canDecode(name: string): boolean {
  return DECODED.some((known) => known === name);
}
