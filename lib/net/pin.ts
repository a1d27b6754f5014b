/**
 * Fingerprints as people type them; apart from what makes certificates, because the command line reader needs no more.
 *
 * @module
 */

/**
 * Reads a fingerprint to pin.
 *
 * @param text `sha256:` and 64 hex digits, with colons between the pairs or without
 * @returns the digits in lower case
 * @throws {Error} what was expected
 */
export function asPin(text: string): string {
  const [, digits] = /^sha256:([0-9a-f]{2}(?::?[0-9a-f]{2}){31})$/i.exec(text) ?? [];
  if (digits === undefined) throw new Error("expected sha256: and the 64 hex digits of a certificate's fingerprint");
  return digits.replaceAll(":", "").toLowerCase();
}
